// SPDX-License-Identifier: GPL-2.0-only
//
// What triage makes of clusters from one look at a folder to the next, and on which build it looks.
#include <gmock/gmock.h>

#include "tests/fuzz/cli/triage_testing.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kBuild =
    "{\"schema\": \"arenafuzz-build-1\", \"target\": \"canary\", \"backend\": \"canary\", "
    "\"domain\": \"api\"}\n";

class TriageLifeTest : public TriageTest {
 protected:
  CliResult recheck(const std::string& target = "canary") {
    return run({"triage", "--target", target, "in"});
  }
  std::string state(std::size_t index = 0) { return report()["clusters"][index]["state"]; }
};

TEST_F(TriageLifeTest, AClusterIsNewThenStillThere) {
  recheck();
  EXPECT_EQ(state(), "new");
  EXPECT_EQ(recheck().exit_code, 1);
  EXPECT_EQ(state(), "still-there");
}

// The same files on the pool without the planted bug.
TEST_F(TriageLifeTest, WhatNoFileShowsAfterAFixIsFixed) {
  recheck();
  const CliResult result = recheck("pool_faults");
  EXPECT_EQ(result.exit_code, 0);
  ASSERT_THAT(report()["gone"], SizeIs(2));
  EXPECT_EQ(report()["gone"][0]["state"], "fixed");
  EXPECT_THAT(result.out, HasSubstr("fixed       accounting.free"));
}

TEST_F(TriageLifeTest, WhatWasFixedAndShowsAgainIsARegression) {
  recheck();
  recheck("pool_faults");
  EXPECT_EQ(recheck().exit_code, 1);
  EXPECT_EQ(state(), "regression");
  EXPECT_EQ(report()["clusters"][0]["mark"], "regression");
}

TEST_F(TriageLifeTest, ARegressionIsNotKnownEvenIfItIsListed) {
  write("known.txt", std::string(kWithin) + "\n" + kSeveral + "\n");
  recheck();
  recheck("pool_faults");
  EXPECT_EQ(triage({"--known", "known.txt"}).exit_code, 1);
}

TEST_F(TriageLifeTest, WhatWasNotReliableIsIncubatingWhenItShowsNoMore) {
  recheck();
  std::string text = read("triage-out/report.json");
  for (std::size_t at; (at = text.find("3/3")) != std::string::npos;) text.replace(at, 3, "1/3");
  write("triage-out/report.json", text);
  recheck("pool_faults");
  EXPECT_EQ(report()["gone"][0]["state"], "incubating");
}

TEST_F(TriageLifeTest, WhatNoFileIsLeftOfIsNotChecked) {
  recheck();
  for (const char* name : {"in/crash-1.txt", "in/crash-2.txt", "in/crash-3.txt"})
    std::filesystem::remove(path(name));
  EXPECT_EQ(recheck().exit_code, 0);
  EXPECT_EQ(report()["gone"][0]["state"], "not-checked");
}

TEST_F(TriageLifeTest, AFileThatShowsAnotherSignatureNowHasChanged) {
  recheck();
  for (const char* name : {"in/crash-2.txt", "in/crash-3.txt", "in/crash-4.txt"})
    std::filesystem::remove(path(name));
  std::filesystem::remove_all(path("triage-out"));
  recheck();
  write("in/crash-1.txt", std::string(kHead) + "a0 = alloc s0 0\na1 = alloc s0 20000\nfree a1\n");
  EXPECT_EQ(recheck().exit_code, 1);
  EXPECT_EQ(report()["gone"][0]["state"], "changed");
  EXPECT_EQ(state(), "new");
}

TEST_F(TriageLifeTest, ReplaysOnTheBuildThatBuildJsonNames) {
  write("in/build.json", kBuild);
  EXPECT_EQ(run({"triage", "in"}).exit_code, 1);
  EXPECT_THAT(report()["clusters"], SizeIs(2));
  EXPECT_EQ(report()["clusters"][0]["build"], "canary");
}

