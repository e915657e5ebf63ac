// SPDX-License-Identifier: GPL-2.0-only
//
// A scheduler's life as far as the arena pool sees it: the three call sites.
//
//   root enable   cpus lock | program init | one arena found, map ref | pool init |
//                 validate | masks | unlock
//   sub enable    the same without the cpus lock, and with one mask per shard as well
//   end of life   deferred work: masks freed -> pool destroyed -> map reference put
//
//   Whatever fails after the program's init takes the disable path, that is the same deferred work;
//   a root enable drops the cpus lock first.
//
// Ownership Borrows pool, observer and the mask table. Owns the masks in it and one reference on
//           its map from enable to disable.
// Units     masks are sized in bytes: 16 + 8 * (ceil(bits / 64) + 1).
// Errors    enable: -EINVAL (two different arenas, or the ops do not validate), -ENOMEM, -EBUSY
//           (enabled already), -ECANCELED (the program's own init failed).
// Threads   one thread at a time for each scheduler.
// Source    scx_root_enable, scx_sub_enable, scx_sched_free_rcu_work; docs/arena_pool.md.
#ifndef ARENAFUZZ_SRC_POOL_SCHEDULER_H_
#define ARENAFUZZ_SRC_POOL_SCHEDULER_H_

#include <cstdint>

#include "src/pool/arena_map.h"
#include "src/pool/seams.h"

namespace arenafuzz {

enum class SchedulerKind : std::uint8_t { kRoot, kSub };

enum class LifecycleEvent : std::uint8_t {
  kCpusLocked,
  kCpusUnlocked,
  kProgramInit,
  kMapGet,
  kPoolInit,
  kValidate,
  kEnabled,
  kWorkBegin,
  kMasksFreed,
  kPoolDestroyed,
  kMapPut,
  kWorkEnd,
};
const char* lifecycle_event_name(LifecycleEvent event);

// Called at each step as it happens. Threads: the scheduler's.
class LifecycleObserver {
 public:
  virtual ~LifecycleObserver() = default;
  virtual void on_event(LifecycleEvent event, int scheduler) = 0;
};

struct EnableRequest {
  SchedulerKind kind = SchedulerKind::kRoot;
  ArenaMap* arenas[2] = {nullptr, nullptr};  // the maps that its programs use; nullptr: none
  std::uint32_t cpus = 0;                    // masks, one per possible CPU; 0: none are made
  std::uint32_t shards = 0;                  // masks, one per shard
  std::uint32_t cids_per_shard = 0;          // bits of a shard's mask
  bool program_init_fails = false;
  bool validation_fails = false;
};

// Room for the addresses of one scheduler's masks.
struct MaskTable {
  std::uint64_t* addresses = nullptr;
  std::uint32_t capacity = 0;
};

class Scheduler {
 public:
  static constexpr std::uint64_t mask_bytes(std::uint64_t bits) {
    return 16 + 8 * ((bits + 63) / 64 + 1);
  }

  Scheduler(int index, PoolPort& pool, LifecycleObserver& observer, MaskTable masks)
      : pool_(&pool), observer_(&observer), masks_(masks), index_(index) {}

  // 0 or a negative errno; on failure everything is as before, but for pages that stay claimed.
  // REQUIRES: cpus + shards <= the table's capacity.
  int enable(const EnableRequest& request);

  // Does nothing if not enabled. Runs the deferred work before it returns.
  void disable();

  bool enabled() const { return enabled_; }
  ArenaMap* map() const { return map_; }
  std::uint32_t mask_count() const { return mask_count_; }

  // Drops everything without a call: after a BUG.
  void forget();

 private:
  int enable_again(ArenaMap* map);
  int bring_up(const EnableRequest& request);
  int make_masks(const EnableRequest& request);
  void run_deferred_work();
  void note(LifecycleEvent event) { observer_->on_event(event, index_); }

  PoolPort* pool_;
  LifecycleObserver* observer_;
  MaskTable masks_;
  ArenaMap* map_ = nullptr;
  int index_;
  std::uint32_t mask_count_ = 0;
  std::uint32_t cpu_masks_ = 0;  // the first are those of CPUs, the rest those of shards
  std::uint64_t cpu_mask_bytes_ = 0;
  std::uint64_t shard_mask_bytes_ = 0;
  bool enabled_ = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_SCHEDULER_H_
