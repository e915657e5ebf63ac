// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of what is not a call into a pool: maps that come and go, and what the BPF program,
// user space and the worker do to their pages.
//
// Ownership Borrows the run, the state and the judges of memory and seams.
// Units     pages of the arena, from 0; user addresses.
// Threads   one thread.
// Source    docs/arena_pool.md, docs/format.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_NEIGHBOUR_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_NEIGHBOUR_JUDGE_H_

#include <cstdint>

#include "fuzz/harness/judge/arena_state.h"
#include "fuzz/harness/judge/memory_judge.h"
#include "fuzz/harness/judge/program_run.h"
#include "fuzz/harness/judge/seam_judge.h"

namespace arenafuzz {

class NeighbourJudge {
 public:
  NeighbourJudge(ProgramRun& run, ArenaState& state, MemoryJudge& memory, SeamJudge& seams)
      : run_(run), state_(state), memory_(memory), seams_(seams) {}

  void map_created(int map);
  void map_died(int map);
  // Before a neighbour's operation: steps for the pages and free runs it may touch.
  void charge(int map, std::uint64_t pages);
  void claimed(int map, std::uint64_t pages, std::uint64_t hint_page, std::uint64_t user_address);
  void released(int map, std::uint64_t page, std::uint64_t pages);
  void reserved(int map, std::uint64_t page, std::uint64_t pages, int result);
  void faulted(int map, std::uint64_t page, bool taken);
  void mapped(int map, int result);
  void before_worker(int map);
  void after_worker(int map);

 private:
  ProgramRun& run_;
  ArenaState& state_;
  MemoryJudge& memory_;
  SeamJudge& seams_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_NEIGHBOUR_JUDGE_H_
