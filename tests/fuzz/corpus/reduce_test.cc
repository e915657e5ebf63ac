// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/reduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace arenafuzz {
namespace {

// Operation i is `alloc` into slot i.
Program program_of(std::size_t operations) {
  Program program;
  for (std::size_t i = 0; i < operations; ++i) {
    Operation operation;
    operation.slot = static_cast<std::uint8_t>(i);
    operation.size = 64;
    program.operations.push_back(operation);
  }
  repair(program);
  return program;
}

std::vector<int> slots(const Program& program) {
  std::vector<int> list;
  for (const Operation& operation : program.operations) list.push_back(operation.slot);
  return list;
}

// A program shows feature n if it has all slots of needs[n].
using Needs = std::vector<std::set<int>>;
MeasurePrograms measure_by(const Needs& needs, std::size_t* measured = nullptr) {
  return [=](std::span<const Program> programs, std::vector<Measurement>* out) {
    out->clear();
    for (const Program& program : programs) {
      const std::vector<int> there = slots(program);
      Measurement one{true, {}, ""};
      for (std::uint32_t n = 0; n < needs.size(); ++n)
        if (std::ranges::includes(there, needs[n])) one.features.push_back(n);
      out->push_back(one);
    }
    if (measured != nullptr) *measured += programs.size();
    return true;
  };
}

bool patient(std::size_t, std::size_t) { return true; }

TEST(ReducePrograms, LeavesWhatTheFeatureNeedsAndNothingElse) {
  std::vector<Reduction> reductions = {{program_of(200), {0}}};
  EXPECT_TRUE(reduce_programs(reductions, measure_by({{3, 77, 78, 199}}), patient));
  EXPECT_THAT(slots(reductions[0].program), ::testing::ElementsAre(3, 77, 78, 199));
}

TEST(ReducePrograms, KeepsEachWantedFeatureForAnyNeedsAndNoOperationMore) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const std::size_t size = 1 + random() % 130;
    Needs needs(1 + random() % 3);
    std::vector<Reduction> reductions = {{program_of(size), {}}};
    std::set<int> all;
    for (std::uint32_t n = 0; n < needs.size(); ++n) {
      reductions[0].wanted.push_back(n);
      for (std::uint32_t count = random() % 6; count > 0; --count)
        all.insert(*needs[n].insert(static_cast<int>(random() % size)).first);
    }
    EXPECT_TRUE(reduce_programs(reductions, measure_by(needs), patient));
    EXPECT_EQ(slots(reductions[0].program), std::vector<int>(all.begin(), all.end()))
        << "seed " << seed;
  }
}

TEST(ReducePrograms, ReducesManyProgramsEachForItsOwn) {
  std::vector<Reduction> reductions;
  Needs needs;
  for (int i = 0; i < 150; ++i) {
    needs.push_back({i % 40, 41});
    reductions.push_back({program_of(50), {static_cast<std::uint32_t>(i)}});
  }
  EXPECT_TRUE(reduce_programs(reductions, measure_by(needs), patient));
  for (int i = 0; i < 150; ++i)
    EXPECT_THAT(slots(reductions[static_cast<std::size_t>(i)].program),
                ::testing::ElementsAre(i % 40, 41));
}

TEST(ReducePrograms, DropsAPlanThatNoFeatureNeeds) {
  std::vector<Reduction> reductions = {{program_of(2), {0}}};
  reductions[0].program.has_plan = true;
  reduce_programs(reductions, measure_by({{0, 1}}), patient);
  EXPECT_FALSE(reductions[0].program.has_plan);
}

TEST(ReducePrograms, EndsAtOnceWhenNothingCanGo) {
  std::size_t measured = 0;
  std::vector<Reduction> reductions = {{program_of(8), {0}}};
  EXPECT_TRUE(
      reduce_programs(reductions, measure_by({{0, 1, 2, 3, 4, 5, 6, 7}}, &measured), patient));
  EXPECT_EQ(measured, 1u + 1 + 2 + 4 + 8);  // the plan; whole, halves, quarters, single ones
}

TEST(ReducePrograms, TakesNothingThatIsNotMeasured) {
  const auto broken = [](std::span<const Program> programs, std::vector<Measurement>* out) {
    out->assign(programs.size(), {false, {0}, "ended"});
    return true;
  };
  std::vector<Reduction> reductions = {{program_of(8), {0}}};
  EXPECT_TRUE(reduce_programs(reductions, broken, patient));
  EXPECT_EQ(reductions[0].program, program_of(8));
}

TEST(ReducePrograms, EndsEarlyWithAProgramThatStillShowsTheFeature) {
  int rounds = 0;
  std::vector<Reduction> reductions = {{program_of(200), {0}}};
  EXPECT_FALSE(reduce_programs(reductions, measure_by({{9, 150}}),
                               [&](std::size_t, std::size_t) { return ++rounds < 6; }));
  const std::vector<int> left = slots(reductions[0].program);
  EXPECT_LT(left.size(), 200u);
  EXPECT_THAT(left, ::testing::IsSupersetOf({9, 150}));
}

}  // namespace
}  // namespace arenafuzz
