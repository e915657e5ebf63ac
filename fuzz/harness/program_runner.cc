// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/program_runner.h"

#include "fuzz/harness/verdict/report.h"

namespace arenafuzz {

ProgramRunner::ProgramRunner(Backend& backend) : reporter_(&backend) { single_.emplace(backend); }

ProgramRunner::ProgramRunner(Backend& ours, Backend& other) : reporter_(&other) {
  differential_.emplace(ours, other);
}

const char* ProgramRunner::error() const {
  return single_ ? single_->error() : differential_->error();
}

bool ProgramRunner::prepare() {
  if (!single_) return differential_->prepare();
  single_->book_traits();
  return !single_->books_measure_died();
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

// The finding may be part of the verdict, which the second run overwrites: hence a copy first.
Finding ProgramRunner::with_backtrace(const Program& program, const Finding& finding,
                                      const Options& options) {
  Finding result = finding;
  if (!reporter_->wants_backtraces()) return result;
  Options again = options;
  again.trace = nullptr;
  again.finding_backtraces = true;
  const std::string wanted = signature(result);
  for (const Finding& found : run(program, again).findings)
    if (signature(found) == wanted) {
      result.backtrace = found.backtrace;
      break;
    }
  return result;
}

ProgramRunner::Reported ProgramRunner::reported(const Program& program, const Finding& finding,
                                                const Options& options) {
  const Finding found = with_backtrace(program, finding, options);
  const std::string rows = reporter_->report_rows(found);
  Reported reported{format_report(program, found, name(), rows), record_of(program, found)};
  reported.record.facts = format_facts(program, found, name(), rows);
  reported.record.place = reporter_->place(found);
  reported.record.program = program_text(program);
  return reported;
}

std::string ProgramRunner::report(const Program& program, const Finding& finding,
                                  const Options& options) {
  return reported(program, finding, options).report;
}

}  // namespace arenafuzz
