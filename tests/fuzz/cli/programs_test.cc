// SPDX-License-Identifier: GPL-2.0-only
//
// replay, show and encode, end to end.
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/targets/targets.h"
#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kClean =
    "# arenafuzz\n"
    "header profile:faults pages:64 base:small page:4096 placement:lowest release:immediate "
    "schedulers:1 maps:1\n"
    "enable s0 root m0\n"
    "a3 = alloc s0 4097 (fail vzalloc:1)\n"
    "a4 = alloc s0 8192\n"
    "free a4\n";
// What the canary's bug is found by in this program.
constexpr const char* kCanarySignature = "accounting.free.none.bitmap.within-chunk.none";

class ProgramsTest : public CliTest {};

TEST_F(ProgramsTest, ShowGivesBackWhatEncodeWasGiven) {
  write("a.txt", kClean);
  EXPECT_EQ(run({"encode", "a.txt", "-o", "a"}).exit_code, 0);
  const CliResult shown = run({"show", "a"});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_EQ(shown.out, kClean);
  EXPECT_EQ(shown.err, "");
}

TEST_F(ProgramsTest, ShowDropsCommentsAndSpacing) {
  write("a.txt", "# mine\n  enable   s0 root m0   # first\n");
  EXPECT_THAT(run({"show", "a.txt"}).out, HasSubstr("\nenable s0 root m0\n"));
}

