// SPDX-License-Identifier: GPL-2.0-only
//
// Faults that an operation names itself, those that last, and what is never asked.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "faultinject/injector.h"

namespace arenafuzz {
namespace {

constexpr FaultSite kPage = FaultSite::kPage;
constexpr FaultSite kVzalloc = FaultSite::kVzalloc;

FaultClause at(FaultSite site, std::uint16_t ordinal, bool lasting = false) {
  return {FaultClause::Kind::kSite, site, lasting, ordinal};
}
FaultClause nth(std::uint16_t ordinal, bool lasting = false) {
  return {FaultClause::Kind::kNth, FaultSite::kKmalloc, lasting, ordinal};
}

class InjectorClause : public testing::Test {
 protected:
  InjectorClause() { start({}); }

  void start(const FaultPlan& plan) {
    injector_.reset(plan);
    injector_.set_active(true);
  }
  void begin(std::initializer_list<FaultClause> clauses) {
    injector_.end_operation();
    injector_.begin_operation(++operation_, {clauses.begin(), clauses.size()});
  }
  // The sites by their first letters; upper case: that call fails.
  std::string ask(const std::string& sites) {
    const std::string letters = "kpvsr";
    std::string answers;
    for (const char letter : sites) {
      const auto site = static_cast<FaultSite>(letters.find(letter));
      const bool fails = injector_.should_fail(site, 8);
      answers += static_cast<char>(fails ? letter - 'a' + 'A' : letter);
    }
    return answers;
  }

