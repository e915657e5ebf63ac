// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/scheduler.h"

#include <cerrno>

namespace arenafuzz {

const char* lifecycle_event_name(LifecycleEvent event) {
  switch (event) {
    case LifecycleEvent::kCpusLocked:
      return "cpus locked";
    case LifecycleEvent::kCpusUnlocked:
      return "cpus unlocked";
    case LifecycleEvent::kProgramInit:
      return "program init";
    case LifecycleEvent::kMapGet:
      return "map get";
    case LifecycleEvent::kPoolInit:
      return "pool init";
    case LifecycleEvent::kValidate:
      return "validate";
    case LifecycleEvent::kEnabled:
      return "enabled";
    case LifecycleEvent::kWorkBegin:
      return "deferred work begins";
    case LifecycleEvent::kMasksFreed:
      return "masks freed";
    case LifecycleEvent::kPoolDestroyed:
      return "pool destroyed";
    case LifecycleEvent::kMapPut:
      return "map put";
    case LifecycleEvent::kWorkEnd:
      return "deferred work ends";
  }
  return "unknown";
}

int Scheduler::enable(const EnableRequest& request) {
  ArenaMap* map = request.arenas[0] != nullptr ? request.arenas[0] : request.arenas[1];
  const bool two_arenas = request.arenas[0] != nullptr && request.arenas[1] != nullptr &&
                          request.arenas[0] != request.arenas[1];
  if (enabled_) return two_arenas ? -EINVAL : enable_again(map);

  const bool root = request.kind == SchedulerKind::kRoot;
  if (root) note(LifecycleEvent::kCpusLocked);
  note(LifecycleEvent::kProgramInit);
  int error = request.program_init_fails ? -ECANCELED : two_arenas ? -EINVAL : 0;
  if (error == 0 && map != nullptr) {
    map->get();
    map_ = map;
    note(LifecycleEvent::kMapGet);
  }
  if (error == 0) error = bring_up(request);
  if (root) note(LifecycleEvent::kCpusUnlocked);
  if (error != 0) {
    run_deferred_work();
    return error;
  }
  enabled_ = true;
  note(LifecycleEvent::kEnabled);
  return 0;
}

// Misuse: the running scheduler stays as it is, and the second init must say no
// (docs/arena_pool.md, The arena pool).
int Scheduler::enable_again(ArenaMap* map) {
  if (map == nullptr || map_ == nullptr)
    return -EBUSY;  // cpu-form: there is no pool that could refuse
  map->get();
  const int error = pool_->init(map);
  map->put();
  return error;
}

int Scheduler::bring_up(const EnableRequest& request) {
  note(LifecycleEvent::kPoolInit);
  if (const int error = pool_->init(map_); error != 0) return error;
  note(LifecycleEvent::kValidate);
  if (request.validation_fails) return -EINVAL;
  return make_masks(request);
}

// A scheduler without an arena keeps its masks elsewhere ("cpu-form"): none are made here.
int Scheduler::make_masks(const EnableRequest& request) {
  if (map_ == nullptr) return 0;
  cpu_masks_ = request.cpus;
  cpu_mask_bytes_ = mask_bytes(request.cpus);
  shard_mask_bytes_ = mask_bytes(request.cids_per_shard);
  const std::uint32_t wanted = request.cpus + request.shards;
  while (mask_count_ < wanted) {
    const std::uint64_t bytes = mask_count_ < cpu_masks_ ? cpu_mask_bytes_ : shard_mask_bytes_;
    const std::uint64_t address = pool_->alloc(bytes);
    if (address == 0) return -ENOMEM;
    masks_.addresses[mask_count_++] = address;
  }
  return 0;
}

void Scheduler::disable() {
  if (!enabled_) return;
  enabled_ = false;
  run_deferred_work();
}

// Masks live in the pool and the pool's pages in the map: this order and no other.
void Scheduler::run_deferred_work() {
  note(LifecycleEvent::kWorkBegin);
  for (std::uint32_t i = 0; i < mask_count_; ++i)
    pool_->free(masks_.addresses[i], i < cpu_masks_ ? cpu_mask_bytes_ : shard_mask_bytes_);
  mask_count_ = 0;
  note(LifecycleEvent::kMasksFreed);
  pool_->destroy();
  note(LifecycleEvent::kPoolDestroyed);
  if (map_ != nullptr) {
    map_->put();
    map_ = nullptr;
    note(LifecycleEvent::kMapPut);
  }
  note(LifecycleEvent::kWorkEnd);
}

void Scheduler::forget() {
  enabled_ = false;
  map_ = nullptr;
  mask_count_ = 0;
}

}  // namespace arenafuzz
