// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/run_signals.h"

#include <signal.h>

#include <ctime>

namespace arenafuzz {
namespace {

constexpr int kStops[] = {SIGINT, SIGTERM, SIGHUP};

sigset_t run_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : kStops) sigaddset(&set, number);
  sigaddset(&set, SIGCHLD);
  return set;
}

}  // namespace

void block_run_signals() {
  const sigset_t set = run_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
}

int take_stop_signal(int milliseconds) {
  const sigset_t set = run_signals();
  const timespec time{milliseconds / 1000, milliseconds % 1000 * 1000000L};
  const int got = sigtimedwait(&set, nullptr, &time);
  return got > 0 && got != SIGCHLD ? got : 0;
}

bool stop_is_pending() {
  sigset_t pending;
  sigpending(&pending);
  for (const int number : kStops)
    if (sigismember(&pending, number) == 1) return true;
  return false;
}

}  // namespace arenafuzz