TEST_F(ProgramsTest, BytesAndTextHaveOneHash) {
  write("a.txt", kClean);
  run({"encode", "a.txt", "-o", "a"});
  const CliResult result = run({"replay", "a", "a.txt"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, ContainsRegex("a: clean hash:[0-9a-f]{16} operations:4\n"
                                        "a.txt: clean hash:[0-9a-f]{16} operations:4\n"
                                        "2 programs: 2 clean, 0 with a finding\n"));
  EXPECT_EQ(result.out.substr(9, 21), result.out.substr(result.out.find("a.txt") + 13, 21));
}

TEST_F(ProgramsTest, AFindingIsExitOneWithItsReportBesideTheVerdict) {
  write("a.txt", kClean);
  const CliResult result = run({"replay", "--target", "canary", "a.txt"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("\nASSERTION FAILED: accounting.free.none\n"));
  EXPECT_THAT(result.out, HasSubstr(kCanarySignature));
  EXPECT_EQ(result.err, "");
  const CliResult ktap = run({"replay", "--ktap", "--target", "canary", "a.txt"});
  EXPECT_THAT(ktap.err, StartsWith("ASSERTION FAILED: accounting.free.none\n"));
}

TEST_F(ProgramsTest, AKnownFindingAloneIsExitZero) {
  write("a.txt", kClean);
  write("known.txt", std::string("# old ones\n") + kCanarySignature + "  # seen before\n");
  const CliResult result = run({"replay", "--target", "canary", "--known", "known.txt", "a.txt"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("a.txt: known "));
}

TEST_F(ProgramsTest, TraceShowsTheUnwinding) {
  write("a.txt", kClean);
  const CliResult result = run({"replay", "--trace", "--backtrace", "a.txt"});
  EXPECT_THAT(result.out, HasSubstr("vzalloc 312 bytes -> failed (injected)"));
  EXPECT_THAT(result.out, HasSubstr("release page 0, 4 pages"));
  EXPECT_THAT(result.out, HasSubstr("fault vzalloc:1 in operation 1 (clause), 312 bytes"));
  EXPECT_THAT(result.out, HasSubstr("\n    #0 "));
  EXPECT_THAT(result.out, Not(HasSubstr("arenafuzz::Executor::")));  // and nothing below it
}

TEST_F(ProgramsTest, ReplayReadsFoldersInTheOrderOfNames) {
  std::filesystem::create_directories(path("d/b"));
  for (const char* name : {"d/c", "d/a", "d/b/x"}) write(name, "");
  EXPECT_THAT(run({"replay", "d"}).out, ContainsRegex("d/a: .*\nd/b/x: .*\nd/c: "));
  EXPECT_THAT(run({"replay", "--reverse", "d"}).out, ContainsRegex("d/c: .*\nd/b/x: .*\nd/a: "));
}

TEST_F(ProgramsTest, ASignatureIsReportedOnceAndListedEachTime) {
  for (const char* name : {"d/a", "d/b"}) {
    std::filesystem::create_directories(path("d"));
    write(name, kClean);
  }
  const CliResult result = run({"replay", "--target", "canary", "d"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, ContainsRegex("d/a: finding .*\nd/b: finding "));
  const std::string report = "ASSERTION FAILED: ";
  const std::size_t first = result.out.find(report);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(result.out.find(report, first + 1), std::string::npos);
}

TEST_F(ProgramsTest, StopAtFirstLeavesTheRest) {
  std::filesystem::create_directories(path("d"));
  for (const char* name : {"d/a", "d/b", "d/c"}) write(name, kClean);
  const CliResult result = run({"replay", "--stop-at-first", "--target", "canary", "d"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("3 programs: 0 clean, 1 with a finding, 2 not replayed"));
  EXPECT_THAT(run({"replay", "--stop-at-first", "d"}).out, HasSubstr("3 programs: 3 clean"));
  expect_refusal(run({"replay", "--stop-at-first", "--ktap", "d"}), "leave out --stop-at-first");
}

TEST_F(ProgramsTest, JsonIsOneObjectOnStdout) {
  write("a.txt", kClean);
  const CliResult result = run({"replay", "--json", "--trace", "--target", "canary", "a.txt"});
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object["exit"], 1);
  EXPECT_EQ(object["files"][0]["findings"][0]["signature"], kCanarySignature);
  EXPECT_EQ(object["files"][0]["faults_fired"]["vzalloc"], 1);
  EXPECT_FALSE(object["files"][0]["trace"].empty());
  EXPECT_EQ(nlohmann::json::parse(run({"show", "--json", "a.txt"}).out)["text"], kClean);
}

TEST_F(ProgramsTest, KtapNumbersEveryProgram) {
  write("a #1.txt", kClean);
  const CliResult result = run({"replay", "--ktap", "a #1.txt"});
  EXPECT_EQ(result.out, "KTAP version 1\n1..1\nok 1 'a \\#1.txt'\n");
  EXPECT_THAT(run({"replay", "--ktap", "--target", "canary", "a #1.txt"}).out,
              HasSubstr("\nnot ok 1 "));
}

TEST_F(ProgramsTest, BisectSaysGoodBadOrNoVerdict) {
  write("a.txt", kClean);
  write("bad.txt", "what\n");
  EXPECT_EQ(run({"replay", "--bisect", "a.txt"}).exit_code, 0);
  EXPECT_EQ(run({"replay", "--bisect", "--target", "canary", "a.txt"}).exit_code, 1);
  EXPECT_EQ(run({"replay", "--bisect", "bad.txt"}).exit_code, 125);
  EXPECT_EQ(run({"replay", "--bisect", "nowhere"}).exit_code, 125);
  EXPECT_EQ(run({"replay", "--bisect", "--nonsense"}).exit_code, 125);
}

TEST_F(ProgramsTest, ATextErrorNamesFileLineAndWhatWasExpected) {
  write("a.txt", "# arenafuzz\nenable s0 root m0\na1 = alloc s0 many\x01\n");
  for (const char* command : {"show", "replay"}) {
    const CliResult result = run({command, "a.txt"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("a.txt:3: expected "));
    EXPECT_THAT(result.err, Not(HasSubstr("\x01")));
  }
  expect_refusal(run({"encode", "a.txt", "-o", "a"}), "a.txt:3: expected ");
  EXPECT_FALSE(std::filesystem::exists(path("a")));
}

TEST_F(ProgramsTest, AFindingIsNotHiddenByAFileThatCannotBeRead) {
  write("a.txt", kClean);
  EXPECT_EQ(run({"replay", "--target", "canary", "nowhere", "a.txt"}).exit_code, 1);
  EXPECT_EQ(run({"replay", "nowhere", "a.txt"}).exit_code, 2);
}

TEST_F(ProgramsTest, EveryFileNameWorks) {
  const std::string names[] = {"two\nlines", "a 'quote' and \"two\"", "[list,of]",
                               "--json",     "\xff\xfe bytes",        "%s{}",
                               "$(false)"};
  for (const std::string& name : names) {
    write(name, kClean);
    const CliResult result = run({"replay", "--", name});
    EXPECT_EQ(result.exit_code, 0) << name;
    // What is printed is what a shell takes for the name.
    const std::string shown = result.out.substr(0, result.out.find(": clean"));
    EXPECT_EQ(run_shell("cat -- " + shown).out, kClean) << shown;
  }
}

TEST_F(ProgramsTest, AnyBytesComeToAVerdict) {
  write("empty", "");
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < (3u << 20); ++i, x = x * 1664525 + 1013904223)
    noise += static_cast<char>(x >> 24);
  write("noise", noise);
  const CliResult result = run({"replay", "empty", "noise", "/dev/null"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("3 programs: 3 clean"));
}

TEST_F(ProgramsTest, WhatCannotBeUsedIsRefusedInOneSentence) {
  write("a.txt", kClean);
  std::filesystem::create_directory(path("empty"));
  expect_refusal(run({}), "no command given");
  expect_refusal(run({"fusz"}), "unknown command fusz");
  expect_refusal(run({"replay"}), "nothing to replay");
  expect_refusal(run({"replay", "empty"}), "no programs in the folder empty");
  expect_refusal(run({"replay", "--nonsense", "a.txt"}), "unknown option --nonsense");
  expect_refusal(run({"replay", "--target", "pond", "a.txt"}), "unknown target pond");
  expect_refusal(run({"replay", "--domain", "all", "a.txt"}), "unknown domain all");
  expect_refusal(run({"replay", "--backend", "bsd", "a.txt"}), "unknown backend bsd");
  expect_refusal(run({"replay", "--known", "nowhere", "a.txt"}), "cannot read nowhere");
  expect_refusal(run({"replay", "--json", "--ktap", "a.txt"}), "exclude each other");
  expect_refusal(run({"show"}), "show takes one file");
  expect_refusal(run({"show", "nowhere"}), "cannot read nowhere");
  expect_refusal(run({"show", "empty"}), "cannot read empty");
  expect_refusal(run({"encode", "a.txt"}), "no file to write");
  expect_refusal(run({"encode", "a.txt", "-o", "a.txt"}), "would overwrite its own text");
  expect_refusal(run({"encode", "a.txt", "-o", "no/where"}), "cannot write no/where");
  expect_refusal(run({"encode", "a.txt", "-o", "empty"}), "cannot write empty");
}

TEST_F(ProgramsTest, EveryCommandHasHelpWithExamples) {
  for (const char* command : {"fuzz", "replay", "show", "encode"}) {
    const CliResult result = run({command, "--help"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, HasSubstr("Examples:\n  arenafuzz " + std::string(command)));
    EXPECT_THAT(run({"--help"}).out, HasSubstr("\n  " + std::string(command) + " "));
  }
}

TEST_F(ProgramsTest, HelpListsEveryTarget) {
  const std::string help = run({"fuzz", "--help"}).out;
  for (const TargetInfo& target : kTargets)
    EXPECT_THAT(help, HasSubstr(std::string(target.name) + ": " + target.description));
}

TEST_F(ProgramsTest, OutputThatCannotBeWrittenIsExitTwo) {
  write("a.txt", kClean);
  const CliResult result = run_shell(std::string(ARENAFUZZ_BINARY) + " show a.txt >/dev/full");
  expect_refusal(result, "cannot write to stdout");
  expect_refusal(run({"encode", "a.txt", "-o", "/dev/full"}), "cannot write /dev/full");
}

TEST_F(ProgramsTest, AFullDiskLeavesTheOldFileAndNoPart) {
  std::filesystem::create_directory(path("small"));
  if (mount("none", path("small").c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "only root can mount a small disk: to un-skip, run the tests as root";
  write("small/a", "old");
  write("small/filler", std::string(80000, 'x'));
  write("a.txt", kClean);
  expect_refusal(run({"encode", "a.txt", "-o", "small/a"}), "No space left on device");
  EXPECT_EQ(read("small/a"), "old");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path("small")))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 2);
  umount(path("small").c_str());
}

}  // namespace
}  // namespace arenafuzz
