// SPDX-License-Identifier: GPL-2.0-only
//
// The judge's exact side, for pools over arenas: what the model predicts, seam call by seam call. A
// difference is a change; it switches the model off for the rest of the program.
//
// Ownership Borrows the run and the state, whose models it moves on.
// Units     as PoolModel and ArenaModel.
// Threads   one thread.
// Source    docs/arena_pool.md, docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_PREDICTOR_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_PREDICTOR_H_

#include <cstdint>

#include "fuzz/harness/judge/arena_state.h"
#include "fuzz/harness/judge/program_run.h"

namespace arenafuzz {

class Predictor {
 public:
  Predictor(ProgramRun& run, ArenaState& state) : run_(run), state_(state) {}

  // After each call, of what it answered. REQUIRES: ProgramRun::model_on().
  void predict_init(PoolState& pool, bool with_map, bool existed, int result);
  void predict_alloc(PoolState& pool, std::uint64_t address);
  void predict_free(PoolState& pool);
  void predict_destroy(PoolState& pool);
  // The BUG that the call under way must end in.
  BugSite predicted_bug(PoolState& pool);
  // The pool's chunks, words and avail against the model's ranges.
  void compare(PoolState& pool);

 private:
  const SeamCall* next_call(SeamCall::Kind kind, std::uint64_t amount);
  bool predict_growth(PoolState& pool, bool* grown);
  bool predict_release(PoolState& pool, std::uint64_t page, std::uint64_t pages);
  void expect_no_more_calls();
  std::uint64_t simulate_alloc(PoolState& pool, bool* agrees, BugSite* bug);

  ProgramRun& run_;
  ArenaState& state_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_PREDICTOR_H_
