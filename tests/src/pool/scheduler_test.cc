// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/scheduler.h"

#include <algorithm>
#include <cerrno>

#include "src/pool/arena_pool.h"
#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::chunk_bytes_of;
using testing::chunks_of;
using testing::kKernelBase;
using testing::kPage;
using testing::kUserBase;
using testing::RecordingObserver;
using testing::RecordingPort;
using testing::TestMetadata;

using Log = std::vector<std::string>;

// One scheduler with its pool; log lines come from the observer and from the pool's port.
struct Rig {
  Rig(int index, TestMetadata& metadata, Log& log)
      : pool(metadata),
        port(pool, log),
        observer(log),
        scheduler(index, port, observer,
                  {addresses.data(), static_cast<std::uint32_t>(addresses.size())}) {}
  std::vector<std::uint64_t> addresses = std::vector<std::uint64_t>(16384);
  ArenaPool pool;
  RecordingPort port;
  RecordingObserver observer;
  Scheduler scheduler;
};

struct SchedulerTest : ::testing::Test {
  SchedulerTest() { EXPECT_EQ(create(map, storage, 0), 0); }
  int create(ArenaMap& which, PageRunStorage& where, std::uint64_t index) {
    ArenaMapConfig config;
    config.pages = 4096;
    config.user_base = kUserBase;
    config.kernel_base = kKernelBase + (index << 33);
    return which.create(config, where, metadata);
  }
  EnableRequest request(SchedulerKind kind, std::uint32_t cpus, std::uint32_t shards = 0) {
    EnableRequest made;
    made.kind = kind;
    made.arenas[0] = &map;
    made.cpus = cpus;
    made.shards = shards;
    made.cids_per_shard = 65;
    return made;
  }
  int enable_root(std::uint32_t cpus) { return enable(request(SchedulerKind::kRoot, cpus)); }
  int enable(const EnableRequest& wanted) { return rig.scheduler.enable(wanted); }

  TestMetadata metadata;
  PageRunStorage storage{4096};
  ArenaMap map;
  Log log;
  Rig rig{0, metadata, log};
};

// ---- the sizes of masks

TEST(SchedulerMasks, HaveTheSizesOfTheSpec) {
  EXPECT_EQ(Scheduler::mask_bytes(1), 32u);
  EXPECT_EQ(Scheduler::mask_bytes(64), 32u);
  EXPECT_EQ(Scheduler::mask_bytes(65), 40u);
  EXPECT_EQ(Scheduler::mask_bytes(128), 40u);
  EXPECT_EQ(Scheduler::mask_bytes(512), 88u);
  EXPECT_EQ(Scheduler::mask_bytes(4096), 536u);
  EXPECT_EQ(Scheduler::mask_bytes(8192), 1048u);
}

TEST(SchedulerEvents, AllHaveDistinctNames) {
  Log names;
  for (int i = 0; i <= static_cast<int>(LifecycleEvent::kWorkEnd); ++i)
    names.push_back(lifecycle_event_name(static_cast<LifecycleEvent>(i)));
  EXPECT_EQ(names, (Log{"cpus locked", "cpus unlocked", "program init", "map get", "pool init",
                        "validate", "enabled", "deferred work begins", "masks freed",
                        "pool destroyed", "map put", "deferred work ends"}));
  EXPECT_STREQ(lifecycle_event_name(static_cast<LifecycleEvent>(99)), "unknown");
}

// ---- order of events

TEST_F(SchedulerTest, ARootEnableHoldsTheCpusLockFromBeginningToEnd) {
  EXPECT_EQ(enable_root(2), 0);
  EXPECT_EQ(log, (Log{"0 cpus locked", "0 program init", "0 map get", "0 pool init", "init",
                      "0 validate", "alloc 32", "alloc 32", "0 cpus unlocked", "0 enabled"}));
  EXPECT_TRUE(rig.scheduler.enabled());
  EXPECT_EQ(rig.scheduler.map(), &map);
}

