// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/books.h"

#include <gtest/gtest.h>

#include <bit>
#include <deque>

#include "fuzz/program/random.h"
#include "src/pool/bitmap.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kBase = 0x7ea000010000;

// A chunk's words as a pool would keep them.
struct OwnChunk {
  explicit OwnChunk(std::uint64_t count) : words((count + 63) / 64), granules(count) {}
  std::vector<std::uint64_t> words;
  std::uint64_t granules;
  atomics::Word avail{0};
  atomics::Word* atomic() { return reinterpret_cast<atomics::Word*>(words.data()); }
  bool taken(std::uint64_t granule) const {
    return (words[granule / 64] >> (granule % 64) & 1) != 0;
  }
  void set(std::uint64_t first, std::uint64_t count, bool value) {
    for (std::uint64_t i = first; i < first + count; ++i) {
      const std::uint64_t bit = std::uint64_t{1} << (i % 64);
      words[i / 64] = value ? words[i / 64] | bit : words[i / 64] & ~bit;
    }
  }
};

class BooksTest : public ::testing::TestWithParam<int> {
 protected:
  std::uint64_t granule() const { return std::uint64_t{1} << order; }
  void add(std::uint64_t pages) {
    const std::uint64_t bytes = pages * 4096;
    OwnChunk& chunk = own.emplace_back(bytes >> order);
    chunk.avail = bytes;
    starts.push_back(next);
    const ChunkView view{next, next + bytes - 1, &chunk.avail, chunk.atomic(), chunk.granules};
    ASSERT_TRUE(books.add(view, order, {kBase, 12}, region));
    next += bytes + 4096 * pages;
  }
  void change(Random& random) {
    const auto index = random.below(static_cast<std::uint32_t>(own.size()));
    OwnChunk& chunk = own[index];
    const std::uint64_t first = random.below(static_cast<std::uint32_t>(chunk.granules));
    const std::uint64_t count = std::min(1 + random.log_uniform(0, 300), chunk.granules - first);
    const std::uint64_t address = starts[index] + first * granule();
    std::uint64_t taken = 0;
    for (std::uint64_t i = first; i < first + count; ++i) taken += chunk.taken(i) ? 1u : 0u;
    if (taken != 0 && taken != count) return;
    chunk.set(first, count, taken == 0);
    chunk.avail = taken == 0 ? chunk.avail - count * granule() : chunk.avail + count * granule();
    if (taken == 0) books.set_live(index, address, count * granule());
    if (taken != 0) books.set_free(index, address, count * granule());
  }
  // For a page or more: one at a multiple of the power of two at or above it.
  bool some_hole(std::uint64_t size) const {
    const std::uint64_t wanted = (size + granule() - 1) / granule();
    const std::uint64_t step = size < 4096 ? 1 : std::bit_ceil(size) / granule();
    for (const OwnChunk& chunk : own)
      for (std::uint64_t at = 0; at + wanted <= chunk.granules; at += step) {
        std::uint64_t free = 0;
        while (free < wanted && !chunk.taken(at + free)) ++free;
        if (free == wanted) return true;
      }
    return false;
  }

  int order = GetParam();
  ShadowRegion region;
  Books books;
  std::deque<OwnChunk> own;
  std::vector<std::uint64_t> starts;
  std::uint64_t next = kBase;
};

TEST_P(BooksTest, AnswersWhetherAHoleFitsAsAScanDoes) {
  Random random(3);
  for (std::uint64_t i = 0; i < 20; ++i) add(1 + i % 3);
  int fits = 0;
  for (int i = 0; i < 4000; ++i) {
    change(random);
    const std::uint64_t size = random.log_uniform(1, 14000);
    const bool expected = some_hole(size);
    ASSERT_EQ(books.hole_fits(size), expected) << i << " " << size;
    fits += expected ? 1 : 0;
  }
  EXPECT_GT(fits, 400);
  EXPECT_LT(fits, 3900);
}

TEST_P(BooksTest, AgreesWithTheWordsItBookedAndWithNoOthers) {
  Random random(4);
  add(2);
  for (int i = 0; i < 300; ++i) {
    change(random);
    ASSERT_TRUE(books.chunk_agrees(books.chunks()[0])) << i;
  }
  own[0].set(7, 1, !own[0].taken(7));
  EXPECT_FALSE(books.chunk_agrees(books.chunks()[0]));
  own[0].set(7, 1, !own[0].taken(7));
  own[0].avail += 8;
  EXPECT_FALSE(books.avail_agrees(books.chunks()[0]));
}

TEST_P(BooksTest, FindsTheChunkOfAnAddress) {
  for (std::uint64_t i = 0; i < 5; ++i) add(2);
  for (std::uint32_t i = 0; i < 5; ++i) {
    EXPECT_EQ(books.find(starts[i]), i);
    EXPECT_EQ(books.find(starts[i] + 8191), i);
    EXPECT_EQ(books.find(starts[i] + 8192), Books::kNoChunk);
    EXPECT_EQ(books.find(starts[i] - 1), Books::kNoChunk);
  }
  EXPECT_FALSE(books.has_overlap());
}

TEST_P(BooksTest, ForgetsEverythingOnDiscard) {
  add(2);
  books.discard();
  region.reset();
  EXPECT_EQ(books.find(starts[0]), Books::kNoChunk);
  EXPECT_FALSE(books.hole_fits(8));
  add(1);
  EXPECT_TRUE(books.hole_fits(4096));
  EXPECT_FALSE(books.hole_fits(4097));
}

TEST_P(BooksTest, DropsChunksThatThePoolGaveUpAndKeepsTheOthersAsTheyWere) {
  Random random(5);
  for (std::uint64_t i = 0; i < 40; ++i) add(1 + i % 2);
  for (int i = 0; i < 400; ++i) change(random);
  books.keep_if([this](const ChunkView& view) { return view.start != starts[7]; });
  EXPECT_EQ(books.chunks().size(), 39u);
  EXPECT_EQ(books.find(starts[7]), Books::kNoChunk);
  EXPECT_EQ(books.find(starts[8]), 7u);
  own[7].set(0, own[7].granules, true);  // some_hole() is to pass it over
  for (const Books::Chunk& chunk : books.chunks()) EXPECT_TRUE(books.chunk_agrees(chunk));
  for (const std::uint64_t size : {8u, 900u, 4096u, 8192u, 8193u})
    EXPECT_EQ(books.hole_fits(size), some_hole(size)) << size;
}

INSTANTIATE_TEST_SUITE_P(Orders, BooksTest, ::testing::Values(3, 4));

TEST(BooksOverlap, IsNoticedWhenAChunkIsAddedOverAnother) {
  ShadowRegion region;
  Books books;
  OwnChunk a(2048);
  OwnChunk b(2048);
  ASSERT_TRUE(
      books.add({kBase, kBase + 16383, &a.avail, a.atomic(), 2048}, 3, {kBase, 12}, region));
  EXPECT_FALSE(books.has_overlap());
  const std::uint64_t start = kBase + 8192;
  ASSERT_TRUE(
      books.add({start, start + 16383, &b.avail, b.atomic(), 2048}, 3, {kBase, 12}, region));
  EXPECT_TRUE(books.has_overlap());
  EXPECT_EQ(books.find(start), 1u);
  EXPECT_EQ(books.find(start - 1), 0u);
}

}  // namespace
}  // namespace arenafuzz
