// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/reproducer_blocks.h"

#include <algorithm>

#include "fuzz/triage/reproduce/reproducer_text.h"

namespace arenafuzz {

ReproducerBlocks::ReproducerBlocks(const Program& program)
    : gen_(program.header.kind == ProgramKind::kGenPool) {
  for (const Operation& operation : program.operations)
    if ((operation.kind == OperationKind::kMisuseFree ||
         operation.kind == OperationKind::kGenMisuseFree) &&
        operation.twice)
      slots_[operation.slot].freed_again = true;
}

bool ReproducerBlocks::keeps_freed() const {
  return std::any_of(std::begin(slots_), std::end(slots_),
                     [](const Slot& slot) { return slot.freed_again; });
}

std::string ReproducerBlocks::call(const Block& block, int scheduler, const std::string& address,
                                   std::uint64_t size) const {
  if (gen_) return "\tgen_pool_free(pool, " + address + ", " + c_number(size) + ");\n";
  const int by = scheduler >= 0 ? scheduler : block.scheduler;
  return "\tscx_arena_free(&schs[" + std::to_string(by) + "], " + address + ", " + c_number(size) +
         ");\n";
}

std::string ReproducerBlocks::empty(int slot) {
  Slot& one = slots_[slot];
  std::string out;
  if (one.freed_again) out += "\tfreed[" + std::to_string(slot) + "] = " + name(slot) + ";\n";
  one.last = one.now;
  one.now = {};
  return out + "\t" + name(slot) + (gen_ ? " = 0;\n" : " = NULL;\n");
}

std::string ReproducerBlocks::alloc(const Operation& operation, bool served) {
  slots_[operation.slot].now = {operation.scheduler, operation.size, served};
  const std::string head = "\t" + name(operation.slot) + " = ";
  if (gen_) return head + "gen_pool_alloc(pool, " + c_number(operation.size) + ");\n";
  return head + "scx_arena_alloc(&schs[" + std::to_string(operation.scheduler) + "], " +
         c_number(operation.size) + ");\n";
}

std::string ReproducerBlocks::free(const Operation& operation) {
  const Block block = slots_[operation.slot].now;
  if (block.held) {
    const std::string out = call(block, -1, name(operation.slot), block.size);
    return out + empty(operation.slot);
  }
  if (gen_) return "\t/* nothing to free */\n";
  return call(block, -1, name(operation.slot), std::max<std::uint64_t>(block.size, 8));
}

std::string ReproducerBlocks::misuse(const Operation& operation, std::string* why) {
  const Slot slot = slots_[operation.slot];
  const bool again = operation.twice && !slot.now.held;
  const Block& block = again ? slot.last : slot.now;
  if (!block.held) return "\t/* the slot is empty: nothing is called */\n";
  if (!gen_ && operation.size_given && operation.size == 0) *why = "a free of no bytes";
  std::string address =
      again ? "freed[" + std::to_string(operation.slot) + "]" : name(operation.slot);
  if (operation.offset != 0) address += " + (" + std::to_string(operation.offset) + ")";
  std::string out;
  for (int i = 0; i < (operation.twice && !again ? 2 : 1); ++i)
    out += call(block, operation.via ? operation.scheduler : -1, address,
                operation.size_given ? operation.size : block.size);
  return again ? out : out + empty(operation.slot);
}

std::string ReproducerBlocks::drop(int scheduler) {
  std::string out;
  for (int slot = 0; slot < limits::kBlockSlots; ++slot)
    if (slots_[slot].now.held && slots_[slot].now.scheduler == scheduler) out += empty(slot);
  return out;
}

void ReproducerBlocks::drop_all() {
  for (Slot& slot : slots_) slot.now = slot.last = {};
}

}  // namespace arenafuzz
