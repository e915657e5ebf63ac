// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz fuzz --engine afl`, where AFL++ and the preset afl's binaries are there: the stage afl
// of tests/stages.sh builds them.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

// Stands in for afl-fuzz: it leaves one crash behind and waits to be stopped.
constexpr const char* kFakeAfl =
    "#!/bin/sh\n"
    "while [ \"$1\" != -o ]; do shift; done\n"
    "mkdir -p \"$2/main/crashes\"\n"
    "printf 'an input' >\"$2/main/crashes/id:000000,sig:06\"\n"
    "exec sleep 30\n";

class AflTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    const fs::path build = fs::path(ARENAFUZZ_BINARY).parent_path().parent_path();
    if (std::system("command -v afl-fuzz >/dev/null") != 0 ||
        !fs::exists(build / "afl/fuzz/targets/canary_fuzzer"))
      GTEST_SKIP() << "AFL++ or its binaries are missing: to un-skip, run ./arenafuzz fuzz "
                      "--engine afl --target canary --time 1";
  }

  CliResult fuzz(const std::string& more) const {
    return run_shell(std::string(ARENAFUZZ_BINARY) +
                     " fuzz --engine afl --target canary --jobs 1 " + more);
  }
};

TEST_F(AflTest, TheCanaryIsFound) {
  const CliResult result = fuzz("--time 30 --stop-at-first");
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("ASSERTION FAILED: accounting.free.none\n"));
  EXPECT_THAT(result.out, HasSubstr("libFuzzer 0 executions; AFL++ "));
}

TEST_F(AflTest, ACrashThatDoesNotRepeatIsKeptAndFailsTheRun) {
  write("afl-fuzz", kFakeAfl);
  fs::permissions(path("afl-fuzz"), fs::perms::owner_all);
  fs::create_directory(path("seeds"));
  write("seeds/one", "a");
  const CliResult result = run_shell("PATH=$PWD:$PATH " + std::string(ARENAFUZZ_BINARY) +
                                     " fuzz --engine afl --target canary --jobs 1 --corpus seeds "
                                     "--time 20 --stop-at-first");
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("not when run by itself: "));
  EXPECT_EQ(read("fuzz-out/crashes/afl-main-id:000000,sig:06"), "an input");
}

TEST_F(AflTest, ASecondRunGoesOnWithTheQueueOfTheFirst) {
  fs::create_directory(path("seeds"));
  write("seeds/one", "a");
  fuzz("--corpus seeds --time 3");
  fuzz("--corpus seeds --time 3");
  // What the first run found is the second one's origin: its names begin with "id:".
  bool any = false;
  for (const auto& entry : fs::directory_iterator(path("fuzz-out/afl/main/queue")))
    any |= entry.path().filename().string().find("orig:id:") != std::string::npos;
  EXPECT_TRUE(any);
}

// Of the fork server and its forks, which stop between two inputs, none stays.
TEST_F(AflTest, AKilledRunLeavesNoProcess) {
  const std::string line = "setsid sh -c 'exec " + std::string(ARENAFUZZ_BINARY) +
                           " fuzz --engine afl --target canary --jobs 1 --time 60 --out killed' "
                           ">log 2>&1 & run=$!; "
                           "for i in $(seq 200); do pgrep -f 'canary_fuzzer$' >targets && break; "
                           "sleep 0.1; done; sleep 2; pgrep -f 'canary_fuzzer$' >targets; "
                           "[ -s targets ] || { echo none was started; exit 9; }; "
                           "kill -9 $run; sleep 2; "
                           "for process in $(cat targets); do "
                           "[ -e /proc/$process ] && cat /proc/$process/status; done; true";
  const CliResult result = run_shell(line);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err << read("log");
  EXPECT_EQ(result.out, "");
}

// While afl-fuzz reads its seeds it takes a signal for an error.
TEST_F(AflTest, AStopAmongTheSeedsIsNoDeath) {
  for (const char* after : {"0.7", "1.6", "3"}) {
    const std::string line =
        "env --default-signal=INT " + std::string(ARENAFUZZ_BINARY) +
        " fuzz --engine afl --target canary --jobs 1 --time 60 --out stopped >log 2>&1 & run=$!; "
        "sleep " +
        std::string(after) +
        "; before=$(date +%s%N); kill -INT $run; wait $run; code=$?; "
        "echo $(( ($(date +%s%N) - before) / 1000000 )) ms; exit $code";
    const CliResult result = run_shell(line);
    const std::string log = read("log");
    EXPECT_THAT(log, HasSubstr("summary of target canary, interrupted")) << after;
    EXPECT_THAT(log, ::testing::Not(HasSubstr("jobs died"))) << after;
    EXPECT_THAT(log, ::testing::Not(HasSubstr("FAILED"))) << after;
    EXPECT_LT(std::atoi(result.out.c_str()), 2000) << after << log;
  }
}

TEST_F(AflTest, AflMissingIsRefusedInOneSentence) {
  expect_refusal(run_shell("PATH=/nowhere " + std::string(ARENAFUZZ_BINARY) +
                           " fuzz --engine afl --target canary"),
                 "no afl-fuzz: apt-get install afl++");
}

}  // namespace
}  // namespace arenafuzz
