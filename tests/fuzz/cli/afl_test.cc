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
  EXPECT_THAT(result.out, HasSubstr("\ncause 1: The bitmap does not match the live blocks\n"));
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

TEST_F(AflTest, AflMissingIsRefusedInOneSentence) {
  expect_refusal(run_shell("PATH=/nowhere " + std::string(ARENAFUZZ_BINARY) +
                           " fuzz --engine afl --target canary"),
                 "no afl-fuzz: apt-get install afl++");
}

}  // namespace
}  // namespace arenafuzz
