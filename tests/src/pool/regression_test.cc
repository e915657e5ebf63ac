// SPDX-License-Identifier: GPL-2.0-only
#include <cerrno>
#include <thread>

#include "src/pool/arena_map.h"
#include "src/pool/arena_pool.h"
#include "src/pool/scheduler.h"
#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {
using namespace arenafuzz::testing;

// Another thread grows while this one is between the overlap check and the add.
struct RacingMetadata final : MetadataSource {
  TestMetadata real;
  ArenaMap* map = nullptr;
  ArenaPool* pool = nullptr;
  bool armed = false;
  void* allocate(MetadataSite site, std::size_t bytes) override {
    if (site == MetadataSite::kVzalloc && armed) {
      armed = false;
      map->bpf_release(kUserBase, PageCount{4});
      std::thread([&] { pool->alloc(16384); }).join();
    }
    return real.allocate(site, bytes);
  }
  void free(MetadataSite site, void* memory) override { real.free(site, memory); }
  BlockState look_up(MetadataSite site, const void* memory) const override {
    return real.look_up(site, memory);
  }
};
TEST(PoolRegression, NoAddressIsHandedOutTwiceWhenPagesAreReleasedDuringAGrowth) {
  RacingMetadata metadata;
  PageRunStorage storage(16);
  ArenaMap map;
  ArenaPool pool(metadata);
  metadata.map = &map;
  metadata.pool = &pool;
  ASSERT_EQ(map.create({.pages = 16, .user_base = kUserBase, .kernel_base = kKernelBase}, storage,
                       metadata),
            0);
  ASSERT_EQ(pool.init(&map), 0);
  metadata.armed = true;
  pool.alloc(16384);
  const auto chunks = chunks_of(pool);
  for (std::size_t i = 0; i < chunks.size(); ++i)
    for (std::size_t j = i + 1; j < chunks.size(); ++j)
      EXPECT_TRUE(chunks[i].start > chunks[j].end || chunks[j].start > chunks[i].end);
}
struct Null final : LifecycleObserver {
  void on_event(LifecycleEvent, int) override {}
};
TEST(PoolRegression, EnablingARunningCpuFormSchedulerWithAnArenaMakesNoPool) {
  TestMetadata metadata;
  PageRunStorage storage(16);
  ArenaMap map;
  ASSERT_EQ(map.create({.pages = 16, .user_base = kUserBase, .kernel_base = kKernelBase}, storage,
                       metadata),
            0);
  ArenaPool pool(metadata);
  Null observer;
  std::uint64_t masks[4];
  Scheduler scheduler(0, pool, observer, {masks, 4});
  ASSERT_EQ(scheduler.enable({}), 0);
  EnableRequest with_arena;
  with_arena.arenas[0] = &map;
  EXPECT_EQ(scheduler.enable(with_arena), -EBUSY);
  EXPECT_FALSE(pool.exists());
  EXPECT_TRUE(map.put());
}
TEST(PoolRegression, EnablingARunningCpuFormSchedulerAgainIsBusy) {
  TestMetadata metadata;
  ArenaPool pool(metadata);
  Null observer;
  Scheduler scheduler(0, pool, observer, {});
  ASSERT_EQ(scheduler.enable({}), 0);
  EXPECT_EQ(scheduler.enable({}), -EBUSY);
}
TEST(PoolRegression, MmapAndAllocFromTwoThreadsDoNotRace) {
  TestMetadata metadata;
  PageRunStorage storage(16);
  for (int round = 0; round < 300; ++round) {
    ArenaMap map;
    ASSERT_EQ(map.create({.pages = 16, .kernel_base = kKernelBase}, storage, metadata), 0);
    ArenaPool pool(metadata);
    ASSERT_EQ(pool.init(&map), 0);
    std::atomic<bool> go{false};
    std::thread other([&] {
      while (!go) {
      }
      pool.alloc(8);
    });
    go = true;
    EXPECT_EQ(map.mmap(kUserBase), 0);
    other.join();
    pool.destroy();
    map.put();
  }
}
TEST(PoolRegression, NoPageOfADeadMapIsTaken) {
  TestMetadata metadata;
  PageRunStorage storage(16);
  ArenaMap map;
  ASSERT_EQ(map.create({.pages = 16, .user_base = kUserBase}, storage, metadata), 0);
  ASSERT_NE(map.claim({.pages = PageCount{4}}), 0u);
  ASSERT_TRUE(map.put());
  EXPECT_FALSE(map.is_taken(0));
}
TEST(PoolRegression, DestroyAndFreeAllCountAStepForEachChunkVisited) {
  TestMetadata metadata;
  GenPool* pool = GenPool::create(3, metadata);
  ASSERT_EQ(pool->add(0x100000, 512), 0);
  HookGuard guard;
  atomics::hooks.steps_left = 100;
  pool->free_all();
  EXPECT_EQ(atomics::hooks.steps_left, 98u);
}
}  // namespace
}  // namespace arenafuzz
