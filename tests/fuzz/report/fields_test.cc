// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace arenafuzz::report {
namespace {

TEST(Fields, OfAnotherTypeAreNotKnown) {
  const Json odd{{"n", "7"}, {"t", 7}, {"l", {{"a", 1}}}, {"w", -1}, {"f", 1.5}, {"z", nullptr}};
  EXPECT_FALSE(number(odd, "n"));
  EXPECT_FALSE(number(odd, "z"));
  EXPECT_FALSE(number(odd, "missing"));
  EXPECT_EQ(text(odd, "t"), "");
  EXPECT_TRUE(list(odd, "l").empty());
  EXPECT_TRUE(object_in(odd, "n").empty());
  EXPECT_FALSE(whole(odd, "w"));
  EXPECT_FALSE(whole(odd, "f"));
}

TEST(Fields, OfWhatIsNoObjectAreNotKnown) {
  for (const Json& value : {Json(nullptr), Json(3), Json("x"), Json::array({1})}) {
    EXPECT_FALSE(number(value, "a"));
    EXPECT_EQ(text(value, "a"), "");
    EXPECT_TRUE(list(value, "a").empty());
    EXPECT_TRUE(object_in(value, "a").empty());
  }
}

TEST(Fields, AreFiniteNumbers) {
  EXPECT_FALSE(number(Json(std::numeric_limits<double>::infinity())));
  EXPECT_FALSE(number(Json(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_FALSE(whole(Json(1e300)));
  EXPECT_EQ(whole(Json(std::numeric_limits<std::uint64_t>::max())), ~std::uint64_t{0});
}

TEST(Count, GroupsDigitsAndKeepsADecimalOfSmallOnes) {
  EXPECT_EQ(count(1234567), "1,234,567");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(99.94), "99.9");
  EXPECT_EQ(count(61.04), "61");
  EXPECT_EQ(count(-1234), "-1,234");
  EXPECT_EQ(count(-0.01), "0");
  EXPECT_EQ(count(std::nullopt), "not known");
}

TEST(ShortCount, HasThreeDigitsAndAUnit) {
  EXPECT_EQ(short_count(9999), "9,999");
  EXPECT_EQ(short_count(45678), "45.7 k");
  EXPECT_EQ(short_count(2143210.5), "2.14 M");
  EXPECT_EQ(short_count(999999), "1.00 M");
  EXPECT_EQ(short_count(1e300).substr(0, 3), "100");  // whatever it is, it is shown
}

TEST(ByteCount, CountsIn1024) {
  EXPECT_EQ(byte_count(512), "512 B");
  EXPECT_EQ(byte_count(1536), "1.50 KiB");
  EXPECT_EQ(byte_count(4294967296.0), "4.00 GiB");
}

TEST(Duration, HasTheTwoLargestUnits) {
  EXPECT_EQ(duration(0.25), "0.2 s");
  EXPECT_EQ(duration(59.4), "59 s");
  EXPECT_EQ(duration(59.6), "1 min");
  EXPECT_EQ(duration(3725), "1 h 2 min");
  EXPECT_EQ(duration(2 * 86400 + 4 * 3600 + 59), "2 d 4 h");
  EXPECT_EQ(duration(-1), "not known");
  EXPECT_EQ(duration(std::nullopt), "not known");
}

TEST(TimeOfDay, IsUtc) {
  EXPECT_EQ(time_of_day(0), "1970-01-01 00:00:00 UTC");
  EXPECT_EQ(time_of_day(1795563003), "2026-11-24 23:30:03 UTC");
  EXPECT_EQ(time_of_day(951782399), "2000-02-28 23:59:59 UTC");
  EXPECT_EQ(time_of_day(951782400), "2000-02-29 00:00:00 UTC");
  EXPECT_EQ(time_of_day(-1), "not known");
  EXPECT_EQ(time_of_day(1e18), "not known");
}

}  // namespace
}  // namespace arenafuzz::report
