// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/page_runs.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kPages = 256;

struct PageRunsTest : ::testing::Test {
  PageRunsTest() { runs.reset(storage, kPages); }
  std::uint64_t lowest(std::uint64_t count) const {
    return runs.find(count, Placement::kLowestGap);
  }
  std::uint64_t best(std::uint64_t count) const { return runs.find(count, Placement::kBestFit); }
  // Only [first, first + count) is free, for each of the pairs, given back in this order.
  void free_only(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& holes) {
    runs.take(0, kPages);
    for (const auto& [first, count] : holes) runs.give(first, count);
  }
  PageRunStorage storage{kPages};
  PageRuns runs;
};

// Bytes of the address space that this process has mapped.
std::uint64_t mapped_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// The first array of the four can be had for so many pages, the second cannot.
TEST(PageRunStorageTest, WhatCannotBeHadWholeLeavesNothingMapped) {
  if (sizeof(void*) == 4) GTEST_SKIP() << "to un-skip, build for 64 bits";
  const std::uint64_t before = mapped_bytes();
  {
    const PageRunStorage storage(std::uint64_t{1} << 46);
    EXPECT_EQ(storage.capacity(), 0u);
  }
  EXPECT_LT(mapped_bytes() - before, std::uint64_t{1} << 30);
}

TEST_F(PageRunsTest, AFreshArenaIsOneRun) {
  EXPECT_EQ(storage.capacity(), kPages);
  EXPECT_EQ(runs.free_pages(), kPages);
  EXPECT_EQ(lowest(kPages), 0u);
  EXPECT_EQ(best(kPages), 0u);
  EXPECT_EQ(lowest(kPages + 1), PageRuns::kNone);
}

TEST_F(PageRunsTest, NothingIsFoundForNoPages) {
  EXPECT_EQ(lowest(0), PageRuns::kNone);
  EXPECT_EQ(best(0), PageRuns::kNone);
}

TEST_F(PageRunsTest, AFullArenaHasNoRun) {
  runs.take(0, kPages);
  EXPECT_EQ(runs.free_pages(), 0u);
  EXPECT_EQ(lowest(1), PageRuns::kNone);
  EXPECT_EQ(best(1), PageRuns::kNone);
}

TEST_F(PageRunsTest, TakenAndFreeAreToldApartAtWordEdges) {
  runs.take(63, 2);
  EXPECT_TRUE(runs.all_taken(63, 2));
  EXPECT_FALSE(runs.all_taken(62, 2));
  EXPECT_FALSE(runs.all_taken(64, 2));
  EXPECT_TRUE(runs.all_free(0, 63));
  EXPECT_TRUE(runs.all_free(65, kPages - 65));
  EXPECT_FALSE(runs.all_free(0, 64));
  EXPECT_EQ(runs.free_pages(), kPages - 2);
}

TEST_F(PageRunsTest, TheLowestGapThatFitsWinsUnderLowestGap) {
  free_only({{200, 50}, {100, 10}, {10, 4}});
  EXPECT_EQ(lowest(1), 10u);
  EXPECT_EQ(lowest(5), 100u);
  EXPECT_EQ(lowest(11), 200u);
  EXPECT_EQ(lowest(51), PageRuns::kNone);
}

TEST_F(PageRunsTest, TheSmallestRunThatFitsWinsUnderBestFit) {
  free_only({{10, 50}, {100, 10}, {200, 4}});
  EXPECT_EQ(best(1), 200u);
  EXPECT_EQ(best(5), 100u);
  EXPECT_EQ(best(11), 10u);
  EXPECT_EQ(best(51), PageRuns::kNone);
}

TEST_F(PageRunsTest, AmongEqualRunsTheOneFreedLastWins) {
  free_only({{100, 4}, {10, 4}, {200, 4}, {50, 4}});
  EXPECT_EQ(best(4), 50u);
  runs.take(50, 4);
  EXPECT_EQ(best(4), 200u);
  runs.take(200, 4);
  EXPECT_EQ(best(4), 10u);
}

