// SPDX-License-Identifier: GPL-2.0-only
//
// What ClusterFuzz compares of two findings (docs/oss-fuzz.md): three lines, alike if two agree or
// if they resemble each other by more than 0.8 in the mean.
#include "fuzz/targets/finding_traps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace arenafuzz {
namespace {

std::size_t distance(const std::string& one, const std::string& other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

double ratio(const std::string& one, const std::string& other) {
  const auto both = static_cast<double>(one.size() + other.size());
  return (both - static_cast<double>(distance(one, other))) / both;
}

struct Place {
  OperationKind operation;
  Site site;
  const char* difference;
};

std::vector<std::string> state(Oracle oracle, const Place& place) {
  Finding finding;
  finding.oracle = oracle;
  finding.operation = place.operation;
  finding.site = place.site;
  finding.difference = place.difference;
  finding.size_class = SizeClass::kWithinChunk;
  const std::string first = finding.tier() == Tier::kSafety ? assertion_line(finding).substr(18)
                                                            : signature(finding) + " in pool.cc";
  return {first.substr(0, 80), finding_trap(oracle).inner, finding_trap(oracle).outer};
}

// None of the states counts as the same bug as another.
void expect_different_bugs(const std::vector<std::vector<std::string>>& states) {
  for (std::size_t i = 0; i < states.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0;
      int equal = 0;
      for (std::size_t line = 0; line < 3; ++line) {
        sum += ratio(states[i][line], states[j][line]);
        equal += states[i][line] == states[j][line] ? 1 : 0;
      }
      EXPECT_LE(sum / 3, 0.8) << states[i][0] << " and " << states[j][0];
      EXPECT_LT(equal, 2) << states[i][0] << " and " << states[j][0];
    }
}

TEST(FindingTraps, OfTwoOraclesAreNeverOneBugWhereverTheyShow) {
  const Place kPlaces[] = {{OperationKind::kAlloc, Site::kNone, "address-twice"},
                           {OperationKind::kEnablePath, Site::kFreeNotAllocated, "second-claim"},
                           {OperationKind::kDisable, Site::kPage, "bug"}};
  for (const Place& place : kPlaces) {
    std::vector<std::vector<std::string>> states;
    for (int i = 0; i < kOracleCount; ++i) states.push_back(state(static_cast<Oracle>(i), place));
    expect_different_bugs(states);
  }
}

// Of a crash of honggfuzz's ClusterFuzz reads the sanitizer's report, not what the target printed.
TEST(FindingTraps, AreToldApartByTheirFunctionsAlone) {
  std::vector<std::vector<std::string>> states;
  for (int i = 0; i < kOracleCount; ++i) {
    const FindingTrap& trap = finding_trap(static_cast<Oracle>(i));
    states.push_back({trap.inner, trap.outer, trap.outermost});
  }
  expect_different_bugs(states);
}

TEST(FindingTraps, HaveNamesThatClusterFuzzDoesNotPassOver) {
  for (int i = 0; i < kOracleCount; ++i) {
    const FindingTrap& trap = finding_trap(static_cast<Oracle>(i));
    EXPECT_EQ(trap.oracle, static_cast<Oracle>(i));
    for (const std::string name : {trap.inner, trap.outer, trap.outermost}) {
      EXPECT_EQ(name.find("assert"), std::string::npos) << name;
      for (const char* passed :
           {"abort", "main", "free", "new", "delete", "malloc", "calloc", "New"})
        EXPECT_NE(name.rfind(passed, 0), 0u) << name;
    }
  }
}

TEST(FindingTraps, AreOneLineOfTheFormThatIsNoSecurityBug) {
  EXPECT_EQ(check_line("over-claim.alloc.page.in-vain.zero.none"),
            "[arenafuzz:FATAL:pool.cc(1)] Check failed: over-claim.alloc.page.in-vain.zero.none");
}

TEST(FindingTrapsDeathTest, EndTheProcess) {
  EXPECT_DEATH(assert_finding(Oracle::kUnwind), "");
  EXPECT_DEATH(assert_format(), "");
}

}  // namespace
}  // namespace arenafuzz
