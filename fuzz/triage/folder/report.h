// SPDX-License-Identifier: GPL-2.0-only
//
// Clusters of crash files: as they are gathered, as report.json, and as lines for people.
//
//   { "command": "triage", "folder", "files", "replayed", "interrupted", "not_known",
//     "likely_causes": number of causes, if all links between clusters are right,
//     "clusters": [ { "signature", "title", "state", "mark", "build", "files": [...],
//                     what detail.h adds, "likely_same_cause": [signature], "likely_cause":
//                     its number from 1 } ],
//     "gone": [ clusters of the report before, which no file shows now ],
//     "without_finding": [file], "unreadable": [sentence] }
//
//   state   new | known | old (--baseline shows it too) | still-there (it was in the report before)
//   | regression (it was fixed) |
//           of those gone: fixed (it was reliable) | incubating (it was not: that it does not show
//           says little) | changed (its files show another now) | not-checked (its files are gone)
//
// Ownership A TriageResult owns its CrashFolder; members point into that, which must not change any
//           more: it is moved, never copied.
// Errors    none.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_REPORT_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_REPORT_H_

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fuzz/triage/folder/causes.h"
#include "fuzz/triage/folder/crash_files.h"
#include "fuzz/triage/folder/triage_options.h"

namespace arenafuzz {

struct TriageMember {
  const CrashInput* input = nullptr;
  std::string signature;  // of this file's own report
  int shown = 0;          // runs that showed it, of kTriageRuns
};

struct TriageCluster {
  std::string signature;  // as --known names it
  std::size_t build = 0;  // index into found.builds
  std::vector<TriageMember> members;
  const CrashInput* shortest = nullptr;
  std::string probed;  // its signature as a probe names it
  std::size_t shortest_operations = 0;
  std::string folder;  // below the report's
  std::string state = "new";
  nlohmann::ordered_json detail;
  std::vector<std::string> likely_same_cause;
  std::size_t cause = 0;  // from 1; clusters that are linked, also through others, share one
  bool old = true;        // until a member is met that the baseline does not show

  // It does not fail the command.
  bool is_passed_over() const { return state == "known" || state == "old"; }
};

struct TriageResult {
  TriageResult() = default;
  TriageResult(TriageResult&&) = default;
  TriageResult& operator=(TriageResult&&) = default;
  CrashFolder found;
  std::size_t replayed = 0;
  bool interrupted = false;
  std::vector<TriageCluster> clusters;
  nlohmann::ordered_json gone = nlohmann::ordered_json::array();
  std::vector<std::string> quiet;       // files without a finding
  std::vector<std::string> unreadable;  // sentences

  std::size_t not_known() const;
  std::size_t likely_causes() const;
};

// The file's sightings, as its lane answered, into the clusters.
void add_to_clusters(const CrashInput& input, const nlohmann::ordered_json& answer,
                     TriageResult* result);
// Largest first; names their folders.
void order_clusters(TriageResult* result);
// Fills the member from a cluster's detail.
void tell_cause(const nlohmann::ordered_json& detail, CauseMember* member);
// Links clusters by likely cause, as causes.h decides.
void link_causes(TriageResult* result);
// `previous`: the clusters of the report before.
void settle_states(const nlohmann::ordered_json& previous, const TriageOptions& options,
                   TriageResult* result);

nlohmann::ordered_json cluster_json(const TriageResult& result, const TriageCluster& cluster);
// File names are in it as they are: what writes it replaces what is no UTF-8.
nlohmann::ordered_json report_json(const TriageResult& result, const TriageOptions& options);
void print_report(std::FILE* stream, const TriageResult& result, const TriageOptions& options);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_REPORT_H_
