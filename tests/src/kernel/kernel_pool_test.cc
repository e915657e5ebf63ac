// SPDX-License-Identifier: GPL-2.0-only
//
// The default tree's arena pool behind PoolPort.
#include "src/kernel/kernel_pool.h"

#include <cerrno>

#include "tests/src/kernel/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kGrowthPages = 4;  // the least

TEST(KernelPool, HasNoPoolUntilInitAndNoneAfterDestroy) {
  KernelPoolBench bench;
  EXPECT_FALSE(bench.pool.exists());
  EXPECT_EQ(bench.pool.init(&bench.map), 0);
  EXPECT_TRUE(bench.pool.exists());
  bench.pool.destroy();
  EXPECT_FALSE(bench.pool.exists());
  EXPECT_EQ(bench.metadata.outstanding(), 0u);
}

TEST(KernelPool, MakesNoPoolWithoutAMap) {
  KernelPoolBench bench;
  EXPECT_EQ(bench.pool.init(nullptr), 0);
  EXPECT_FALSE(bench.pool.exists());
  EXPECT_EQ(bench.pool.alloc(64), 0u);
  bench.pool.free(kKernelBase, 64);
  bench.pool.destroy();
  EXPECT_EQ(bench.metadata.calls(MetadataSite::kKmalloc), 0u);
}

TEST(KernelPool, RefusesASecondInitAndKeepsTheFirstPool) {
  KernelPoolBench bench;
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  const std::uint64_t block = bench.pool.alloc(64);
  EXPECT_EQ(bench.pool.init(&bench.map), -EBUSY);
  EXPECT_TRUE(bench.pool.exists());
  bench.pool.free(block, 64);
  EXPECT_EQ(bench.pool.alloc(64), block);
  EXPECT_EQ(bench.metadata.outstanding(MetadataSite::kKmalloc), 1u);
  bench.pool.destroy();
}

TEST(KernelPool, SaysThatThereIsNoMemoryForItAndStaysUsable) {
  KernelPoolBench bench;
  bench.metadata.fail(MetadataSite::kKmalloc);
  EXPECT_EQ(bench.pool.init(&bench.map), -ENOMEM);
  EXPECT_FALSE(bench.pool.exists());
  EXPECT_EQ(bench.pool.init(&bench.map), 0);
  bench.pool.destroy();
}

TEST(KernelPool, AsksForTheSizesOfTheKernelsStructures) {
  for (const std::uint64_t page : {kPage, 4 * kPage, 16 * kPage}) {
    KernelPoolBench bench(64, page);
    ASSERT_EQ(bench.pool.init(&bench.map), 0);
    bench.pool.alloc(8);
    bench.pool.alloc(7 * page);
    EXPECT_THAT(bench.metadata.sizes(MetadataSite::kKmalloc), ElementsAre(56));
    EXPECT_THAT(bench.metadata.sizes(MetadataSite::kVzalloc),
                ElementsAre(56 + kGrowthPages * page / 64, 56 + 7 * page / 64));
    bench.pool.destroy();
  }
}

TEST(KernelPool, GrowsByFourPagesOfTheArenasPageSize) {
  for (const std::uint64_t page : {kPage, 4 * kPage, 16 * kPage}) {
    KernelPoolBench bench(64, page);
    ASSERT_EQ(bench.pool.init(&bench.map), 0);
    EXPECT_EQ(bench.pool.alloc(8), kKernelBase);
    EXPECT_EQ(bench.map.taken_pages(), kGrowthPages);
    EXPECT_EQ(chunk_bytes_of(bench.pool), kGrowthPages * page);
    bench.pool.destroy();
    EXPECT_EQ(bench.map.taken_pages(), kGrowthPages) << "pages stay with the map";
  }
}

