// SPDX-License-Identifier: GPL-2.0-only
//
// The model of one gen_pool against src/pool/gen_pool, driven directly: same calls, same answers.
#include "fuzz/harness/model/pool_model.h"

#include <gtest/gtest.h>

#include "faultinject/metadata_stand_in.h"
#include "fuzz/harness/books/bitmap_view.h"
#include "fuzz/program/random.h"
#include "src/pool/bug.h"
#include "src/pool/gen_pool.h"

namespace arenafuzz {
namespace {

class Throwing final : public ReportHandler {
 public:
  void on_bug(BugSite site) override { throw site; }
} throwing;

struct Block {
  std::uint64_t address;
  std::uint64_t size;
};

// Both sides of the comparison, and the blocks that are live.
class Pair {
 public:
  Pair(std::uint64_t seed, int granule_order) : random(seed), order(granule_order) {
    pool = GenPool::create(order, metadata);
    model.create(order);
    former = set_report_handler(&throwing);
  }
  ~Pair() { set_report_handler(former); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void add(std::uint64_t start, std::uint64_t size) {
    ASSERT_EQ(pool->add(start, size), 0);
    model.add(start, size);
  }
  void alloc(std::uint64_t size) {
    const PoolModel::Place place = model.place(size);
    const std::uint64_t wanted = place.found ? model.commit(place) : 0;
    ASSERT_EQ(pool->alloc(size), wanted) << size;
    if (wanted != 0) blocks.push_back({wanted, size});
  }
  // Any free; false once a BUG was hit, at the site that the model names.
  bool free(std::uint64_t address, std::uint64_t size) {
    if (runs_off(address, size)) return true;
    const BugSite wanted = model.free(address, size).bug;
    BugSite got = BugSite::kNone;
    try {
      pool->free(address, size);
    } catch (BugSite site) {
      got = site;
    }
    EXPECT_EQ(bug_site_name(got), bug_site_name(wanted)) << address << " " << size;
    return got == BugSite::kNone;
  }
  bool runs_off(std::uint64_t address, std::uint64_t size) const {
    for (const ChunkView& view : views())
      if (address >= view.start && address <= view.end)
        return runs_off_bitmap(view, order, address, size);
    return false;
  }
  std::vector<ChunkView> views() const {
    std::vector<ChunkView> found;
    pool->for_each_chunk(
        [](void* list, const ChunkView& view) {
          static_cast<std::vector<ChunkView>*>(list)->push_back(view);
        },
        &found);
    return found;
  }
  void compare() const {
    ASSERT_EQ(pool->avail(), model.avail());
    const std::vector<ChunkView> newest_first = views();
    ASSERT_EQ(newest_first.size(), model.chunks().size());
    for (std::uint32_t i = 0; i < newest_first.size(); ++i) {
      const ChunkView& view = newest_first[newest_first.size() - 1 - i];
      ASSERT_EQ(view.start, model.chunks()[i].start);
      ASSERT_EQ(view.end, model.chunks()[i].end);
      ASSERT_EQ(atomics::load(*view.avail), model.chunks()[i].avail);
      ASSERT_TRUE(model.matches_words(i, view)) << i;
    }
  }

  Random random;
  int order;
  MetadataStandIn metadata{std::size_t{16} << 20};
  GenPool* pool;
  PoolModel model;
  std::vector<Block> blocks;
  ReportHandler* former;
};

class PoolModelAgainstGenPool : public ::testing::TestWithParam<int> {
 protected:
  // One call of either kind; every third free is wrong if `misuse`.
  bool step(Pair& pair, bool misuse) {
    Random& random = pair.random;
    if (pair.blocks.empty() || random.chance(3, 5)) {
      pair.alloc(random.log_uniform(0, 6000));
      return true;
    }
    const std::size_t index = random.below(static_cast<std::uint32_t>(pair.blocks.size()));
    Block block = pair.blocks[index];
    pair.blocks.erase(pair.blocks.begin() + static_cast<std::ptrdiff_t>(index));
    if (misuse && random.chance(1, 3)) {
      block.address += random.below(40);
      block.size = random.chance(1, 2) ? block.size / 2 : ~std::uint64_t{0} - random.below(40);
    }
    return pair.free(block.address, block.size);
  }
  void run(Pair& pair, int steps, bool misuse) {
    for (int i = 0; i < steps; ++i) {
      if (!step(pair, misuse)) return;
      if (i % 16 != 0) continue;
      ASSERT_NO_FATAL_FAILURE(pair.compare()) << i;
    }
    pair.compare();
  }
};

TEST_P(PoolModelAgainstGenPool, AgreesOverRandomCalls) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Pair pair(seed, GetParam());
    for (std::uint64_t i = 0; i < 5; ++i) pair.add(0x10000 + i * 0x40000, 16384 - i * 24);
    run(pair, 1500, false);
  }
}

TEST_P(PoolModelAgainstGenPool, NamesTheBugSiteOfEveryWrongFree) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Pair pair(seed, GetParam());
    pair.add(0x10000, 8192);
    pair.add(0x20000, 4096 + 24);
    run(pair, 60, true);
  }
}

