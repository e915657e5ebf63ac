// SPDX-License-Identifier: GPL-2.0-only
//
// The plan's attributes: each alone, and which is asked before which.
#include <gtest/gtest.h>

#include <string>

#include "faultinject/injector.h"

namespace arenafuzz {
namespace {

constexpr FaultSite kSite = FaultSite::kVzalloc;

class InjectorPlan : public testing::Test {
 protected:
  void start(const FaultAttributes& attributes, std::uint32_t seed = 0) {
    FaultPlan plan;
    plan.seed = seed;
    plan.sites[static_cast<int>(kSite)] = attributes;
    injector_.reset(plan);
    injector_.set_active(true);
    injector_.begin_operation(1, {});
  }
  // One character a call: F fails, '.' passes.
  std::string ask(int calls, std::uint64_t amount = 8, FaultSite site = kSite) {
    std::string answers;
    for (int i = 0; i < calls; ++i) answers += injector_.should_fail(site, amount) ? 'F' : '.';
    return answers;
  }
  const FaultAttributes& left() const { return injector_.state().sites[static_cast<int>(kSite)]; }

  Injector injector_;
};

TEST_F(InjectorPlan, TheDefaultsNeverFail) {
  start({});
  EXPECT_EQ(ask(5), ".....");
  EXPECT_EQ(left(), FaultAttributes{});
}

TEST_F(InjectorPlan, FailNthFailsExactlyThatCall) {
  start({.fail_nth = 3});
  EXPECT_EQ(ask(6), "..F...");
  EXPECT_EQ(injector_.fired_fault(0).cause, FaultCause::kPlanNth);
}

TEST_F(InjectorPlan, FailNthFiresAlthoughProbabilityAndTimesAreZero) {
  start({.probability = 0, .times = 0, .space = 4096, .fail_nth = 1});
  EXPECT_EQ(ask(3), "F..");
  EXPECT_EQ(left().times, 0);
}

TEST_F(InjectorPlan, WhileFailNthCountsNothingElseIsAskedOrUsed) {
  start({.probability = 100, .interval = 2, .times = -1, .space = 8, .fail_nth = 3});
  EXPECT_EQ(ask(2), "..");
  EXPECT_EQ(left().space, 8u);
  EXPECT_EQ(ask(1), "F");
  EXPECT_EQ(ask(4), ".F.F") << "interval counts from here; space is not over the size";
}

TEST_F(InjectorPlan, FailNthCountsDownInTheState) {
  start({.fail_nth = 3});
  ask(1);
  EXPECT_EQ(left().fail_nth, 2u);
  ask(2);
  EXPECT_EQ(left().fail_nth, 0u);
}

TEST_F(InjectorPlan, FailNthUsesUpOneOfTimes) {
  start({.probability = 100, .times = 2, .fail_nth = 1});
  EXPECT_EQ(ask(4), "FF..");
}

TEST_F(InjectorPlan, ProbabilityZeroPassesBeforeSpaceIsTouched) {
  start({.probability = 0, .times = -1, .space = 100});
  EXPECT_EQ(ask(3), "...");
  EXPECT_EQ(left().space, 100u);
}

TEST_F(InjectorPlan, ProbabilityHundredFailsEveryTimeThatIsLeft) {
  start({.probability = 100, .times = 3});
  EXPECT_EQ(ask(5), "FFF..");
  EXPECT_EQ(injector_.fired_fault(0).cause, FaultCause::kPlanAttributes);
  EXPECT_EQ(left().times, 0);
}

TEST_F(InjectorPlan, TimesMinusOneIsNoLimit) {
  start({.probability = 100, .times = -1});
  EXPECT_EQ(ask(1000), std::string(1000, 'F'));
  EXPECT_EQ(left().times, -1);
}

TEST_F(InjectorPlan, TimesZeroPassesBeforeSpaceIsTouched) {
  start({.probability = 100, .times = 0, .space = 100});
  EXPECT_EQ(ask(3), "...");
  EXPECT_EQ(left().space, 100u);
}

TEST_F(InjectorPlan, SpaceLetsSoMuchPassFirst) {
  start({.probability = 100, .times = -1, .space = 100});
  EXPECT_EQ(ask(3, 40), "..F") << "100 > 40, 60 > 40, 20 is not over 40";
  EXPECT_EQ(left().space, 20u);
}

TEST_F(InjectorPlan, SpaceOfExactlyTheAmountDoesNotPass) {
  start({.probability = 100, .times = -1, .space = 40});
  EXPECT_EQ(ask(1, 40), "F");
  EXPECT_EQ(left().space, 40u);
}

TEST_F(InjectorPlan, SpaceIsComparedWithAmountsOverThirtyTwoBits) {
  start({.probability = 100, .times = -1, .space = 40});
  EXPECT_EQ(ask(1, (std::uint64_t{1} << 32) + 1), "F");
  EXPECT_EQ(left().space, 40u);
}

TEST_F(InjectorPlan, SpaceIsAskedBeforeIntervalCounts) {
  start({.probability = 100, .interval = 2, .times = -1, .space = 17});
  EXPECT_EQ(ask(6, 8), "...F.F") << "17 and 9 pass by space, then the interval begins";
}

TEST_F(InjectorPlan, EachIntervalThCallFails) {
  start({.probability = 100, .interval = 3, .times = -1});
  EXPECT_EQ(ask(9), "..F..F..F");
}

TEST_F(InjectorPlan, CallsThatIntervalPassesDrawNoDice) {
  start({.probability = 50, .interval = 2, .times = -1});
  EXPECT_EQ(ask(10), "...F.F...F") << "the dice of ProbabilityDrawsAPinnedSequence, half as often";
}

TEST_F(InjectorPlan, ProbabilityDrawsAPinnedSequence) {
  // splitmix64(0) begins e220a839 6e789e6a 06c45d18 f88bb8a8 1b39896a: 88, 43, 2, 97, 10.
  start({.probability = 50, .times = -1}, 0);
  EXPECT_EQ(ask(5), ".FF.F");
}

TEST_F(InjectorPlan, TheDiceOfAnotherSeedArePinnedToo) {
  start({.probability = 50, .times = -1}, 0xdeadbeef);
  EXPECT_EQ(ask(40), "F.FFF.F.FF..F..FF..F..FF.F.FFFF.F.FFF...");
}

TEST_F(InjectorPlan, FiresIfProbabilityIsOverTheDice) {
  start({.probability = 88, .times = -1}, 0);
  EXPECT_EQ(ask(1), ".") << "the first dice of seed 0 are 88";
  start({.probability = 89, .times = -1}, 0);
  EXPECT_EQ(ask(1), "F");
}

TEST_F(InjectorPlan, TheSameSeedGivesTheSameFaults) {
  start({.probability = 30, .times = -1}, 42);
  const std::string first = ask(200);
  start({.probability = 30, .times = -1}, 42);
  EXPECT_EQ(ask(200), first);
  start({.probability = 30, .times = -1}, 43);
  EXPECT_NE(ask(200), first);
}

TEST_F(InjectorPlan, AttributesOfOneSiteLeaveTheOthersAlone) {
  start({.probability = 100, .times = -1, .fail_nth = 2});
  EXPECT_EQ(ask(5, 8, FaultSite::kPage), ".....");
  EXPECT_EQ(ask(3), ".FF");
}

TEST_F(InjectorPlan, ThePlanGoesOnAcrossOperations) {
  start({.fail_nth = 3});
  ask(2);
  injector_.end_operation();
  injector_.begin_operation(2, {});
  EXPECT_EQ(ask(2), "F.");
  EXPECT_EQ(injector_.fired_fault(0).site_ordinal, 1u);
}

TEST_F(InjectorPlan, ResetForgetsTheIntervalAndTheDice) {
  start({.probability = 100, .interval = 2, .times = -1});
  ask(1);
  start({.probability = 100, .interval = 2, .times = -1});
  EXPECT_EQ(ask(2), ".F");
}

}  // namespace
}  // namespace arenafuzz