  Injector injector_;
  std::uint64_t operation_ = 0;
};

TEST_F(InjectorClause, ASiteClauseFailsThatCallOfThatSiteOnce) {
  begin({at(kVzalloc, 2)});
  EXPECT_EQ(ask("vpvvp"), "vpVvp");
  EXPECT_EQ(injector_.fired_fault(0).cause, FaultCause::kClause);
}

TEST_F(InjectorClause, AnNthClauseCountsCallsOfAnySite) {
  begin({nth(3)});
  EXPECT_EQ(ask("kpvsr"), "kpVsr");
  EXPECT_EQ(injector_.fired_fault(0).any_ordinal, 3u);
  EXPECT_EQ(injector_.fired_fault(0).site_ordinal, 1u);
}

TEST_F(InjectorClause, BothClausesOfAnOperationFire) {
  begin({at(kPage, 1), at(kVzalloc, 2)});
  EXPECT_EQ(ask("vpvp"), "vPVp");
  EXPECT_EQ(injector_.fired_in_operation(), 2u);
}

TEST_F(InjectorClause, TwoClausesOfOneCallAreOneFault) {
  begin({at(kPage, 1), nth(1)});
  EXPECT_EQ(ask("pp"), "Pp");
  EXPECT_EQ(injector_.fired_total(), 1u);
}

TEST_F(InjectorClause, ALastingClauseBehindAnotherOfTheSameCallStillLasts) {
  begin({at(kPage, 1), nth(1, true)});
  EXPECT_EQ(ask("pkv"), "PKV");
}

TEST_F(InjectorClause, TwoClausesOfOneSiteFireInTheirTurn) {
  begin({at(kPage, 3), at(kPage, 1)});
  EXPECT_EQ(ask("pppp"), "PpPp");
}

TEST_F(InjectorClause, AClauseThatDidNotFireEndsWithItsOperation) {
  begin({at(kPage, 2)});
  EXPECT_EQ(ask("p"), "p");
  begin({});
  EXPECT_EQ(ask("pp"), "pp");
}

TEST_F(InjectorClause, OrdinalsBeginAnewWithEachOperation) {
  begin({});
  ask("pp");
  begin({at(kPage, 2)});
  EXPECT_EQ(ask("ppp"), "pPp");
}

TEST_F(InjectorClause, ALastingSiteClauseFailsTheRestOfItsSite) {
  begin({at(kPage, 2, true)});
  EXPECT_EQ(ask("ppvp"), "pPvP");
  EXPECT_EQ(injector_.fired_fault(0).cause, FaultCause::kLasting);
  EXPECT_EQ(injector_.fired_fault(1).cause, FaultCause::kClause);
}

TEST_F(InjectorClause, ALastingNthClauseFailsEverySiteFromThere) {
  begin({nth(2, true)});
  EXPECT_EQ(ask("kpvsrk"), "kPVSRK");
}

TEST_F(InjectorClause, LastingFaultsOutliveTheirOperation) {
  begin({at(kPage, 1, true)});
  ask("p");
  begin({});
  EXPECT_EQ(ask("vp"), "vP");
}

TEST_F(InjectorClause, ALastingClauseThatDidNotFireDoesNotLast) {
  begin({at(kPage, 2, true)});
  ask("p");
  begin({});
  EXPECT_EQ(ask("ppp"), "ppp");
}

TEST_F(InjectorClause, LastingFaultsFireWhileAClauseStillCounts) {
  begin({at(kPage, 1, true)});
  ask("p");
  begin({at(kPage, 3)});
  EXPECT_EQ(ask("ppp"), "PPP");
  EXPECT_EQ(injector_.fired_fault(0).cause, FaultCause::kClause);
  EXPECT_EQ(injector_.fired_fault(1).cause, FaultCause::kLasting);
}

TEST_F(InjectorClause, HealLiftsLastingFaults) {
  begin({nth(1, true)});
  ask("p");
  injector_.heal();
  EXPECT_EQ(ask("kpvsr"), "kpvsr");
}

TEST_F(InjectorClause, HealLeavesThePlanAndTheClausesAlone) {
  FaultPlan plan;
  plan.sites[static_cast<int>(kVzalloc)].fail_nth = 1;
  start(plan);
  begin({at(kPage, 1)});
  injector_.heal();
  EXPECT_EQ(ask("pv"), "PV");
}

TEST_F(InjectorClause, AClauseThatCountsHidesTheCallFromThePlan) {
  FaultPlan plan;
  plan.sites[static_cast<int>(kPage)] = {100, 1, -1, 0, 2};
  start(plan);
  begin({at(kPage, 2)});
  EXPECT_EQ(ask("pp"), "pP");
  EXPECT_EQ(injector_.state(), plan) << "neither fail_nth nor anything else moved";
  EXPECT_EQ(ask("pp"), "pP") << "the plan's fail_nth of 2";
}

TEST_F(InjectorClause, AnNthClauseThatCountsHidesEverySiteFromThePlan) {
  FaultPlan plan;
  plan.sites[static_cast<int>(kVzalloc)] = {100, 1, -1, 0, 0};
  start(plan);
  begin({nth(3)});
  EXPECT_EQ(ask("vvpv"), "vvPV");
}

TEST_F(InjectorClause, AClauseOfAnotherSiteHidesNothing) {
  FaultPlan plan;
  plan.sites[static_cast<int>(kVzalloc)] = {100, 1, -1, 0, 0};
  start(plan);
  begin({at(kPage, 9)});
  EXPECT_EQ(ask("vp"), "Vp");
}

TEST_F(InjectorClause, ClausesAndLastingFaultsUseNoneOfTimes) {
  FaultPlan plan;
  plan.sites[static_cast<int>(kPage)] = {100, 1, 5, 0, 0};
  start(plan);
  begin({at(kPage, 1, true)});
  EXPECT_EQ(ask("ppp"), "PPP");
  EXPECT_EQ(injector_.state().sites[static_cast<int>(kPage)].times, 5);
}

TEST_F(InjectorClause, AnEmptyClauseMatchesNothing) {
  begin({FaultClause{}, FaultClause{}});
  EXPECT_EQ(ask("kpvsr"), "kpvsr");
}

TEST_F(InjectorClause, AnInactiveInjectorNeitherFailsNorCounts) {
  FaultPlan plan;
  plan.sites[static_cast<int>(kPage)].fail_nth = 2;
  start(plan);
  begin({at(kVzalloc, 2)});
  injector_.set_active(false);
  EXPECT_EQ(ask("vvvppp"), "vvvppp");
  EXPECT_EQ(injector_.calls(kVzalloc), 0u);
  EXPECT_EQ(injector_.state(), plan);
  injector_.set_active(true);
  EXPECT_EQ(ask("vvpp"), "vVpP");
}

TEST_F(InjectorClause, ResetSwitchesOffAndForgetsLastingFaults) {
  begin({nth(1, true)});
  ask("p");
  injector_.reset({});
  EXPECT_EQ(ask("p"), "p") << "inactive";
  EXPECT_EQ(injector_.calls(kPage), 0u);
  injector_.set_active(true);
  EXPECT_EQ(ask("kpvsr"), "kpvsr");
}

}  // namespace
}  // namespace arenafuzz
