// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of a scheduler's life: init before validation, masks before pool before map reference,
// the cpus lock as the kind wants it.
//
// Ownership Borrows the run and the state.
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

  void on_event(LifecycleEvent event, int scheduler) override;

 private:
  void require_order(LifecycleEvent event, bool holds, const char* what);
  void judge_enable_event(LifecycleEvent event, PoolState& pool);
  void judge_work_event(LifecycleEvent event, PoolState& pool);

  ProgramRun& run_;
  ArenaState& state_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_LIFECYCLE_JUDGE_H_
