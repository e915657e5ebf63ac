// SPDX-License-Identifier: GPL-2.0-only
//
// What a target reads of an engine's command line.
#include "fuzz/targets/glue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz/harness/cpp_backend.h"

namespace arenafuzz {
namespace {

void start_with(std::vector<std::string> words) {
  std::vector<char*> pointers;
  words.insert(words.begin(), "target");
  for (std::string& word : words) pointers.push_back(word.data());
  static CppBackend backend;
  initialize_target(target_named("pool"), backend, static_cast<int>(pointers.size()),
                    pointers.data());
  run_input(nullptr, 0);
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

}  // namespace
}  // namespace arenafuzz
