// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/fault_plan.h"

#include <gmock/gmock.h>

#include <limits>
#include <random>
#include <string>

namespace arenafuzz {
namespace {

using testing::HasSubstr;

constexpr int kPage = static_cast<int>(FaultSite::kPage);
constexpr int kVzalloc = static_cast<int>(FaultSite::kVzalloc);

std::string printed(const FaultPlan& plan) {
  char text[kMaxPlanText];
  return {text, print_plan(plan, text)};
}

FaultPlan parsed(std::string_view text) {
  FaultPlan plan;
  PlanError error;
  EXPECT_TRUE(parse_plan(text, &plan, &error)) << text << ", column " << error.column;
  return plan;
}

PlanError error_of(std::string_view text) {
  FaultPlan plan;
  PlanError error;
  EXPECT_FALSE(parse_plan(text, &plan, &error)) << text;
  return error;
}

TEST(FaultPlan, EmptyPlanPrintsAsOneWord) { EXPECT_EQ(printed({}), "plan"); }

TEST(FaultPlan, OneWordParsesAsTheEmptyPlan) { EXPECT_EQ(parsed("plan"), FaultPlan{}); }

TEST(FaultPlan, PrintsOnlyWhatDiffersFromTheDefaults) {
  FaultPlan plan;
  plan.seed = 7;
  plan.sites[kPage].fail_nth = 3;
  plan.sites[kVzalloc] = {50, 2, -1, 4096, 0};
  EXPECT_EQ(printed(plan),
            "plan seed:7 page:fail_nth=3 vzalloc:probability=50,interval=2,times=-1,space=4096");
}

TEST(FaultPlan, EverySiteAndAttributePrintsInItsOrder) {
  FaultPlan plan;
  plan.seed = 1;
  for (FaultAttributes& site : plan.sites) site = {1, 2, 3, 4, 5};
  const std::string attributes = ":probability=1,interval=2,times=3,space=4,fail_nth=5";
  EXPECT_EQ(printed(plan), "plan seed:1 kmalloc" + attributes + " page" + attributes + " vzalloc" +
                               attributes + " span" + attributes + " release" + attributes);
}

TEST(FaultPlan, ParsesSitesAndAttributesInAnyOrder) {
  EXPECT_EQ(printed(parsed("plan span:times=2 page:space=9,probability=3 seed:5")),
            "plan seed:5 page:probability=3,space=9 span:times=2");
}

TEST(FaultPlan, SeveralBlanksAreAsGoodAsOne) {
  EXPECT_EQ(printed(parsed("plan \t seed:5  page:times=0 ")), "plan seed:5 page:times=0");
}

TEST(FaultPlan, ExplicitDefaultsAreNoDifference) {
  EXPECT_EQ(printed(parsed("plan seed:0 page:probability=0,interval=1,times=1,space=0,fail_nth=0")),
            "plan");
}

TEST(FaultPlan, TheHighestValuesFitTheLine) {
  FaultPlan plan;
  plan.seed = std::numeric_limits<std::uint32_t>::max();
  for (FaultAttributes& site : plan.sites)
    site = {100, kMaxInterval, kMaxTimes, std::numeric_limits<std::uint32_t>::max(), kMaxFailNth};
  EXPECT_LT(printed(plan).size(), kMaxPlanText);
  EXPECT_EQ(parsed(printed(plan)), plan);
}

TEST(FaultPlan, APlanOutsideTheLimitsIsNeverPrintedPastTheBuffer) {
  constexpr std::uint32_t kHuge = std::numeric_limits<std::uint32_t>::max();
  FaultPlan plan;
  plan.seed = kHuge;
  for (FaultAttributes& site : plan.sites)
    site = {kHuge, kHuge, std::numeric_limits<std::int32_t>::min(), kHuge, kHuge};
  EXPECT_EQ(printed(plan).size(), kMaxPlanText);
}

FaultPlan random_plan(std::mt19937& random) {
  const auto some = [&random](std::uint32_t high) -> std::uint32_t {
    switch (random() % 4) {
      case 0:
        return 0;
      case 1:
        return high;
      default:
        return static_cast<std::uint32_t>(random() % (std::uint64_t{high} + 1));
    }
  };
  FaultPlan plan;
  plan.seed = some(0xffffffff);
  for (FaultAttributes& site : plan.sites) {
    if (random() % 3 == 0) continue;
    site.probability = some(100);
    site.interval = 1 + some(kMaxInterval - 1);
    site.times = static_cast<std::int32_t>(some(kMaxTimes + 1)) - 1;
    site.space = some(0xffffffff);
    site.fail_nth = some(kMaxFailNth);
  }
  return plan;
}

TEST(FaultPlan, FourThousandRandomPlansComeBackFromTheirText) {
  std::mt19937 random(20240607);
  for (int i = 0; i < 4000; ++i) {
    const FaultPlan plan = random_plan(random);
    ASSERT_EQ(parsed(printed(plan)), plan) << printed(plan);
  }
}

TEST(FaultPlan, EverySiteHasANameThatFindsItAgain) {
  const char* const names[] = {"kmalloc", "page", "vzalloc", "span", "release"};
  for (int i = 0; i < kFaultSiteCount; ++i) {
    EXPECT_STREQ(fault_site_name(static_cast<FaultSite>(i)), names[i]);
    FaultSite site = FaultSite::kKmalloc;
    EXPECT_TRUE(parse_fault_site(names[i], &site));
    EXPECT_EQ(static_cast<int>(site), i);
  }
}

TEST(FaultPlan, APartOfASiteNameIsNoSite) {
  FaultSite site = FaultSite::kSpan;
  for (const char* name : {"", "pag", "pages", "Page", "seed", "nth"})
    EXPECT_FALSE(parse_fault_site(name, &site)) << name;
  EXPECT_EQ(site, FaultSite::kSpan);
}

TEST(PlanError, TheFirstWordMustBePlan) {
  EXPECT_EQ(error_of("planet").column, 0u);
  EXPECT_THAT(error_of("").expected, HasSubstr("plan"));
  EXPECT_EQ(error_of("  seed:1").column, 2u);
}

TEST(PlanError, AnUnknownSiteIsAnsweredWithAllOfThem) {
  const PlanError error = error_of("plan seed:1 pages:times=1");
  EXPECT_EQ(error.column, 12u);
  for (int i = 0; i < kFaultSiteCount; ++i)
    EXPECT_THAT(error.expected, HasSubstr(fault_site_name(static_cast<FaultSite>(i))));
  EXPECT_THAT(error.expected, HasSubstr("seed"));
}

TEST(PlanError, AnUnknownAttributeIsAnsweredWithAllOfThem) {
  const PlanError error = error_of("plan page:times=1,every=2");
  EXPECT_EQ(error.column, 18u);
  for (const char* name : {"probability", "interval", "times", "space", "fail_nth"})
    EXPECT_THAT(error.expected, HasSubstr(name));
}

struct BadValue {
  const char* attribute;
  const char* value;
  const char* range;
};

class PlanValue : public testing::TestWithParam<BadValue> {};

TEST_P(PlanValue, OutsideItsRangeIsRefusedAtItsColumn) {
  const std::string before = std::string("plan release:") + GetParam().attribute + "=";
  const PlanError error = error_of(before + GetParam().value);
  EXPECT_EQ(error.column, before.size());
  EXPECT_THAT(error.expected, HasSubstr(GetParam().attribute));
  EXPECT_THAT(error.expected, HasSubstr(GetParam().range));
}

INSTANTIATE_TEST_SUITE_P(
    All, PlanValue,
    testing::Values(
        BadValue{"probability", "101", "0 to 100"}, BadValue{"probability", "-1", "0 to 100"},
        BadValue{"interval", "0", "1 to 65535"}, BadValue{"interval", "65536", "1 to 65535"},
        BadValue{"times", "-2", "-1 to 32767"}, BadValue{"times", "32768", "-1 to 32767"},
        BadValue{"space", "4294967296", "0 to 4294967295"},
        BadValue{"space", "99999999999999999999", "0 to 4294967295"},
        BadValue{"fail_nth", "65536", "0 to 65535"}, BadValue{"fail_nth", "", "0 to 65535"},
        BadValue{"times", "+1", "-1 to 32767"}, BadValue{"times", "x", "-1 to 32767"}));

TEST(PlanError, ASeedOutsideThirtyTwoBitsIsRefused) {
  EXPECT_EQ(error_of("plan seed:4294967296").column, 10u);
  EXPECT_THAT(error_of("plan seed:4294967296").expected, HasSubstr("0 to 4294967295"));
  EXPECT_EQ(error_of("plan seed:").column, 10u);
}

TEST(PlanError, ASiteOrSeedNamedTwiceIsRefusedAtTheSecond) {
  EXPECT_EQ(error_of("plan page:times=1 page:space=1").column, 18u);
  EXPECT_EQ(error_of("plan seed:1 seed:1").column, 12u);
  EXPECT_THAT(error_of("plan seed:1 seed:1").expected, HasSubstr("once"));
}

TEST(PlanError, AnAttributeNamedTwiceIsRefusedAtTheSecond) {
  EXPECT_EQ(error_of("plan page:times=1,times=1").column, 18u);
  EXPECT_THAT(error_of("plan page:times=1,times=1").expected, HasSubstr("once"));
}

TEST(PlanError, WhatFollowsAValueIsRefused) {
  for (const char* text : {"plan page:times=1;", "plan page:times=1,", "plan page:times=1,,space=1",
                           "plan seed:1,", "plan seed:1x", "plan page:times=1 #", "plan,"})
    EXPECT_NE(error_of(text).expected, nullptr) << text;
}

TEST(PlanError, ASiteWithoutAttributesIsRefused) {
  for (const char* text : {"plan page", "plan page:", "plan page:times", "plan :", "plan page =1"})
    EXPECT_NE(error_of(text).expected, nullptr) << text;
  EXPECT_EQ(error_of("plan page:").column, 10u);
}

}  // namespace
}  // namespace arenafuzz
