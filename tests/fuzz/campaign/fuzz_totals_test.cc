// SPDX-License-Identifier: GPL-2.0-only
//
// The one list of counters: what targets publish is what the run has, adds up and shows.
#include "fuzz/campaign/fuzz_totals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;

TEST(FuzzTotals, WhatEachJobPublishesIsAddedUp) {
  const auto one = std::make_unique<TargetStats>();
  const auto two = std::make_unique<TargetStats>();
  std::uint64_t value = 0;
  for (const Counter& counter : kCounters) {
    if (counter.published == nullptr) continue;
    ((*one).*counter.published) = ++value;
    ((*two).*counter.published) = 1000;
  }
  one->faults_fired[2] = 7;
  two->fault_outcomes[1][1] = 8;
  FuzzTotals sum;
  add_published(*one, &sum);
  add_published(*two, &sum);
  value = 1000;
  for (const Counter& counter : kCounters)
    EXPECT_EQ(sum.*counter.total, counter.published == nullptr ? 0 : ++value) << counter.name;
  EXPECT_EQ(sum.executions, 1001u);
  EXPECT_EQ(sum.operations, 1002u);
  EXPECT_EQ(sum.faults_fired[2], 7u);
  EXPECT_EQ(sum.fault_outcomes[1][1], 8u);
}

// tests/bench/fuzz_rate.py reads the first five words of the file.
TEST(FuzzTotals, TheFirstCountersOfTheFileAreThoseThatScriptsRead) {
  std::vector<std::string> names;
  for (const Counter& counter : kCounters)
    if (names.size() < 4) names.emplace_back(counter.name);
  EXPECT_THAT(names, ElementsAre("executions", "operations", "skipped", "out_of_budget"));
  EXPECT_EQ(offsetof(TargetStats, out_of_budget), 4 * sizeof(std::uint64_t));
}

// A campaign's figures go on from session to session; what is of one session alone must not.
TEST(FuzzTotals, WorkAloneGoesOnOverSessions) {
  std::vector<std::string> lasting;
  for (const Counter& counter : kCounters)
    if (counter.shown == Shown::kLasting) lasting.emplace_back(counter.name);
  EXPECT_THAT(lasting, ElementsAre("executions", "operations"));
}

}  // namespace
}  // namespace arenafuzz
