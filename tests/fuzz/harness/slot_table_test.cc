// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/slot_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Table = SlotTable<int, 256>;

std::vector<int> written(Table& table) {
  std::vector<int> values;
  table.for_each_written([&values](int& slot) { values.push_back(slot); });
  return values;
}

TEST(SlotTable, ClearsTheEdgesOfEachWord) {
  Table table{};
  for (const int slot : {0, 63, 64, 255}) table.at(slot) = slot + 1;
  EXPECT_THAT(written(table), ElementsAre(1, 64, 65, 256));
  table.clear();
  for (int slot = 0; slot < 256; ++slot) EXPECT_EQ(table[slot], 0) << slot;
  EXPECT_THAT(written(table), IsEmpty());
}

TEST(SlotTable, WhatIsReadIsNotWritten) {
  Table table{};
  EXPECT_EQ(table[7], 0);
  EXPECT_THAT(written(table), IsEmpty());
}

}  // namespace
}  // namespace arenafuzz
