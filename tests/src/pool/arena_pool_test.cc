// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/arena_pool.h"

#include <cerrno>

#include "src/pool/arena_map.h"
#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::avail_bytes_of;
using testing::bug_of;
using testing::chunk_bytes_of;
using testing::chunks_of;
using testing::kAllOnes;
using testing::kKernelBase;
using testing::kPage;
using testing::kUserBase;
using testing::RecordingPages;
using testing::TestMetadata;

using Claims = std::vector<std::uint64_t>;
using Releases = std::vector<RecordingPages::Release>;

constexpr std::uint64_t kFourGib = std::uint64_t{1} << 32;

// Over a page source that records.
struct ArenaPoolTest : ::testing::Test {
  TestMetadata metadata;
  RecordingPages pages;
  ArenaPool pool{metadata};
};

// Over a map of sixteen pages.
struct ArenaPoolOnMapTest : ::testing::Test {
  void create_map(const ArenaMapConfig& config) {
    ASSERT_EQ(map.create(config, storage, metadata), 0);
    ASSERT_EQ(pool.init(&map), 0);
  }
  ArenaMapConfig config(ReleasePolicy policy = ReleasePolicy::kImmediate) const {
    ArenaMapConfig made;
    made.pages = 16;
    made.user_base = kUserBase + 0x80000000;
    made.kernel_base = kKernelBase;
    made.release_policy = policy;
    return made;
  }
  static constexpr std::uint64_t kFirst = kKernelBase + 0x80000000;  // page 0 for the kernel
  TestMetadata metadata;
  PageRunStorage storage{16};
  ArenaMap map;
  ArenaPool pool{metadata};
};

// ---- init and no pool

TEST_F(ArenaPoolTest, InitWithoutAMapSucceedsAndMakesNoPool) {
  EXPECT_EQ(pool.init(nullptr), 0);
  EXPECT_FALSE(pool.exists());
  EXPECT_EQ(metadata.calls(MetadataSite::kKmalloc), 0u);
}

TEST_F(ArenaPoolTest, WithoutAPoolEveryCallDoesNothing) {
  ChunkView view;
  EXPECT_EQ(pool.alloc(8), 0u);
  pool.free(kKernelBase, 8);
  pool.destroy();
  EXPECT_FALSE(pool.newest_chunk(&view));
  EXPECT_TRUE(chunks_of(pool).empty());
}

TEST_F(ArenaPoolTest, InitMakesAPoolOfEightByteGranulesAndClaimsNothing) {
  EXPECT_EQ(pool.init(&pages), 0);
  EXPECT_TRUE(pool.exists());
  EXPECT_EQ(pool.granule_order(), 3);
  EXPECT_TRUE(pages.claims.empty());
  EXPECT_EQ(metadata.sizes(MetadataSite::kKmalloc), (std::vector<std::uint64_t>{56}));
}

TEST_F(ArenaPoolTest, InitFailsWithoutMemoryAndThenSucceeds) {
  metadata.fail(MetadataSite::kKmalloc);
  EXPECT_EQ(pool.init(&pages), -ENOMEM);
  EXPECT_FALSE(pool.exists());
  EXPECT_EQ(pool.alloc(8), 0u);
  EXPECT_EQ(pool.init(&pages), 0);
}

TEST_F(ArenaPoolTest, ASecondInitIsBusyAndLeavesTheFirstPool) {
  ASSERT_EQ(pool.init(&pages), 0);
  const std::uint64_t block = pool.alloc(8);
  RecordingPages others;
  EXPECT_EQ(pool.init(&others), -EBUSY);
  EXPECT_EQ(metadata.calls(MetadataSite::kKmalloc), 1u);
  EXPECT_EQ(pool.alloc(8), block + 8);
  EXPECT_TRUE(others.claims.empty());
}

TEST_F(ArenaPoolTest, InitWithoutAMapLeavesARunningPoolAlone) {
  ASSERT_EQ(pool.init(&pages), 0);
  EXPECT_EQ(pool.init(nullptr), 0);
  EXPECT_TRUE(pool.exists());
}

TEST_F(ArenaPoolTest, AfterDestroyInitWorksAgain) {
  ASSERT_EQ(pool.init(&pages), 0);
  pool.destroy();
  EXPECT_FALSE(pool.exists());
  EXPECT_EQ(pool.init(&pages), 0);
  EXPECT_NE(pool.alloc(8), 0u);
}

