// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/report.h"

#include <algorithm>

#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kShownBefore = 40;
constexpr std::size_t kShownAfter = 3;

std::string head(const Program& program, const Finding& finding, const char* backend) {
  const OracleInfo& oracle = oracle_info(finding.oracle);
  const bool in_program = finding.position < program.operations.size();
  return assertion_line(finding) + "\n" + report_row("signature", signature(finding)) +
         report_row("tier", std::string(tier_name(finding.tier())) + ": " + oracle.meaning) +
         report_row("reach", reach_name(finding.reach)) +
         report_row("operation", in_program
                                     ? std::to_string(finding.position) + ": " +
                                           print_operation(program.operations[finding.position])
                                     : std::string("after the last one, at the program's end")) +
         report_row("expected", finding.expected) + report_row("got", finding.got) +
         report_row("backend", backend);
}

}  // namespace

std::string report_row(const char* name, const std::string& value) {
  std::string line = name;
  line.resize(11, ' ');
  return line + value + "\n";
}

std::string listing(const Program& program, std::size_t position) {
  std::string out = "program\n  " + print_header(program.header) + "\n";
  const std::size_t count = program.operations.size();
  const std::size_t from = position > kShownBefore ? position - kShownBefore : 0;
  const std::size_t to = std::min(count, position + kShownAfter + 1);
  if (from > 0) out += "  ... " + std::to_string(from) + " operations before\n";
  for (std::size_t i = from; i < to; ++i)
    out += (i == position ? "> " : "  ") + std::to_string(i) + ": " +
           print_operation(program.operations[i]) + "\n";
  if (to < count) out += "  ... " + std::to_string(count - to) + " operations after\n";
  return out;
}

std::string format_report(const Program& program, const Finding& finding, const char* backend,
                          const std::string& rows) {
  return head(program, finding, backend) + listing(program, finding.position) + rows;
}

std::string format_facts(const Program& program, const Finding& finding, const char* backend,
                         const std::string& rows) {
  return head(program, finding, backend) + rows;
}

std::string format_finding_file(const std::string& facts, const std::string& program) {
  std::string out = "# arenafuzz\n";
  for (std::size_t at = 0; at < facts.size();) {
    const std::size_t end = facts.find('\n', at);
    out += "# " + facts.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out + program;
}

std::string program_text(const Program& program) {
  const std::string text = print_program(program);
  return text.substr(text.find('\n') + 1);
}

}  // namespace arenafuzz
