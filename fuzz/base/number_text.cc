// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/number_text.h"

#include <cstddef>
#include <cstdio>

namespace arenafuzz {

namespace {

// REQUIRES: `value` is finite.
std::string with_decimals(double value, int decimals) {
  char text[400];
  return {text,
          static_cast<std::size_t>(std::snprintf(text, sizeof(text), "%.*f", decimals, value))};
}

std::string two_digits(std::uint64_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

}  // namespace

std::string time_text(double seconds) {
  const auto all = static_cast<std::uint64_t>(seconds);
  if (all < 3600) return std::to_string(all / 60) + ":" + two_digits(all % 60);
  return std::to_string(all / 3600) + ":" + two_digits(all / 60 % 60) + ":" + two_digits(all % 60);
}

std::string count_text(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string rate_text(double value) {
  if (value >= 1e6) return with_decimals(value / 1e6, 2) + " M";
  if (value >= 1e4) return with_decimals(value / 1e3, 0) + " k";
  return with_decimals(value, 0);
}

}  // namespace arenafuzz
