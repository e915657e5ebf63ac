// SPDX-License-Identifier: GPL-2.0-only
//
// --known: what its lines mean, which are refused, and that files given are left as they are.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr const char* kSignature = "accounting.free.none.bitmap.within-chunk.none";
constexpr const char* kProgram =
    "# arenafuzz\n"
    "header profile:faults\n"
    "enable s0 root m0\n"
    "a3 = alloc s0 4097 (fail vzalloc:1)\n"
    "a4 = alloc s0 8192\n"
    "free a4\n";

class KnownTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    fs::create_directory(path("seeds"));
    write("a.txt", kProgram);
    run({"encode", "a.txt", "-o", "seeds/a"});
  }
  CliResult replay(const std::string& known) const {
    write("k", known);
    return run({"replay", "--target", "canary", "--known", "k", "a.txt"});
  }
  CliResult fuzz(std::vector<std::string> more) const {
    std::vector<std::string> words = {"fuzz",   "--target", "canary", "--corpus", "seeds",
                                      "--jobs", "1",        "--time", "20"};
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {"--", "-runs=0"});
    return run(words);
  }
  void expect_line_refused(const std::string& known, const std::string& part) const {
    write("k", known);
    for (const std::vector<std::string>& words : {std::vector<std::string>{"replay", "a.txt"},
                                                  {"fuzz"},
                                                  {"minimize", "a.txt"},
                                                  {"triage", "seeds"},
                                                  {"corpus", "merge", "out", "seeds"}}) {
      std::vector<std::string> all = words;
      all.insert(all.end(), {"--known", "k"});
      expect_refusal(run(all), part);
    }
  }
};

TEST_F(KnownTest, ALineMayEndEarlyAtADot) {
  for (const char* line : {"accounting.free.none.bitmap", "accounting", "accounting.free.",
                           "  accounting.free  # a comment"}) {
    const CliResult result = replay(std::string(line) + "\n");
    EXPECT_EQ(result.exit_code, 0) << line << result.err;
    EXPECT_THAT(result.out, HasSubstr("a.txt: known "));
  }
  for (const char* line : {"accounting.alloc", "over-claim"})
    EXPECT_EQ(replay(std::string(line) + "\n").exit_code, 1) << line;
}

TEST_F(KnownTest, JobsUnderstandThePrefixTooAndTheRunIsClean) {
  write("k", "accounting.free\n");
  const CliResult result = fuzz({"--known", "k", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object["programs_with_known"], 1);
  EXPECT_TRUE(object["known_not_met"].empty()) << object["known_not_met"];
}

TEST_F(KnownTest, AByteOrderMarkAndWindowsLineEndsHideNothing) {
  EXPECT_EQ(replay("\xef\xbb\xbf" + std::string(kSignature) + "\r\n").exit_code, 0);
  EXPECT_EQ(replay("# a\r\n" + std::string(kSignature) + "\r\n").exit_code, 0);
}

TEST_F(KnownTest, WhatIsNoSignatureIsRefusedWithItsLine) {
  expect_line_refused("# one\naccounting.free\n\nacounting.free\n",
                      "k line 4: \"acounting.free\" is no signature, since there is no oracle");
  expect_line_refused("accounting.fre\n", "k line 1: ");
  expect_line_refused("accounting .free\n", "k line 1: ");
  expect_line_refused(std::string("bug\nac\0counting\n", 16), "k line 2: ");
  expect_line_refused("bug\n" + std::string(1 << 20, 'x'), "k line 2: ");
}

TEST_F(KnownTest, WhatIsNoFileOfSignaturesIsRefused) {
  for (const char* name : {"seeds", "/dev/zero", "nowhere"}) {
    expect_refusal(run({"replay", "--known", name, "a.txt"}), name);
    expect_refusal(run({"fuzz", "--known", name}), name);
  }
}

TEST_F(KnownTest, LinesThatMeantNothingAreTold) {
  const CliResult result =
      replay(std::string("bug.free\n") + kSignature + "\nsanitizer.heap-use-after-free\n");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("2 of 3 known signatures were not met: k line 1, k line 3\n"));
  EXPECT_EQ(replay(std::string(kSignature) + "\n").err, "");
  write("k", "bug.free\naccounting\n");
  const CliResult fuzzed = fuzz({"--known", "k"});
  EXPECT_THAT(fuzzed.out, HasSubstr("1 of 2 known signatures was not met: k line 1\n"));
}