TEST_F(SchedulerTest, ASubEnableHoldsNoLockAndMakesShardMasksAfterTheCpus) {
  EXPECT_EQ(enable(request(SchedulerKind::kSub, 1, 2)), 0);
  EXPECT_EQ(log, (Log{"0 program init", "0 map get", "0 pool init", "init", "0 validate",
                      "alloc 32", "alloc 40", "alloc 40", "0 enabled"}));
  EXPECT_EQ(rig.scheduler.mask_count(), 3u);
}

TEST_F(SchedulerTest, DisableFreesMasksThenDestroysThePoolThenPutsTheMap) {
  ASSERT_EQ(enable(request(SchedulerKind::kSub, 2, 1)), 0);
  log.clear();
  rig.scheduler.disable();
  EXPECT_EQ(log, (Log{"0 deferred work begins", "free 32", "free 32", "free 40", "0 masks freed",
                      "destroy", "0 pool destroyed", "0 map put", "0 deferred work ends"}));
  EXPECT_FALSE(rig.scheduler.enabled());
  EXPECT_EQ(rig.scheduler.map(), nullptr);
  EXPECT_EQ(rig.scheduler.mask_count(), 0u);
}

TEST_F(SchedulerTest, AProgramInitThatFailsTakesTheDisablePathWithoutAMap) {
  EnableRequest failing = request(SchedulerKind::kRoot, 2);
  failing.program_init_fails = true;
  EXPECT_EQ(enable(failing), -ECANCELED);
  EXPECT_EQ(log,
            (Log{"0 cpus locked", "0 program init", "0 cpus unlocked", "0 deferred work begins",
                 "0 masks freed", "destroy", "0 pool destroyed", "0 deferred work ends"}));
  EXPECT_FALSE(rig.scheduler.enabled());
}

TEST_F(SchedulerTest, APoolInitThatFailsDropsTheLockAndTakesTheDisablePath) {
  metadata.fail(MetadataSite::kKmalloc);
  EXPECT_EQ(enable_root(2), -ENOMEM);
  EXPECT_EQ(log, (Log{"0 cpus locked", "0 program init", "0 map get", "0 pool init", "init",
                      "0 cpus unlocked", "0 deferred work begins", "0 masks freed", "destroy",
                      "0 pool destroyed", "0 map put", "0 deferred work ends"}));
  EXPECT_EQ(metadata.outstanding(), 0u);
}

TEST_F(SchedulerTest, AValidationThatFailsTearsDownAPoolWithoutAllocations) {
  EnableRequest failing = request(SchedulerKind::kSub, 2);
  failing.validation_fails = true;
  EXPECT_EQ(enable(failing), -EINVAL);
  EXPECT_EQ(log, (Log{"0 program init", "0 map get", "0 pool init", "init", "0 validate",
                      "0 deferred work begins", "0 masks freed", "destroy", "0 pool destroyed",
                      "0 map put", "0 deferred work ends"}));
  EXPECT_EQ(map.taken_pages(), 0u);
  EXPECT_EQ(metadata.outstanding(), 0u);
}

TEST_F(SchedulerTest, TwoDifferentArenasAreRefusedWithoutAReference) {
  ArenaMap other;
  EnableRequest two = request(SchedulerKind::kSub, 2);
  two.arenas[1] = &other;
  EXPECT_EQ(enable(two), -EINVAL);
  EXPECT_EQ(log, (Log{"0 program init", "0 deferred work begins", "0 masks freed", "destroy",
                      "0 pool destroyed", "0 deferred work ends"}));
  EXPECT_TRUE(map.put());  // the program's reference was the only one
}

TEST_F(SchedulerTest, TheSameArenaTwiceOrOnlySecondIsOneArena) {
  EnableRequest same = request(SchedulerKind::kSub, 1);
  same.arenas[1] = &map;
  EXPECT_EQ(enable(same), 0);
  rig.scheduler.disable();
  same.arenas[0] = nullptr;
  EXPECT_EQ(enable(same), 0);
  EXPECT_EQ(rig.scheduler.map(), &map);
}

