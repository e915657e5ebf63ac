// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace arenafuzz::report {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string drawn(std::vector<Point> points, bool steps = false) {
  Chart chart;
  chart.title = "Corpus";
  chart.unit = "programs";
  chart.steps = steps;
  chart.series.push_back({"", std::move(points)});
  return draw(chart);
}

TEST(Chart, WithoutASampleSaysSo) {
  EXPECT_THAT(drawn({}), HasSubstr("no sample yet"));
  EXPECT_THAT(drawn({}), Not(HasSubstr("<path")));
}

TEST(Chart, OfOneSampleIsADotOnAxes) {
  const std::string chart = drawn({{0, 12}});
  EXPECT_THAT(chart, HasSubstr("<circle class=\"dot one\""));
  EXPECT_THAT(chart, HasSubstr("run time (s)"));
  EXPECT_THAT(chart, HasSubstr("12 programs"));
  EXPECT_THAT(chart, Not(HasSubstr("nan")));
}

TEST(Chart, OfTwoSamplesIsALine) {
  EXPECT_THAT(drawn({{0, 0}, {10, 6}}), HasSubstr("d=\"M46.0 152.0L372.0 10.0\""));
}

TEST(Chart, OfSamplesAtOneTimeIsDrawn) {
  const std::string chart = drawn({{0, 5}, {0, 5}, {0, 5}});
  EXPECT_THAT(chart, HasSubstr("class=\"curve one\""));
  EXPECT_THAT(chart, Not(HasSubstr("nan")));
}

TEST(Chart, NamesTheUnitOfTimeByItsLength) {
  EXPECT_THAT(drawn({{0, 1}, {90, 1}}), HasSubstr("run time (s)"));
  EXPECT_THAT(drawn({{0, 1}, {600, 1}}), HasSubstr("run time (min)"));
  EXPECT_THAT(drawn({{0, 1}, {36000, 1}}), HasSubstr("run time (h)"));
  EXPECT_THAT(drawn({{0, 1}, {864000, 1}}), HasSubstr("run time (d)"));
}

TEST(Chart, OrdersSamplesAndPassesOverWhatCannotBeDrawn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(drawn({{10, 5}, {nan, 1}, {0, 0}, {-5, 3}, {5, nan}, {3, 1e300}}),
            drawn({{0, 0}, {10, 5}}));
}

TEST(Chart, OfACountHoldsItUntilTheNextSample) {
  EXPECT_THAT(drawn({{0, 0}, {10, 2}}, true), HasSubstr("M46.0 152.0H372.0L372.0 10.0"));
}

TEST(Chart, EscapesItsTitle) {
  Chart chart;
  chart.title = "<b>\"";
  EXPECT_THAT(draw(chart), HasSubstr("&lt;b&gt;&quot;"));
  EXPECT_THAT(draw(chart), Not(HasSubstr("<b>\"")));
}

// A tenth of a pixel apart, a hundred thousand samples would be megabytes.
TEST(Chart, OfAHundredThousandSamplesIsSmallAndShowsTheOneDip) {
  std::vector<Point> points;
  for (int i = 0; i < 100000; ++i) points.push_back({i * 1.0, i == 45678 ? 0.0 : 1000.0 + i % 7});
  const std::string chart = drawn(points);
  EXPECT_LT(chart.size(), 30000u);
  EXPECT_THAT(chart, HasSubstr(" 152.0L"));
}

TEST(Thinned, KeepsFewSamplesAsTheyAre) {
  const std::vector<Point> points = {{0, 1}, {1, 2}, {2, 3}};
  EXPECT_EQ(thinned(points, 300), points);
}

TEST(Thinned, KeepsEndsLowsAndHighsInTheirOrder) {
  std::vector<Point> points;
  for (int i = 0; i < 10000; ++i) points.push_back({i * 1.0, std::fabs(std::sin(i / 50.0))});
  points[5000].y = 9;
  points[7001].y = -9;
  const std::vector<Point> kept = thinned(points, 100);
  EXPECT_LE(kept.size(), 401u);
  EXPECT_EQ(kept.front(), points.front());
  EXPECT_EQ(kept.back(), points.back());
  EXPECT_THAT(kept, Contains(points[5000]));
  EXPECT_THAT(kept, Contains(points[7001]));
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end(),
                             [](const Point& a, const Point& b) { return a.x < b.x; }));
}

TEST(Thinned, OfSamplesAtOneTimeKeepsFour) {
  EXPECT_LE(thinned(std::vector<Point>(1000, {5, 5}), 10).size(), 4u);
}

TEST(AxisMarks, AreRoundNumbersAroundTheValues) {
  EXPECT_THAT(axis_marks(0, 3184, 4, 1), ElementsAre(0, 1000, 2000, 3000, 4000));
  EXPECT_THAT(axis_marks(2871, 3184, 4, 1), ElementsAre(2800, 2900, 3000, 3100, 3200));
  EXPECT_THAT(axis_marks(0, 2, 4, 1), ElementsAre(0, 1, 2));
}

TEST(AxisMarks, OfAnyRangeAreFewAndCoverIt) {
  for (const double low : {-1e12, 0.0, 0.001, 7.0, 999.0, 1e9, 1e17})
    for (const double span : {0.0, 0.1, 3.0, 77.0, 1e6, 1e15}) {
      const std::vector<double> marks = axis_marks(low, low + span, 4, 0);
      EXPECT_GE(marks.size(), 2u);
      EXPECT_LE(marks.size(), 6u) << low << " " << span;
      const double tolerance = std::fabs(low + span) * 1e-12;
      EXPECT_LE(marks.front(), low + tolerance);
      EXPECT_GE(marks.back(), low + span - tolerance);
    }
}

}  // namespace
}  // namespace arenafuzz::report