TEST_F(TriageLifeTest, ReadsTheBuildOfAFuzzFoldersCrashesFromItsFindings) {
  std::filesystem::create_directories(path("in/findings"));
  std::filesystem::create_directories(path("in/crashes"));
  write("in/findings/build.json", kBuild);
  std::filesystem::copy(path("in/crash-1.txt"), path("in/crashes/crash-1.txt"));
  EXPECT_EQ(run({"triage", "in"}).exit_code, 1);
  EXPECT_EQ(report()["clusters"][0]["build"], "canary");
}

TEST_F(TriageLifeTest, WordsOfTheUserOverrideBuildJson) {
  write("in/build.json", kBuild);
  EXPECT_EQ(recheck("pool_faults").exit_code, 0);
}

TEST_F(TriageLifeTest, FilesOfSeveralBuildsAreReplayedOnTheirOwn) {
  std::filesystem::create_directories(path("in/a"));
  std::filesystem::create_directories(path("in/b"));
  std::filesystem::rename(path("in/crash-1.txt"), path("in/a/crash-1.txt"));
  std::filesystem::rename(path("in/crash-2.txt"), path("in/b/crash-2.txt"));
  write("in/a/build.json", kBuild);
  EXPECT_EQ(run({"triage", "in"}).exit_code, 1);
  ASSERT_THAT(report()["clusters"], SizeIs(1));
  EXPECT_EQ(report()["clusters"][0]["files"][0]["file"], "in/a/crash-1.txt");
  EXPECT_THAT(report()["without_finding"], SizeIs(3));
}

TEST_F(TriageLifeTest, ABuildThatIsNotThereIsOneSentence) {
  write("in/build.json",
        "{\"schema\": \"arenafuzz-build-1\", \"target\": \"kernel_pool\", \"kernel_tree\": "
        "\"/no/such/tree\", \"build\": \"kernel/fuzz-0\"}");
  const CliResult result = run({"triage", "in"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("run ./arenafuzz triage --kernel-tree /no/such/tree"));
}

// A folder from elsewhere must not choose what is executed.
TEST_F(TriageLifeTest, NoBuildOutsideTheSourcesBuildFolderIsRun) {
  write("arenafuzz", "#!/bin/sh\ntouch ran\n");
  std::filesystem::permissions(path("arenafuzz"), std::filesystem::perms::owner_all);
  for (const std::string& name : {path(""), std::string("../../../../../../../..") + path("")}) {
    write("in/build.json",
          "{\"schema\": \"arenafuzz-build-1\", \"target\": \"kernel_pool\", \"kernel_tree\": "
          "\"/no/such/tree\", \"build\": \"" +
              name + "\"}");
    EXPECT_EQ(run({"triage", "in"}).exit_code, 2);
  }
  EXPECT_FALSE(std::filesystem::exists(path("ran")));
}

TEST_F(TriageLifeTest, ABuildJsonOfAnyTextIsASentence) {
  for (const char* text : {"", "{", "[]", "{\"schema\": 7}", "null", "{\"schema\": \"x\"}"}) {
    write("in/build.json", text);
    const CliResult result = run({"triage", "in"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("names no build of this version"));
  }
}

TEST_F(TriageLifeTest, NamesWhatAFindingHangsOn) {
  recheck();
  const Json decisive = report()["clusters"][0]["decisive"];
  EXPECT_EQ(decisive["operations"], Json({0, 1, 2, 3}));
  EXPECT_EQ(decisive["single"], "operation 3: free a1");
}

TEST_F(TriageLifeTest, LinksSignaturesWhoseProgramsDifferInNumbersAlone) {
  recheck();
  EXPECT_EQ(report()["clusters"][0]["likely_same_cause"], Json({kWithin}));
  EXPECT_EQ(report()["clusters"][0]["likely_cause"], 1);
  EXPECT_EQ(report()["clusters"][1]["likely_cause"], 1);
  EXPECT_EQ(report()["likely_causes"], 1);
}

}  // namespace
}  // namespace arenafuzz
