// SPDX-License-Identifier: GPL-2.0-only
//
// Targets, commands and versions of compilers are each listed once: fuzz/targets/targets.def,
// fuzz/cli/commands.def, fuzz/base/compilers.def. C++, CMake and the scripts read the same rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "fuzz/base/compilers.h"
#include "fuzz/targets/targets.h"
#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::project_files;
using testing::ProjectFile;
using ::testing::SizeIs;

using Names = std::set<std::string>;

const Names kTargetNames = [] {
  Names names;
  for (const TargetInfo& info : kTargets) names.insert(info.name);
  return names;
}();

const Names kCommandNames = {
#define ARENAFUZZ_SCRIPT_COMMAND(name, ...) #name,
#define ARENAFUZZ_COMMAND(name, ...) #name,
#include "fuzz/cli/commands.def"
};

// What a list is written in. Prose is for readers, help/ is what the command prints, tests may
// choose.
bool may_hold_a_list(const std::string& path) {
  if (path.starts_with("tests/") || path.starts_with("fuzz/cli/help/") ||
      path.starts_with("corpus/"))
    return path == "tests/stages.sh" || path == "tests/CMakeLists.txt";
  return testing::is_source(path) || path.ends_with(".sh") || path.ends_with(".cmake") ||
         path.ends_with("CMakeLists.txt") || path == "arenafuzz";
}

// The names that a line has as words, outside of comments.
Names names_in(const std::string& line, const Names& names) {
  Names found;
  if (line.find("//") != std::string::npos || line.starts_with("#")) return found;
  std::string word;
  for (const char c : line + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '.') {
      word += c;
      continue;
    }
    if (names.contains(word)) found.insert(word);
    word.clear();
  }
  return found;
}

// Where five lines that follow each other have so many of the names.
std::vector<std::string> lists_in(const ProjectFile& file, const Names& names, std::size_t many) {
  std::vector<Names> lines;
  for (const std::string& line : file.lines)
    if (may_hold_a_list(file.path)) lines.push_back(names_in(line, names));
  for (std::size_t at = 0; at < lines.size(); ++at) {
    Names found;
    for (std::size_t i = at; i < std::min(at + 5, lines.size()); ++i) found.merge(Names(lines[i]));
    if (found.size() >= many) return {file.path + ":" + std::to_string(at + 1)};
  }
  return {};
}

TEST(Lists, TargetsAreListedOnce) {
  for (const ProjectFile& file : project_files())
    EXPECT_THAT(lists_in(file, kTargetNames, 4), IsEmpty());
}

TEST(Lists, CommandsAreListedOnce) {
  for (const ProjectFile& file : project_files())
    EXPECT_THAT(lists_in(file, kCommandNames, 6), IsEmpty());
}

TEST(Lists, ASecondListIsSeen) {
  const ProjectFile planted{
      "cmake/planted.cmake",
      {"foreach(target pool pool_faults", "               pool_misuse program)"}};
  EXPECT_THAT(lists_in(planted, kTargetNames, 4), ElementsAre("cmake/planted.cmake:1"));
  EXPECT_THAT(lists_in({"README.md", planted.lines}, kTargetNames, 4), IsEmpty());
}

// clang-19, clang++-14 and their like, and versions one after the other.
std::vector<std::string> versions_in(const ProjectFile& file) {
  static const std::regex kVersion("(clang|llvm|libclang-rt|libc[+][+])[a-z+-]*-[0-9][0-9]");
  static const std::regex kVersions("\\b(19[ ,]+18|12[ ,]+13)\\b");
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (file.lines[i].find_first_of("123456789") == std::string::npos) continue;
    if (std::regex_search(file.lines[i], kVersion) || std::regex_search(file.lines[i], kVersions))
      return {file.path + ":" + std::to_string(i + 1)};
  }
  return {};
}

TEST(Lists, VersionsOfCompilersAreListedOnce) {
  for (const ProjectFile& file : project_files())
    if (may_hold_a_list(file.path) || file.path.ends_with(".sh"))
      EXPECT_THAT(versions_in(file), IsEmpty());
}

TEST(Lists, AVersionIsSeen) {
  EXPECT_THAT(versions_in({"a.sh", {"CXX=clang++-19"}}), SizeIs(1));
  EXPECT_THAT(versions_in({"a.sh", {"apt-get install libclang-rt-14-dev"}}), SizeIs(1));
  EXPECT_THAT(versions_in({"a.sh", {"for version in 19 18 17; do"}}), SizeIs(1));
  EXPECT_THAT(versions_in({"a.sh", {"clang++-$newest_clang -O1"}}), IsEmpty());
}

// The last line that a command prints.
std::string said_by(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  for (int c = 0; (c = fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  return pclose(pipe) == 0 ? text : "failed: " + text;
}

std::string joined(const Names& names, const char* behind) {
  std::string text;
  for (const std::string& name : names) text += name + behind;
  return text;
}

TEST(Lists, ScriptsReadTheSameRows) {
  const std::string read = "root='" ARENAFUZZ_SOURCE_DIR "'; . \"$root/scripts/lists.sh\"; ";
  const auto said = [&](const std::string& words) {
    return said_by("bash -euc '" + std::regex_replace(read, std::regex("'"), "\"") + words + "'");
  };
  EXPECT_EQ(said("names_of \"$target_rows\" | LC_ALL=C sort"), joined(kTargetNames, "\n"));
  EXPECT_EQ(said("names_of \"$command_rows\" | LC_ALL=C sort"), joined(kCommandNames, "\n"));
  EXPECT_EQ(said("echo clang-$newest_clang"), std::string(kClangs[0]) + "\n");
  EXPECT_EQ(said("echo clang-$oldest_clang"), std::string(*std::rbegin(kClangs)) + "\n");
  EXPECT_EQ(said("wc -l <<<\"$clangs\""), std::to_string(std::size(kClangs)) + "\n");
  EXPECT_EQ(said("echo afl++ clang-$afl_clang libclang-rt-$afl_clang-dev"),
            std::string(kAflPackages) + "\n");
}

TEST(Lists, CMakeReadsTheSameRows) {
  const std::string script = ::testing::TempDir() + "arenafuzz-lists.cmake";
  std::ofstream(script) << "include(" ARENAFUZZ_SOURCE_DIR "/cmake/lists.cmake)\n"
                        << "list(SORT arenafuzz_targets)\nlist(SORT arenafuzz_kernel_targets)\n"
                        << "list(GET arenafuzz_clangs 0 newest)\n"
                        << "message(\"${arenafuzz_targets};clang-${newest};"
                        << "${arenafuzz_target_seeds_kernel_pool};${arenafuzz_kernel_targets}\")\n";
  std::string kernel;
  for (const std::string& name : kTargetNames)
    if (find_target(name)->kernel()) kernel += ";" + name;
  EXPECT_EQ(said_by("cmake -P '" + script + "' 2>&1"),
            joined(kTargetNames, ";") + kClangs[0] + ";pool;kernel_gen_pool" + kernel + "\n");
}

}  // namespace
}  // namespace arenafuzz