// ---- growth

TEST_F(ArenaPoolTest, TheFirstAllocClaimsFourPagesAndTakesTheirStart) {
  ASSERT_EQ(pool.init(&pages), 0);
  pages.next = kUserBase + 0x1234000;
  EXPECT_EQ(pool.alloc(1), kKernelBase + 0x1234000);
  EXPECT_EQ(pages.claims, (Claims{4}));
  ChunkView view;
  ASSERT_TRUE(pool.newest_chunk(&view));
  EXPECT_EQ(view.start, kKernelBase + 0x1234000);
  EXPECT_EQ(view.end, kKernelBase + 0x1237fff);
  EXPECT_EQ(metadata.sizes(MetadataSite::kVzalloc), (std::vector<std::uint64_t>{312}));
}

TEST_F(ArenaPoolTest, GrowthIsTheSizeInPagesRoundedUpButAtLeastFour) {
  ASSERT_EQ(pool.init(&pages), 0);
  for (std::uint64_t size : {16384u, 16385u, 20480u, 20481u, 409600u})
    EXPECT_NE(pool.alloc(size), 0u);
  EXPECT_EQ(pages.claims, (Claims{4, 5, 5, 6, 100}));
}

TEST_F(ArenaPoolTest, GrowthIsFourPagesWhateverThePageSize) {
  for (std::uint64_t page : {4096u, 16384u, 65536u}) {
    pages.bytes_a_page = page;
    pages.claims.clear();
    ASSERT_EQ(pool.init(&pages), 0);
    pool.alloc(1);
    pool.alloc(4 * page + 1);
    EXPECT_EQ(pages.claims, (Claims{4, 5}));
    EXPECT_EQ(chunk_bytes_of(pool), 9 * page);
    pool.destroy();
  }
}

TEST_F(ArenaPoolTest, NothingIsClaimedWhileAHoleFits) {
  ASSERT_EQ(pool.init(&pages), 0);
  for (int i = 0; i < 16; ++i) EXPECT_NE(pool.alloc(1024), 0u);
  EXPECT_EQ(pages.claims, (Claims{4}));
  EXPECT_NE(pool.alloc(1), 0u);
  EXPECT_EQ(pages.claims, (Claims{4, 4}));
}

TEST_F(ArenaPoolTest, ARefusedClaimGivesNothingAndIsAskedOnce) {
  ASSERT_EQ(pool.init(&pages), 0);
  pages.refuse = true;
  EXPECT_EQ(pool.alloc(8), 0u);
  EXPECT_EQ(pages.claims, (Claims{4}));
  EXPECT_TRUE(pages.releases.empty());
  EXPECT_EQ(metadata.calls(MetadataSite::kVzalloc), 0u);
}

TEST_F(ArenaPoolTest, AFailedAddReleasesExactlyThosePagesAtThatAddress) {
  ASSERT_EQ(pool.init(&pages), 0);
  pages.next = kUserBase + 0x80005000;
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(pool.alloc(5 * kPage), 0u);
  EXPECT_EQ(pages.claims, (Claims{5}));
  EXPECT_EQ(pages.releases, (Releases{{kUserBase + 0x80005000, 5}}));
  EXPECT_TRUE(chunks_of(pool).empty());
}

TEST_F(ArenaPoolTest, AFailedGrowthLeavesTheOlderChunksAsTheyWere) {
  ASSERT_EQ(pool.init(&pages), 0);
  const std::uint64_t block = pool.alloc(16000);
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(pool.alloc(400), 0u);
  EXPECT_EQ(avail_bytes_of(pool), 384u);
  EXPECT_EQ(pool.alloc(384), block + 16000);
}

// ---- sizes at the edge

TEST_F(ArenaPoolTest, SizeZeroAndSizesAboveFourGibMakeNoSeamCall) {
  ASSERT_EQ(pool.init(&pages), 0);
  for (std::uint64_t size : {std::uint64_t{0}, kFourGib + 1, 2 * kFourGib, kAllOnes - 7, kAllOnes})
    EXPECT_EQ(pool.alloc(size), 0u);
  EXPECT_TRUE(pages.claims.empty());
  EXPECT_EQ(metadata.calls(MetadataSite::kVzalloc), 0u);
}

