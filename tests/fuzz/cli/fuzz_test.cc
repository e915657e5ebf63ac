// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz fuzz`, end to end, in a few seconds each.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// The canary's bug is in it.
constexpr const char* kCanaryProgram =
    "header profile:faults\n"
    "enable s0 root m0\n"
    "a3 = alloc s0 4097 (fail vzalloc:1)\n"
    "a4 = alloc s0 8192\n"
    "free a4\n";

class FuzzTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    std::filesystem::create_directory(path("seeds"));
    write("canary.txt", kCanaryProgram);
    run({"encode", "canary.txt", "-o", "seeds/canary"});
  }

  std::vector<std::string> canary(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"fuzz",   "--target", "canary", "--corpus", "seeds",
                                      "--jobs", "1",        "--time", "3"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static std::string line_after(const std::string& text, const std::string& mark) {
    const std::size_t at = text.find(mark) + mark.size();
    return text.substr(at, text.find('\n', at) - at);
  }
};

TEST_F(FuzzTest, ACleanRunEndsWithItsSummary) {
  const CliResult result = run({"fuzz", "--time", "2", "--jobs", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("job 0 of 2; seed "), HasSubstr("; arenafuzz "),
                                HasSubstr("\nsummary of target pool_faults\n"),
                                HasSubstr("faults fired kmalloc "),
                                HasSubstr("\nclean: everything is in fuzz-out\n")));
  EXPECT_THAT(result.out, Not(AnyOf(HasSubstr("\r"), HasSubstr("--stats="))));
  EXPECT_THAT(read("fuzz-out/logs/commands.txt"),
              HasSubstr("pool_faults_fuzzer --stats=fuzz-out/stats/job-0"));
  EXPECT_TRUE(std::filesystem::exists(path("fuzz-out/known.txt")));
}

TEST_F(FuzzTest, TheCanaryIsFoundAndItsReplayLineReproducesIt) {
  const CliResult result = run(canary({"--stop-at-first"}));
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("\nfound: The bitmap does not match the live blocks (fuzz-out/"
                                    "findings/accounting.free.none.bitmap."));
  EXPECT_THAT(result.out, HasSubstr("\ncause 1: The bitmap does not match the live blocks\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("ASSERTION FAILED")));
  const CliResult again = run_shell(line_after(result.out, "\n  replay     "));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.out, HasSubstr("ASSERTION FAILED: accounting.free.none\n"));
}

TEST_F(FuzzTest, FindingsAreMinimizedAndToldByCause) {
  write("canary.txt", std::string(kCanaryProgram) + "a1 = alloc s0 64\nfree a1\ndisable s0\n");
  run({"encode", "canary.txt", "-o", "seeds/canary"});
  const CliResult result = run(canary({"--json", "--verbose", "--", "-runs=0"}));
  const auto object = nlohmann::json::parse(result.out);
  ASSERT_EQ(object["findings"].size(), 1u) << result.err;
  EXPECT_EQ(object["likely_causes"], 1);
  const auto& finding = object["findings"][0];
  EXPECT_EQ(finding["title"], "The bitmap does not match the live blocks");
  EXPECT_EQ(finding["likely_cause"], 1);
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_LE(lines(finding["program"].get<std::string>()), 5) << finding["program"];
  EXPECT_THAT(result.err, ContainsRegex("\n  1  safety   [a-z ]+ 1 +[0-9] +0:0[0-9]  The bitmap "));
  EXPECT_THAT(result.err, ContainsRegex("\n           > [0-9]: free a"));
  EXPECT_THAT(result.err, HasSubstr("\nfinding 1 of 1\nASSERTION FAILED: accounting.free.none"))
      << "--verbose prints all";
  const std::string page = read("fuzz-out/index.html");
  EXPECT_THAT(page, AllOf(HasSubstr("<h2>Likely causes (1)</h2>"),
                          HasSubstr("The bitmap does not match the live blocks"),
                          HasSubstr("href=\"findings/accounting.free.none.bitmap.")));
}

TEST_F(FuzzTest, ThePrintedEngineCommandRuns) {
  const CliResult result = run(canary({"--verbose", "--", "-runs=1"}));
  const CliResult engine = run_shell(result.out.substr(0, result.out.find('\n')));
  EXPECT_EQ(engine.exit_code, 0) << engine.err;
  EXPECT_THAT(engine.err, HasSubstr("DONE "));
}

TEST_F(FuzzTest, WhatOneRunFoundIsKnownToTheNext) {
  ASSERT_EQ(run(canary({"--out", "first", "--stop-at-first"})).exit_code, 1);
  // The seeds alone: what mutation may find besides is not the point.
  const CliResult result =
      run(canary({"--out", "second", "--known", "first/known.txt", "--", "-runs=0"}));
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("programs with a known finding"));
}

