// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to reproducer_kernel.cc: which of a program's slots hold a block, and the calls that
// free them, as C. An empty slot is treated as the executor does: a free is one of NULL, a wrong
// free calls nothing, and `twice` frees the block that the slot held last.
//
// Ownership Borrows the program.
// Errors    `why` of misuse(): it cannot be written in C.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_BLOCKS_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_BLOCKS_H_

#include <cstdint>
#include <string>

#include "fuzz/program/limits.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

class ReproducerBlocks {
 public:
  explicit ReproducerBlocks(const Program& program);

  // Whether `freed`, an array like `blocks`, is used.
  bool keeps_freed() const;
  static std::string name(int slot) { return "blocks[" + std::to_string(slot) + "]"; }
  std::uint64_t size(int slot) const { return slots_[slot].now.size; }
  // `served`: it got a block.
  std::string alloc(const Operation& operation, bool served);
  std::string free(const Operation& operation);
  std::string misuse(const Operation& operation, std::string* why);
  // The scheduler's pool is gone, and the blocks with it.
  std::string drop(int scheduler);
  void drop_all();  // likewise a bare gen_pool's, which is not remembered

 private:
  struct Block {
    int scheduler = 0;
    std::uint64_t size = 0;
    bool held = false;
  };
  struct Slot {
    Block now;
    Block last;
    bool freed_again = false;  // some operation of the program frees what it held last
  };
  std::string call(const Block& block, int scheduler, const std::string& address,
                   std::uint64_t size) const;
  std::string empty(int slot);

  bool gen_;
  Slot slots_[limits::kBlockSlots];
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_BLOCKS_H_
