// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/lifecycle_judge.h"

namespace arenafuzz {

void LifecycleJudge::require_order(LifecycleEvent event, bool holds, const char* what) {
  if (holds) return;
  run_.fail(Oracle::kLifecycle, Site::kNone, "order", text("%s", what),
            text("'%s'", lifecycle_event_name(event)));
}

void LifecycleJudge::on_event(LifecycleEvent event, int scheduler) {
  run_.fold(0xe00 + static_cast<std::uint64_t>(event));
  PoolState& pool = state_.pools[scheduler];
  if (event < LifecycleEvent::kWorkBegin) {
    judge_enable_event(event, pool);
  } else {
    judge_disable_event(event, pool);
  }
}

void LifecycleJudge::judge_enable_event(LifecycleEvent event, PoolState& pool) {
  const bool work = pool.stage >= Stage::kWork;
  switch (event) {
    case LifecycleEvent::kCpusLocked:
      require_order(event, !run_.scope().operation->sub && pool.stage == Stage::kIdle,
                    "only a root enable takes the lock");
      pool.cpus_locked = true;
      break;
    case LifecycleEvent::kCpusUnlocked:
      require_order(event, pool.cpus_locked && !work,
                    "the lock dropped once, before the deferred work");
      pool.cpus_locked = false;
      break;
    case LifecycleEvent::kProgramInit:
      require_order(event, pool.stage == Stage::kIdle, "program init first");
      pool.stage = Stage::kProgramInit;
      break;
    case LifecycleEvent::kMapGet:
      require_order(event, pool.stage == Stage::kProgramInit,
                    "the map reference taken before pool init");
      pool.holds_map = true;
      break;
    case LifecycleEvent::kPoolInit:
      require_order(
          event,
          pool.stage == Stage::kProgramInit && pool.cpus_locked == !run_.scope().operation->sub,
          "pool init after the program's init, under the cpus lock for root only");
      pool.stage = Stage::kPoolInit;
      break;
    case LifecycleEvent::kValidate:
      require_order(event, pool.stage == Stage::kPoolInit, "validation after pool init");
      pool.stage = Stage::kValidate;
      break;
    case LifecycleEvent::kEnabled:
      require_order(event, pool.stage == Stage::kValidate && !pool.cpus_locked,
                    "enabled last, lock dropped");
      pool.stage = Stage::kEnabled;
      break;
    default:
      break;
  }
}

void LifecycleJudge::judge_disable_event(LifecycleEvent event, PoolState& pool) {
  const bool work = pool.stage >= Stage::kWork;
  switch (event) {
    case LifecycleEvent::kWorkBegin:
      require_order(event, !work && !pool.cpus_locked,
                    "the deferred work once, without the cpus lock");
      pool.stage = Stage::kWork;
      break;
    case LifecycleEvent::kMasksFreed:
      require_order(event, pool.stage == Stage::kWork, "masks freed first");
      pool.stage = Stage::kMasksFreed;
      break;
    case LifecycleEvent::kPoolDestroyed:
      require_order(event, pool.stage == Stage::kMasksFreed && !pool.port->exists(),
                    "the pool destroyed after the masks were freed");
      pool.stage = Stage::kPoolDestroyed;
      break;
    case LifecycleEvent::kMapPut:
      require_order(event, pool.stage == Stage::kPoolDestroyed && pool.holds_map,
                    "the map reference put after the pool was destroyed");
      pool.holds_map = false;
      break;
    case LifecycleEvent::kWorkEnd:
      require_order(event, pool.stage == Stage::kPoolDestroyed && !pool.holds_map,
                    "masks freed, pool destroyed and map reference put");
      pool.stage = Stage::kIdle;
      break;
    default:
      break;
  }
}

}  // namespace arenafuzz