TEST_F(KnownTest, AFileThatWasGivenIsLeftAsItIsByWhateverName) {
  const std::string content = std::string("# a colleague's\n") + kSignature + "\nbug.free # why\n";
  ASSERT_EQ(fuzz({}).exit_code, 1) << "the run's own folder";
  const auto expect_left = [&](const char* given, const char* kept) {
    const CliResult result = fuzz({"--known", given});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_EQ(read("fuzz-out/known.txt"), content) << given;
    EXPECT_EQ(read(kept), content) << given;
    EXPECT_TRUE(fs::exists(path("fuzz-out/known-2.txt"))) << given;
    fs::remove(path("fuzz-out/known-2.txt"));
  };
  write("fuzz-out/known.txt", content);
  expect_left("fuzz-out/known.txt", "fuzz-out/known.txt");
  expect_left("./seeds/../fuzz-out//known.txt", "fuzz-out/known.txt");
  fs::create_hard_link(path("fuzz-out/known.txt"), path("hard.txt"));
  expect_left("hard.txt", "hard.txt");
  EXPECT_EQ(fs::hard_link_count(path("hard.txt")), 2u);
  fs::create_symlink("fuzz-out/known.txt", path("link.txt"));
  expect_left("link.txt", "link.txt");
  fs::rename(path("fuzz-out/known.txt"), path("mine.txt"));
  fs::create_symlink("../mine.txt", path("fuzz-out/known.txt"));
  expect_left("mine.txt", "mine.txt");
}

TEST_F(KnownTest, LinesThatOthersAddedToTheListStay) {
  ASSERT_EQ(fuzz({}).exit_code, 1);
  write("fuzz-out/known.txt", "# a colleague's\nbug.free # why");
  EXPECT_EQ(fuzz({}).exit_code, 1);
  EXPECT_THAT(read("fuzz-out/known.txt"),
              AllOf(HasSubstr("# a colleague's\nbug.free # why\n"), HasSubstr(kSignature)));
  const std::string once = read("fuzz-out/known.txt");
  EXPECT_EQ(fuzz({}).exit_code, 1);
  EXPECT_EQ(read("fuzz-out/known.txt"), once);
}

TEST_F(KnownTest, NoCommandWritesOverWhatItReads) {
  const std::string known = "bug.free\n";
  write("k", known);
  expect_refusal(run({"minimize", "--target", "canary", "--known", "k", "a.txt", "-o", "./k"}),
                 "was given to be read and is left as it is");
  EXPECT_EQ(read("k"), known);
  fs::copy_file(path("seeds/a"), path("seeds/b"));
  const std::string seed = read("seeds/a");
  fs::create_hard_link(path("seeds/a"), path("zip"));
  const CliResult exported = run({"corpus", "export", "seeds", "-o", "zip"});
  EXPECT_EQ(exported.exit_code, 2) << exported.out;
  EXPECT_EQ(read("seeds/a"), seed);
  EXPECT_EQ(read("zip"), seed);
  expect_refusal(run({"fuzz", "--corpus", "o/corpus", "--out", "o"}), "no folder o/corpus");
  ASSERT_EQ(fuzz({"--out", "o"}).exit_code, 1);
  expect_refusal(run({"fuzz", "--target", "canary", "--corpus", "o/corpus", "--out", "o"}),
                 "is written by this very run");
}

}  // namespace
}  // namespace arenafuzz
