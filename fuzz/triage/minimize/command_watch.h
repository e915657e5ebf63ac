// SPDX-License-Identifier: GPL-2.0-only
//
// The clock, Ctrl-C and progress of commands that minimize.
// Errors: none. Threads: one; signals are only counted.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_COMMAND_WATCH_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_COMMAND_WATCH_H_

#include <chrono>
#include <functional>
#include <string>

#include "fuzz/triage/minimize/minimizer.h"

namespace arenafuzz {

// From here on SIGINT, SIGTERM and SIGHUP are only remembered.
void watch_signals();
bool was_interrupted();

// A line on stderr each second, or each ten seconds where stderr is not a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(std::string name);
  // True if it was printed.
  bool show(const std::string& text);
  void end() const;
  double elapsed() const;

 private:
  using Clock = std::chrono::steady_clock;
  std::string name_;
  bool terminal_;
  Clock::time_point began_ = Clock::now();
  double next_ = 1;
  bool shown_ = false;
};

class CommandWatch final : public MinimizeWatch {
 public:
  using Save = std::function<void(const Program&)>;
  // `seconds` 0: no limit. `save` is given the best so far whenever progress is shown.
  // `quiet`: no progress.
  CommandWatch(int seconds, ProgressLine& progress, Save save, bool quiet = false)
      : seconds_(seconds), quiet_(quiet), progress_(&progress), save_(std::move(save)) {
    began_ = progress.elapsed();
  }
  bool go_on(const Program& best, std::uint64_t runs) override;
  double elapsed() const { return progress_->elapsed() - began_; }
  // Also while a program runs.
  bool in_time() const { return !was_interrupted() && (seconds_ == 0 || elapsed() < seconds_); }

 private:
  int seconds_;
  bool quiet_;
  ProgressLine* progress_;
  Save save_;
  double began_ = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_COMMAND_WATCH_H_
