// SPDX-License-Identifier: GPL-2.0-only
//
// triage that is killed and started again, on one core and on several.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "tests/fuzz/cli/triage_testing.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;

class TriageResumeTest : public TriageTest {
 protected:
  std::string uninterrupted() {
    EXPECT_EQ(triage({"--jobs", "1"}).exit_code, 1);
    std::string report = read("triage-out/report.json");
    std::filesystem::remove_all(path("triage-out"));
    return report;
  }
  // SIGKILL once the journal has so many lines.
  void kill_after(int lines) {
    const std::string journal = path("triage-out/journal.jsonl");
    run_shell(std::string(ARENAFUZZ_BINARY) + " triage --target canary --jobs 2 in & p=$!\n" +
              "until [ \"$(wc -l <" + journal + " 2>/dev/null || echo 0)\" -ge " +
              std::to_string(lines) + " ] || ! kill -0 $p 2>/dev/null; do :; done\n" +
              "kill -9 $p; wait $p");
  }
  long journal_lines() const {
    const std::string text = read("triage-out/journal.jsonl");
    return std::count(text.begin(), text.end(), '\n');
  }
};

TEST_F(TriageResumeTest, GivesTheSameReportOnAnyNumberOfCores) {
  const std::string one = uninterrupted();
  for (const char* jobs : {"2", "3", "16"}) {
    EXPECT_EQ(triage({"--jobs", jobs}).exit_code, 1);
    EXPECT_EQ(read("triage-out/report.json"), one) << jobs;
    std::filesystem::remove_all(path("triage-out"));
  }
}

TEST_F(TriageResumeTest, GoesOnAfterAKillAtAnyPoint) {
  const std::string whole = uninterrupted();
  for (int lines = 1; lines <= 7; ++lines) {
    kill_after(lines);
    // The kill may come when all is done, or between the report and the journal's end.
    if (!std::filesystem::exists(path("triage-out/report.json"))) continue;
    EXPECT_EQ(read("triage-out/report.json"), whole);
    if (!std::filesystem::exists(path("triage-out/journal.jsonl")))
      std::filesystem::remove_all(path("triage-out"));
  }
  EXPECT_EQ(triage().exit_code, 1);
  EXPECT_EQ(read("triage-out/report.json"), whole);
  EXPECT_FALSE(std::filesystem::exists(path("triage-out/journal.jsonl")));
}

TEST_F(TriageResumeTest, LosesNothingThatWasDone) {
  kill_after(4);
  const long before = journal_lines();
  ASSERT_GE(before, 4);
  kill_after(1);
  EXPECT_GE(journal_lines(), before);
}

TEST_F(TriageResumeTest, PassesOverALineThatAKillCut) {
  const std::string whole = uninterrupted();
  kill_after(4);
  std::ofstream(path("triage-out/journal.jsonl"), std::ios::app) << "{\"key\": \"replay 0 12";
  EXPECT_EQ(triage().exit_code, 1);
  EXPECT_EQ(read("triage-out/report.json"), whole);
}

TEST_F(TriageResumeTest, ReplaysAFileThatChangedMeanwhile) {
  kill_after(5);
  write("in/crash-2.txt", std::string(kHead) + "a0 = alloc s0 8\nfree a0\n");
  EXPECT_EQ(triage().exit_code, 1);
  EXPECT_THAT(report()["without_finding"], ::testing::SizeIs(2));
}

TEST_F(TriageResumeTest, BeginsAnewWithOtherOptions) {
  kill_after(5);
  EXPECT_EQ(run({"triage", "--target", "pool_faults", "in"}).exit_code, 0);
  EXPECT_THAT(report()["clusters"], ::testing::SizeIs(0));
}

TEST_F(TriageResumeTest, RunsACommandOnceForEachNewClusterWithItsJsonOnStdin) {
  const std::string command = "cat >>new.json; echo >>count";
  EXPECT_EQ(triage({"--on-new", command}).exit_code, 1);
  EXPECT_EQ(read("count"), "\n\n");
  EXPECT_THAT(read("new.json"), HasSubstr(kWithin));
  EXPECT_EQ(triage({"--on-new", command}).exit_code, 1);
  EXPECT_EQ(read("count"), "\n\n");
}

TEST_F(TriageResumeTest, SaysThatTheCommandForANewClusterFailed) {
  const CliResult result = triage({"--on-new", "exit 3"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("--on-new ended with 3 for"));
}

}  // namespace
}  // namespace arenafuzz
