// SPDX-License-Identifier: GPL-2.0-only
//
// Programs with a finding, written as files that a user can read and replay: what `minimize` and
// `triage` leave behind.
//
// Ownership Borrows context and choice; owns the runner.
// Errors    a sentence.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_CLI_FINDING_KEEPER_H_
#define ARENAFUZZ_FUZZ_CLI_FINDING_KEEPER_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "fuzz/cli/backends.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/crash_report.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/options.h"
#include "fuzz/triage/probe.h"

namespace arenafuzz::cli {

struct WrittenFinding {
  std::string signature;  // a crash's names its frames
  std::string file;
  std::string report;
  std::optional<Finding> finding;  // of the executor's own
};

class FindingKeeper {
 public:
  FindingKeeper(const Context& context, const RunChoice& choice);

  // Why nothing can run, or nullptr.
  const char* error() const { return runner_->error(); }
  RunnerProbe make_probe();
  // The program as the target would run it.
  void apply_target(Program* program) const;
  // Writes the program with its report as comments. `signature` as the probe gave it.
  Status keep(const Program& program, const std::string& signature, const std::string& file,
              WrittenFinding* kept);
  // What a crash's frames are called; empty if it left no report. Writes `file` to find out.
  SanitizerReport symbolized(const Program& program, const std::string& file, Status* status);
  std::string replay_line(const std::string& file) const;
  // Fields of a cluster's object: the pools before and after the failing operation (none if it is
  // not known), and the fault that fired in it, by replaying `file`.
  void draw(const Program& program, std::optional<std::size_t> operation, const std::string& file,
            nlohmann::ordered_json* cluster);
  const Context& context() const { return context_; }
  const RunChoice& choice() const { return choice_; }
  // In this very process.
  Backend& backend() { return backends_.backend_of(choice_.target, choice_.kernel); }
  ProgramRunner& runner() { return *runner_; }
  const Options& run_options() const { return run_options_; }

 private:
  Status keep_finding(const Program& program, WrittenFinding* kept);
  Status keep_crash(const Program& program, WrittenFinding* kept);

  const Context& context_;
  const RunChoice& choice_;
  Backends backends_;
  std::unique_ptr<ProgramRunner> runner_;
  Options run_options_;
  std::optional<Profile> pinned_;
  Words replay_words_;
};

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_FINDING_KEEPER_H_
