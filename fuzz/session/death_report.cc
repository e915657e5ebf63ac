// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/death_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "fuzz/base/quoting.h"
#include "fuzz/harness/judge/run_options.h"
#include "fuzz/harness/verdict/report.h"
#include "fuzz/program/text.h"
#include "fuzz/session/sanitizer_report.h"

namespace arenafuzz {
namespace {

// "SIGKILL" is "kill"; numbers have no place in a signature.
std::string signal_word(int signal) {
  const char* name = sigabbrev_np(signal);
  std::string word = name != nullptr ? name : "signal";
  for (char& one : word) one = static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
  std::erase_if(word, [](char one) { return std::isalpha(static_cast<unsigned char>(one)) == 0; });
  return word;
}

// "alloc", or where no operation was under way.
std::string operation_at(const Program& program, std::uint64_t place) {
  if (place == 0) return "start";
  if (place > program.operations.size()) return "end";
  return operation_kind_name(program.operations[place - 1].kind);
}

struct Told {
  Outcome outcome = Outcome::kCrash;
  std::string signature;
  std::string got;
};

Told tell(const DeathInput& input, const SanitizerReport& report) {
  const base::Death& death = input.death;
  const std::string kind = operation_at(input.program, death.place);
  switch (death.excess) {
    case base::Excess::kProcessor:
      return {Outcome::kTimeout, "timeout." + kind,
              fmt::format("no end in {} s of processor time", input.timeout)};
    case base::Excess::kIdle:
      return {Outcome::kTimeout, "timeout." + kind,
              fmt::format("no end: it was asleep or stopped for {} s", input.timeout)};
    case base::Excess::kWaiting:
      return {Outcome::kTimeout, "timeout." + kind,
              fmt::format("no end: it was asleep for {} s in all", 10 * input.timeout)};
    case base::Excess::kMemory:
      return {Outcome::kCrash, "crash." + kind + ".out-of-memory", "more memory than it may have"};
    case base::Excess::kNone:
      break;
  }
  if (!report.signature.empty())
    return {Outcome::kCrash, report.signature,
            report.signature.substr(0, report.signature.find('.', 10))};
  if (death.end.exit_code >= 0)
    return {Outcome::kExit, "exit." + kind,
            fmt::format("the process ended by exit, with code {}", death.end.exit_code)};
  return {Outcome::kCrash, fmt::format("crash.{}.{}", kind, signal_word(death.end.signal)),
          fmt::format("the process ended by SIG{}", sigabbrev_np(death.end.signal) != nullptr
                                                        ? sigabbrev_np(death.end.signal)
                                                        : "?")};
}

// Without the frames of ours that are below the code under test, and the machine's names in them.
std::string without_own_frames(std::string_view text) {
  std::string out;
  bool own = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool frame = line.find("    #") == 0;
    own = frame && (own || line.find(" in arenafuzz::Executor::") != std::string_view::npos);
    if (!own) out += std::string(line) + "\n";
  }
  return out;
}

// Cuts a signature that is longer than a report's first line may be.
std::string first_line(const std::string& signature) {
  constexpr std::size_t kMax = 79;
  std::string line = "ASSERTION FAILED: " + signature;
  if (line.size() > kMax)
    line.resize(line.rfind('.', kMax) != std::string::npos ? line.rfind('.', kMax) : kMax);
  return line + "\n";
}

// As the judge's findings have it.
std::string place_rows(const std::vector<SourceLine>& places) {
  std::string rows;
  for (const SourceLine& place : places)
    rows += report_row(rows.empty() ? "where" : "", place_text(place));
  return rows;
}

}  // namespace

Reach reach_of(const Program& program) {
  const auto any = [&program](auto test) {
    return std::any_of(program.operations.begin(), program.operations.end(), test);
  };
  const auto any_of_profile = [&any](Profile profile) {
    return any(
        [profile](const Operation& operation) { return least_profile(operation.kind) == profile; });
  };
  if (any_of_profile(Profile::kMisuse)) return Reach::kMisuse;
  if (program.header.kind == ProgramKind::kGenPool || any([](const Operation& operation) {
        return operation.kind == OperationKind::kAlloc && !is_caller_size(operation.size);
      }))
    return Reach::kCallerBug;
  if (any_of_profile(Profile::kFaults)) return Reach::kNeighbour;
  const bool faults = program.has_plan || any([](const Operation& operation) {
                        return operation.faults[0].kind != FaultClause::Kind::kNone;
                      });
  return faults ? Reach::kMemoryPressure : Reach::kNormalUse;
}

void add_death(const DeathInput& input, FileResult* result) {
  SanitizerReport report;
  if (!read_sanitizer_report(input.death.log, "", &report)) report = {};
  const Told told = tell(input, report);
  const std::uint64_t place = input.death.place;
  const bool inside = place != 0 && place <= input.program.operations.size();
  ShownFinding finding;
  finding.signature = told.signature;
  finding.tier = tier_name(Tier::kSafety);
  finding.meaning = "the code under test ended its process, or did not end";
  finding.oracle = outcome_name(told.outcome);
  finding.reach = reach_name(reach_of(input.program));
  finding.position = place != 0 ? place - 1 : 0;
  if (inside) finding.operation = print_operation(input.program.operations[place - 1]);
  finding.expected = "the call to return";
  finding.got = told.got;
  const std::string where = inside       ? fmt::format("{}: {}", place - 1, finding.operation)
                            : place == 0 ? std::string("before the first one")
                                         : std::string("after the last one, at the program's end");
  const std::string head = first_line(told.signature) + report_row("signature", told.signature) +
                           report_row("tier", finding.tier + ": " + finding.meaning) +
                           report_row("reach", finding.reach) + report_row("operation", where) +
                           report_row("expected", finding.expected) +
                           report_row("got", finding.got) + report_row("backend", input.backend);
  finding.place.lines = report.places;
  std::string rows = place_rows(report.places) + input.tree_rows;
  const std::string& said = report.excerpt.empty() ? input.death.log : report.excerpt;
  if (!said.empty()) rows += "process\n" + indented(without_own_frames(without_addresses(said)));
  finding.report = head + listing(input.program, finding.position) + rows;
  finding.facts = head + rows;
  result->outcome = told.outcome;
  result->findings.push_back(std::move(finding));
}

}  // namespace arenafuzz
