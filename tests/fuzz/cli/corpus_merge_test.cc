// SPDX-License-Identifier: GPL-2.0-only
//
// `corpus merge`, end to end: with libFuzzer, and with a fake of it where a process is to end.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "fuzz/corpus/content_hash.h"
#include "tests/fuzz/cli/cli_run.h"
#include "tests/fuzz/corpus/testing.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;
namespace fs = std::filesystem;

const std::string kCommitted = std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus/";

class CorpusMergeTest : public CliTest {
 protected:
  using Contents = std::map<std::string, std::string>;
  Contents contents(const std::string& folder) const {
    Contents all;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(path(folder), ignored)) {
      const std::string name = entry.path().filename();
      // A kill may leave the hidden folder that results are put together in.
      if (name[0] == '.' && entry.is_directory()) continue;
      all[name] = read(folder + "/" + name);
    }
    return all;
  }
  std::vector<std::string> merge_words(std::vector<std::string> words) const {
    words.insert(words.begin(), {"corpus", "merge", "--target"});
    return words;
  }
  // The seeds that the generator makes: to reduce what engines found as well would take a minute.
  void copy_seeds(const std::string& target) const {
    fs::create_directory(path("seeds"));
    for (const auto& entry : fs::directory_iterator(kCommitted + target))
      if (!is_content_hash(entry.path().filename().string())) fs::copy(entry.path(), path("seeds"));
  }
  CliResult merge(std::vector<std::string> words) const { return run(merge_words(words)); }
  // A build folder whose target `program` is the fake.
  std::vector<std::string> fake_merge_words() const {
    const std::string binary = "bin/fuzz/targets/program_fuzzer";
    fs::create_directories(path("bin/fuzz/targets"));
    write(binary, testing::kFakeFuzzer);
    fs::permissions(path(binary), fs::perms::owner_all);
    return {"--bin-dir=" + path("bin"), "corpus", "merge", "--target", "program", "out", "in"};
  }
  void write_inputs(int count) const {
    fs::create_directories(path("in"));
    for (int i = 0; i < count; ++i) write("in/" + std::to_string(i), std::to_string(i));
  }
};

TEST_F(CorpusMergeTest, SeedsAreReducedToShorterProgramsWithTheSameCoverage) {
  copy_seeds("kernel_gen_pool");
  const CliResult result = merge({"kernel_gen_pool", "out", "seeds", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const Json report = Json::parse(result.out);
  EXPECT_LT(report["operations_added"], report["operations_taken"]);
  EXPECT_EQ(report["reduced_to_the_end"], true);
  // Nothing is lost: with the seeds themselves merged in, there is not a feature more.
  const Json again = Json::parse(merge({"kernel_gen_pool", "out", "seeds", "--json"}).out);
  EXPECT_EQ(again["added"], 0);
  EXPECT_EQ(again["features"], report["features"]);
  EXPECT_EQ(run({"replay", "out"}).exit_code, 0);
}

TEST_F(CorpusMergeTest, TwoMergesOfTheSameInputsAreTheSame) {
  copy_seeds("pool");
  for (const char* out : {"one", "two"})
    EXPECT_EQ(merge({"pool", out, "seeds", "--no-reduce"}).exit_code, 0);
  EXPECT_THAT(contents("one"), Not(IsEmpty()));
  EXPECT_EQ(contents("one"), contents("two"));
}

TEST_F(CorpusMergeTest, TheSeedsOfTheFormatAreTakenAsTheyAre) {
  EXPECT_EQ(merge({"program", "out", kCommitted + "program"}).exit_code, 0);
  EXPECT_THAT(contents("out"), Not(IsEmpty()));
}

TEST_F(CorpusMergeTest, AnInputThatEndsTheProcessIsExitOneAndTheRestIsMerged) {
  const auto words = fake_merge_words();
  write_inputs(5);
  write("in/bad", "crash");
  const CliResult result = run(words);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              HasSubstr("ended the process: in/bad: ASSERTION FAILED: overlap.alloc.page, "
                        "kept as out.aside/"));
  EXPECT_THAT(contents("out"), SizeIs(5));
  EXPECT_THAT(contents("out.aside"), SizeIs(1));
}

TEST_F(CorpusMergeTest, WhatCannotBeUsedIsRefusedInOneSentence) {
  write("file", "");
  write_inputs(1);
  expect_refusal(merge({"pool", "file", "in"}), "file is no folder");
  expect_refusal(merge({"pool", "out", "nowhere"}), "there is no nowhere");
  expect_refusal(merge({"pool", "in", "in"}), "in is OUT itself");
  expect_refusal(run({"--bin-dir=nowhere", "corpus", "merge", "out", "in"}),
                 "no engine's binary nowhere/fuzz/targets/pool_faults_fuzzer");
}

// Killed as soon as a file is in OUT: what is there is whole, and the next merge does the rest.
TEST_F(CorpusMergeTest, AKillLeavesWholeFilesAndTheNextMergeGoesOn) {
  const auto words = fake_merge_words();
  write_inputs(60);
  const Contents inputs = contents("in");
  for (int i = 0; i < 3; ++i) {
    run_and_signal(words, "out", SIGKILL);
    for (const auto& [name, content] : contents("out"))
      if (name[0] != '.') EXPECT_EQ(inputs.count(content), 1u) << name;
  }
  EXPECT_EQ(contents("in"), inputs);
  EXPECT_EQ(run(words).exit_code, 0);
  std::size_t whole = 0;
  for (const auto& [name, content] : contents("out")) whole += name[0] != '.' ? 1 : 0;
  EXPECT_EQ(whole, 60u);
}

TEST_F(CorpusMergeTest, CtrlCWhileMeasuringLeavesOutAsItWas) {
  const auto words = fake_merge_words();
  write("bin/fuzz/targets/program_fuzzer", "#!/bin/bash\ntouch in.started\nsleep 100\n");
  write_inputs(3);
  const CliResult result = run_and_signal(words, "in.started", SIGINT);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("interrupted: out is as it was"));
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(CorpusMergeTest, AFullDiskIsASentenceAndWhatWasThereIsThere) {
  const auto words = fake_merge_words();
  fs::create_directory(path("out"));
  if (mount("none", path("out").c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "only root can mount a small disk: to un-skip, run the tests as root";
  write("out/filler", std::string(52000, '1'));
  fs::create_directory(path("in"));
  for (int i = 0; i < 9; ++i)
    write("in/" + std::to_string(i), std::to_string(i) + std::string(9000, ' '));
  expect_refusal(run(words), "No space left on device");
  EXPECT_THAT(read("out/filler"), SizeIs(52000));
  for (const auto& [name, content] : contents("out"))
    EXPECT_THAT(content, SizeIs(name == "filler" ? 52000 : 9001)) << name;
  umount(path("out").c_str());
}

}  // namespace
}  // namespace arenafuzz
