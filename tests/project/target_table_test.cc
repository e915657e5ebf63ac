// SPDX-License-Identifier: GPL-2.0-only
//
// The table of targets, CMake's list, the files, the corpus and the README agree.
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

// The words behind `begin`, up to the next parenthesis.
std::set<std::string> words_behind(const char* file, std::string_view begin) {
  std::string text;
  for (const std::string& line : testing::lines_of(kRoot / file)) text += line + "\n";
  const std::size_t at = text.find(begin);
  if (at == std::string::npos) return {};
  const std::size_t from = at + begin.size();
  std::istringstream words(text.substr(from, text.find(')', from) - from));
  return {std::istream_iterator<std::string>(words), {}};
}

std::set<std::string> names_in_cmake() {
  std::set<std::string> names = words_behind("fuzz/targets/CMakeLists.txt", "foreach(target ");
  names.merge(words_behind("cmake/kernel_tree.cmake", "set(arenafuzz_kernel_targets "));
  return names;
}

TEST(TargetTable, EqualsTheListOfCMake) {
  EXPECT_THAT(names_in_cmake(), ContainerEq(names_in_table()));
}

TEST(TargetTable, EachTargetHasAFileOfItsName) {
  for (const std::string& name : names_in_table())
    EXPECT_TRUE(fs::exists(kRoot / "fuzz/targets" / (name + ".cc"))) << name;
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
