// SPDX-License-Identifier: GPL-2.0-only
//
// Programs with a finding, written as files that a user can read and replay: what `minimize` and
// `triage` leave behind.
//
// Ownership Borrows context and choice; owns the runner.
// Errors    a sentence.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_FINDING_KEEPER_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_FINDING_KEEPER_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "fuzz/base/files.h"
#include "fuzz/harness/verdict/finding_record.h"
#include "fuzz/session/backends.h"
#include "fuzz/session/context.h"
#include "fuzz/session/crash_report.h"
#include "fuzz/session/run_choice.h"
#include "fuzz/triage/minimize/probe.h"

namespace arenafuzz {

struct WrittenFinding {
  std::string signature;  // a crash's names its frames
  std::string file;
  std::string report;
  std::optional<FindingRecord> finding;
  bool died = false;                // the program ends its process
  nlohmann::ordered_json replayed;  // of the file, with backtraces of its faults
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
  // What a program that ends its process is called; empty if it does not. Writes `file` to find
  // out.
  std::string name_of_death(const Program& program, const std::string& file, Status* status);
  std::string replay_line(const std::string& file) const;
  // For others: no name of a folder of this machine.
  std::string replay_line_for_others() const;
  // Fields of a cluster's object: the pools before and after the failing operation, and the fault
  // that fired in it.
  void draw(const Program& program, const WrittenFinding& kept, nlohmann::ordered_json* cluster);
  const Context& context() const { return context_; }
  const RunChoice& choice() const { return choice_; }
  // The backend that runs in this process.
  Backend& backend() { return backends_.backend_of(choice_.target, choice_.kernel); }
  ProgramRunner& runner() { return *runner_; }
  const Options& run_options() const { return run_options_; }

 private:
  nlohmann::ordered_json replay(const Program& program, const std::string& file, bool backtrace,
                                Status* status) const;

  const Context& context_;
  const RunChoice& choice_;
  Backends backends_;
  std::unique_ptr<ProgramRunner> runner_;
  Options run_options_;
  std::optional<Profile> pinned_;
  Words replay_words_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_FINDING_KEEPER_H_
