// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "fuzz/report/fields.h"
#include "fuzz/report/html.h"

namespace arenafuzz::report {
namespace {

// The drawing's own units, which are about pixels on a wide screen.
constexpr double kWidth = 380;
constexpr double kHeight = 196;
constexpr double kLeft = 46;
constexpr double kRight = 372;
constexpr double kTop = 10;
constexpr double kBottom = 152;
constexpr int kMarksUp = 4;
constexpr int kMarksAcross = 6;
constexpr std::size_t kParts = 300;
constexpr std::array<const char*, kMostSeries> kClasses = {"one", "two"};

struct TimeUnit {
  double seconds;
  const char* name;
};
constexpr std::array<TimeUnit, 4> kTimeUnits = {{{1, "s"}, {60, "min"}, {3600, "h"}, {86400, "d"}}};

// The largest of which the axis shows at least two.
const TimeUnit& time_unit(double longest) {
  const TimeUnit* chosen = kTimeUnits.data();
  for (const TimeUnit& unit : kTimeUnits)
    if (longest >= 2 * unit.seconds) chosen = &unit;
  return *chosen;
}

struct Axes {
  std::vector<double> across;  // in `unit`
  std::vector<double> up;
  const TimeUnit* unit = nullptr;

  double x(double seconds) const {
    const double share = seconds / unit->seconds / across.back();
    return kLeft + (kRight - kLeft) * share;
  }
  double y(double value) const {
    const double share = (value - up.front()) / (up.back() - up.front());
    return kBottom - (kBottom - kTop) * share;
  }
};

Axes axes_of(const Chart& chart) {
  double longest = 0;
  bool any = false;
  double low = 0;
  double high = 0;
  for (const Series& series : chart.series)
    for (const Point& point : series.points) {
      longest = std::max(longest, point.x);
      low = any ? std::min(low, point.y) : point.y;
      high = any ? std::max(high, point.y) : point.y;
      any = true;
    }
  Axes axes;
  axes.unit = &time_unit(longest);
  // Time ends where the samples do: the axis is not rounded up.
  const double last = std::max(longest / axes.unit->seconds, 1.0);
  axes.across = axis_marks(0, last, kMarksAcross, 0);
  while (axes.across.size() > 1 && axes.across.back() > last) axes.across.pop_back();
  axes.across.push_back(last);
  // A curve far above zero would be a flat line at the top.
  const bool lift = !chart.from_zero && low > high * 0.4;
  axes.up = axis_marks(lift ? low : std::min(0.0, low), std::max(high, low + 1), kMarksUp, 1);
  return axes;
}

std::string label(double x, double y, const char* anchor, const std::string& words) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     words);
}

// "2.5 M", and "3 M" rather than "3.00 M".
std::string mark_text(double mark) {
  std::string words = short_count(mark);
  const std::size_t point = words.find('.');
  const std::size_t space = words.find(' ');
  if (point == std::string::npos || space == std::string::npos) return words;
  std::size_t end = space;
  while (words[end - 1] == '0') --end;
  if (words[end - 1] == '.') --end;
  return words.erase(end, space - end);
}

std::string draw_axes(const Axes& axes) {
  std::string out;
  for (const double mark : axes.up) {
    const double y = axes.y(mark);
    out += fmt::format("<path class=\"axis{}\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>",
                       mark == axes.up.front() ? " base" : "", kLeft, y, kRight);
    out += label(kLeft - 6, y + 4, "end", mark_text(mark));
  }
  // The last is where the curve ends, not a mark.
  for (std::size_t i = 0; i + 1 < axes.across.size(); ++i) {
    const double x = axes.x(axes.across[i] * axes.unit->seconds);
    out += fmt::format("<path class=\"axis base\" d=\"M{:.1f} {:.1f}v4\"/>", x, kBottom);
    out += label(x, kBottom + 18, "middle", mark_text(axes.across[i]));
  }
  return out + label((kLeft + kRight) / 2, kHeight - 6, "middle",
                     fmt::format("run time ({})", axes.unit->name));
}

std::string draw_curve(const Axes& axes, const std::vector<Point>& points, const char* name,
                       bool steps) {
  if (points.size() == 1)
    return fmt::format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"/>", name,
                       axes.x(points[0].x), axes.y(points[0].y));
  std::string path;
  for (const Point& point : points) {
    const double x = axes.x(point.x);
    if (steps && !path.empty()) path += fmt::format("H{:.1f}", x);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', x, axes.y(point.y));
  }
  return fmt::format("<path class=\"curve {}\" d=\"{}\"/>", name, path);
}

