// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/command_watch.h"

#include <fmt/format.h>
#include <signal.h>

#include "fuzz/base/streams.h"

namespace arenafuzz {
namespace {

volatile sig_atomic_t interrupted = 0;
void on_signal(int) { interrupted = 1; }

}  // namespace

void watch_signals() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
}

bool was_interrupted() { return interrupted != 0; }

ProgressLine::ProgressLine(std::string name)
    : name_(std::move(name)), terminal_(can_overwrite(stderr)) {}

bool ProgressLine::show(const std::string& text) {
  const double now = elapsed();
  if (now < next_) return false;
  fmt::print(stderr, "{}{}: {}, {:.0f} s{}", terminal_ ? "\r" : "", name_, text, now,
             terminal_ ? "\033[K" : "\n");
  next_ = now + (terminal_ ? 1 : 10);
  shown_ = true;
  return true;
}

void ProgressLine::end() const {
  if (shown_ && terminal_) fmt::print(stderr, "\n");
}

double ProgressLine::elapsed() const {
  return std::chrono::duration<double>(Clock::now() - began_).count();
}

bool CommandWatch::go_on(const Program& best, std::uint64_t runs) {
  if (!quiet_ &&
      progress_->show(fmt::format("{} operations, {} runs", best.operations.size(), runs)))
    save_(best);
  return in_time();
}

}  // namespace arenafuzz
