// SPDX-License-Identifier: GPL-2.0-only
//
// The findings of a fuzz run, minimized while it goes on, and what is known of each then.
//
//   OUT/findings/S.txt --> a lane of this tree --> the shortest program, in OUT/findings/S.txt
//                                              --> title, expected, got, where, what else it shows
//
// In a process of its own, never in an engine's: one finding at a time, kShare of the run's time.
//
// Ownership Borrows plan and findings; owns the lane.
// Errors    a finding that cannot be minimized keeps its program.
// Threads   one; poll() never waits longer than it is allowed to.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_SHORTENER_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_SHORTENER_H_

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "fuzz/campaign/findings.h"
#include "fuzz/campaign/plan.h"
#include "fuzz/triage/folder/lanes.h"

namespace arenafuzz {

class FindingShortener {
 public:
  static constexpr double kShare = 0.05;  // of the run's time

  FindingShortener(const FuzzPlan& plan, Findings& findings);

  // `elapsed`: seconds of the run.
  void poll(double elapsed);
  // The rest, once the run is over: waits that long for an answer, and starts the next one without
  // regard to the share.
  void poll_rest(int milliseconds);
  bool busy() const { return !asked_.empty() || next() != nullptr; }
  // What is under way is lost; nothing is busy any more.
  void give_up() {
    lanes_.reset();
    asked_.clear();
  }
  // signature -> its fields as in triage's report.json
  const std::map<std::string, nlohmann::ordered_json>& details() const { return details_; }

 private:
  const std::string* next() const;
  void begin();
  void take(const nlohmann::ordered_json& answer);

  const FuzzPlan& plan_;
  Findings& findings_;
  std::string folder_;
  std::unique_ptr<Lanes> lanes_;  // none where there are no programs
  std::string asked_;
  std::set<std::string> done_;
  std::map<std::string, nlohmann::ordered_json> details_;
  double began_ = 0;
  double used_ = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_SHORTENER_H_
