// SPDX-License-Identifier: GPL-2.0-only
//
// Threads over one pool (threads.h).
#include "src/pool/arena_map.h"
#include "src/pool/arena_pool.h"
#include "tests/src/pool/threads.h"

namespace arenafuzz {
namespace {

using testing::chunk_bytes_of;
using testing::chunks_of;
using testing::expect_all_free;
using testing::kKernelBase;
using testing::kPage;
using testing::kThreads;
using testing::kUserBase;
using testing::run_threads;
using testing::Shadow;
using testing::TestMetadata;
using testing::work;

struct Load {
  std::uint64_t seed;
  std::uint64_t pages;
  std::uint64_t largest_bytes;
  std::uint64_t fail_every_vzalloc;
  ReleasePolicy policy;
};

class ConcurrencyTest : public ::testing::TestWithParam<Load> {
 protected:
  void SetUp() override {
    RecordProperty("seed", std::to_string(GetParam().seed));
    ArenaMapConfig config;
    config.pages = GetParam().pages;
    config.user_base = kUserBase;
    config.kernel_base = kKernelBase;
    config.release_policy = GetParam().policy;
    ASSERT_EQ(map.create(config, storage, metadata), 0);
    metadata.fail_every(MetadataSite::kVzalloc, GetParam().fail_every_vzalloc);
  }
  TestMetadata metadata;
  PageRunStorage storage{1024};
  ArenaMap map;
  ArenaPool pool{metadata};
};

TEST_P(ConcurrencyTest, ThreadsOverOneArenaPoolShareNoGranuleAndLoseNone) {
  const Load load = GetParam();
  SCOPED_TRACE("seed " + std::to_string(load.seed));
  ASSERT_EQ(pool.init(&map), 0);
  Shadow shadow(kKernelBase, load.pages * kPage);
  run_threads(
      [&](std::uint32_t i) { work(pool, shadow, load.seed * 100 + i, i + 1, load.largest_bytes); });
  EXPECT_EQ(shadow.faults(), 0u);
  expect_all_free(pool);
  map.run_worker();
  EXPECT_EQ(map.taken_pages() * kPage, chunk_bytes_of(pool));
  EXPECT_EQ(metadata.outstanding(MetadataSite::kVzalloc), chunks_of(pool).size());
  pool.destroy();
  EXPECT_EQ(metadata.outstanding(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Loads, ConcurrencyTest,
    ::testing::Values(Load{1, 4, 1500, 0, ReleasePolicy::kImmediate},      // one chunk, always full
                      Load{2, 64, 2600, 0, ReleasePolicy::kImmediate},     // a few chunks
                      Load{3, 1024, 40000, 0, ReleasePolicy::kImmediate},  // growth races
                      Load{4, 256, 30000, 2, ReleasePolicy::kImmediate},   // unwinds
                      Load{5, 256, 30000, 2, ReleasePolicy::kDeferred}),
    [](const auto& chosen) { return "Seed" + std::to_string(chosen.param.seed); });

TEST(GenPoolConcurrency, ThreadsThatAddAllocAndFreeShareNoGranuleAndLoseNone) {
  constexpr std::uint64_t kSeed = 11;
  constexpr std::uint64_t kChunkBytes = 1024;
  constexpr std::uint64_t kChunks = 16;  // each thread adds its share
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  TestMetadata metadata;
  GenPool* pool = GenPool::create(3, metadata);
  Shadow shadow(kKernelBase, kChunks * kChunkBytes);
  run_threads([&](std::uint32_t i) {
    for (std::uint64_t n = i; n < kChunks; n += kThreads) {
      EXPECT_EQ(pool->add(kKernelBase + n * kChunkBytes, kChunkBytes), 0);
      work(*pool, shadow, kSeed * 100 + n, i + 1, 700);
    }
  });
  EXPECT_EQ(shadow.faults(), 0u);
  expect_all_free(*pool);
  EXPECT_EQ(pool->size(), kChunks * kChunkBytes);
  EXPECT_EQ(pool->avail(), kChunks * kChunkBytes);
  pool->destroy();
  EXPECT_EQ(metadata.outstanding(), 0u);
}

TEST(GenPoolConcurrency, ThreadsInOneChunkOfFourWordsShareNoGranuleAndLoseNone) {
  constexpr std::uint64_t kSeed = 12;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  TestMetadata metadata;
  GenPool* pool = GenPool::create(3, metadata);
  ASSERT_EQ(pool->add(kKernelBase, 2048), 0);
  Shadow shadow(kKernelBase, 2048);
  run_threads([&](std::uint32_t i) { work(*pool, shadow, kSeed * 100 + i, i + 1, 900); });
  EXPECT_EQ(shadow.faults(), 0u);
  expect_all_free(*pool);
  pool->destroy();
  EXPECT_EQ(metadata.outstanding(), 0u);
}

// Readers walk the list while chunks are added: each sees a chunk whole or not at all.
TEST(GenPoolConcurrency, ReadersSeeOnlyWholeChunksWhileOthersAdd) {
  constexpr std::uint64_t kAdds = 200;
  TestMetadata metadata;
  GenPool* pool = GenPool::create(3, metadata);
  std::atomic<std::uint64_t> torn{0};
  run_threads([&](std::uint32_t i) {
    for (std::uint64_t n = 0; n < kAdds; ++n) {
      if (i % 2 == 0 && pool->add(kKernelBase + (i * kAdds + n) * kPage, kPage) != 0) ++torn;
      if (pool->size() % kPage != 0 || pool->avail() % kPage != 0) ++torn;
      if (pool->has_addr(kKernelBase, 2 * kPage)) ++torn;
    }
  });
  EXPECT_EQ(torn.load(), 0u);
  EXPECT_EQ(chunks_of(*pool).size(), 2 * kAdds);
  EXPECT_EQ(pool->size(), 2 * kAdds * kPage);
  pool->destroy();
}

// Claims and releases straight at the map: no page is granted twice.
TEST(ArenaMapConcurrency, ThreadsThatClaimAndReleaseShareNoPage) {
  SCOPED_TRACE("seed 2100 + thread");
  TestMetadata metadata;
  PageRunStorage storage(64);
  ArenaMap map;
  ASSERT_EQ(map.create({.pages = 64, .user_base = kUserBase}, storage, metadata), 0);
  std::vector<std::atomic<std::uint32_t>> owners(64);
  std::atomic<std::uint64_t> faults{0};
  run_threads([&](std::uint32_t i) {
    std::mt19937_64 random(2100 + i);
    for (int round = 0; round < 2000; ++round) {
      const std::uint64_t pages = random() % 24 + 1;
      const std::uint64_t address = map.claim({.pages = PageCount{pages}});
      if (address == 0) continue;
      const auto first =
          owners.begin() + static_cast<std::ptrdiff_t>((address - kUserBase) / kPage);
      const auto last = first + static_cast<std::ptrdiff_t>(pages);
      for (auto at = first; at != last; ++at) faults += at->exchange(i + 1) != 0;
      for (auto at = first; at != last; ++at) faults += at->exchange(0) != i + 1;
      map.release(address, PageCount{pages});
    }
  });
  EXPECT_EQ(faults.load(), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
}

}  // namespace
}  // namespace arenafuzz
