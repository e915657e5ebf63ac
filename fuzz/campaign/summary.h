// SPDX-License-Identifier: GPL-2.0-only
//
// What a run came to: totals, each distinct finding with its program and replay line, and the exit
// code.
// Threads: none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_SUMMARY_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_SUMMARY_H_

#include <cstdio>
#include <string>
#include <vector>

#include "fuzz/campaign/finding_causes.h"
#include "fuzz/campaign/findings.h"
#include "fuzz/campaign/plan.h"
#include "fuzz/campaign/run.h"
#include "fuzz/session/json_words.h"

namespace arenafuzz {

class FuzzSummary {
 public:
  FuzzSummary(const FuzzPlan& plan, const Findings& findings, const FuzzRun& run);
  void warn(const std::string& text) { warnings_.push_back(text); }
  // A sentence that is no warning.
  void note(const std::string& text) { notes_.push_back(text); }
  // Where the signatures are; empty: that could not be written.
  void known_file(const std::string& name) { known_file_ = name; }
  void print(std::FILE* stream) const;
  void print_json() const;
  int exit_code() const;

 private:
  Json list_json(const std::vector<KeptFinding>& findings) const;
  // The file that shows the finding: its program, or its bytes.
  std::string replay_line(const KeptFinding& finding) const;
  void print_totals(std::FILE* stream) const;
  // Why a run without a finding is no clean one; empty: it is.
  std::string not_clean() const;
  void print_all(std::FILE* stream) const;
  void print_causes(std::FILE* stream) const;
  Json cause_of(const KeptFinding& finding) const;
  void print_finding(std::FILE* stream, const KeptFinding& finding, const std::string& title) const;
  bool lost_findings() const;
  std::uint64_t programs_with_old() const;
  bool is_known(const KeptFinding& finding) const;

  const FuzzPlan& plan_;
  FuzzTotals totals_;
  bool interrupted_;
  int stop_signal_;
  std::string known_file_;
  std::vector<KeptFinding> found_;
  std::vector<KeptFinding> changes_;
  std::vector<KeptFinding> earlier_;
  std::vector<KeptFinding> old_;
  std::map<std::string, double> first_seen_;
  std::vector<FindingCause> causes_;   // of found_
  std::vector<FindingCause> changed_;  // of changes_
  std::vector<std::string> warnings_;
  std::vector<std::string> notes_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_SUMMARY_H_