TEST_P(PoolModelAgainstGenPool, FollowsOverlappingChunks) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Pair pair(seed, GetParam());
    pair.add(0x10000, 8192);
    pair.add(0x11000, 8192);
    pair.add(0x10800, 4096);
    EXPECT_TRUE(pair.model.has_overlap());
    run(pair, 80, false);
  }
}
INSTANTIATE_TEST_SUITE_P(Orders, PoolModelAgainstGenPool, ::testing::Values(0, 3, 4, 7));

TEST(PoolModel, DestroysAsGenPoolDoesEvenWhenChunksOverlap) {
  int bugs = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Pair pair(seed, 3);
    pair.add(0x10000, 4096);
    pair.add(0x10800, 4096);
    for (int i = 0; i < 150; ++i) pair.alloc(pair.random.log_uniform(1, 600));
    for (const Block& block : pair.blocks)
      if (block.address < 0x10800 && pair.random.chance(1, 2)) pair.free(block.address, block.size);
    CollisionState none;
    const BugSite wanted = pair.model.destroy_stepwise(none);
    BugSite got = BugSite::kNone;
    try {
      pair.pool->free_all();
      pair.pool->destroy();
    } catch (BugSite site) {
      got = site;
    }
    ASSERT_EQ(bug_site_name(got), bug_site_name(wanted)) << seed;
    bugs += got != BugSite::kNone ? 1 : 0;
  }
  EXPECT_GT(bugs, 0);
}

TEST(PoolModel, HasAddrWrapsAsGenPoolDoes) {
  Pair pair(1, 3);
  pair.add(0x10000, 4096);
  const std::uint64_t starts[] = {0, 0xffff, 0x10000, 0x10001, 0x10fff, 0x11000};
  const std::uint64_t sizes[] = {0, 1, 8, 4095, 4096, 4097, ~std::uint64_t{0}, 1ull << 63};
  for (const std::uint64_t start : starts)
    for (const std::uint64_t size : sizes)
      EXPECT_EQ(pair.model.has_addr(start, size), pair.pool->has_addr(start, size))
          << start << " " << size;
}

TEST(PoolModel, CostsLittleForASizeThatNoChunkCanHold) {
  PoolModel model;
  model.create(3);
  model.add(0x10000, 16384, {0, 12});
  for (const std::uint64_t size : {1ull << 33, 1ull << 44, 1ull << 63, ~0ull - 7})
    EXPECT_LT(model.alloc_cost(model.place(size), size), 100u) << size;
}

// A chunk of `holes` single free granules, each behind a taken one.
PoolModel model_with_holes(std::uint32_t holes) {
  PoolModel model;
  model.create(3);
  model.add(0x10000, std::uint64_t{16} * holes);
  for (std::uint32_t i = 0; i < 2 * holes; ++i) model.commit(model.place(8));
  for (std::uint32_t i = 0; i < holes; ++i) model.free(0x10008 + std::uint64_t{16} * i, 8);
  return model;
}

// So that a program of many holes is ended by its budget, not by a clock (docs/design.md, Bounds
// are counts, never a clock).
TEST(PoolModel, ChargesForEachHoleThatAPolicyHasToLookAt) {
  constexpr std::uint32_t kHoles = 4096;
  const PoolModel model = model_with_holes(kHoles);
  const auto cost = [&model](AllocPolicy policy, std::uint32_t data) {
    return model.alloc_cost(model.place(8, policy, data), 8);
  };
  EXPECT_LT(cost(AllocPolicy::kFirstFit, 0), 4u);
  EXPECT_GE(cost(AllocPolicy::kAlign, 4), kHoles);  // every hole is odd: none is a multiple of 16
  EXPECT_LT(cost(AllocPolicy::kAlign, 4), 2 * kHoles);
  EXPECT_GE(cost(AllocPolicy::kBestFit, 0), 2 * kHoles / 64);
  EXPECT_LT(cost(AllocPolicy::kFixed, 8), 4u);
  EXPECT_FALSE(model.place(16, AllocPolicy::kBestFit, 0).found);
}

TEST(PoolModel, ExpectsAWarningForEachChunkThatAMisalignedOffsetIsTriedIn) {
  PoolModel model;
  model.create(4);
  model.add(0x10000, 64);
  model.add(0x20000, 32);
  model.add(0x30000, 64);
  EXPECT_EQ(model.place(48, AllocPolicy::kFixed, 8).warnings, 2u);
  EXPECT_EQ(model.place(32, AllocPolicy::kFixed, 8).warnings, 3u);
  EXPECT_EQ(model.place(65, AllocPolicy::kFixed, 8).warnings, 0u);
  EXPECT_EQ(model.place(0, AllocPolicy::kFixed, 8).warnings, 0u);
  EXPECT_EQ(model.place(16, AllocPolicy::kFixed, 16).warnings, 0u);
}

TEST(PoolModel, FindsTheChunkOfAPageOnlyWhereItWasAdded) {
  PoolModel model;
  model.create(3);
  model.add(0x7ea000010000, 16384, {0x7ea000010000, 12});
  EXPECT_TRUE(model.overlaps(0x7ea000013000, 4096));
  EXPECT_FALSE(model.overlaps(0x7ea000014000, 4096));
  EXPECT_FALSE(model.overlaps(0x7ea00000f000, 4096));
  EXPECT_TRUE(model.overlaps(0x7ea00000f000, 8192));
  EXPECT_EQ(model.free(0x7ea000014000, 8).bug, BugSite::kFreeNoChunk);
}

}  // namespace
}  // namespace arenafuzz