TEST_F(ArenaPoolTest, FourGibAsksThePageSourceOnce) {
  ASSERT_EQ(pool.init(&pages), 0);
  pages.refuse = true;
  EXPECT_EQ(pool.alloc(kFourGib), 0u);
  EXPECT_EQ(pool.alloc(kFourGib - 1), 0u);
  EXPECT_EQ(pool.alloc(kFourGib - kPage), 0u);
  EXPECT_EQ(pages.claims, (Claims{1 << 20, 1 << 20, (1 << 20) - 1}));
}

TEST_F(ArenaPoolTest, FourGibAsksVzallocForSixtyFourMebibytes) {
  ASSERT_EQ(pool.init(&pages), 0);
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(pool.alloc(kFourGib), 0u);
  EXPECT_EQ(metadata.sizes(MetadataSite::kVzalloc), (std::vector<std::uint64_t>{56 + (64u << 20)}));
  EXPECT_EQ(pages.releases, (Releases{{kUserBase, 1 << 20}}));
}

// ---- free

TEST_F(ArenaPoolTest, FreeOfAddressZeroDoesNothing) {
  ASSERT_EQ(pool.init(&pages), 0);
  EXPECT_EQ(bug_of([&] { pool.free(0, 8); }), BugSite::kNone);
}

TEST_F(ArenaPoolTest, FreeReachesTheGenPool) {
  ASSERT_EQ(pool.init(&pages), 0);
  const std::uint64_t block = pool.alloc(100);
  pool.free(block, 100);
  EXPECT_EQ(avail_bytes_of(pool), 16384u);
  EXPECT_EQ(bug_of([&] { pool.free(block, 100); }), BugSite::kFreeNotAllocated);
  EXPECT_TRUE(pages.releases.empty());
}

TEST_F(ArenaPoolTest, ForgetDropsThePoolWithoutACall) {
  ASSERT_EQ(pool.init(&pages), 0);
  pool.alloc(8);
  pool.forget();
  EXPECT_FALSE(pool.exists());
  pool.destroy();
  EXPECT_EQ(metadata.outstanding(), 2u);
}

// ---- over a real map

TEST_F(ArenaPoolOnMapTest, AddressesAreTheKernelsNotThePageIndexes) {
  create_map(config());
  EXPECT_EQ(pool.alloc(16384), kFirst);
  EXPECT_EQ(pool.alloc(16384), kFirst + 16384);
  EXPECT_EQ(map.taken_pages(), 8u);
}

TEST_F(ArenaPoolOnMapTest, TheArenaRunsOutExactly) {
  create_map(config());
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(pool.alloc(16384), kFirst + i * 16384);
  EXPECT_EQ(pool.alloc(1), 0u);
  EXPECT_EQ(map.taken_pages(), 16u);
  pool.free(kFirst, 16384);
  EXPECT_EQ(pool.alloc(16384), kFirst);
}

