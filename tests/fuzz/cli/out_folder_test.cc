// SPDX-License-Identifier: GPL-2.0-only
//
// Output folders are ours by their stamp, and what else lies in folders is no program.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kProgram = "# arenafuzz\nenable s0 root m0\na3 = alloc s0 4097\nfree a3\n";
constexpr const char* kStamp = "/.arenafuzz.json";

class OutFolderTest : public CliTest {
 protected:
  static std::vector<std::string> short_run(std::vector<std::string> words) {
    words.insert(words.begin(), {"fuzz", "--target", "pool", "--jobs", "1"});
    words.insert(words.end(), {"--", "-runs=10"});
    return words;
  }
};

TEST_F(OutFolderTest, ARunStampsItsFolderAndGoesOnInIt) {
  const CliResult first = run(short_run({"--out", "new/out"}));
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const auto stamp = nlohmann::json::parse(read(std::string("new/out") + kStamp));
  EXPECT_EQ(stamp["target"], "pool");
  EXPECT_EQ(stamp["backend"], "cpp");
  EXPECT_FALSE(std::string(stamp["version"]).empty());
  EXPECT_EQ(nlohmann::json::parse(read("new/out/status.json"))["version"], stamp["version"]);
  EXPECT_EQ(run(short_run({"--out", "new/out"})).exit_code, 0);
}

TEST_F(OutFolderTest, AnotherTargetsOrCommandsFolderIsRefused) {
  ASSERT_EQ(run(short_run({"--out", "out"})).exit_code, 0);
  expect_refusal(
      run({"fuzz", "--time", "1", "--out", "out"}),
      "out holds a fuzz run of target pool, and this is a fuzz run of target pool_faults");
  expect_refusal(run({"fuzz", "--backend", "kernel", "--target", "pool", "--out", "out"}),
                 "on the default kernel tree: choose another folder");
  expect_refusal(run({"triage", "out", "--out", "out"}), "--out out holds the crashes themselves");
}

TEST_F(OutFolderTest, AFolderWithOtherFilesIsRefusedAndLeftAlone) {
  fs::create_directory(path("site"));
  write("site/index.html", "mine");
  write("site/known.txt", "mine");
  expect_refusal(run(short_run({"--out", "site"})), "site holds files that are not arenafuzz's");
  fs::create_directory(path("can"));
  write("can/crash-1", kProgram);
  expect_refusal(run({"triage", "can", "--out", "site"}), "site holds files that are not");
  EXPECT_EQ(read("site/index.html"), "mine");
  EXPECT_EQ(std::distance(fs::directory_iterator(path("site")), fs::directory_iterator()), 2);
  fs::create_directory(path("empty"));
  EXPECT_EQ(run(short_run({"--out", "empty"})).exit_code, 0);
}

TEST_F(OutFolderTest, ADamagedStampIsNamed) {
  fs::create_directory(path("out"));
  write(std::string("out") + kStamp, "{\"schema\"");
  expect_refusal(run(short_run({"--out", "out"})), "out/.arenafuzz.json is damaged");
}

TEST_F(OutFolderTest, TheFolderOfCrashesIsNoPlaceForTheReport) {
  fs::create_directories(path("can/below"));
  write("can/crash-1", kProgram);
  for (const char* out : {"can", "./can/", "."})
    expect_refusal(run({"triage", "can", "--out", out}), "holds the crashes themselves");
  EXPECT_FALSE(fs::exists(path("can/index.html")));
  EXPECT_EQ(run({"triage", "can", "--out", "can/report"}).exit_code, 0);
}

TEST_F(OutFolderTest, TriageOfACleanRunHasNothingToReplay) {
  ASSERT_EQ(run(short_run({"--out", "out"})).exit_code, 0);
  const CliResult result = run({"triage", "out", "--out", "report"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("0 of 0 files: 0 clusters"));
}

TEST_F(OutFolderTest, ReplayOfAFolderPassesOverWhatIsNoProgramAndSaysHowMany) {
  fs::create_directories(path("d/logs"));
  write("d/one.txt", kProgram);
  for (const char* name : {"d/build.json", "d/index.html", "d/known.txt", "d/logs/job-0.log"})
    write(name, "x");
  const CliResult result = run({"replay", "d"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("1 program: 1 clean, 0 with a finding; 4 files are no programs"));
  EXPECT_EQ(nlohmann::json::parse(run({"replay", "--json", "d"}).out)["passed_over"], 4);
  EXPECT_THAT(run({"replay", "d/build.json"}).out, HasSubstr("d/build.json: clean"));
}

TEST_F(OutFolderTest, SeedsOfTextAreEncoded) {
  fs::create_directory(path("seeds"));
  write("seeds/a.txt", kProgram);
  write("seeds/README.md", "what these are\n");
  const CliResult result = run(short_run({"--corpus", "seeds", "--out", "out"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 seeds of text were encoded; 1 files that are no programs"));
  const CliResult shown = run({"replay", "out/seeds"});
  EXPECT_THAT(shown.out, HasSubstr("operations:3"));
  write("seeds/b.txt", "what\n");
  expect_refusal(run(short_run({"--corpus", "seeds", "--out", "other"})),
                 "seeds/b.txt:1: expected");
}

// Jobs that read their seeds, 64 of them on two cores, took 41 s to end after 3.
TEST_F(OutFolderTest, JobsThatStillReadTheirSeedsDoNotHoldTheEndUp) {
  const auto before = Clock::now();
  const CliResult result = run({"fuzz", "--jobs", "24", "--time", "1", "--out", "out"});
  const std::chrono::duration<double> took = Clock::now() - before;
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_LT(took.count(), 20);
  EXPECT_THAT(result.out, Not(HasSubstr("jobs died")));
}

TEST_F(OutFolderTest, CtrlCEndsARunWithItsSummary) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto before = Clock::now();
    const CliResult result = run_and_signal({"fuzz", "--time", "0", "--jobs", "4", "--out", "out"},
                                            "out/logs/job-3.log", signal);
    const std::chrono::duration<double> took = Clock::now() - before;
    const bool ran = result.out.find("nothing was run") == std::string::npos;
    EXPECT_EQ(result.exit_code, ran ? 0 : 2) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr("\nsummary of target pool_faults"));
    EXPECT_THAT(result.out, Not(HasSubstr("jobs died")));
    EXPECT_LT(took.count(), 10) << "with its start, on a busy machine";
    std::filesystem::remove_all(path("out"));
  }
}

}  // namespace
}  // namespace arenafuzz