TEST_F(PageRunsTest, ATrimmedRunCountsAsChangedLast) {
  free_only({{10, 5}, {100, 4}});
  runs.take(10, 1);
  EXPECT_EQ(best(4), 11u);
}

TEST_F(PageRunsTest, AMergedRunCountsAsChangedLast) {
  free_only({{10, 2}, {13, 1}, {100, 4}});
  runs.give(12, 1);
  EXPECT_EQ(best(4), 10u);
}

TEST_F(PageRunsTest, ASplitStampsTheLeftPartFirstAndThenTheRight) {
  free_only({{10, 9}});
  runs.take(14, 1);
  EXPECT_EQ(best(4), 15u);
  EXPECT_EQ(lowest(4), 10u);
}

TEST_F(PageRunsTest, GivingWhatIsFreeChangesNothing) {
  free_only({{10, 4}, {100, 4}});
  runs.give(10, 4);
  runs.give(11, 2);
  EXPECT_EQ(best(4), 100u);
  EXPECT_EQ(runs.free_pages(), 8u);
}

TEST_F(PageRunsTest, GivingAPartlyFreeRangeFreesTheRestAndStampsTheRun) {
  free_only({{10, 4}, {18, 2}, {100, 10}});
  runs.give(12, 7);
  EXPECT_EQ(runs.free_pages(), 20u);
  EXPECT_TRUE(runs.all_free(10, 10));
  EXPECT_EQ(best(10), 10u);
}

TEST_F(PageRunsTest, GivingJoinsBothNeighbours) {
  runs.take(64, 64);
  EXPECT_EQ(lowest(129), PageRuns::kNone);
  runs.give(64, 64);
  EXPECT_EQ(lowest(kPages), 0u);
}

TEST_F(PageRunsTest, GivingAtBothEndsOfTheArenaStaysInside) {
  runs.take(0, kPages);
  runs.give(0, 1);
  runs.give(kPages - 1, 1);
  EXPECT_EQ(lowest(1), 0u);
  EXPECT_EQ(best(1), kPages - 1);
  EXPECT_EQ(runs.free_pages(), 2u);
}

TEST_F(PageRunsTest, AnArenaOfOnePageWorks) {
  runs.reset(storage, 1);
  EXPECT_EQ(lowest(1), 0u);
  runs.take(0, 1);
  EXPECT_EQ(best(1), PageRuns::kNone);
  runs.give(0, 1);
  EXPECT_EQ(best(1), 0u);
}

TEST_F(PageRunsTest, TheNextArenaOverTheSameStorageIsAllFree) {
  runs.take(0, 200);
  runs.give(50, 10);
  runs.reset(storage, 100);
  EXPECT_EQ(runs.free_pages(), 100u);
  EXPECT_TRUE(runs.all_free(0, 100));
  EXPECT_EQ(best(100), 0u);
  EXPECT_EQ(lowest(101), PageRuns::kNone);
}

// ---- compared with a reference that keeps the runs in a plain list

struct NaiveRuns {
  struct Run {
    std::uint64_t first;
    std::uint64_t count;
    std::uint64_t stamp;
  };
  explicit NaiveRuns(std::uint64_t pages) : taken(pages, false), list{{0, pages, 0}} {}