TEST(KernelPool, ShowsItsChunksNewestFirst) {
  KernelPoolBench bench;
  ChunkView view;
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  EXPECT_FALSE(bench.pool.newest_chunk(&view));
  bench.pool.alloc(20);
  bench.pool.alloc(4 * kPage);
  ASSERT_TRUE(bench.pool.newest_chunk(&view));
  const std::vector<ChunkView> chunks = chunks_of(bench.pool);
  ASSERT_EQ(chunks.size(), 2u);
  EXPECT_EQ(chunks[0].start, view.start);
  EXPECT_EQ(chunks[0].start, kKernelBase + 4 * kPage);
  EXPECT_EQ(chunks[1].start, kKernelBase);
  EXPECT_EQ(chunks[1].end, kKernelBase + 4 * kPage - 1);
  EXPECT_EQ(chunks[1].granules, 4 * kPage / 8);
  EXPECT_EQ(set_bits_of(chunks[1]), 3u);
  EXPECT_EQ(chunks[1].avail->load(), 4 * kPage - 24);
  bench.pool.destroy();
}

TEST(KernelPool, GivesAFreedBlockOutAgain) {
  KernelPoolBench bench;
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  const std::uint64_t block = bench.pool.alloc(64);
  EXPECT_EQ(bench.pool.alloc(64), block + 64);
  bench.pool.free(block, 64);
  EXPECT_EQ(bench.pool.alloc(40), block);
  EXPECT_EQ(avail_bytes_of(bench.pool), 4 * kPage - 104);
  bench.pool.destroy();
}

TEST(KernelPool, GivesThePagesOfAFailedGrowthBack) {
  KernelPoolBench bench;
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  bench.metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(bench.pool.alloc(64), 0u);
  EXPECT_EQ(bench.map.taken_pages(), 0u);
  EXPECT_EQ(bench.pool.alloc(64), kKernelBase);
  bench.pool.destroy();
}

TEST(KernelPool, RefusesSizesThatNoArenaHolds) {
  KernelPoolBench bench;
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  EXPECT_EQ(bench.pool.alloc(0), 0u);
  EXPECT_EQ(bench.pool.alloc(kAllOnes), 0u);
  EXPECT_EQ(bench.map.taken_pages(), 0u);
  bench.pool.destroy();
}

TEST(KernelPool, EndsAWrongFreeInTheBugOfItsKind) {
  KernelPoolBench bench;
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  const std::uint64_t block = bench.pool.alloc(64);
  KernelPool& pool = bench.pool;
  EXPECT_EQ(bug_of([&] { pool.free(block + 64, 8); }), BugSite::kFreeNotAllocated);
  EXPECT_EQ(bug_of([&] { pool.free(block, 5 * kPage); }), BugSite::kFreePastEnd);
  EXPECT_EQ(bug_of([&] { pool.free(block - kPage, 64); }), BugSite::kFreeNoChunk);
  context_depth = {};  // a BUG leaves its read section behind
}

TEST(KernelPool, ForgetsItsPoolWithoutACallIntoTheTree) {
  KernelPoolBench bench;
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  bench.pool.alloc(64);
  const std::uint64_t out = bench.metadata.outstanding();
  bench.pool.forget();
  EXPECT_FALSE(bench.pool.exists());
  EXPECT_EQ(bench.metadata.outstanding(), out);
  EXPECT_EQ(bench.pool.init(&bench.map), 0);
  bench.pool.destroy();
}

TEST(KernelPool, KeepsItsSchedulersApart) {
  KernelPoolBench bench;
  KernelPool other(1);
  ASSERT_EQ(bench.pool.init(&bench.map), 0);
  EXPECT_FALSE(other.exists());
  ASSERT_EQ(other.init(&bench.map), 0);
  EXPECT_EQ(bench.pool.alloc(8), kKernelBase);
  EXPECT_EQ(other.alloc(8), kKernelBase + 4 * kPage);
  bench.pool.destroy();
  EXPECT_TRUE(other.exists());
  other.destroy();
  EXPECT_EQ(bench.metadata.outstanding(), 0u);
}

}  // namespace
}  // namespace arenafuzz::testing
