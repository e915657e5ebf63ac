// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "fuzz/program/generator_parts.h"

namespace arenafuzz::generator {
namespace {

struct Chunk {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

// A gen_pool alone, over chunks that the program names. Outside misuse it never loses a block, so
// that destroy finds every chunk empty.
class GenPoolWriter {
 public:
  explicit GenPoolWriter(Writer& writer);
  void write();

 private:
  void step();
  void create();
  void add();
  void alloc();
  void free();
  void destroy();
  void has_addr();
  void misuse();
  void ask_aside();

  bool whole() const { return writer_.options().all_policies; }
  Chunk draw_chunk();
  Chunk draw_memory_chunk(std::uint64_t size);
  std::uint64_t draw_address();
  std::uint32_t draw_slot(bool live);
  void draw_policy(Operation& operation);
  void free_slot(std::uint32_t slot);
  void push_kind(OperationKind kind);
  std::uint64_t granule() const { return std::uint64_t{1} << writer_.header().granule_order; }

  Writer& writer_;
  Random& random_;
  SizeMix mix_;
  std::uint32_t slots_;
  bool live_[limits::kBlockSlots] = {};
  bool created_ = false;
  bool in_memory_ = false;  // all chunks of this pool have memory behind them
  Chunk newest_;
  std::uint64_t bitmap_bytes_ = 0;
};

GenPoolWriter::GenPoolWriter(Writer& writer) : writer_(writer), random_(writer.random()) {
  constexpr std::uint32_t kSlots[] = {2, 4, 8, 16, 64, 256};
  slots_ = random_.pick(kSlots);
  mix_.granule = granule();
  mix_.page = 64 * granule();
  mix_.whole = 256 * granule();
}

void GenPoolWriter::write() {
  while (!writer_.full()) step();
}

void GenPoolWriter::step() {
  if (!created_) {
    create();
    return add();
  }
  switch (writer_.draw_group()) {
    case SwarmGroup::kFree:
      return free();
    case SwarmGroup::kLifeCycle:
      if (random_.chance(1, 4)) destroy();
      return;
    case SwarmGroup::kEnablePath:
      return add();
    case SwarmGroup::kNeighbourPages:
      return has_addr();
    case SwarmGroup::kUserPages:
      return ask_aside();
    case SwarmGroup::kMisuse:
      return misuse();
    default:
      return alloc();
  }
}

void GenPoolWriter::push_kind(OperationKind kind) {
  Operation operation{.kind = kind};
  writer_.push_disturbed(operation);
}

// A create that may have failed is mostly tried again.
void GenPoolWriter::create() {
  Operation operation{.kind = OperationKind::kGenCreate};
  created_ = true;
  in_memory_ = whole() && random_.chance(1, 6);
  writer_.push_disturbed(operation);
  if (!writer_.last_has_fault() || random_.chance(1, 4)) return;
  push_kind(OperationKind::kGenDestroy);
  writer_.push(operation);
}

// Anywhere, or right behind, right before or over the newest; with a tail that is no whole granule,
// or too small for one.
Chunk GenPoolWriter::draw_chunk() {
  Chunk chunk;
  chunk.size = random_.log_uniform(1, 4096) * granule();
  if (random_.chance(1, 4)) chunk.size += random_.below(static_cast<std::uint32_t>(granule()));
  if (random_.chance(1, 16)) chunk.size = random_.below(static_cast<std::uint32_t>(2 * granule()));
  if (random_.chance(1, 64)) chunk.size = random_.log_uniform(1, 1u << 16) * granule();
  chunk.address = random_.log_uniform(limits::kMinChunkAddress, limits::kMaxChunkAddress - 1);
  if (random_.chance(7, 8)) chunk.address &= ~(granule() - 1);
  if (in_memory_) return draw_memory_chunk(chunk.size);
  // The last byte there is, or the one before it.
  if (whole() && random_.chance(1, 8) && chunk.size > 1)
    chunk.address = ~chunk.size + (random_.chance(3, 4) ? 1 : 0);
  const std::uint32_t way = random_.below(16);
  if (newest_.size == 0) return chunk;
  if (way < 3) chunk.address = newest_.address + newest_.size;
  if (way == 3 && newest_.address > chunk.size) chunk.address = newest_.address - chunk.size;
  if (way == 4) chunk.address = newest_.address + newest_.size / 2;
  return chunk;
}

// One behind the other, up to half of what is left.
Chunk GenPoolWriter::draw_memory_chunk(std::uint64_t size) {
  const bool first = newest_.size == 0;
  const std::uint64_t from =
      first ? limits::kMemoryStart + random_.below(3) * granule() : newest_.address + newest_.size;
  const std::uint64_t left = limits::kMemoryStart + limits::kMemoryBytes - from;
  return {from, std::min(size, std::max<std::uint64_t>(left / 2, 1))};
}

void GenPoolWriter::add() {
  const Chunk chunk = draw_chunk();
  Operation operation{.kind = OperationKind::kGenAdd};
  operation.address = chunk.address;
  operation.size = chunk.size;
  if (whole() && random_.chance(1, 2)) {
    operation.has_physical = random_.chance(3, 4);
    operation.physical = random_.next();
    if (random_.chance(3, 4)) operation.owner = static_cast<std::uint8_t>(random_.below(256));
  }
  repair(operation, writer_.header());
  const std::uint64_t bytes = (operation.size / granule() + 63) / 64 * 8;
  if (bitmap_bytes_ + bytes > limits::kMaxBitmapBytes) return alloc();
  bitmap_bytes_ += bytes;
  newest_ = {operation.address, operation.size};
  mix_.whole = std::max(operation.size, granule());
  writer_.push_disturbed(operation);
}

void GenPoolWriter::draw_policy(Operation& operation) {
  if (!writer_.options().all_policies) return;
  operation.policy = static_cast<AllocPolicy>(random_.below(kAllocPolicyCount));
  if (operation.policy == AllocPolicy::kAlign) operation.policy_data = random_.below(20);
  if (operation.policy == AllocPolicy::kFixed) {
    operation.policy_data = static_cast<std::uint32_t>(random_.log_uniform(0, 256) * granule());
    if (random_.chance(1, 8)) operation.policy_data += 1;
  }
}

void GenPoolWriter::alloc() {
  Operation operation{.kind = OperationKind::kGenAlloc};
  const std::uint32_t slot = random_.chance(1, 16) ? random_.below(slots_) : draw_slot(false);
  if (live_[slot] && !writer_.allows(Profile::kMisuse)) return free_slot(slot);
  operation.slot = static_cast<std::uint8_t>(slot);
  operation.size = draw_size(random_, mix_);
  if (random_.chance(1, 2)) operation.size = random_.log_uniform(1, 64) * granule();
  draw_policy(operation);
  if (whole() && random_.chance(1, 4))
    operation.door = static_cast<AllocDoor>(1 + random_.below(in_memory_ ? 4 : 3));
  live_[slot] = true;
  writer_.push_disturbed(operation);
}

void GenPoolWriter::free_slot(std::uint32_t slot) {
  Operation operation{.kind = OperationKind::kGenFree};
  operation.slot = static_cast<std::uint8_t>(slot);
  operation.via = whole() && random_.chance(1, 8);
  live_[slot] = false;
  writer_.push_disturbed(operation);
}

// The next slot that holds a block, or that holds none.
std::uint32_t GenPoolWriter::draw_slot(bool live) {
  std::uint32_t slot = random_.below(slots_);
  for (std::uint32_t i = 0; i < slots_ && live_[slot] != live; ++i) slot = (slot + 1) % slots_;
  return slot;
}

void GenPoolWriter::free() {
  const std::uint32_t slot = draw_slot(true);
  if (!live_[slot] && writer_.weight(SwarmGroup::kAlloc) != 0 && random_.chance(7, 8))
    return alloc();
  free_slot(slot);
}

void GenPoolWriter::destroy() {
  const bool may_leak = writer_.allows(Profile::kMisuse) && random_.chance(1, 2);
  // If a block is left, this is a BUG and the end of the program.
  const bool as_is = whole() && random_.chance(1, 4);
  const bool leaks = may_leak || (as_is && random_.chance(1, 8));
  for (std::uint32_t slot = 0; slot < slots_ && !leaks; ++slot) {
    if (live_[slot]) free_slot(slot);
  }
  Operation operation{.kind = OperationKind::kGenDestroy};
  operation.as_is = as_is;
  writer_.push(operation);
  std::fill(std::begin(live_), std::end(live_), false);
  created_ = false;
  newest_ = {};
}

void GenPoolWriter::has_addr() {
  Operation operation{.kind = OperationKind::kGenHasAddr};
  const std::uint64_t size = random_.log_uniform(0, 2 * newest_.size);
  operation.size = random_.chance(1, 8) ? draw_absurd_size(random_) : size;
  operation.address = draw_address();
  repair(operation, writer_.header());
  writer_.push(operation);
}

// In the newest chunk or right next to it.
std::uint64_t GenPoolWriter::draw_address() {
  const std::uint64_t address = newest_.address + random_.below(4) - 1;
  return address + (random_.chance(1, 2) ? random_.log_uniform(0, newest_.size) : 0);
}

// Operations that allocate nothing.
void GenPoolWriter::ask_aside() {
  Operation operation;
  const std::uint32_t way = random_.below(8);
  if (way == 0) {
    operation.kind = OperationKind::kGenManaged;
    operation.named = random_.chance(1, 2);
  } else if (way < 4) {
    operation.kind = OperationKind::kGenSetAlgo;
    operation.by_default = random_.chance(1, 4);
    if (!operation.by_default) draw_policy(operation);
  } else {
    operation.kind = OperationKind::kGenVirtToPhys;
    operation.address = draw_address();
  }
  writer_.push_disturbed(operation);
}

void GenPoolWriter::misuse() {
  Operation operation = draw_misuse_free(random_, OperationKind::kGenMisuseFree, mix_, 1);
  const std::uint32_t slot = draw_slot(!operation.twice);
  operation.slot = static_cast<std::uint8_t>(slot);
  live_[slot] = false;
  writer_.push_disturbed(operation);
}

}  // namespace

void write_gen_pool(Writer& writer) { GenPoolWriter(writer).write(); }

}  // namespace arenafuzz::generator
