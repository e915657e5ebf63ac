// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/model/range_tree.h"

#include <gtest/gtest.h>

#include <map>

#include "fuzz/program/random.h"

namespace arenafuzz {
namespace {

constexpr std::uint32_t kChunks = 6;
constexpr std::uint32_t kGranules = 200;

bool operator==(const FreeRange& a, const FreeRange& b) {
  return a.chunk == b.chunk && a.start == b.start && a.length == b.length;
}

// The same, one flag a granule.
struct Naive {
  bool free[kChunks][kGranules] = {};

  std::map<std::uint32_t, std::uint32_t> ranges(std::uint32_t chunk) const {
    std::map<std::uint32_t, std::uint32_t> found;
    for (std::uint32_t i = 0; i < kGranules; ++i) {
      if (!free[chunk][i]) continue;
      const std::uint32_t start = i;
      while (i < kGranules && free[chunk][i]) ++i;
      found[start] = i - start;
    }
    return found;
  }
  bool first_fit(std::uint32_t count, FreeRange* range) const {
    for (std::uint32_t chunk = kChunks; chunk-- > 0;)
      for (const auto& [start, length] : ranges(chunk))
        if (length >= count) {
          *range = {chunk, start, length};
          return true;
        }
    return false;
  }
  bool uniform(std::uint32_t chunk, std::uint32_t start, std::uint32_t count, bool value) const {
    for (std::uint32_t i = start; i < start + count; ++i)
      if (free[chunk][i] != value) return false;
    return true;
  }
  void set(std::uint32_t chunk, std::uint32_t start, std::uint32_t count, bool value) {
    for (std::uint32_t i = start; i < start + count; ++i) free[chunk][i] = value;
  }
};

class RangeTreeAgainstFlags : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  void step() {
    const std::uint32_t chunk = random.below(kChunks);
    const std::uint32_t start = random.below(kGranules);
    const std::uint32_t count = 1 + random.below(std::min(kGranules - start, 1 + random.below(40)));
    ASSERT_EQ(tree.all_free(chunk, start, count), naive.uniform(chunk, start, count, true));
    ASSERT_EQ(tree.all_taken(chunk, start, count), naive.uniform(chunk, start, count, false));
    if (tree.all_free(chunk, start, count)) {
      tree.take(chunk, start, count);
      naive.set(chunk, start, count, false);
    } else if (tree.all_taken(chunk, start, count)) {
      tree.give(chunk, start, count);
      naive.set(chunk, start, count, true);
    }
  }
  void compare() {
    const std::uint32_t count = 1 + random.below(60);
    FreeRange got;
    FreeRange wanted;
    ASSERT_EQ(tree.first_fit(count, &got), naive.first_fit(count, &wanted));
    ASSERT_TRUE(got == wanted) << count;
    const std::uint32_t chunk = random.below(kChunks);
    const std::uint32_t at = random.below(kGranules);
    const auto ranges = naive.ranges(chunk);
    const auto next = ranges.upper_bound(at);
    ASSERT_EQ(tree.above(chunk, at, &got), next != ranges.end());
    if (next != ranges.end()) {
      ASSERT_TRUE((got == FreeRange{chunk, next->first, next->second}));
    }
    ASSERT_EQ(tree.at_or_below(chunk, at, &got), next != ranges.begin());
    if (next != ranges.begin()) {
      ASSERT_TRUE((got == FreeRange{chunk, std::prev(next)->first, std::prev(next)->second}));
    }
    auto fits = ranges.lower_bound(at);
    while (fits != ranges.end() && fits->second < count) ++fits;
    ASSERT_EQ(tree.fit_from(chunk, at, count, &got), fits != ranges.end());
    if (fits != ranges.end()) {
      ASSERT_TRUE((got == FreeRange{chunk, fits->first, fits->second}));
    }
  }
  std::uint32_t naive_size() const {
    std::size_t sum = 0;
    for (std::uint32_t chunk = 0; chunk < kChunks; ++chunk) sum += naive.ranges(chunk).size();
    return static_cast<std::uint32_t>(sum);
  }

  Random random{GetParam()};
  RangeTree tree;
  Naive naive;
};

TEST_P(RangeTreeAgainstFlags, AgreesAfterEveryStep) {
  for (int i = 0; i < 3000; ++i) {
    ASSERT_NO_FATAL_FAILURE(step()) << i;
    ASSERT_NO_FATAL_FAILURE(compare()) << i;
  }
  EXPECT_EQ(tree.size(), naive_size());
}
INSTANTIATE_TEST_SUITE_P(Seeds, RangeTreeAgainstFlags, ::testing::Range<std::uint64_t>(0, 5));

TEST(RangeTree, PrefersTheNewestChunkThenTheLowestGranule) {
  RangeTree tree;
  tree.give(0, 0, 100);
  tree.give(1, 50, 10);
  tree.give(1, 10, 5);
  FreeRange range;
  ASSERT_TRUE(tree.first_fit(5, &range));
  EXPECT_TRUE((range == FreeRange{1, 10, 5}));
  ASSERT_TRUE(tree.first_fit(6, &range));
  EXPECT_TRUE((range == FreeRange{1, 50, 10}));
  ASSERT_TRUE(tree.first_fit(11, &range));
  EXPECT_TRUE((range == FreeRange{0, 0, 100}));
  EXPECT_FALSE(tree.first_fit(101, &range));
}

TEST(RangeTree, JoinsWithBothNeighbours) {
  RangeTree tree;
  tree.give(3, 0, 10);
  tree.give(3, 20, 10);
  EXPECT_EQ(tree.size(), 2u);
  tree.give(3, 10, 10);
  EXPECT_EQ(tree.size(), 1u);
  EXPECT_TRUE(tree.all_free(3, 0, 30));
}

TEST(RangeTree, NeverJoinsTwoChunks) {
  RangeTree tree;
  tree.give(1, 0, 10);
  tree.give(0, 10, 10);
  EXPECT_EQ(tree.size(), 2u);
  EXPECT_FALSE(tree.all_free(1, 0, 11));
}

TEST(RangeTree, IsEmptyAfterClear) {
  RangeTree tree;
  FreeRange range;
  tree.give(0, 0, 10);
  tree.clear();
  EXPECT_EQ(tree.size(), 0u);
  EXPECT_FALSE(tree.first_fit(1, &range));
  EXPECT_FALSE(tree.at_or_below(0, 5, &range));
  EXPECT_FALSE(tree.above(0, 0, &range));
  EXPECT_TRUE(tree.all_taken(0, 0, 10));
}

}  // namespace
}  // namespace arenafuzz
