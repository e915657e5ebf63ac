// SPDX-License-Identifier: GPL-2.0-only
//
// triage, end to end.
#include <gmock/gmock.h>

#include "tests/fuzz/cli/triage_testing.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(TriageTest, SortsFilesByCauseAndMinimizesOneOfEach) {
  const CliResult result = triage();
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const Json object = report();
  ASSERT_THAT(object["clusters"], SizeIs(2));
  EXPECT_EQ(object["clusters"][0]["signature"], kSeveral);
  ASSERT_THAT(object["clusters"][0]["files"], SizeIs(2));
  EXPECT_EQ(object["clusters"][0]["files"][0]["reliability"], "3/3");
  EXPECT_EQ(object["clusters"][1]["signature"], kWithin);
  EXPECT_THAT(object["without_finding"], SizeIs(1));
  for (const Json& cluster : object["clusters"]) {
    EXPECT_EQ(cluster["operations"], 4);
    EXPECT_EQ(cluster["minimal"], true);
    const CliResult replayed = run_shell(cluster["replay"].get<std::string>());
    EXPECT_EQ(replayed.exit_code, 1);
    EXPECT_THAT(replayed.out, HasSubstr(cluster["signature"].get<std::string>()));
  }
  EXPECT_THAT(
      result.out,
      HasSubstr("4 of 4 files: 2 clusters, 2 not known, of likely 1 cause; 1 files without"));
}

TEST_F(TriageTest, KnownClustersAloneAreExitZero) {
  write("known.txt", std::string(kWithin) + "\n" + kSeveral + "\n");
  EXPECT_EQ(triage({"--known", "known.txt"}).exit_code, 0);
  EXPECT_EQ(report()["clusters"][0]["mark"], "known");
}

TEST_F(TriageTest, OneKnownClusterMasksNoOther) {
  write("known.txt", std::string(kSeveral) + "\n");
  EXPECT_EQ(triage({"--known", "known.txt"}).exit_code, 1);
  EXPECT_EQ(report()["not_known"], 1);
  EXPECT_EQ(report()["clusters"][1]["mark"], "new");
}

TEST_F(TriageTest, WhatWasFixedAndIsBackIsARegression) {
  write("fixed.txt", std::string(kWithin) + "\n");
  EXPECT_EQ(triage({"--fixed", "fixed.txt"}).exit_code, 1);
  EXPECT_EQ(report()["clusters"][1]["mark"], "regression");
}

TEST_F(TriageTest, GoesOnPastFilesOfAnyKindAndName) {
  write("in/empty", "");
  write("in/it's \"x\"\n<b>", std::string(std::size_t{1} << 20, '\xff'));
  write("in/broken.txt", "no program\n");
  EXPECT_EQ(triage().exit_code, 1);
  const Json object = report();
  EXPECT_THAT(object["clusters"], SizeIs(2));
  EXPECT_THAT(object["unreadable"], SizeIs(1));
}

TEST_F(TriageTest, TakesCrashesAndHangsAloneWhereTheFolderHasThem) {
  std::filesystem::create_directories(path("in/default/crashes"));
  std::filesystem::create_directories(path("in/default/queue"));
  std::filesystem::copy(path("in/crash-2.txt"), path("in/default/crashes/id:0.txt"));
  std::filesystem::copy(path("in/crash-1.txt"), path("in/default/queue/id:0.txt"));
  write("in/default/crashes/README.txt", "Command line used to find this crash:\n");
  EXPECT_EQ(triage().exit_code, 1);
  EXPECT_EQ(report()["files"], 1);
  EXPECT_EQ(report()["clusters"][0]["signature"], kSeveral);
}

TEST_F(TriageTest, GivesTheSameReportEachTime) {
  triage();
  const std::string first = read("triage-out/report.json");
  std::filesystem::remove_all(path("triage-out"));
  triage({"--jobs", "1"});
  EXPECT_EQ(read("triage-out/report.json"), first);
}

TEST_F(TriageTest, WantsOneFolder) {
  expect_refusal(run({"triage"}), "takes one folder");
  expect_refusal(run({"triage", "none"}), "is no folder");
  expect_refusal(run({"triage", "in/crash-1.txt"}), "is no folder");
  expect_refusal(run({"triage", "--out", "in/crash-1.txt/x", "in"}), "cannot make the folder");
}

TEST_F(TriageTest, AnswersAMachineInOneObject) {
  const CliResult result = triage({"--json"});
  EXPECT_EQ(Json::parse(result.out), report());
}

}  // namespace
}  // namespace arenafuzz