TEST_F(SchedulerTest, ASchedulerWithoutAnArenaMakesNoPoolAndNoMasks) {
  EnableRequest cpu_form = request(SchedulerKind::kRoot, 64, 4);
  cpu_form.arenas[0] = nullptr;
  EXPECT_EQ(enable(cpu_form), 0);
  EXPECT_EQ(log, (Log{"0 cpus locked", "0 program init", "0 pool init", "init without map",
                      "0 validate", "0 cpus unlocked", "0 enabled"}));
  EXPECT_FALSE(rig.pool.exists());
  EXPECT_EQ(rig.scheduler.mask_count(), 0u);
  log.clear();
  rig.scheduler.disable();
  EXPECT_EQ(log, (Log{"0 deferred work begins", "0 masks freed", "destroy", "0 pool destroyed",
                      "0 deferred work ends"}));
}

TEST_F(SchedulerTest, ARequestForNoCpusMakesNoMasks) {
  EXPECT_EQ(enable_root(0), 0);
  EXPECT_TRUE(rig.pool.exists());
  EXPECT_EQ(rig.scheduler.mask_count(), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
}

// ---- masks

TEST_F(SchedulerTest, MasksLieOneAfterAnotherInThePool) {
  ASSERT_EQ(enable(request(SchedulerKind::kSub, 2, 2)), 0);
  EXPECT_EQ(rig.addresses[0], kKernelBase);
  EXPECT_EQ(rig.addresses[1], kKernelBase + 32);
  EXPECT_EQ(rig.addresses[2], kKernelBase + 64);
  EXPECT_EQ(rig.addresses[3], kKernelBase + 104);
  EXPECT_EQ(map.taken_pages(), 4u);
}

TEST_F(SchedulerTest, EightThousandCpusTakeFiveHundredFortySevenChunks) {
  ASSERT_EQ(enable_root(8192), 0);
  EXPECT_EQ(rig.scheduler.mask_count(), 8192u);
  EXPECT_EQ(chunks_of(rig.pool).size(), 547u);
  EXPECT_EQ(map.taken_pages(), 2188u);
  EXPECT_EQ(chunk_bytes_of(rig.pool), 2188u * kPage);
  rig.scheduler.disable();
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.taken_pages(), 2188u);
}

TEST_F(SchedulerTest, AMaskThatFailsUndoesThoseMadeAndKeepsThePages) {
  metadata.fail(MetadataSite::kVzalloc, 2);
  EXPECT_EQ(enable_root(4096), -ENOMEM);  // 536 bytes each, 30 a chunk
  EXPECT_EQ(std::count(log.begin(), log.end(), "alloc 536"), 31);
  EXPECT_EQ(std::count(log.begin(), log.end(), "free 536"), 30);
  EXPECT_FALSE(rig.scheduler.enabled());
  EXPECT_EQ(rig.scheduler.mask_count(), 0u);
  EXPECT_FALSE(rig.pool.exists());
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.taken_pages(), 4u);
}

TEST_F(SchedulerTest, AShardMaskThatFailsIsUndoneWithItsOwnSizes) {
  ASSERT_EQ(map.reserve(map.user_address_of_page(4), PageCount{4092}), 0);
  EXPECT_EQ(enable(request(SchedulerKind::kSub, 64, 400)), -ENOMEM);
  EXPECT_EQ(std::count(log.begin(), log.end(), "free 32"), 64);
  EXPECT_EQ(std::count(log.begin(), log.end(), "free 40"), (16384 - 64 * 32) / 40);
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.taken_pages(), 4096u);
}

TEST_F(SchedulerTest, AfterAFailedEnableTheNextOneSucceeds) {
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(enable_root(4), -ENOMEM);
  EXPECT_EQ(map.taken_pages(), 0u);
  EXPECT_EQ(enable_root(4), 0);
  EXPECT_EQ(rig.scheduler.mask_count(), 4u);
  EXPECT_EQ(rig.addresses[0], kKernelBase);
}

TEST_F(SchedulerTest, ABlockOfTheProgramOutlivesTheMasksButNotThePool) {
  ASSERT_EQ(enable_root(4), 0);
  EXPECT_EQ(rig.pool.alloc(100), kKernelBase + 4 * 32);
  rig.scheduler.disable();
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.taken_pages(), 4u);
}

// ---- enabling and disabling twice

TEST_F(SchedulerTest, DisableOfWhatIsNotEnabledDoesNothing) {
  rig.scheduler.disable();
  EXPECT_TRUE(log.empty());
  ASSERT_EQ(enable_root(1), 0);
  rig.scheduler.disable();
  log.clear();
  rig.scheduler.disable();
  EXPECT_TRUE(log.empty());
}

