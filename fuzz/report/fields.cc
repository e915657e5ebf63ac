// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/fields.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <span>

namespace arenafuzz::report {
namespace {

// What a double holds exactly: beyond it "1,234" would be a guess.
constexpr double kMost = 9007199254740992.0;

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", std::fabs(value));
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return (value < 0 && digits != "0" ? "-" : "") + digits;
}

std::string in_units(double value, double step, std::span<const char* const> units) {
  std::size_t unit = 0;
  // 999.5 would be written as 1000.
  while (std::fabs(value) >= step - 0.5 && unit + 1 < units.size()) {
    value /= step;
    ++unit;
  }
  const int decimals = unit == 0 || std::fabs(value) >= 99.95 ? 0
                       : std::fabs(value) >= 9.995            ? 1
                                                              : 2;
  const std::string digits = fmt::format("{:.{}f}", value, decimals);
  return *units[unit] == '\0' ? digits : digits + " " + units[unit];
}

}  // namespace

const Json& field(const Json& object, const char* name) {
  static const Json kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

const Json& list(const Json& object, const char* name) {
  static const Json kEmpty = Json::array();
  const Json& found = field(object, name);
  return found.is_array() ? found : kEmpty;
}

const Json& object_in(const Json& object, const char* name) {
  static const Json kEmpty = Json::object();
  const Json& found = field(object, name);
  return found.is_object() ? found : kEmpty;
}

std::optional<double> number(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto read = value.get<double>();
  return std::isfinite(read) ? std::optional(read) : std::nullopt;
}

std::optional<double> number(const Json& object, const char* name) {
  return number(field(object, name));
}

std::optional<std::uint64_t> whole(const Json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  const auto read = number(value);
  if (!read || *read < 0 || *read > kMost || std::floor(*read) < *read) return std::nullopt;
  return static_cast<std::uint64_t>(*read);
}

std::optional<std::uint64_t> whole(const Json& object, const char* name) {
  return whole(field(object, name));
}

std::string text(const Json& object, const char* name) {
  const Json& found = field(object, name);
  return found.is_string() ? found.get<std::string>() : std::string();
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
  if (const auto read = number(value)) return count(read);
  return "";
}

std::string count(std::optional<double> value) {
  if (!value) return kNotKnown;
  const bool fraction = std::fabs(*value) < 100 && std::fabs(*value - std::round(*value)) >= 0.05;
  return fraction ? fmt::format("{:.1f}", *value) : grouped(*value);
}

std::string short_count(std::optional<double> value) {
  static constexpr std::array<const char*, 6> kUnits = {"", "k", "M", "G", "T", "P"};
  if (!value) return kNotKnown;
  return std::fabs(*value) < 9999.5 ? count(value) : in_units(*value, 1000, kUnits);
}

std::string byte_count(std::optional<double> bytes) {
  static constexpr std::array<const char*, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  return bytes ? in_units(*bytes, 1024, kUnits) : kNotKnown;
}

std::string duration(std::optional<double> seconds) {
  if (!seconds || *seconds < 0 || *seconds > kMost) return kNotKnown;
  if (*seconds < 10) return fmt::format("{} s", count(*seconds));
  const auto all = static_cast<std::uint64_t>(std::llround(*seconds));
  struct Unit {
    std::uint64_t seconds;
    const char* name;
  };
  static constexpr std::array<Unit, 4> kUnits = {
      {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  for (std::size_t i = 0; i + 1 < kUnits.size(); ++i) {
    if (all < kUnits[i].seconds) continue;
    const std::uint64_t whole_units = all / kUnits[i].seconds;
    const std::uint64_t rest = all % kUnits[i].seconds / kUnits[i + 1].seconds;
    const std::string first =
        fmt::format("{} {}", grouped(static_cast<double>(whole_units)), kUnits[i].name);
    return rest == 0 ? first : fmt::format("{} {} {}", first, rest, kUnits[i + 1].name);
  }
  return fmt::format("{} s", all);
}

std::string time_of_day(std::optional<double> unix_seconds) {
  constexpr double kYear9999 = 253402300800.0;
  if (!unix_seconds || *unix_seconds < 0 || *unix_seconds >= kYear9999) return kNotKnown;
  const auto all = static_cast<int>(*unix_seconds / 86400);
  const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{all}}};
  const auto rest = static_cast<int>(*unix_seconds - 86400.0 * all);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                     rest / 3600, rest / 60 % 60, rest % 60);
}

std::string some(std::uint64_t count_of, const char* one, const char* many) {
  return grouped(static_cast<double>(count_of)) + " " + (count_of == 1 ? one : many);
}

}  // namespace arenafuzz::report
