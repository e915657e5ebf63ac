// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/parse_line.h"

namespace arenafuzz::parse {

std::string_view Line::word() {
  const std::string_view found = peek();
  drop(found.size());
  return found;
}

bool Line::take(std::string_view wanted) {
  if (peek() != wanted) return false;
  word();
  return true;
}

std::optional<std::string_view> Line::take_prefixed(std::string_view prefix) {
  if (!peek().starts_with(prefix)) return std::nullopt;
  return word().substr(prefix.size());
}

void Line::drop(std::size_t count) {
  rest_.remove_prefix(count);
  skip_spaces();
}

void Line::fail(const std::string& expected, std::string_view got) {
  if (failed_) return;
  failed_ = true;
  expected_ = expected + ", got " +
              (got.empty() ? "the end of the line" : "'" + std::string(got.substr(0, 40)) + "'");
}

std::uint64_t Line::number(std::string_view text, std::uint64_t most, const char* what) {
  std::uint64_t value = 0;
  if (parse_number(text, &value) && value <= most) return value;
  fail(std::string(what) + " of at most " + print_number(most), text);
  return 0;
}

std::uint8_t Line::name(std::string_view text, char letter, int count) {
  std::uint64_t value = 0;
  if (text.size() >= 2 && text[0] == letter && parse_number(text.substr(1), &value) &&
      value < static_cast<std::uint64_t>(count))
    return static_cast<std::uint8_t>(value);
  const std::string first = letter + std::string("0");
  fail(count == 1 ? first : "one of " + first + " to " + letter + std::to_string(count - 1), text);
  return 0;
}

void Line::skip_spaces() {
  const std::size_t begin = rest_.find_first_not_of(" \t");
  rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
}

}  // namespace arenafuzz::parse