TEST_F(SchedulerTest, EnablingTwiceIsBusyAndLeavesTheFirstRunning) {
  ASSERT_EQ(enable_root(2), 0);
  log.clear();
  EXPECT_EQ(enable_root(8), -EBUSY);
  EXPECT_EQ(log, (Log{"init"}));
  EXPECT_TRUE(rig.scheduler.enabled());
  EXPECT_EQ(rig.scheduler.mask_count(), 2u);
  rig.scheduler.disable();
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_TRUE(map.put());  // no reference is left behind
}

TEST_F(SchedulerTest, EnablingTwiceWithTwoArenasIsInvalid) {
  ArenaMap other;
  ASSERT_EQ(enable_root(2), 0);
  EnableRequest two = request(SchedulerKind::kRoot, 2);
  two.arenas[1] = &other;
  log.clear();
  EXPECT_EQ(enable(two), -EINVAL);
  EXPECT_TRUE(log.empty());
  EXPECT_TRUE(rig.scheduler.enabled());
}

TEST_F(SchedulerTest, ForgetDropsEverythingWithoutACall) {
  ASSERT_EQ(enable_root(2), 0);
  log.clear();
  rig.scheduler.forget();
  EXPECT_FALSE(rig.scheduler.enabled());
  EXPECT_EQ(rig.scheduler.map(), nullptr);
  rig.scheduler.disable();
  EXPECT_TRUE(log.empty());
}

// ---- several schedulers

TEST_F(SchedulerTest, SchedulersOnOneMapHavePoolsOfTheirOwnAndDisjointPages) {
  Rig sub(1, metadata, log);
  ASSERT_EQ(enable_root(1), 0);
  ASSERT_EQ(sub.scheduler.enable(request(SchedulerKind::kSub, 1)), 0);
  EXPECT_EQ(rig.addresses[0], kKernelBase);
  EXPECT_EQ(sub.addresses[0], kKernelBase + 4 * kPage);
  EXPECT_EQ(map.taken_pages(), 8u);
}

TEST_F(SchedulerTest, TheMapLivesUntilTheLastSchedulerOnItIsGone) {
  Rig sub(1, metadata, log);
  ASSERT_EQ(enable_root(1), 0);
  ASSERT_EQ(sub.scheduler.enable(request(SchedulerKind::kSub, 1)), 0);
  EXPECT_FALSE(map.put());  // the program's reference
  sub.scheduler.disable();
  EXPECT_TRUE(map.alive());
  EXPECT_EQ(map.taken_pages(), 8u);
  rig.scheduler.disable();
  EXPECT_FALSE(map.alive());
  EXPECT_EQ(metadata.outstanding(), 0u);
}

TEST_F(SchedulerTest, SchedulersOnTwoMapsTouchOnlyTheirOwn) {
  PageRunStorage other_storage(4096);
  ArenaMap other;
  ASSERT_EQ(create(other, other_storage, 1), 0);
  Rig sub(1, metadata, log);
  EnableRequest there = request(SchedulerKind::kSub, 1);
  there.arenas[0] = &other;
  ASSERT_EQ(enable_root(1), 0);
  ASSERT_EQ(sub.scheduler.enable(there), 0);
  EXPECT_EQ(rig.addresses[0], kKernelBase);
  EXPECT_EQ(sub.addresses[0], kKernelBase + (std::uint64_t{1} << 33));
  rig.scheduler.disable();
  EXPECT_TRUE(map.put());
  EXPECT_TRUE(other.alive());
  EXPECT_EQ(other.taken_pages(), 4u);
}

TEST_F(SchedulerTest, EventsNameTheirScheduler) {
  Rig sub(7, metadata, log);
  EnableRequest cpu_form;
  cpu_form.kind = SchedulerKind::kSub;
  ASSERT_EQ(sub.scheduler.enable(cpu_form), 0);
  EXPECT_EQ(log,
            (Log{"7 program init", "7 pool init", "init without map", "7 validate", "7 enabled"}));
}

}  // namespace
}  // namespace arenafuzz
