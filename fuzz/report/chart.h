// SPDX-License-Identifier: GPL-2.0-only
//
// Curves over the run time, as a figure with inline SVG.
//
//   samples --thinned()--> at most a few per pixel, lows and highs kept --> axes, curves, last
//   values
//
// Ownership Plain values.
// Units     x in seconds, shown in s, min, h or d; y in the chart's own unit.
// Errors    none: without samples the figure says so, one is a dot.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_REPORT_CHART_H_
#define ARENAFUZZ_FUZZ_REPORT_CHART_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace arenafuzz::report {

struct Point {
  double x = 0;
  double y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct Series {
  std::string name;  // empty where a chart has only one
  std::vector<Point> points;
};

struct Chart {
  std::string title;
  std::string unit;            // of the last value: "operations/s"
  bool from_zero = true;       // else the axis begins near the lowest value
  bool steps = false;          // a count that holds until its next sample
  std::vector<Series> series;  // at most two
};
inline constexpr std::size_t kMostSeries = 2;

std::string draw(const Chart& chart);

// At most 4 points of each of `parts` equal parts of the x axis: the first, the lowest, the highest
// and the last, in order. REQUIRES: ordered by x.
std::vector<Point> thinned(std::span<const Point> points, std::size_t parts);

// Marks of an axis at 1, 2 or 5 times a power of ten and at least `least_step` apart, at most
// `most`
// + 1 of them, the first at or below `low` and the last at or above `high`.
// REQUIRES: finite, low <= high, most >= 2.
std::vector<double> axis_marks(double low, double high, int most, double least_step);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_CHART_H_
