// SPDX-License-Identifier: GPL-2.0-only
//
// The whole answer to a plan that does not parse: the column and the phrase, character by
// character.
#include <gtest/gtest.h>

#include <string>

#include "faultinject/fault_plan.h"

namespace arenafuzz {
namespace {

constexpr const char* kWordPlan = "the word 'plan'";
constexpr const char* kTokens =
    "seed:, kmalloc:, page:, vzalloc:, span: or release:, each at most once";
constexpr const char* kFields =
    "probability=, interval=, times=, space= or fail_nth=, each at most once";
constexpr const char* kSeedRange = "seed:0 to 4294967295";
constexpr const char* kTimesRange = "times=-1 to 32767";

void expect_error(std::string_view text, std::size_t column, const char* expected) {
  FaultPlan plan;
  PlanError error;
  ASSERT_FALSE(parse_plan(text, &plan, &error)) << text;
  EXPECT_EQ(error.column, column) << text;
  EXPECT_STREQ(error.expected, expected) << text;
}

FaultPlan longest_plan() {
  FaultPlan plan;
  plan.seed = 0xffffffff;
  for (FaultAttributes& site : plan.sites)
    site = {100, kMaxInterval, kMaxTimes, 0xffffffff, kMaxFailNth};
  return plan;
}

TEST(PlanPhrase, NoTextLacksTheWordPlan) {
  expect_error({}, 0, kWordPlan);
  expect_error("", 0, kWordPlan);
  expect_error("   ", 3, kWordPlan);
}

TEST(PlanPhrase, AnotherFirstWordIsReportedWhereItBegins) {
  expect_error("plans", 0, kWordPlan);
  expect_error("  Plan seed:7", 2, kWordPlan);
  expect_error("plan\n", 0, kWordPlan);
}

TEST(PlanPhrase, WordsWithoutAColonAreReportedWhereTheyBegin) {
  expect_error("plan page", 5, kTokens);
  expect_error("plan seed:1  span=4", 13, kTokens);
  expect_error("plan plan", 5, kTokens);
}

TEST(PlanPhrase, UnknownSitesAreReportedWhereTheyBegin) {
  expect_error("plan disk:times=1", 5, kTokens);
  expect_error("plan :times=1", 5, kTokens);
  expect_error("plan page:times=2 seeds:1", 18, kTokens);
}

TEST(PlanPhrase, EverySiteIsTakenOnce) {
  for (int i = 0; i < kFaultSiteCount; ++i) {
    const std::string word = std::string(" ") + fault_site_name(static_cast<FaultSite>(i));
    expect_error("plan" + word + ":times=2" + word + ":space=1", word.size() + 13, kTokens);
  }
}

TEST(PlanPhrase, SitesWithoutAttributesAreReportedBehindTheColon) {
  expect_error("plan page:", 10, kFields);
  expect_error("plan page: times=1", 10, kFields);
  expect_error("plan page:times", 10, kFields);
}

TEST(PlanPhrase, EmptyAttributesAreReportedWhereOneShouldBegin) {
  expect_error("plan page:times=2,", 18, kFields);
  expect_error("plan page:times=2,,space=1", 18, kFields);
  expect_error("plan page:,times=2", 10, kFields);
  expect_error("plan page:=1", 10, kFields);
}

TEST(PlanPhrase, EveryAttributeIsTakenOnce) {
  expect_error("plan page:probability=1,probability=1", 24, kFields);
  expect_error("plan page:interval=1,interval=1", 21, kFields);
  expect_error("plan page:times=1,times=1", 18, kFields);
  expect_error("plan page:space=1,times=2,space=1", 26, kFields);
  expect_error("plan page:fail_nth=1,fail_nth=1", 21, kFields);
}

TEST(PlanPhrase, ValuesOutOfRangeAreReportedWithTheWholeRange) {
  expect_error("plan page:probability=101", 22, "probability=0 to 100");
  expect_error("plan page:interval=0", 19, "interval=1 to 65535");
  expect_error("plan page:times=-2", 16, kTimesRange);
  expect_error("plan page:space=4294967296", 16, "space=0 to 4294967295");
  expect_error("plan page:fail_nth=65536", 19, "fail_nth=0 to 65535");
  expect_error("plan seed:-1", 10, kSeedRange);
}

TEST(PlanPhrase, ValuesThatAreNoNumbersAreReportedWithTheWholeRange) {
  expect_error("plan seed:0x7", 10, kSeedRange);
  expect_error("plan seed:+7", 10, kSeedRange);
  expect_error("plan seed: 7", 10, kSeedRange);
  expect_error("plan page:times=2=3", 16, kTimesRange);
  expect_error("plan page:times=2;space=1", 16, kTimesRange);
}

TEST(PlanPhrase, TheFirstErrorIsTheOneReported) {
  expect_error("plan seed:x page:nonsense disk", 10, kSeedRange);
}

TEST(PlanPhrase, WhatThePlanHeldBeforeIsForgotten) {
  FaultPlan plan = longest_plan();
  PlanError error;
  ASSERT_TRUE(parse_plan("plan", &plan, &error));
  EXPECT_EQ(plan, FaultPlan{});
}

TEST(PlanPhrase, TheLongestPlanIsFourHundredAndTwentyNineCharacters) {
  char text[kMaxPlanText];
  EXPECT_EQ(print_plan(longest_plan(), text), 429u);
}

TEST(PlanPhrase, NothingIsWrittenBehindTheLengthThatIsReturned) {
  std::string text(kMaxPlanText, '#');
  FaultPlan plan;
  plan.seed = 42;
  EXPECT_EQ(print_plan(plan, text), 12u);
  EXPECT_EQ(text, "plan seed:42" + std::string(kMaxPlanText - 12, '#'));
}

}  // namespace
}  // namespace arenafuzz
