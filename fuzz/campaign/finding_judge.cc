// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/finding_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "fuzz/program/text.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/folder/baseline.h"

namespace arenafuzz {

FindingJudge::FindingJudge(const FuzzPlan& plan, Findings& findings)
    : plan_(plan), findings_(findings) {
  if (plan.options().kernel.baseline.empty()) return;
  lanes_ = std::make_unique<Lanes>(
      std::vector<LaneCommand>{judging_lane(plan.context(), plan.run_choice(), plan.out("old"))},
      1);
}

void FindingJudge::take(const Json& answer) {
  const Json old = answer.value("old", Json::array());
  std::string why = bytes_of(text_of(answer, "error"));
  if (why.empty()) why = bytes_of(text_of(answer, "problem"));
  if (!why.empty())
    problem_ = {fmt::format("the baseline could not be asked about {} ({}): it counts as new",
                            asked_->signature, why)};
  findings_.settle(*asked_, std::find(old.begin(), old.end(), asked_->signature) != old.end());
  asked_.reset();
}

void FindingJudge::begin(const Lanes::Done& done) {
  Program program;
  TextError error;
  asked_ = findings_.next_pending();
  if (parse_program(asked_->program, &program, &error)) {
    lanes_->begin({0,
                   {{"do", "judge"},
                    {"program", print_program(program)},
                    {"signatures", Json::array({asked_->signature})}}},
                  done);
  } else {  // a crash whose input was not written
    findings_.settle(*asked_, false);
    asked_.reset();
  }
}

void FindingJudge::poll(int milliseconds) {
  using Clock = std::chrono::steady_clock;
  if (lanes_ == nullptr) return;
  const auto until = Clock::now() + std::chrono::milliseconds(milliseconds);
  const auto done = [this](std::size_t, const Json& answer) { take(answer); };
  while (busy()) {
    if (!asked_) begin(done);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (asked_) lanes_->poll(std::max<int>(0, static_cast<int>(left)), done);
    if (left <= 0) return;
  }
}

void FindingJudge::give_up() {
  if (lanes_ == nullptr || !busy()) return;
  problem_ = {
      "the run was stopped before the baseline was asked about every finding: run it again "
      "to tell old from new"};
  if (asked_) findings_.settle(*asked_, false);
  asked_.reset();
  lanes_.reset();
  while (const auto pending = findings_.next_pending()) findings_.settle(*pending, false);
}

}  // namespace arenafuzz
