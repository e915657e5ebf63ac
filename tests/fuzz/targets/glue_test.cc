// SPDX-License-Identifier: GPL-2.0-only
//
// What a target reads of an engine's command line.
#include "fuzz/targets/glue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/program/mutator.h"
#include "fuzz/targets/input_times.h"

namespace arenafuzz {
namespace {

void start_target(const char* name, std::vector<std::string> words) {
  std::vector<char*> pointers;
  words.insert(words.begin(), "target");
  for (std::string& word : words) pointers.push_back(word.data());
  static CppBackend backend;
  initialize_target(*find_target(name), backend, static_cast<int>(pointers.size()),
                    pointers.data());
  run_input(nullptr, 0);
}

void start_with(const std::vector<std::string>& words) {
  start_target("pool", words);
  std::exit(0);
}

// OSS-Fuzz starts a target so: TARGET -- -rss_limit_mb=2560 -timeout=25 ... CORPUS
TEST(GlueDeathTest, TakesTwoDashesBeforeTheEnginesOptions) {
  EXPECT_EXIT(start_with({"--", "-rss_limit_mb=2560", "-timeout=25", "corpus"}),
              ::testing::ExitedWithCode(0), "");
}

TEST(GlueDeathTest, ReadsOptionsOfOursBehindThem) {
  EXPECT_EXIT(start_with({"--", "--known=/nowhere/known.txt"}), ::testing::ExitedWithCode(2),
              "cannot read the known findings");
}

TEST(GlueDeathTest, RefusesOptionsThatItDoesNotKnow) {
  EXPECT_EXIT(start_with({"--", "--domian=api"}), ::testing::ExitedWithCode(2),
              "unknown option --domian=api: use");
}

TEST(GlueDeathTest, TakesNoMoreStepsThanAReplayHas) {
  EXPECT_EXIT(start_with({"--steps=33554432"}), ::testing::ExitedWithCode(0), "");
  for (const char* word : {"--steps=0", "--steps=", "--steps=1x", "--steps=33554433"})
    EXPECT_EXIT(start_with({word}), ::testing::ExitedWithCode(2),
                "give it a whole number from 1 to 33554432")
        << word;
}

TEST(GlueDeathTest, CountsTheTimeOfEachInputWhenAsked) {
  const std::string path = ::testing::TempDir() + "times-" + std::to_string(getpid());
  EXPECT_EXIT(start_with({"--times=" + path}), ::testing::ExitedWithCode(0), "");
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint64_t> words(2 * InputTimes::kBuckets);
  const auto bytes = static_cast<std::streamsize>(words.size() * sizeof(words[0]));
  ASSERT_EQ(bytes, file.read(reinterpret_cast<char*>(words.data()), bytes).gcount());
  std::uint64_t inputs = 0;
  for (std::size_t bucket = 0; bucket < InputTimes::kBuckets; ++bucket) {
    inputs += words[bucket];
    const std::uint64_t taken = words[InputTimes::kBuckets + bucket];
    EXPECT_TRUE(words[bucket] == 0 ? taken == 0 : InputTimes::bucket_of(taken) == bucket) << bucket;
  }
  EXPECT_EQ(1U, inputs);
  std::remove(path.c_str());
  EXPECT_EXIT(start_with({"--times=/nowhere/times"}), ::testing::ExitedWithCode(2),
              "cannot write the times to /nowhere/times: name a writable file");
}

TEST(InputTimes, BucketsAreSixteenthsOfAPowerOfTwo) {
  EXPECT_EQ(7U, InputTimes::bucket_of(7));
  EXPECT_EQ(4U * 16, InputTimes::bucket_of(16));
  EXPECT_EQ(4U * 16 + 15, InputTimes::bucket_of(31));
  EXPECT_EQ(20U * 16, InputTimes::bucket_of(1 << 20));
  EXPECT_EQ(20U * 16 + 1, InputTimes::bucket_of((1 << 20) + (1 << 16)));
  EXPECT_EQ(InputTimes::kBuckets - 1, InputTimes::bucket_of(~std::uint64_t{0}));
}

// From an engine's first input, which has the profile correct.
TEST(GlueDeathTest, TellsTheMutatorWhatTheTargetMakesOfEveryInput) {
  EXPECT_EXIT(
      {
        start_target("pool_faults", {});
        std::exit(engine_target().profile == Profile::kFaults && !engine_target().kind ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace arenafuzz
