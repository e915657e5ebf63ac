// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace arenafuzz::base {
namespace {

using ::testing::HasSubstr;

double seconds_of(const std::function<void()>& act) {
  const auto began = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

Captured shell(const std::string& line, const Limits& limits = {}) {
  return run_captured({.words = {"/bin/sh", "-c", line}}, limits, 65536);
}

// Until nobody is left of the group; false if that takes ten seconds.
bool group_ends(pid_t group) {
  for (int i = 0; i < 1000; ++i) {
    if (kill(-group, 0) != 0) return true;
    usleep(10000);
  }
  return false;
}

// Ready to run all the time, as what waits for a processor is.
void spin(int milliseconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (std::chrono::steady_clock::now() < until) {
  }
}

TEST(Process, SaysHowItEnded) {
  EXPECT_EQ(shell("exit 3").end.exit_code, 3);
  const Captured killed = shell("kill -KILL $$");
  EXPECT_EQ(killed.end.exit_code, -1);
  EXPECT_EQ(killed.end.signal, SIGKILL);
  EXPECT_EQ(killed.excess, Excess::kNone);
}

TEST(Process, CapturesBothStreams) {
  EXPECT_EQ(shell("echo out; echo err >&2").output, "out\nerr\n");
}

TEST(Process, ReadsNothingAndHasTheSettings) {
  const Captured run = run_captured(
      {.words = {"/bin/sh", "-c", "cat; echo $WORD"}, .environment = {"WORD=said"}}, {}, 100);
  EXPECT_EQ(run.output, "said\n");
}

TEST(Process, SaysThatACommandIsNotThere) {
  const Captured run = run_captured({.words = {"/nowhere/x"}}, {}, 1000);
  EXPECT_EQ(run.end.exit_code, 127);
  EXPECT_THAT(run.output, HasSubstr("cannot run /nowhere/x"));
}

TEST(Process, HasNoSignalBlockedOrIgnored) {
  sigset_t all;
  sigset_t former;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &former);
  signal(SIGPIPE, SIG_IGN);
  const Captured run = shell("grep -E 'SigBlk|SigIgn' /proc/self/status");
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &former, nullptr);
  EXPECT_EQ(run.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Process, EndsOneThatUsesUpItsProcessorTime) {
  Captured run;
  EXPECT_LT(seconds_of([&] { run = shell("while :; do :; done", {.processor_seconds = 0.3}); }),
            20.0);
  EXPECT_EQ(run.excess, Excess::kProcessor);
  EXPECT_EQ(run.end.signal, SIGKILL);
}

TEST(Process, EndsOneThatWaitsForEver) {
  const Captured run = shell("exec sleep 1000", {.processor_seconds = 100, .idle_seconds = 0.3});
  EXPECT_EQ(run.excess, Excess::kIdle);
}

TEST(Process, EndsOneThatIsStopped) {
  const Captured run = shell("kill -STOP $$", {.idle_seconds = 0.3});
  EXPECT_EQ(run.excess, Excess::kIdle);
  EXPECT_EQ(run.end.signal, SIGKILL);
}

TEST(Process, DoesNotTakeWorkForADeadlock) {
  const Captured run =
      shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done", {.idle_seconds = 0.2});
  EXPECT_EQ(run.excess, Excess::kNone);
  EXPECT_EQ(run.output, "done\n");
}

TEST(Process, EndsOneThatSleepsAgainAndAgain) {
  EXPECT_EQ(shell("while sleep 0.01; do :; done", {.waiting_seconds = 0.3}).excess,
            Excess::kWaiting);
}

TEST(Process, DoesNotTakeTheWaitForAProcessorForSleep) {
  Process process;
  ASSERT_TRUE(process.start({}, [] { spin(1200); }));
  Excess excess = Excess::kNone;
  process.wait({.idle_seconds = 0.3, .waiting_seconds = 0.3}, &excess);
  EXPECT_EQ(excess, Excess::kNone);
}

TEST(Process, DoesNotTakeTheWaitForASymbolizerForSleep) {
  const auto symbolize = [](const char* name, int milliseconds) {
    return [name, milliseconds] {
      const pid_t child = fork();
      if (child == 0) {
        prctl(PR_SET_NAME, name);
        spin(milliseconds);
        _exit(0);
      }
      waitpid(child, nullptr, 0);
    };
  };
  const Limits limits{.idle_seconds = 0.3, .waiting_seconds = 0.3};
  Excess excess = Excess::kNone;
  Process process;
  ASSERT_TRUE(process.start({}, symbolize("llvm-symbolizer", 1200)));
  process.wait(limits, &excess);
  EXPECT_EQ(excess, Excess::kNone);
  ASSERT_TRUE(process.start({}, symbolize("something else", 60000)));
  process.wait(limits, &excess);
  EXPECT_EQ(excess, Excess::kIdle);
}

TEST(Process, KillsWhatAChildLeavesBehind) {
  Process process;
  ASSERT_TRUE(process.start({.words = {"/bin/sh", "-c", "sleep 1000 & exit 0"}}));
  const pid_t group = process.id();
  EXPECT_EQ(process.wait().exit_code, 0);
  EXPECT_TRUE(group_ends(group));
}

TEST(Process, DiesWithItsParent) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Process parent;
  ASSERT_TRUE(parent.start({.words = {}, .output = ends[1]}, [] {
    Process child;
    child.start({.words = {"/bin/sleep", "1000"}, .output = 1});
    raise(SIGKILL);
  }));
  close(ends[1]);
  EXPECT_EQ(parent.wait().signal, SIGKILL);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);  // the pipe's last writer is gone
  close(ends[0]);
}

TEST(Process, IsToldToGoBeforeItIsKilled) {
  Process process;
  ASSERT_TRUE(
      process.start({.words = {"/bin/sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.01; done"},
                     .environment = {}}));
  usleep(200000);
  EXPECT_EQ(process.wait({.waiting_seconds = 0.1}, nullptr, {}, SIGTERM, 10).exit_code, 7);
}

TEST(Process, IsNotWaitedForWhenTheUserWantsToGo) {
  Process process;
  ASSERT_TRUE(process.start({.words = {"/bin/sh", "-c", "trap '' TERM; exec sleep 1000"}}));
  usleep(200000);
  const auto never = [] { return false; };
  EXPECT_LT(seconds_of([&] { process.wait({}, nullptr, never, SIGTERM, 60); }), 30.0);
}

TEST(Process, RunsAFunctionOfOursInAFork) {
  Process process;
  ASSERT_TRUE(process.start({}, [] { _exit(getppid() > 1 ? 9 : 1); }));
  EXPECT_EQ(process.wait().exit_code, 9);
}

}  // namespace
}  // namespace arenafuzz::base
