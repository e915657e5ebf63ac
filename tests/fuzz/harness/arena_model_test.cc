// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/model/arena_model.h"

#include <gtest/gtest.h>

#include "fuzz/program/random.h"
#include "src/pool/page_runs.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kPages = 150;

// The model and the arena map's own bookkeeping, step by step.
class ArenaModelAgainstPageRuns : public ::testing::TestWithParam<bool> {
 protected:
  ArenaModelAgainstPageRuns() {
    runs.reset(storage, kPages);
    model.reset(kPages, GetParam(), true);
  }
  void step(Random& random) {
    const std::uint64_t page = random.below(kPages);
    const std::uint64_t count = 1 + random.below(9);
    const std::uint64_t fits = std::min(count, kPages - page);
    const std::uint64_t lands = runs.find(count, placement);
    ASSERT_EQ(model.find(count), lands);
    ASSERT_EQ(model.all_free(page, fits), runs.all_free(page, fits));
    if (random.chance(1, 2)) {
      if (lands == PageRuns::kNone) return;
      runs.take(lands, count);
      model.take(lands, count);
    } else if (random.chance(1, 4) && runs.all_free(page, fits)) {
      runs.take(page, fits);
      model.take(page, fits);
    } else {
      runs.give(page, fits);
      model.give(page, count);  // cuts at the end by itself
    }
    ASSERT_EQ(model.taken(), kPages - runs.free_pages());
  }

  const Placement placement = GetParam() ? Placement::kBestFit : Placement::kLowestGap;
  PageRunStorage storage{kPages};
  PageRuns runs;
  ArenaModel model;
};

TEST_P(ArenaModelAgainstPageRuns, LandsOnTheSamePages) {
  Random random(11);
  for (int i = 0; i < 20000; ++i) ASSERT_NO_FATAL_FAILURE(step(random)) << i;
}
INSTANTIATE_TEST_SUITE_P(Placements, ArenaModelAgainstPageRuns, ::testing::Bool());

TEST(ArenaModel, HasNoPagesUntilItIsMapped) {
  ArenaModel model;
  model.reset(8, false, false);
  EXPECT_EQ(model.find(1), ArenaModel::kNone);
  model.set_mapped();
  EXPECT_EQ(model.find(1), 0u);
  EXPECT_EQ(model.find(8), 0u);
  EXPECT_EQ(model.find(9), ArenaModel::kNone);
  EXPECT_EQ(model.find(0), ArenaModel::kNone);
}

TEST(ArenaModel, PrefersTheRunThatChangedLastAmongEquals) {
  ArenaModel model;
  model.reset(12, true, true);
  model.take(0, 12);
  model.give(8, 2);
  model.give(0, 2);
  model.give(4, 2);
  EXPECT_EQ(model.find(2), 4u);
  model.give(8, 2);  // free already: nothing changes
  EXPECT_EQ(model.find(2), 4u);
  model.take(8, 2);
  model.give(8, 2);
  EXPECT_EQ(model.find(2), 8u);
}

TEST(ArenaModel, CutsAReleaseAtTheEnd) {
  ArenaModel model;
  model.reset(8, false, true);
  model.take(0, 8);
  model.give(6, 100);
  EXPECT_EQ(model.taken(), 6u);
  model.give(8, 1);
  EXPECT_EQ(model.taken(), 6u);
  EXPECT_EQ(model.run_count(), 1u);
}

}  // namespace
}  // namespace arenafuzz
