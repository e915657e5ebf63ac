// SPDX-License-Identifier: GPL-2.0-only
//
// Threads over one pool. TSan sees no race in a wrong roll-back or a blind store, so each thread
// also claims every granule it was given in a shadow array (fine print 29): a granule handed out
// twice, lost for ever, or counted wrongly in avail fails an exact comparison. Every thread yields
// before some of its compare-and-swaps, so that collisions happen on few processors too.
#include <atomic>
#include <memory>
#include <random>
#include <thread>

#include "src/pool/arena_map.h"
#include "src/pool/arena_pool.h"
#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::avail_bytes_of;
using testing::chunk_bytes_of;
using testing::chunks_of;
using testing::HookGuard;
using testing::kKernelBase;
using testing::kPage;
using testing::kUserBase;
using testing::set_bits_of;
using testing::TestMetadata;

constexpr std::uint64_t kThreads = 4;
constexpr int kRounds = 6000;

struct Block {
  std::uint64_t address;
  std::uint64_t size;
};

// Who holds which granule of [base, base + bytes), as the threads themselves see it. All relaxed:
// the order must come from the pool, and `payload` makes TSan check that it does.
class Shadow {
 public:
  Shadow(std::uint64_t base, std::uint64_t bytes)
      : base_(base), owners_(bytes / 8), payload_(bytes / 8) {}

  void claim(const Block& block, std::uint32_t owner) { swap(block, 0, owner); }
  void drop(const Block& block, std::uint32_t owner) { swap(block, owner, 0); }
  std::uint64_t faults() const { return faults_.load(); }

 private:
  void swap(const Block& block, std::uint32_t from, std::uint32_t to) {
    const std::uint64_t first = (block.address - base_) / 8;
    const std::uint64_t count = (block.size + 7) / 8;
    if (block.address % 8 != 0 || first >= owners_.size() || count > owners_.size() - first) {
      ++faults_;
      return;
    }
    for (std::uint64_t i = first; i < first + count; ++i) {
      if (owners_[i].exchange(to, std::memory_order_relaxed) != from) ++faults_;
      if (faults_.load(std::memory_order_relaxed) == 0) payload_[i] += to;
    }
  }
  std::uint64_t base_;
  std::vector<std::atomic<std::uint32_t>> owners_;
  std::vector<std::uint64_t> payload_;
  std::atomic<std::uint64_t> faults_{0};
};

void yield_sometimes(void* context, atomics::Word*, std::uint64_t) {
  auto& random = *static_cast<std::mt19937_64*>(context);
  if (random() % 8 == 0) std::this_thread::yield();
}

// What one thread does: allocs and frees at random, holding up to 24 blocks; frees all at its end.
template <typename Pool>
void work(Pool& pool, Shadow& shadow, std::uint64_t seed, std::uint32_t owner,
          std::uint64_t largest) {
  std::mt19937_64 random(seed);
  std::mt19937_64 yields(seed + 1000);
  const HookGuard guard;
  atomics::hooks.before_compare_exchange = yield_sometimes;
  atomics::hooks.context = &yields;
  std::vector<Block> blocks;
  const auto free_one = [&](std::size_t index) {
    const Block block = blocks[index];
    blocks[index] = blocks.back();
    blocks.pop_back();
    shadow.drop(block, owner);
    pool.free(block.address, block.size);
  };
  for (int round = 0; round < kRounds; ++round) {
    if (blocks.size() < 24 && random() % 2 == 0) {
      const std::uint64_t size = random() % largest + 1;
      const Block block{pool.alloc(size), size};
      if (block.address == 0) continue;
      shadow.claim(block, owner);
      blocks.push_back(block);
    } else if (!blocks.empty()) {
      free_one(random() % blocks.size());
    }
  }
  while (!blocks.empty()) free_one(blocks.size() - 1);
}

template <typename Body>
void run_threads(Body body) {
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < kThreads; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

template <typename Pool>
void expect_all_free(const Pool& pool) {
  EXPECT_EQ(avail_bytes_of(pool), chunk_bytes_of(pool));
  for (const ChunkView& chunk : chunks_of(pool)) {
    EXPECT_EQ(chunk.avail->load(), chunk.end - chunk.start + 1);
    EXPECT_EQ(set_bits_of(chunk), 0u);
  }
}

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
