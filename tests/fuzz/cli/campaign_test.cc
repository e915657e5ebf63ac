// SPDX-License-Identifier: GPL-2.0-only
//
// Long runs in a few seconds: sessions, limits, status, and engines that end before their time.
// Where the engine must do what a real one does once in weeks, a script stands in for the target.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// Finds its --stats file, and counts one execution in it, as a target that ran an input does.
constexpr const char* kFakeBegin =
    "#!/bin/sh\n"
    "for word; do case $word in --stats=*) stats=${word#--stats=} ;; esac; done\n"
    "if [ -n \"$stats\" ]; then\n"
    "  printf '\\001' | dd of=\"$stats\" bs=1 seek=$((8 + $(wc -c <starts 2>/dev/null || echo 0))) "
    "conv=notrunc 2>/dev/null\n"
    "  printf x >>starts\n"
    "fi\n";

// As an engine whose runs are done.
constexpr const char* kDone = "printf '#1\\n\\nDone 1 runs in 0 second(s)\\n'\nexit 0\n";

class CampaignTest : public CliTest {
 protected:
  void fake_target(const std::string& script) const {
    fs::create_directories(path("fake/fuzz/targets"));
    write("fake/fuzz/targets/pool_fuzzer", kFakeBegin + script);
    fs::permissions(path("fake/fuzz/targets/pool_fuzzer"), fs::perms::owner_all);
  }
  CliResult run_fake(const std::string& more) const {
    return run_shell(std::string(ARENAFUZZ_BINARY) +
                     " --bin-dir=$PWD/fake fuzz --target pool --jobs 1 " + more);
  }
  Json status() const {
    return Json::parse(run({"status", "fuzz-out", "--json"}).out, nullptr, false);
  }
};

TEST_F(CampaignTest, StatusTellsHowARunStood) {
  const CliResult fuzz = run({"fuzz", "--target", "pool", "--jobs", "1", "--time", "2"});
  ASSERT_EQ(fuzz.exit_code, 0) << fuzz.out << fuzz.err;
  const CliResult shown = run({"status", "fuzz-out"});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.out,
              AllOf(HasSubstr("target pool, stopped\n"), HasSubstr(" in 1 session;"),
                    HasSubstr("  job-0        libFuzzer, "), HasSubstr("findings     0")));
  const Json object = status();
  EXPECT_EQ(object["schema"], "arenafuzz-status-1");
  EXPECT_EQ(object["alive"], false);
  EXPECT_GT(object["totals"]["executions"], 0);
  EXPECT_TRUE(fs::exists(path("fuzz-out/index.html")));
}

TEST_F(CampaignTest, ASecondSessionAddsToTheFirst) {
  run({"fuzz", "--target", "pool", "--jobs", "1", "--time", "2"});
  const Json first = status();
  const CliResult again = run({"fuzz", "--target", "pool", "--jobs", "1", "--time", "2"});
  EXPECT_THAT(again.out, HasSubstr("session 2 in this folder: "));
  const Json second = status();
  EXPECT_EQ(second["sessions"], 2);
  EXPECT_GT(second["run_seconds"], first["run_seconds"]);
  EXPECT_GT(second["totals"]["executions"], first["totals"]["executions"]);
}

TEST_F(CampaignTest, StatusOfAFolderWithoutARunIsRefused) {
  fs::create_directory(path("empty"));
  expect_refusal(run({"status", "empty"}), "no run has written in empty: name the --out");
  expect_refusal(run({"status"}), "status takes one folder");
}

TEST_F(CampaignTest, StatusOfARunThatWasKilledSaysSo) {
  fs::create_directory(path("fuzz-out"));
  write("fuzz-out/status.json",
        R"({"schema":"arenafuzz-status-1","state":"running","target":"pool","jobs":3})");
  EXPECT_THAT(run({"status", "fuzz-out"}).out,
              HasSubstr("target pool, killed; start it again to go on\n"));
}

TEST_F(CampaignTest, AJobAboveItsShareOfMemoryIsStartedAgain) {
  const CliResult fuzz =
      run({"fuzz", "--target", "pool", "--jobs", "1", "--time", "8", "--memory", "1"});
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.out << fuzz.err;
  EXPECT_THAT(fuzz.out, HasSubstr("a job kept more than its share of 1 MiB resident"));
  EXPECT_GT(status()["jobs"][0]["restarts"], 0);
}

TEST_F(CampaignTest, AFolderAboveItsLimitEndsTheRun) {
  run({"fuzz", "--target", "pool", "--jobs", "1", "--time", "9", "--", "-runs=0"});
  write("fuzz-out/large", std::string(std::size_t{3} << 20, 'x'));
  const CliResult fuzz =
      run({"fuzz", "--target", "pool", "--jobs", "1", "--time", "0", "--disk", "1"});
  // The limit may be seen before the first input is run.
  const bool ran = fuzz.out.find("nothing was run") == std::string::npos;
  EXPECT_EQ(fuzz.exit_code, ran ? 0 : 2) << fuzz.out << fuzz.err;
  EXPECT_THAT(fuzz.out, HasSubstr("over the 1 of --disk: the run ended"));
}

TEST_F(CampaignTest, AnEngineThatEndsBeforeItsTimeIsStartedAgain) {
  fake_target(kDone);
  const CliResult fuzz = run_fake("--time 6");
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.out << fuzz.err;
  EXPECT_GT(read("starts").size(), 1u);
}

// What a tree does that leaves by _exit(0).
TEST_F(CampaignTest, AnEngineThatEndsAndSaysNothingDied) {
  fake_target("exit 0\n");
  const CliResult fuzz = run_fake("--time 2");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.out << fuzz.err;
  EXPECT_THAT(fuzz.out, HasSubstr("a job ended without a report (exit code 0)"));
}

TEST_F(CampaignTest, AnEngineThatWasToldHowManyRunsToMakeIsNot) {
  fake_target(kDone);
  EXPECT_EQ(run_fake("--time 20 -- -runs=1").exit_code, 0);
  EXPECT_EQ(read("starts").size(), 1u);
}

// What the input does by itself is replay's to say, by processor time: the target here has no bug.
TEST_F(CampaignTest, AnInputThatWasSlowOnceIsNoFinding) {
  fake_target(
      "printf 'INITED\\n==1== ERROR: libFuzzer: timeout after 61 seconds\\n"
      "SUMMARY: libFuzzer: timeout\\nTest unit written to fuzz-out/crashes/timeout-1\\n'\n"
      "printf a >fuzz-out/crashes/timeout-1\n"
      "exit 70\n");
  const CliResult fuzz = run_fake("--time 3");
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.out << fuzz.err;
  EXPECT_THAT(fuzz.out, HasSubstr("took too long once, and not when run by itself: "
                                  "fuzz-out/crashes/timeout-1"));
}

}  // namespace
}  // namespace arenafuzz