  std::uint64_t find(std::uint64_t count, Placement placement) const {
    const Run* found = nullptr;
    for (const Run& run : list) {
      if (run.count < count) continue;
      const bool better =
          found == nullptr || (placement == Placement::kLowestGap
                                   ? run.first < found->first
                                   : run.count < found->count ||
                                         (run.count == found->count && run.stamp > found->stamp));
      if (better) found = &run;
    }
    return found == nullptr ? PageRuns::kNone : found->first;
  }
  bool all(std::uint64_t first, std::uint64_t count, bool wanted) const {
    for (std::uint64_t page = first; page < first + count; ++page)
      if (taken[page] != wanted) return false;
    return true;
  }
  void take(std::uint64_t first, std::uint64_t count) {
    const auto run = std::find_if(list.begin(), list.end(), [&](const Run& candidate) {
      return candidate.first <= first && first < candidate.first + candidate.count;
    });
    const Run old = *run;
    list.erase(run);
    if (old.first < first) list.push_back({old.first, first - old.first, ++clock});
    const std::uint64_t end = first + count;
    const std::uint64_t old_end = old.first + old.count;
    if (end < old_end) list.push_back({end, old_end - end, ++clock});
    for (std::uint64_t page = first; page < end; ++page) taken[page] = true;
  }
  void give(std::uint64_t first, std::uint64_t count) {
    if (all(first, count, false)) return;
    std::uint64_t start = first;
    std::uint64_t end = first + count;
    for (std::uint64_t page = start; page < end; ++page) taken[page] = false;
    while (start > 0 && !taken[start - 1]) --start;
    while (end < taken.size() && !taken[end]) ++end;
    std::erase_if(list, [&](const Run& run) { return run.first >= start && run.first < end; });
    list.push_back({start, end - start, ++clock});
  }
  std::uint64_t free_pages() const {
    return static_cast<std::uint64_t>(std::count(taken.begin(), taken.end(), false));
  }

  std::vector<bool> taken;
  std::vector<Run> list;
  std::uint64_t clock = 0;
};

// One random step on both; `what` picks it, the rest come from the generator.
void random_step(std::mt19937_64& random, PageRuns& runs, NaiveRuns& naive, Placement placement) {
  const std::uint64_t pages = naive.taken.size();
  const std::uint64_t first = random() % pages;
  const std::uint64_t longest = std::min(pages - first, random() % 8 == 0 ? pages : 12);
  const std::uint64_t count = random() % longest + 1;
  const std::uint64_t what = random() % 8;
  if (what < 4) {
    const std::uint64_t found = runs.find(count, placement);
    ASSERT_EQ(found, naive.find(count, placement));
    if (found == PageRuns::kNone) return;
    runs.take(found, count);
    naive.take(found, count);
  } else if (what < 5 && naive.all(first, count, false)) {
    runs.take(first, count);
    naive.take(first, count);
  } else {
    runs.give(first, count);
    naive.give(first, count);
  }
  ASSERT_EQ(runs.free_pages(), naive.free_pages());
  ASSERT_EQ(runs.all_free(first, count), naive.all(first, count, false));
  ASSERT_EQ(runs.all_taken(first, count), naive.all(first, count, true));
}

struct Comparison {
  Placement placement;
  std::uint64_t seed;
  std::uint64_t pages;
};
class PageRunsComparison : public ::testing::TestWithParam<Comparison> {};

TEST_P(PageRunsComparison, AgreesWithTheNaiveReferenceAtEveryStep) {
  const auto [placement, seed, pages] = GetParam();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  PageRunStorage storage(pages);
  PageRuns runs;
  runs.reset(storage, pages);
  NaiveRuns naive(pages);
  for (int step = 0; step < 4000; ++step) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
    random_step(random, runs, naive, placement);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PageRunsComparison,
                         ::testing::Values(Comparison{Placement::kLowestGap, 1, 64},
                                           Comparison{Placement::kLowestGap, 2, 65},
                                           Comparison{Placement::kLowestGap, 3, 333},
                                           Comparison{Placement::kBestFit, 4, 63},
                                           Comparison{Placement::kBestFit, 5, 128},
                                           Comparison{Placement::kBestFit, 6, 333},
                                           Comparison{Placement::kBestFit, 7, 1},
                                           Comparison{Placement::kBestFit, 8, 200}));

}  // namespace
}  // namespace arenafuzz
