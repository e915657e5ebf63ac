// SPDX-License-Identifier: GPL-2.0-only
//
// The findings of a fuzz run, sorted into old and new by the baseline while the run goes on.
//
//   jobs --> Findings --next_pending()--> a lane of this tree --> one of the baseline --> settle()
//                                   old: OUT/old.txt, which the jobs read again and pass over
//
// Ownership Borrows plan and findings; owns the lane.
// Errors    problem(): what could not be asked counts as new.
// Threads   one; poll() never waits longer than it is allowed to.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_JUDGE_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_JUDGE_H_

#include <memory>
#include <optional>
#include <string>

#include "fuzz/base/status.h"
#include "fuzz/campaign/findings.h"
#include "fuzz/campaign/plan.h"
#include "fuzz/triage/folder/lanes.h"

namespace arenafuzz {

class FindingJudge {
 public:
  FindingJudge(const FuzzPlan& plan, Findings& findings);

  void poll(int milliseconds);
  bool busy() const { return asked_.has_value() || findings_.any_pending(); }
  // What was not asked in time counts as new.
  void give_up();
  const Status& problem() const { return problem_; }

 private:
  void begin(const Lanes::Done& done);
  void take(const nlohmann::ordered_json& answer);

  const FuzzPlan& plan_;
  Findings& findings_;
  std::unique_ptr<Lanes> lanes_;  // none without a baseline
  std::optional<PendingFinding> asked_;
  Status problem_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_JUDGE_H_
