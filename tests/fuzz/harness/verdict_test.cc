// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "src/pool/bug.h"

namespace arenafuzz {
namespace {

constexpr int kSiteCount = static_cast<int>(Site::kDestroyNotEmpty) + 1;

bool has_digit_or_space(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0 || std::isspace(c) != 0; });
}

Finding finding_of(int oracle, int operation, int site) {
  Finding finding;
  finding.oracle = static_cast<Oracle>(oracle);
  finding.operation = static_cast<OperationKind>(operation);
  finding.site = static_cast<Site>(site);
  finding.difference = "pages-kept";
  return finding;
}

template <typename Check>
void for_all_combinations(Check check) {
  for (int oracle = 0; oracle < kOracleCount; ++oracle)
    for (int operation = 0; operation < kOperationKindCount; ++operation)
      for (int site = 0; site < kSiteCount; ++site) check(finding_of(oracle, operation, site));
}

TEST(AssertionLine, IsShortAndHoldsNoDigitForAllCombinations) {
  for_all_combinations([](const Finding& finding) {
    const std::string line = assertion_line(finding);
    ASSERT_LT(line.size(), 80u) << line;
    ASSERT_EQ(line.substr(0, 18), "ASSERTION FAILED: ");
    ASSERT_FALSE(has_digit_or_space(line.substr(18))) << line;
    ASSERT_EQ(std::count(line.begin(), line.end(), '.'), 2) << line;
  });
}

TEST(Signature, HasSixPartsWithoutDigitsForAllCombinations) {
  for_all_combinations([](Finding finding) {
    for (int size = 0; size <= static_cast<int>(SizeClass::kWrapping); ++size) {
      finding.size_class = static_cast<SizeClass>(size);
      finding.fault_fired = size % 2 == 1;
      finding.fault = static_cast<FaultSite>(size % kFaultSiteCount);
      const std::string text = signature(finding);
      ASSERT_FALSE(has_digit_or_space(text)) << text;
      ASSERT_EQ(std::count(text.begin(), text.end(), '.'), 5) << text;
    }
  });
}

TEST(Signature, IsWhatTheHeaderShows) {
  Finding finding;
  finding.oracle = Oracle::kUnwind;
  finding.operation = OperationKind::kAlloc;
  finding.site = Site::kPage;
  finding.difference = "pages-kept";
  finding.size_class = SizeClass::kWithinChunk;
  EXPECT_EQ(signature(finding), "unwind.alloc.page.pages-kept.within-chunk.none");
  finding.fault_fired = true;
  finding.fault = FaultSite::kVzalloc;
  EXPECT_EQ(signature(finding), "unwind.alloc.page.pages-kept.within-chunk.vzalloc");
  EXPECT_EQ(assertion_line(finding), "ASSERTION FAILED: unwind.alloc.page");
}

TEST(OracleTable, IsInOrderWithATierAndAMeaningEach) {
  int contract = 0;
  for (int i = 0; i < kOracleCount; ++i) {
    const OracleInfo& info = oracle_info(static_cast<Oracle>(i));
    EXPECT_EQ(static_cast<int>(info.oracle), i);
    EXPECT_GT(std::string(info.meaning).size(), 10u) << info.name;
    contract += info.tier == Tier::kContract ? 1 : 0;
  }
  EXPECT_EQ(contract, 7);
  EXPECT_EQ(oracle_info(Oracle::kHang).tier, Tier::kSafety);
  EXPECT_EQ(oracle_info(Oracle::kNeighbour).tier, Tier::kContract);
  EXPECT_EQ(oracle_info(Oracle::kChange).tier, Tier::kChange);
}

TEST(SiteNames, OfBugSitesAreThoseOfThePool) {
  for (int i = 1; i < kBugSiteCount; ++i)
    EXPECT_STREQ(site_name(static_cast<Site>(static_cast<int>(Site::kFreeNoChunk) - 1 + i)),
                 bug_site_name(static_cast<BugSite>(i)));
}

TEST(Names, AreWords) {
  EXPECT_STREQ(tier_name(Tier::kSafety), "safety");
  EXPECT_STREQ(tier_name(Tier::kContract), "contract");
  EXPECT_STREQ(tier_name(Tier::kChange), "change");
  EXPECT_STREQ(end_reason_name(EndReason::kCompleted), "completed");
  EXPECT_STREQ(end_reason_name(EndReason::kOutOfBudget), "out-of-budget");
  EXPECT_STREQ(reach_name(Reach::kNormalUse), "normal use");
  EXPECT_STREQ(reach_name(Reach::kMemoryPressure), "memory pressure");
  EXPECT_STREQ(reach_name(Reach::kMisuse), "misuse");
  EXPECT_STREQ(size_class_name(SizeClass::kBeyondArena), "beyond-arena");
}

}  // namespace
}  // namespace arenafuzz
