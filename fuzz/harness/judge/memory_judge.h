// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of the arena's memory. A pool may read and write in the pages that it holds: they get
// memory when they are first touched. What its callers' blocks hold is theirs.
//
//   page    | list head | block: c5 c5 c5 c5 | tag | block: c5 c5 ...
//             the pool's  the caller's         the pool's
//
// Ownership Borrows the run and the state; the memory is the process's (address_space.h).
// Units     kernel addresses, bytes; pages of the arena.
// Threads   one thread.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_MEMORY_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_MEMORY_JUDGE_H_

#include <cstdint>

#include "fuzz/harness/judge/arena_state.h"
#include "fuzz/harness/judge/program_run.h"

namespace arenafuzz {

class MemoryJudge {
 public:
  MemoryJudge(ProgramRun& run, ArenaState& state) : run_(run), state_(state) {}

  // The code under test touches arena memory: true, with memory there, where the pool holds the
  // page.
  bool open(std::uint64_t address);
  // The caller writes all of its block, as far as there is memory behind it.
  static void fill_block(std::uint64_t address, std::uint64_t size);
  // Before the caller gives its block back.
  void judge_content(std::uint64_t address, std::uint64_t size);
  // Pages that anyone claims or releases: what was in them is gone.
  void forget(int map, std::uint64_t page, std::uint64_t pages);

 private:
  ProgramRun& run_;
  ArenaState& state_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_MEMORY_JUDGE_H_
