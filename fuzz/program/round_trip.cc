// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/round_trip.h"

#include <algorithm>
#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

bool fail(std::string* why, const std::string& sentence) {
  *why = sentence;
  return false;
}

// The first line in which two texts differ, for a report.
std::string first_difference(std::string_view left, std::string_view right) {
  std::size_t line = 1;
  while (!left.empty() || !right.empty()) {
    const std::string_view one = left.substr(0, left.find('\n'));
    const std::string_view two = right.substr(0, right.find('\n'));
    if (one != two)
      return "line " + std::to_string(line) + ": '" + std::string(one) + "' against '" +
             std::string(two) + "'";
    left.remove_prefix(std::min(left.size(), one.size() + 1));
    right.remove_prefix(std::min(right.size(), two.size() + 1));
    ++line;
  }
  return "something that the text does not show";
}

std::string first_difference(const Program& left, const Program& right) {
  return first_difference(print_program(left), print_program(right));
}

bool check_repaired(const Program& program, std::string* why) {
  Program repaired = program;
  repair(repaired);
  if (repaired == program) return true;
  return fail(why, "repair changes the program: " + first_difference(program, repaired));
}

bool check_through_bytes(const Program& program, std::string* why) {
  std::vector<std::uint8_t> canonical;
  encode(program, &canonical);
  const std::size_t expected = limits::kHeaderBytes + (program.has_plan ? limits::kPlanBytes : 0) +
                               program.operations.size() * limits::kRecordBytes;
  if (canonical.size() != expected) return fail(why, "encode writes another number of bytes");
  Program decoded;
  decode(canonical, &decoded);
  if (!(decoded == program))
    return fail(why, "decode(encode(p)) is not p: " + first_difference(program, decoded));
  std::vector<std::uint8_t> again;
  encode(decoded, &again);
  if (again != canonical) return fail(why, "encode(decode(encode(p))) is not encode(p)");
  return true;
}

bool check_through_text(const Program& program, std::string* why) {
  const std::string text = print_program(program);
  if (!looks_like_text("", text)) return fail(why, "a printed program does not look like text");
  Program parsed;
  TextError error;
  if (!parse_program(text, &parsed, &error))
    return fail(why, "a printed program is refused in line " + std::to_string(error.line) +
                         ": expected " + error.expected);
  if (!(parsed == program))
    return fail(why, "parse(print(p)) is not p: " + first_difference(program, parsed));
  if (print_program(parsed) != text) return fail(why, "print(parse(print(p))) is not print(p)");
  return true;
}

bool check_plan(const FaultPlan& plan, std::string* why) {
  char line[kMaxPlanText];
  const std::size_t length = print_plan(plan, line);
  if (length > kMaxPlanText) return fail(why, "a printed plan is longer than kMaxPlanText");
  FaultPlan parsed;
  PlanError error;
  const std::string_view text(line, length);
  if (!parse_plan(text, &parsed, &error))
    return fail(why, "a printed plan is refused: " + std::string(text));
  if (!(parsed == plan))
    return fail(why, "parse_plan(print_plan(p)) is not p: " + std::string(text));
  return true;
}

}  // namespace

bool check_program(const Program& program, std::string* why) {
  return check_repaired(program, why) && check_through_bytes(program, why) &&
         check_through_text(program, why) && check_plan(program.plan, why);
}

bool check_bytes(std::span<const std::uint8_t> bytes, std::string* why) {
  Program program;
  decode(bytes, &program);
  return check_program(program, why);
}

bool check_text(std::string_view text, std::string* why) {
  Program program;
  TextError error;
  if (parse_program(text, &program, &error)) return check_program(program, why);
  const auto newlines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  if (error.line == 0 || error.line > newlines + 1)
    return fail(why, "refused in line " + std::to_string(error.line) + ", which it does not have");
  if (error.expected.empty()) return fail(why, "refused without a phrase");
  return true;
}

}  // namespace arenafuzz