std::string caption(const Chart& chart) {
  std::string out = fmt::format("<figcaption><b>{}</b>", escaped(chart.title));
  const bool keys = std::any_of(chart.series.begin(), chart.series.end(),
                                [](const Series& series) { return !series.name.empty(); });
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    if (series.points.empty()) continue;
    out += "<span>";
    if (keys)
      out += fmt::format(
          "<svg class=\"key {}\" viewBox=\"0 0 22 8\" aria-hidden=\"true\"><path "
          "d=\"M0 4H22\"/></svg>{} ",
          kClasses[i], escaped(series.name));
    out += short_count(series.points.back().y);
    if (!keys) out += " " + escaped(chart.unit);
    out += "</span>";
  }
  if (keys && out.ends_with("</span>")) out += fmt::format("<span>{}</span>", escaped(chart.unit));
  return out + "</figcaption>";
}

std::string spoken(const Chart& chart) {
  std::string out = chart.title + ", " + chart.unit + " over the run time";
  for (const Series& series : chart.series)
    if (!series.points.empty())
      out += fmt::format("; {}{} at the end", series.name.empty() ? "" : series.name + " ",
                         count(series.points.back().y));
  return escaped(out);
}

bool is_drawable(const Point& point) {
  return std::isfinite(point.x) && std::isfinite(point.y) && point.x >= 0 &&
         std::fabs(point.y) < 1e18 && point.x < 1e12;
}

}  // namespace

std::vector<double> axis_marks(double low, double high, int most, double least_step) {
  // Numbers closer than this would be told apart by their last digits alone.
  constexpr double kFinest = 1e-9;
  const double size = std::max({std::fabs(low), std::fabs(high), 1.0});
  const double span = std::max(high - low, size * kFinest * most);
  const double power = std::pow(10.0, std::floor(std::log10(span / most)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0, 20.0}) {
    step = std::max(power * factor, least_step);
    if (std::ceil(high / step) - std::floor(low / step) <= most) break;
  }
  const double first = std::floor(low / step);
  const double last = std::max(std::ceil(high / step), first + 1);
  std::vector<double> marks;
  for (int i = 0; i <= most + 1 && first + i <= last; ++i) marks.push_back((first + i) * step);
  return marks;
}

std::vector<Point> thinned(std::span<const Point> points, std::size_t parts) {
  if (points.size() <= 4 * parts) return {points.begin(), points.end()};
  const double from = points.front().x;
  const double part = (points.back().x - from) / static_cast<double>(parts);
  std::vector<Point> kept;
  for (std::size_t i = 0; i < points.size();) {
    const double share = part > 0 ? std::floor((points[i].x - from) / part) : 0;
    std::size_t low = i;
    std::size_t high = i;
    std::size_t end = i;
    for (; end < points.size() &&
           (part <= 0 || points[end].x < from + part * (share + 1) || end == i);
         ++end) {
      if (points[end].y < points[low].y) low = end;
      if (points[end].y > points[high].y) high = end;
    }
    std::array<std::size_t, 4> chosen = {i, std::min(low, high), std::max(low, high), end - 1};
    for (std::size_t k = 0; k < chosen.size(); ++k)
      if (k == 0 || chosen[k] != chosen[k - 1]) kept.push_back(points[chosen[k]]);
    i = end;
  }
  return kept;
}

std::string draw(const Chart& wanted) {
  Chart chart = wanted;
  if (chart.series.size() > kMostSeries) chart.series.resize(kMostSeries);
  bool any = false;
  for (Series& series : chart.series) {
    std::erase_if(series.points, [](const Point& point) { return !is_drawable(point); });
    const auto earlier = [](const Point& a, const Point& b) { return a.x < b.x; };
    if (!std::is_sorted(series.points.begin(), series.points.end(), earlier))
      std::sort(series.points.begin(), series.points.end(), earlier);
    any |= !series.points.empty();
  }
  std::string out = "<figure class=\"chart\">" + caption(chart);
  if (!any) return out + "<p class=\"empty\">no sample yet</p></figure>\n";
  const Axes axes = axes_of(chart);
  out += fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", kWidth, kHeight,
                     spoken(chart));
  out += draw_axes(axes);
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    if (!chart.series[i].points.empty())
      out += draw_curve(axes, thinned(chart.series[i].points, kParts), kClasses[i], chart.steps);
  return out + "</svg></figure>\n";
}

}  // namespace arenafuzz::report
