// SPDX-License-Identifier: GPL-2.0-only
//
// What a run came to: totals, each distinct finding with its program and replay line, and the exit
// code.
// Threads: none.
#ifndef ARENAFUZZ_FUZZ_CLI_SUMMARY_H_
#define ARENAFUZZ_FUZZ_CLI_SUMMARY_H_

#include <cstdio>
#include <string>
#include <vector>

#include "fuzz/cli/findings.h"
#include "fuzz/cli/fuzz_plan.h"
#include "fuzz/cli/fuzz_run.h"

namespace arenafuzz::cli {

class FuzzSummary {
 public:
  FuzzSummary(const FuzzPlan& plan, const Findings& findings, const FuzzRun& run);
  void warn(const std::string& text) { warnings_.push_back(text); }
  // known.txt could not be written.
  void without_known_file(const std::string& why) {
    warn(why);
    known_file_ = false;
  }
  void print(std::FILE* stream) const;
  void print_json() const;
  int exit_code() const;

 private:
  // The file that shows the finding: its program, or its bytes.
  std::string replay_line(const KeptFinding& finding) const;
  void print_totals(std::FILE* stream) const;
  void print_finding(std::FILE* stream, const KeptFinding& finding, const std::string& title) const;
  // Whether it makes the run fail; else it is a change, only listed.
  bool fails(const KeptFinding& finding) const;
  bool is_known(const KeptFinding& finding) const;

  const FuzzPlan& plan_;
  FuzzTotals totals_;
  bool interrupted_;
  bool known_file_ = true;
  std::vector<KeptFinding> found_;
  std::vector<KeptFinding> changes_;
  std::vector<KeptFinding> earlier_;
  std::vector<std::string> warnings_;
};

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_SUMMARY_H_
