// SPDX-License-Identifier: GPL-2.0-only
//
// triage on folders that nobody made for it, and what it leaves behind for others.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "tests/fuzz/cli/triage_testing.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class TriageHostileTest : public TriageTest {
 protected:
  // Names and times below a folder.
  std::vector<std::string> listing(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(path(folder)))
      names.push_back(entry.path().string() + " " +
                      std::to_string(fs::last_write_time(entry).time_since_epoch().count()));
    std::sort(names.begin(), names.end());
    return names;
  }
  const Json& cluster(const Json& report, const std::string& signature) {
    for (const Json& one : report["clusters"])
      if (one["signature"] == signature) return one;
    ADD_FAILURE() << "no cluster " << signature;
    return report;
  }
};

TEST_F(TriageHostileTest, ChangesNothingInTheFolder) {
  const std::vector<std::string> before = listing("in");
  triage();
  EXPECT_EQ(listing("in"), before);
}

TEST_F(TriageHostileTest, FollowsNoSymbolicLink) {
  write("secret", "# arenafuzz\n");
  fs::create_symlink(path("secret"), path("in/link.txt"));
  fs::create_directory_symlink(path(""), path("in/up"));
  const CliResult result = triage();
  EXPECT_THAT(result.err, HasSubstr("in/link.txt is a symbolic link, and only the folder is read"));
  EXPECT_EQ(report()["files"], 5);
  EXPECT_THAT(report()["unreadable"], SizeIs(1));
}

TEST_F(TriageHostileTest, PassesOverItsOwnReport) {
  EXPECT_EQ(triage({"--out", "in/report"}).exit_code, 1);
  EXPECT_EQ(triage({"--out", "in/report"}).exit_code, 1);
  EXPECT_EQ(Json::parse(read("in/report/report.json"))["files"], 4);
}

TEST_F(TriageHostileTest, KeepsNamesOfAnyBytes) {
  const std::string name = "in/a 'b' \"c\"\n<script>alert(1)";
  fs::copy(path("in/crash-1.txt"), path(name + ".txt"));
  fs::copy(path("in/crash-1.txt"), path("in/\xff\xfe.txt"));
  EXPECT_EQ(triage().exit_code, 1);
  const Json object = report();
  EXPECT_THAT(cluster(object, kWithin)["files"], SizeIs(3));
  EXPECT_THAT(object["unreadable"], IsEmpty());
  // A link names the very bytes; what is shown is readable.
  EXPECT_THAT(read("triage-out/index.html"),
              HasSubstr("href=\"../in/%FF%FE.txt\">in/\uFFFD\uFFFD.txt</a>"));
}

TEST_F(TriageHostileTest, GoesOnFromAReportOfAnyText) {
  triage();  // the folder is ours
  for (const char* text : {"", "{", "[]", "{\"clusters\": 7}", "{\"clusters\": [7, {}]}"}) {
    write("triage-out/report.json", text);
    write("triage-out/journal.jsonl", text);
    EXPECT_EQ(triage().exit_code, 1) << text;
    EXPECT_THAT(report()["clusters"], SizeIs(2));
  }
}

TEST_F(TriageHostileTest, AFullPlaceForTheReportIsASentence) {
  triage({"--out", "out"});
  fs::remove(path("out/report.json"));
  fs::create_directories(path("out/report.json"));
  const CliResult result = triage({"--out", "out"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("cannot write out/report.json"));
}

TEST_F(TriageHostileTest, LeavesAGoogleTestAndNoKernelCodeForABugOfOurs) {
  triage();
  const Json one = report()["clusters"][0];
  const std::string file = "triage-out/" + one["reproducers"]["googletest"].get<std::string>();
  EXPECT_THAT(read(file), HasSubstr("std::make_unique<CanaryBackend>()"));
  EXPECT_EQ(one["no_reproducer"]["c"], "it was not found in a kernel tree");
  EXPECT_EQ(read("triage-out/" + one["minimized"].get<std::string>()).substr(0, 11), "# arenafuzz");
  EXPECT_EQ(one["pool_before"]["chunks"][0]["used"], Json::parse("[[0, 2049]]"));
}

TEST_F(TriageHostileTest, PrintsAClusterAsAMailOfSeventyTwoColumns) {
  triage();
  const CliResult result = triage({"--mail", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("The bitmap does not match the live blocks\n"));
  EXPECT_THAT(result.out, HasSubstr("\n  free a1\n"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(line.size() <= 72 || line.find('/') != std::string::npos) << line;
  EXPECT_EQ(triage({"--mail", kSeveral}).out, result.out);
  expect_refusal(triage({"--mail", "9"}), "no cluster 9");
}

TEST_F(TriageHostileTest, PutsEachNewClusterIntoTheRegressionCorpusOnce) {
  fs::create_directories(path("source/corpus/regression"));
  const std::vector<std::string> words = {
      "--source-dir=" + path("source"), "triage", "--target", "canary", "--add-regression", "in"};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run(words).exit_code, 1);
    fs::remove_all(path("triage-out"));
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path("source/corpus/regression")))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  EXPECT_THAT(names, ElementsAre("accounting_of_free_bitmap_several_pages.txt",
                                 "accounting_of_free_bitmap_within_chunk.txt"));
  const CliResult clean = run({"replay", "source/corpus/regression"});
  EXPECT_EQ(clean.exit_code, 0) << clean.out;
  EXPECT_EQ(run({"replay", "--target", "canary", "source/corpus/regression"}).exit_code, 1);
}

}  // namespace
}  // namespace arenafuzz
