// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/finding_shortener.h"

#include <algorithm>

#include "fuzz/session/cluster.h"
#include "fuzz/session/finding_file.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/folder/baseline.h"

namespace arenafuzz {
namespace {

constexpr int kSecondsEach = 5;        // for each finding, as triage --time
constexpr double kFirstSeconds = 0.5;  // to begin with, when the share of the time is nothing yet

constexpr double kLeastCharge = 0.01;  // also for an answer that came at once

}  // namespace

FindingShortener::FindingShortener(const FuzzPlan& plan, Findings& findings)
    : plan_(plan), findings_(findings), folder_(plan.out("logs/shortest")) {
  if (!plan.options().target->runs_programs()) return;
  lanes_ = std::make_unique<Lanes>(
      std::vector<LaneCommand>{
          judging_lane(plan.context(), plan.run_choice(), plan.out("logs"), kSecondsEach)},
      1);
}

// Safety and contract findings first; changes when none is left.
const std::string* FindingShortener::next() const {
  if (lanes_ == nullptr) return nullptr;
  const std::string* change = nullptr;
  for (const std::string& signature : findings_.found_signatures()) {
    if (done_.contains(signature)) continue;
    if (!signature.starts_with("change.")) return &signature;
    if (change == nullptr) change = &signature;
  }
  return change;
}

// REQUIRES: next() is not nullptr.
void FindingShortener::begin() {
  asked_ = *next();
  done_.insert(asked_);
  lanes_->begin({0,
                 {{"do", "minimize"},
                  {"file", json_text(findings_.file_of(asked_))},
                  {"signature", asked_},
                  {"folder", json_text(folder_)},
                  {"reproducers", false}}},
                [this](std::size_t, const Json& answer) { take(answer); });
}

void FindingShortener::take(const Json& answer) {
  FindingRecord record;
  // The minimizer may end on another finding.
  const bool same = answer.contains("minimized") && same_cluster(text_of(answer, "named"), asked_);
  if (same && read_finding(folder_ + "/minimized.txt", &record)) {
    findings_.shortened(asked_, record);
    details_[asked_] = answer;
  }
  asked_.clear();
}

void FindingShortener::poll(double elapsed) {
  if (lanes_ == nullptr) return;
  const bool begins =
      asked_.empty() && used_ <= kFirstSeconds + kShare * elapsed && next() != nullptr;
  if (!begins && asked_.empty()) return;
  if (begins) {
    began_ = elapsed;
    begin();  // answers at once if no lane can be started
  }
  if (!asked_.empty()) lanes_->poll(0, [this](std::size_t, const Json& answer) { take(answer); });
  if (asked_.empty()) used_ += std::max(elapsed - began_, kLeastCharge);
}

void FindingShortener::poll_rest(int milliseconds) {
  if (asked_.empty() && next() != nullptr) begin();
  if (!asked_.empty())
    lanes_->poll(milliseconds, [this](std::size_t, const Json& answer) { take(answer); });
}

}  // namespace arenafuzz
