// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/finding_causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "fuzz/base/number_text.h"
#include "fuzz/base/quoting.h"
#include "fuzz/harness/verdict/title.h"
#include "fuzz/program/text.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/folder/causes.h"
#include "fuzz/triage/folder/report.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMostShown = 24;       // operations of a program; its file has all
constexpr std::size_t kMostSignatures = 12;  // of a cause

std::size_t operations_of(const KeptFinding& finding) {
  Program program;
  TextError error;
  return parse_program(finding.program, &program, &error) ? program.operations.size()
                                                          : ~std::size_t{0};
}

std::string operations_text(const KeptFinding& finding) {
  const std::size_t count = operations_of(finding);
  return count == ~std::size_t{0} ? "-" : std::to_string(count);
}

void print_row(std::FILE* stream, const char* name, const std::string& value) {
  if (!value.empty()) fmt::print(stream, "  {:<10} {}\n", name, printable(value));
}

// Numbered, the failing operation marked: the parser reads over both, so it pastes.
void print_program_of(std::FILE* stream, const KeptFinding& finding) {
  Program program;
  TextError error;
  if (!parse_program(finding.program, &program, &error)) {
    if (!finding.artifact.empty()) print_row(stream, "input", finding.artifact);
    return;
  }
  const std::size_t failing = finding.operation.empty() ? ~std::size_t{0} : finding.position;
  fmt::print(stream, "  program    {}\n", print_header(program.header));
  const std::size_t count = program.operations.size();
  const std::size_t last = std::min(failing, count);
  const std::size_t from = count > kMostShown && last >= kMostShown ? last + 1 - kMostShown : 0;
  const std::size_t to = std::min(count, from + kMostShown);
  if (from > 0) fmt::print(stream, "               ... {} before\n", from);
  for (std::size_t i = from; i < to; ++i)
    fmt::print(stream, "           {} {}: {}\n", i == failing ? '>' : ' ', i,
               print_operation(program.operations[i]));
  if (to < count) fmt::print(stream, "               ... {} after\n", count - to);
}

}  // namespace

std::vector<FindingCause> by_cause(const std::vector<KeptFinding>& findings,
                                   const std::map<std::string, Json>& details) {
  std::vector<CauseMember> members;
  for (const KeptFinding& finding : findings) {
    CauseMember& member = members.emplace_back();
    member.signature = member.probed = finding.signature;
    const auto detail = details.find(finding.signature);
    if (detail == details.end()) continue;
    member.probed = text_of(detail->second, "probed");
    tell_cause(detail->second, &member);
  }
  const Causes causes = likely_causes(members);
  // Sorted by operations, then by the length of the text.
  std::vector<std::tuple<std::size_t, std::size_t, std::size_t>> order;
  for (std::size_t i = 0; i < findings.size(); ++i)
    order.emplace_back(operations_of(findings[i]), findings[i].program.size(), i);
  std::sort(order.begin(), order.end());
  std::vector<FindingCause> out(causes.count);
  for (const auto& [operations, size, i] : order) out[causes.cause[i] - 1].push_back(findings[i]);
  return out;
}

Json causes_json(const FuzzPlan& plan, const std::vector<KeptFinding>& findings,
                 const std::map<std::string, Json>& details) {
  Json out = Json::array();
  std::vector<KeptFinding> failures;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(failures),
               [&plan](const auto& finding) { return finding_fails(plan.options(), finding); });
  for (const FindingCause& cause : by_cause(failures, details)) {
    const KeptFinding& first = cause[0];
    const auto detail = details.find(first.signature);
    Json one = detail != details.end() ? detail->second : Json::object();
    if (detail == details.end())
      one = {{"program", first.program}, {"expected", first.expected}, {"got", first.got}};
    one["signature"] = first.signature;
    one["title"] = finding_title(first.signature);
    one["state"] = "new";
    one["tier"] = first.tier;
    one["reach"] = first.reach;
    one["minimized"] = "findings/" + first.signature + ".txt";
    one.erase("original");
    one["replay"] = plan.replay_line(first.file);
    Json others = Json::array();
    for (std::size_t i = 1; i < cause.size(); ++i) others.push_back(cause[i].signature);
    one["likely_same_cause"] = others;
    out.push_back(std::move(one));
  }
  return out;
}

void print_cause_table(std::FILE* stream, const std::vector<FindingCause>& causes,
                       const std::map<std::string, double>& first_seen) {
  fmt::print(stream, "\n  #  {:<8} {:<15} {:>10}  {:>10}  {:>10}  cause\n", "tier", "reach",
             "signatures", "operations", "first seen");
  std::size_t number = 0;
  for (const FindingCause& cause : causes) {
    double first = 1e18;
    for (const KeptFinding& finding : cause)
      if (const auto seen = first_seen.find(finding.signature); seen != first_seen.end())
        first = std::min(first, seen->second);
    fmt::print(stream, "{:>3}  {:<8} {:<15} {:>10}  {:>10}  {:>10}  {}\n", ++number, cause[0].tier,
               cause[0].reach, cause.size(), operations_text(cause[0]),
               first < 1e18 ? time_text(first) : "-", finding_title(cause[0].signature));
  }
}

void print_cause(std::FILE* stream, const std::string& name, const FindingCause& cause,
                 const std::string& replay) {
  const KeptFinding& first = cause[0];
  fmt::print(stream, "\n{}: {}\n", name, printable(finding_title(first.signature)));
  print_row(stream, "tier", first.meaning.empty() ? first.tier : first.tier + ": " + first.meaning);
  print_row(stream, "reach", first.reach);
  print_row(stream, "expected", first.expected);
  print_row(stream, "got", first.got);
  const FindingPlace& place = first.place;
  if (!place.last_call)
    print_row(stream, "where",
              place.lines.empty() ? place.no_line : place_text(place.lines.front()));
  print_program_of(stream, first);
  print_row(stream, "replay", replay);
  for (std::size_t i = 0; i < std::min(cause.size(), kMostSignatures); ++i)
    print_row(stream, i == 0 ? "signature" : "", cause[i].signature);
  if (cause.size() > kMostSignatures)
    print_row(stream, "", fmt::format("and {} more", cause.size() - kMostSignatures));
}

}  // namespace arenafuzz
