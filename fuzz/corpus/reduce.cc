// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/reduce.h"

#include <algorithm>
#include <bit>

namespace arenafuzz {
namespace {

// Candidates of one program in one round, and programs in one round.
constexpr std::size_t kCandidates = 64;
constexpr std::size_t kProgramsARound = 64;

struct Range {
  std::size_t from = 0;
  std::size_t to = 0;
};

Program without(const Program& program, std::span<const Range> ranges) {
  Program shorter = program;
  for (auto range = ranges.rbegin(); range != ranges.rend(); ++range)
    shorter.operations.erase(shorter.operations.begin() + static_cast<std::ptrdiff_t>(range->from),
                             shorter.operations.begin() + static_cast<std::ptrdiff_t>(range->to));
  repair(shorter);
  return shorter;
}

// One program on its way.
class Job {
 public:
  explicit Job(Reduction* reduction) : reduction_(reduction) {
    length_ = std::bit_floor(std::max<std::size_t>(size(), 1));
  }

  // Those to measure next; none: done.
  void hand_in(std::vector<Program>* programs) {
    if (!plan_tried_) {
      Program plain = reduction_->program;
      plain.has_plan = false;
      plain.plan = {};
      repair(plain);
      programs->push_back(std::move(plain));
      return;
    }
    if (!together_.empty()) {
      for (std::size_t count = 2; count <= together_.size(); ++count)
        programs->push_back(without(reduction_->program, std::span(together_).first(count)));
      return;
    }
    while (length_ != 0 && !next_window()) {
    }
    if (length_ == 0) return;
    for (const Range& range : window_)
      programs->push_back(without(reduction_->program, {&range, 1}));
  }

  void take(std::span<const Program> programs, std::span<const Measurement> measurements) {
    if (!plan_tried_) {
      plan_tried_ = true;
      if (shows(measurements[0])) reduction_->program = programs[0];
      return;
    }
    if (!together_.empty()) {
      std::size_t most = 1;
      for (std::size_t i = 0; i < measurements.size(); ++i)
        if (shows(measurements[i])) most = i + 2;
      drop(most);
      return;
    }
    for (std::size_t i = 0; i < measurements.size(); ++i)
      if (shows(measurements[i])) together_.push_back(window_[i]);
    if (together_.empty()) at_ = window_.back().to;
    if (together_.size() == 1) drop(1);
  }

 private:
  std::size_t size() const { return reduction_->program.operations.size(); }

  bool shows(const Measurement& measurement) const {
    return measurement.measured && std::ranges::includes(measurement.features, reduction_->wanted);
  }

  // False: this length is through, and length_ is the next one; 0 after the last.
  bool next_window() {
    window_.clear();
    for (std::size_t from = at_; from < size() && window_.size() < kCandidates; from += length_)
      window_.push_back({from, std::min(from + length_, size())});
    if (!window_.empty()) return true;
    at_ = 0;
    // Single ones again for as long as that helps: one may have needed another.
    if (length_ > 1 || !dropped_) length_ /= 2;
    dropped_ = false;
    return false;
  }

  // The first `count` of together_; what is behind them is tried next.
  void drop(std::size_t count) {
    std::size_t gone = 0;
    for (std::size_t i = 0; i < count; ++i) gone += together_[i].to - together_[i].from;
    at_ = together_[count - 1].to - gone;
    reduction_->program = without(reduction_->program, std::span(together_).first(count));
    together_.clear();
    dropped_ = true;
  }

  Reduction* reduction_;
  bool plan_tried_ = false;
  std::size_t length_ = 1;       // of the ranges under way; 0: done
  std::size_t at_ = 0;           // the first operation not tried at this length
  bool dropped_ = false;         // at this length
  std::vector<Range> window_;    // handed in
  std::vector<Range> together_;  // of these each could go alone
};

// All of a group until each is done.
bool reduce_group(std::span<Reduction> group, std::size_t before, std::size_t all,
                  const MeasurePrograms& measure, const ReduceWatch& watch) {
  std::vector<Job> jobs;
  for (Reduction& reduction : group) jobs.emplace_back(&reduction);
  for (;;) {
    std::vector<Program> programs;
    std::vector<std::size_t> begins;
    std::size_t done = 0;
    for (Job& job : jobs) {
      begins.push_back(programs.size());
      job.hand_in(&programs);
      if (programs.size() == begins.back()) ++done;
    }
    begins.push_back(programs.size());
    if (!watch(before + done, all)) return false;
    if (programs.empty()) return true;
    std::vector<Measurement> measurements;
    if (!measure(programs, &measurements)) return false;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const std::size_t count = begins[i + 1] - begins[i];
      if (count != 0)
        jobs[i].take(std::span(programs).subspan(begins[i], count),
                     std::span(measurements).subspan(begins[i], count));
    }
  }
}

}  // namespace

bool reduce_programs(std::span<Reduction> reductions, const MeasurePrograms& measure,
                     const ReduceWatch& watch) {
  for (std::size_t at = 0; at < reductions.size(); at += kProgramsARound) {
    const std::size_t count = std::min(kProgramsARound, reductions.size() - at);
    if (!reduce_group(reductions.subspan(at, count), at, reductions.size(), measure, watch))
      return false;
  }
  return true;
}

}  // namespace arenafuzz