TEST_F(ArenaPoolOnMapTest, TheWholeArenaCanBeOneBlock) {
  create_map(config());
  EXPECT_EQ(pool.alloc(16 * kPage + 1), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
  EXPECT_EQ(pool.alloc(16 * kPage), kFirst);
  EXPECT_EQ(map.taken_pages(), 16u);
}

TEST_F(ArenaPoolOnMapTest, AnArenaThatIsNotMappedYetGivesNothingUntilItIs) {
  ArenaMapConfig unmapped = config();
  unmapped.user_base = 0;
  create_map(unmapped);
  EXPECT_EQ(pool.alloc(8), 0u);
  ASSERT_EQ(map.mmap(kUserBase + 0x80000000), 0);
  EXPECT_EQ(pool.alloc(8), kFirst);
}

TEST_F(ArenaPoolOnMapTest, TheAllocAfterAFailureSucceedsAtTheSameAddress) {
  create_map(config());
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(pool.alloc(8), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
  EXPECT_EQ(pool.alloc(8), kFirst);
  EXPECT_EQ(map.taken_pages(), 4u);
}

TEST_F(ArenaPoolOnMapTest, UnderDeferredReleaseTheUnwoundPagesWaitForTheWorker) {
  create_map(config(ReleasePolicy::kDeferred));
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(pool.alloc(10 * kPage), 0u);
  EXPECT_EQ(map.taken_pages(), 10u);
  EXPECT_EQ(pool.alloc(10 * kPage), 0u);
  EXPECT_EQ(map.run_worker(), 1u);
  EXPECT_EQ(map.taken_pages(), 0u);
  EXPECT_EQ(pool.alloc(10 * kPage), kFirst);
}

TEST_F(ArenaPoolOnMapTest, PagesWhoseSpanRecordFailsAreLostUntilTheMapDies) {
  create_map(config(ReleasePolicy::kDeferred));
  metadata.fail(MetadataSite::kVzalloc);
  metadata.fail(MetadataSite::kSpan);
  EXPECT_EQ(pool.alloc(8), 0u);
  EXPECT_EQ(map.run_worker(), 0u);
  EXPECT_EQ(map.taken_pages(), 4u);
  EXPECT_EQ(pool.alloc(8), kFirst + 4 * kPage);
}

TEST_F(ArenaPoolOnMapTest, ARunThatOverlapsALiveChunkIsGivenBackAndTheGrowthFails) {
  create_map(config());
  ASSERT_EQ(pool.alloc(16384), kFirst);
  map.bpf_release(map.user_address_of_page(0), PageCount{4});
  EXPECT_EQ(pool.alloc(8), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
  EXPECT_EQ(chunks_of(pool).size(), 1u);
  EXPECT_EQ(metadata.calls(MetadataSite::kVzalloc), 1u);
}

TEST_F(ArenaPoolOnMapTest, ARunThatOverlapsAChunkByOnePageIsRefusedToo) {
  create_map(config());
  ASSERT_EQ(map.reserve(map.user_address_of_page(0), PageCount{3}), 0);
  ASSERT_EQ(pool.alloc(16384), kFirst + 3 * kPage);
  map.bpf_release(map.user_address_of_page(0), PageCount{4});
  EXPECT_EQ(pool.alloc(8), 0u);
  EXPECT_EQ(map.taken_pages(), 3u);
  EXPECT_EQ(chunks_of(pool).size(), 1u);
}

TEST_F(ArenaPoolOnMapTest, AfterAnOverlapThePoolGrowsElsewhere) {
  create_map(config());
  ASSERT_EQ(pool.alloc(16384), kFirst);
  map.bpf_release(map.user_address_of_page(0), PageCount{4});
  EXPECT_EQ(pool.alloc(8), 0u);
  ASSERT_EQ(map.reserve(map.user_address_of_page(0), PageCount{4}), 0);
  EXPECT_EQ(pool.alloc(8), kFirst + 16384);
}

TEST_F(ArenaPoolOnMapTest, DestroyFreesLiveBlocksAndMetadataAndKeepsThePages) {
  create_map(config());
  for (std::uint64_t size : {1u, 100u, 5000u, 20000u, 30u}) EXPECT_NE(pool.alloc(size), 0u);
  const std::uint64_t taken = map.taken_pages();
  pool.destroy();
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.taken_pages(), taken);
  EXPECT_EQ(taken, 9u);
}

TEST_F(ArenaPoolOnMapTest, AfterDestroyANewPoolGetsOtherPages) {
  create_map(config());
  ASSERT_EQ(pool.alloc(8), kFirst);
  pool.destroy();
  ASSERT_EQ(pool.init(&map), 0);
  EXPECT_EQ(pool.alloc(8), kFirst + 16384);
}

TEST_F(ArenaPoolOnMapTest, ThePagesClaimedAreTheSumOfTheChunks) {
  create_map(config());
  for (std::uint64_t size : {1u, 17000u, 9000u, 15000u}) EXPECT_NE(pool.alloc(size), 0u);
  EXPECT_EQ(map.taken_pages() * kPage, chunk_bytes_of(pool));
}

TEST_F(ArenaPoolOnMapTest, EveryFaultOfAnAllocLeavesTheStateAndTheRetryWorks) {
  create_map(config());
  ASSERT_EQ(pool.alloc(16384), kFirst);
  for (int i = 0; i < 3; ++i) {
    metadata.fail(MetadataSite::kVzalloc);
    EXPECT_EQ(pool.alloc(24), 0u);
    EXPECT_EQ(map.taken_pages(), 4u);
    EXPECT_EQ(avail_bytes_of(pool), 0u);
    EXPECT_EQ(metadata.outstanding(), 2u);
  }
  EXPECT_EQ(pool.alloc(24), kFirst + 16384);
}

}  // namespace
}  // namespace arenafuzz
