// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <charconv>

#include "fuzz/program/parse_line.h"

namespace arenafuzz {
namespace {

constexpr std::string_view kBlanks = " \t\r";

// What a byte order mark says of the file, or nothing.
const char* byte_order_mark(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) return "no byte order mark (BOM) before the first word";
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return "text in UTF-8, and not in UTF-16 with a byte order mark (BOM)";
  return nullptr;
}

std::string_view without_leading_blanks(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(kBlanks), line.size()));
}

// Printed programs paste: a mail's "> ", which also marks the failing operation of a report, and
// the numbers of a listing are no part of the line. No line of a program begins with either.
std::string_view without_quotes_and_number(std::string_view line) {
  line = without_leading_blanks(line);
  while (line.starts_with('>')) line = without_leading_blanks(line.substr(1));
  std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  if (digits == 0) return line;
  if (digits < line.size() && std::string_view(".:)|").find(line[digits]) != std::string_view::npos)
    ++digits;
  const bool number = digits == line.size() || kBlanks.find(line[digits]) != std::string_view::npos;
  return number ? without_leading_blanks(line.substr(digits)) : line;
}

// Without comment and trailing blanks.
std::string_view content_of(std::string_view line) {
  line = without_quotes_and_number(line.substr(0, line.find('#')));
  const std::size_t last = line.find_last_not_of(kBlanks);
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// The plan has its own parser, which knows a column and a phrase.
void read_plan(parse::Line& line, Program* program) {
  PlanError error;
  program->has_plan = true;
  const std::string_view text = line.rest();
  if (parse_plan(text, &program->plan, &error)) return;
  line.fail(error.expected != nullptr ? error.expected : "a fault plan",
            text.substr(std::min(error.column, text.size())));
}

void read_line(parse::Line& line, bool first, Program* program) {
  if (line.peek() == "header") {
    if (!first) return line.fail("the header once, before all else", "header");
    line.word();
    return parse::read_header(line, &program->header);
  }
  if (line.peek() == "plan") {
    if (program->has_plan || !program->operations.empty())
      return line.fail("one plan, before all operations", "plan");
    return read_plan(line, program);
  }
  const std::string_view text = line.rest();
  Operation operation;
  parse::read_operation(line, program->header, &operation);
  if (program->operations.size() >= limits::kMaxOperations)
    line.fail("at most " + std::to_string(limits::kMaxOperations) + " operations", text);
  if (!line.failed()) program->operations.push_back(operation);
}

bool parse_plain_number(std::string_view digits, std::uint64_t* value) {
  int base = 10;
  if (digits.starts_with("0x")) {
    base = 16;
    digits.remove_prefix(2);
  }
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, *value, base);
  return error == std::errc() && end == last && !digits.empty();
}

// The name of an input in a corpus, or with "crash-" and the like before it.
bool is_engine_input(std::string_view name) {
  constexpr std::size_t kSha1Digits = 40;
  name.remove_prefix(name.find_last_of("/-") + 1);  // npos + 1 is 0
  return name.size() == kSha1Digits &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool parse_number(std::string_view text, std::uint64_t* value) {
  if (!text.starts_with("2^")) return parse_plain_number(text, value);
  text.remove_prefix(2);
  const std::size_t sign = text.find_first_of("+-");
  std::uint64_t exponent = 0;
  std::uint64_t delta = 0;
  if (!parse_plain_number(text.substr(0, sign), &exponent) || exponent > 64) return false;
  if (sign != std::string_view::npos && !parse_plain_number(text.substr(sign + 1), &delta))
    return false;
  const bool minus = sign != std::string_view::npos && text[sign] == '-';
  if (exponent == 64 && (!minus || delta == 0)) return false;
  const std::uint64_t power = exponent == 64 ? 0 : std::uint64_t{1} << exponent;
  if (!minus && delta > ~power) return false;
  if (minus && exponent < 64 && delta > power) return false;
  *value = minus ? power - delta : power + delta;
  return true;
}

bool parse_program(std::string_view text, Program* program, TextError* error) {
  *program = Program{};
  if (const char* expected = byte_order_mark(text)) {
    *error = {1, expected};
    return false;
  }
  bool first = true;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    parse::Line line(content_of(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.at_end()) continue;
    read_line(line, first, program);
    first = false;
    if (!line.failed()) continue;
    *error = {number, line.expected()};
    return false;
  }
  return true;
}

bool looks_like_text(std::string_view name, std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);  // it is refused by its name
  return name.ends_with(".txt") || bytes.starts_with("# arenafuzz");
}

bool is_all_text(std::string_view bytes) {
  return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](char one) {
    return static_cast<unsigned char>(one) >= 0x20 || one == '\n' || one == '\t' || one == '\r';
  });
}

bool is_unmarked_text(std::string_view name, std::string_view bytes) {
  if (is_engine_input(name) || looks_like_text(name, bytes) || !is_all_text(bytes)) return false;
  Program program;
  TextError error;
  return parse_program(bytes, &program, &error) &&
         (!program.operations.empty() || bytes.find("header") != std::string_view::npos);
}

}  // namespace arenafuzz
