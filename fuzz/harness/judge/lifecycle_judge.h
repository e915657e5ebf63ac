// SPDX-License-Identifier: GPL-2.0-only
//
// Checks the order of a scheduler's enable and disable: init before validation; masks freed, pool
// destroyed, map reference put, in that order; the cpus lock held for a root scheduler's pool init,
// and not for a sub-scheduler's.
//
// Ownership Borrows the run and the state.
// Errors    as ProgramRun: by longjmp to the executor.
// Threads   one thread.
// Source    docs/arena_pool.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_LIFECYCLE_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_LIFECYCLE_JUDGE_H_

#include "fuzz/harness/judge/arena_state.h"
#include "fuzz/harness/judge/program_run.h"
#include "src/pool/scheduler.h"

namespace arenafuzz {

class LifecycleJudge final : public LifecycleObserver {
 public:
  LifecycleJudge(ProgramRun& run, ArenaState& state) : run_(run), state_(state) {}

  // Also folds the event into the trace hash.
  void on_event(LifecycleEvent event, int scheduler) override;

 private:
  void require_order(LifecycleEvent event, bool holds, const char* what);
  void judge_enable_event(LifecycleEvent event, PoolState& pool);
  void judge_disable_event(LifecycleEvent event, PoolState& pool);

  ProgramRun& run_;
  ArenaState& state_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_LIFECYCLE_JUDGE_H_
