// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/program_runner.h"

#include "fuzz/harness/report.h"

namespace arenafuzz {

ProgramRunner::ProgramRunner(Backend& backend) : reporter_(&backend) { single_.emplace(backend); }

ProgramRunner::ProgramRunner(Backend& ours, Backend& other) : reporter_(&other) {
  differential_.emplace(ours, other);
}

const char* ProgramRunner::error() const {
  return single_ ? single_->error() : differential_->error();
}

const char* ProgramRunner::name() const {
  return differential_ ? "differential" : reporter_->name();
}

const Verdict& ProgramRunner::run(const Program& program, const Options& options) {
  return single_ ? single_->run(program, options) : differential_->run(program, options);
}

bool ProgramRunner::fails(const Finding& finding, bool strict) const {
  return strict || reporter_->changes_fail() || finding.tier() != Tier::kChange;
}

std::string ProgramRunner::rows(const Program& program, const Finding& finding,
                                const Options& options) {
  if (!reporter_->wants_backtraces()) return reporter_->report_rows(finding);
  Options again = options;
  again.trace = nullptr;
  again.finding_backtraces = true;
  const std::string wanted = signature(finding);
  for (const Finding& found : run(program, again).findings)
    if (signature(found) == wanted) return reporter_->report_rows(found);
  return reporter_->report_rows(finding);
}

std::string ProgramRunner::report(const Program& program, const Finding& finding,
                                  const Options& options) {
  const Finding kept = finding;  // rows() runs the program again
  return format_report(program, kept, name(), rows(program, kept, options));
}

std::string ProgramRunner::finding_file(const Program& program, const Finding& finding,
                                        const Options& options) {
  const Finding kept = finding;
  return format_finding_file(program, kept, name(), rows(program, kept, options));
}

}  // namespace arenafuzz
