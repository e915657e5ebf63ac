// SPDX-License-Identifier: GPL-2.0-only
//
// Runs programs on one backend, or on two of them compared, and says what a finding means there.
//
//   target, replay, bench --> ProgramRunner --> Executor (backend) | Differential (ours, kernel)
//
// Ownership Borrows the backends.
// Errors    error() is not nullptr if nothing can run: a caller exits with 2.
// Threads   one.
// Source    docs/verdicts.md, docs/design.md, docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_PROGRAM_RUNNER_H_
#define ARENAFUZZ_FUZZ_HARNESS_PROGRAM_RUNNER_H_

#include <optional>
#include <string>

#include "fuzz/harness/differential.h"
#include "fuzz/harness/executor.h"
#include "fuzz/harness/verdict/finding_record.h"

namespace arenafuzz {

class ProgramRunner {
 public:
  explicit ProgramRunner(Backend& backend);
  // `differential`: our pool against another backend.
  ProgramRunner(Backend& ours, Backend& other);

  const char* error() const;
  // What the first run would do besides its program (measuring a tree's books), done now: an engine
  // counts the coverage of its first input. False: a tree ended the process that measured it.
  bool prepare();
  // "cpp", "kernel", "differential"...
  const char* name() const;
  // The verdict stays valid until the next run or report.
  const Verdict& run(const Program& program, const Options& options);
  // REQUIRES: one backend.
  const Injector& injector() const { return single_->injector(); }
  Executor& executor() { return *single_; }
  bool is_differential() const { return differential_.has_value(); }

  // Whether the finding makes a run fail, rather than being listed as a change: our own pool fails
  // on any tier, a kernel tree on safety and contract unless `strict`.
  bool fails(const Finding& finding, bool strict) const;

  // The finding in the fixed form of report.h. Where the backend wants a backtrace the program is
  // run once more for it.
  std::string report(const Program& program, const Finding& finding, const Options& options);
  struct Reported {
    std::string report;
    FindingRecord record;
  };
  Reported reported(const Program& program, const Finding& finding, const Options& options);

 private:
  Finding with_backtrace(const Program& program, const Finding& finding, const Options& options);

  Backend* reporter_;  // whose sources a report speaks of
  std::optional<Executor> single_;
  std::optional<Differential> differential_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_PROGRAM_RUNNER_H_
