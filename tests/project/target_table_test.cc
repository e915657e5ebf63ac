// SPDX-License-Identifier: GPL-2.0-only
//
// The table of targets, the corpus and the README agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fuzz/targets/targets.h"
#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using ::testing::ContainerEq;
using ::testing::Contains;
namespace fs = std::filesystem;

const fs::path kRoot = ARENAFUZZ_SOURCE_DIR;

std::set<std::string> names_in_table() {
  std::set<std::string> names;
  for (const TargetInfo& info : kTargets) names.insert(info.name);
  return names;
}

TEST(TargetTable, EachTargetHasSeeds) {
  for (const TargetInfo& info : kTargets) {
    std::istringstream folders(info.seeds);
    for (std::string folder; folders >> folder;)
      EXPECT_FALSE(fs::is_empty(kRoot / "corpus" / folder)) << info.name << " wants " << folder;
  }
}

TEST(TargetTable, EachFolderOfTheCorpusIsATargetOrTheSeedsOrTheRegressions) {
  std::set<std::string> allowed = names_in_table();
  allowed.insert({"regression", "seeds"});
  for (const auto& entry : fs::directory_iterator(kRoot / "corpus")) {
    if (!entry.is_directory()) continue;
    EXPECT_THAT(allowed, Contains(entry.path().filename().string()));
  }
}

TEST(TargetTable, OnlyTheCanaryIsOne) {
  for (const TargetInfo& info : kTargets)
    EXPECT_EQ(info.canary(), std::string(info.name) == "canary") << info.name;
}

TEST(TargetTable, TheReadmeNamesEachTarget) {
  std::string readme;
  for (const std::string& line : testing::lines_of(kRoot / "README.md")) readme += line + "\n";
  for (const std::string& name : names_in_table())
    EXPECT_NE(readme.find("`" + name + "`"), std::string::npos) << name;
}

}  // namespace
}  // namespace arenafuzz
