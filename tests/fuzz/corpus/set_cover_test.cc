// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/set_cover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> names(std::span<const CoverItem> items) {
  std::vector<std::string> list;
  for (const Taken& taken : set_cover(items)) list.push_back(items[taken.item].cost.name);
  return list;
}

std::vector<CoverItem> random_items(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<CoverItem> items(1 + random() % 40);
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].cost = {random() % 5, random() % 3, "item" + std::to_string(i)};
    items[i].stays = random() % 10 == 0;
    std::set<std::uint32_t> features;
    for (std::uint32_t count = random() % 12; count > 0; --count) features.insert(random() % 30);
    items[i].features.assign(features.begin(), features.end());
  }
  return items;
}

TEST(SetCover, TheWorkedExampleIsRight) {
  const std::vector<CoverItem> items = {{{9, 0, "d"}, {1, 2, 3, 4}, false},
                                        {{2, 0, "b"}, {1, 2}, false},
                                        {{1, 0, "a"}, {1}, false},
                                        {{2, 1, "c"}, {2}, false},
                                        {{9, 1, "e"}, {1, 2, 3}, false}};
  EXPECT_THAT(names(items), ElementsAre("a", "b", "d"));
}

TEST(SetCover, EachFeatureIsTakenOnceFromTheCheapestThatShowsIt) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const std::vector<CoverItem> items = random_items(seed);
    std::map<std::uint32_t, std::pair<bool, Cost>> cheapest;  // those that stay come first
    for (const CoverItem& item : items)
      for (const std::uint32_t feature : item.features) {
        const std::pair<bool, Cost> mine(!item.stays, item.cost);
        const auto [place, fresh] = cheapest.try_emplace(feature, mine);
        if (!fresh) place->second = std::min(place->second, mine);
      }
    std::map<std::uint32_t, std::pair<bool, Cost>> taken;
    for (const Taken& one : set_cover(items))
      for (const std::uint32_t feature : one.features)
        EXPECT_TRUE(
            taken.try_emplace(feature, !items[one.item].stays, items[one.item].cost).second);
    EXPECT_EQ(taken, cheapest) << "seed " << seed;
  }
}

TEST(SetCover, TheOrderOfTheItemsIsOfNoAccount) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    std::vector<CoverItem> items = random_items(seed);
    const std::vector<std::string> wanted = names(items);
    std::mt19937 random(seed);
    for (int i = 0; i < 5; ++i) {
      std::shuffle(items.begin(), items.end(), random);
      EXPECT_EQ(names(items), wanted) << "seed " << seed;
    }
  }
}

TEST(SetCover, TheShortestProgramWinsThenTheFewestBytesThenTheName) {
  const auto winner = [](const Cost& a, const Cost& b) {
    return names(std::vector<CoverItem>{{a, {1}, false}, {b, {1}, false}});
  };
  EXPECT_THAT(winner({2, 1, "a"}, {1, 9, "b"}), ElementsAre("b"));
  EXPECT_THAT(winner({1, 2, "a"}, {1, 1, "b"}), ElementsAre("b"));
  EXPECT_THAT(winner({1, 1, "b"}, {1, 1, "a"}), ElementsAre("a"));
}

TEST(SetCover, WhatStaysIsTakenWithoutAFeatureAndBeforeShorterOnes) {
  const std::vector<CoverItem> items = {
      {{1, 1, "short"}, {1}, false}, {{9, 9, "kept"}, {1}, true}, {{9, 9, "mute"}, {}, true}};
  EXPECT_THAT(names(items), ElementsAre("kept", "mute"));
}

TEST(SetCover, NothingIsTakenFromNothing) {
  EXPECT_THAT(set_cover({}), IsEmpty());
  EXPECT_THAT(names(std::vector<CoverItem>{{{1, 1, "mute"}, {}, false}}), IsEmpty());
}

}  // namespace
}  // namespace arenafuzz