TEST_F(FuzzTest, AListThatCannotBeWrittenIsNotNamed) {
  run(canary({"--", "-runs=0"}));
  std::filesystem::remove(path("fuzz-out/known.txt"));
  std::filesystem::create_directories(path("fuzz-out/known.txt/folder"));
  const CliResult result = run(canary({"--stop-at-first"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, ContainsRegex("warning: .*known.txt"));
  EXPECT_THAT(result.out, HasSubstr("\nFINDINGS: everything is in fuzz-out\n"));
}

TEST_F(FuzzTest, FindingsOfEarlierRunsStayAndAreListedApart) {
  ASSERT_EQ(run(canary({"--stop-at-first"})).exit_code, 1);
  // One program without the bug, and no mutation.
  std::filesystem::create_directory(path("others"));
  write("others/clean.txt", "# arenafuzz\nenable s0 root m0\n");
  std::filesystem::remove_all(path("fuzz-out/corpus"));
  const CliResult result = run({"fuzz", "--target", "canary", "--corpus", "others", "--time", "9",
                                "--jobs", "1", "--", "-runs=0"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("from earlier runs, not found again ("));
  EXPECT_THAT(read("fuzz-out/known.txt"), HasSubstr("accounting.free.none."));
  EXPECT_EQ(run(canary({"--stop-at-first"})).exit_code, 1) << "found again is found";
}

TEST_F(FuzzTest, AnInterruptEndsWithTheSameSummary) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const CliResult result = run_and_signal({"fuzz", "--time", "0", "--jobs", "1"},
                                            "fuzz-out/logs/job-0.log", signal, "INITED");
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr("summary of target pool_faults, interrupted\n"));
    std::filesystem::remove_all(path("fuzz-out"));
  }
}

TEST_F(FuzzTest, AnInterruptLosesNoFinding) {
  const CliResult result = run_and_signal(
      {"fuzz", "--target", "canary", "--corpus", "seeds", "--jobs", "1", "--time", "0"},
      "fuzz-out/findings/accounting.free.none.bitmap.within-chunk.none.txt", SIGINT);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("\n  replay     "));
}

TEST_F(FuzzTest, JsonIsOneObjectOnStdout) {
  const CliResult result = run(canary({"--json", "--", "-runs=0"}));
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object["exit"], 1);
  EXPECT_EQ(object["target"], "canary");
  EXPECT_GE(object["operations"], 4);
  EXPECT_EQ(object["findings"][0]["tier"], "safety");
  EXPECT_THAT(result.err, HasSubstr("summary of target canary"));
}

TEST_F(FuzzTest, CommittedSeedsAreNeverWritten) {
  run({"fuzz", "--corpus", "seeds", "--time", "2", "--jobs", "1"});
  EXPECT_FALSE(std::filesystem::is_empty(path("fuzz-out/corpus")));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path("seeds")))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1);
}

TEST_F(FuzzTest, WhatCannotBeUsedIsRefusedInOneSentence) {
  write("file", "");
  expect_refusal(run({"fuzz", "--target", "pond"}), "unknown target pond: use one of pool, ");
  expect_refusal(run({"fuzz", "--backend", "bsd"}), "unknown backend bsd");
  expect_refusal(run({"fuzz", "--engine", "honggfuzz"}), "no engine honggfuzz");
  expect_refusal(run({"fuzz", "--engine", "both", "--jobs", "1"}), "--jobs 2");
  expect_refusal(run({"fuzz", "--time", "long"}), "long");
  expect_refusal(run({"fuzz", "--time", "-1"}), "--time");
  expect_refusal(run({"fuzz", "--jobs", "0"}), "--jobs");
  expect_refusal(run({"fuzz", "-runs=1"}), "-runs=1");
  expect_refusal(run({"fuzz", "word"}), "unexpected word word");
  expect_refusal(run({"fuzz", "--out", ""}), "--out");
  expect_refusal(run({"fuzz", "--out", "file"}), "file");
  expect_refusal(run({"fuzz", "--out", "file/below"}), "file/below");
  expect_refusal(run({"fuzz", "--out", "/proc/nowhere"}), "/proc/nowhere");
  expect_refusal(run({"fuzz", "--corpus", "nowhere"}), "no folder nowhere");
  expect_refusal(run({"fuzz", "--known", "nowhere"}), "cannot read nowhere");
  expect_refusal(run({"--bin-dir=/nowhere", "fuzz"}), "build it: cmake");
  expect_refusal(run({"--bin-dir=/nowhere", "bench"}), "build it");
}

TEST_F(FuzzTest, AFullDiskIsRefusedBeforeTheRun) {
  std::filesystem::create_directory(path("small"));
  if (mount("none", path("small").c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "only root can mount a small disk: to un-skip, run the tests as root";
  write("small/filler", std::string(80000, 'x'));
  const CliResult result = run({"fuzz", "--out", "small/out", "--time", "1"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, ContainsRegex("^arenafuzz: cannot .*: choose "));
  umount(path("small").c_str());
}

}  // namespace
}  // namespace arenafuzz
