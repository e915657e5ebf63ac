// SPDX-License-Identifier: GPL-2.0-only
//
// Words of the command line and what stands in files: each that cannot be used is refused in one
// sentence of ours, and what people paste or pipe is read.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kProgram = "# arenafuzz\nenable s0 root m0\na3 = alloc s0 4097\nfree a3\n";

class WordsTest : public CliTest {};

TEST_F(WordsTest, ATimeMayHaveAUnit) {
  write("a.txt", kProgram);
  for (const char* time : {"0", "60", "60s", "10m", "2h", "365d"}) {
    const CliResult result = run({"minimize", "--time", time, "a.txt"});
    EXPECT_THAT(result.err, HasSubstr("a.txt shows no finding")) << time;
  }
  for (const char* time : {"-5", "1.5h", "h", "10 m", "1w", "400d", "99999999999999999999", "0x10"})
    expect_refusal(run({"minimize", std::string("--time=") + time, "a.txt"}), "a time such as 90s");
}

TEST_F(WordsTest, NumbersAreWholeAndInTheirBounds) {
  for (const char* jobs : {"0", "-1", "1025", "two", "3x", "+1"})
    expect_refusal(run({"fuzz", std::string("--jobs=") + jobs}), "a whole number from 1 to 1024");
}

TEST_F(WordsTest, AnEmptyValueIsRefused) {
  for (const char* option : {"--target", "--backend", "--kernel-tree", "--glue", "--domain",
                             "--known", "--out", "--corpus", "--engine", "--time", "--jobs"}) {
    expect_refusal(run({"fuzz", option, ""}), option);
    expect_refusal(run({"fuzz", std::string(option) + "="}), option);
    expect_refusal(run({"fuzz", option}), std::string("nothing behind ") + option);
  }
  expect_refusal(run({"encode", "a.txt", "-o", ""}), "nothing behind --output");
}

TEST_F(WordsTest, AnOptionIsGivenOnceAndAFlagHasNoValue) {
  expect_refusal(run({"fuzz", "--jobs", "1", "--jobs", "2"}), "--jobs is given twice");
  expect_refusal(run({"fuzz", "--json=yes"}), "--json takes no value");
}

TEST_F(WordsTest, HelpWinsOverAWordThatCannotBeUsed) {
  const CliResult result = run({"fuzz", "--jobs", "none", "--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("Examples:"));
}

TEST_F(WordsTest, ADashIsStandardInputAndOutput) {
  write("a.txt", kProgram);
  const std::string binary = std::string("'") + ARENAFUZZ_BINARY + "'";
  const CliResult bytes =
      run_shell(binary + " encode a.txt -o - > a && " + binary + " show - < a | grep -c alloc");
  EXPECT_EQ(bytes.out, "1\n") << bytes.err;
  EXPECT_FALSE(std::filesystem::exists(path("-")));
  // Nobody marks what is piped: without control characters it is text.
  const CliResult text = run_shell("grep -v '^#' a.txt | " + binary + " replay -");
  EXPECT_THAT(text.out, HasSubstr("-: clean ")) << text.err;
  EXPECT_THAT(text.out, HasSubstr("operations:3"));
  write("-", "what\n");
  EXPECT_EQ(run_shell(binary + " replay ./- </dev/null").exit_code, 0);
}

TEST_F(WordsTest, TextWithoutItsMarkIsRefusedRatherThanRunAsBytes) {
  write("a", "enable s0 root m0\nfree a3\n");
  for (const char* command : {"show", "replay"})
    EXPECT_THAT(run({command, "a"}).err, HasSubstr("reads as a program's text without its mark"));
  EXPECT_EQ(run({"replay", "--bisect", "a"}).exit_code, 125);
  write("b", "no line of a program\n");
  EXPECT_EQ(run({"replay", "b"}).exit_code, 0);
}

TEST_F(WordsTest, AByteOrderMarkIsNamed) {
  for (const char* mark : {"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"}) {
    write("a.txt", std::string(mark) + kProgram);
    EXPECT_THAT(run({"show", "a.txt"}).err, HasSubstr("byte order mark (BOM)"));
  }
  write("a", std::string("\xef\xbb\xbf") + kProgram);
  EXPECT_THAT(run({"show", "a"}).err, HasSubstr("a:1: expected no byte order mark (BOM)"));
}

TEST_F(WordsTest, WhatWasPrintedPastes) {
  write("a.txt", kProgram);
  const std::string wanted = run({"show", "a.txt"}).out;
  write("b.txt", "> # arenafuzz\n> enable s0 root m0\n>> 2: a3 = alloc s0 4097\n> 3. free a3\n");
  EXPECT_EQ(run({"show", "b.txt"}).out, wanted);
  write("c.txt", "  1  enable s0 root m0\n  2| a3 = alloc s0 4097\n\t3) free a3\r\n4\n>\n");
  EXPECT_EQ(run({"show", "c.txt"}).out, wanted);
  write("d.txt", "3free a3\n");
  EXPECT_THAT(run({"show", "d.txt"}).err, HasSubstr("d.txt:1: expected"));
}

TEST_F(WordsTest, ADamagedStatusIsNoMissingOne) {
  write("status.json", "{\"schema\": \"arenafuzz-st");
  expect_refusal(run({"status", "."}), "./status.json is damaged");
  write("status.json", "{\"schema\": \"arenafuzz-status-2\"}");
  expect_refusal(run({"status", "."}), "written by another version");
  std::filesystem::remove(path("status.json"));
  expect_refusal(run({"status", "."}), "no run has written");
  std::filesystem::create_directory(path("status.json"));
  expect_refusal(run({"status", "."}), "cannot read ./status.json");
}

}  // namespace
}  // namespace arenafuzz
