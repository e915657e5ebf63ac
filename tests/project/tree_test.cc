// SPDX-License-Identifier: GPL-2.0-only
//
// What must hold for every file of the tree: its licence line, house sizes, nothing of one machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using testing::is_data;
using testing::is_source;
using ::testing::IsEmpty;
using testing::project_files;
using testing::ProjectFile;

// Formats that hold no comment, the licence itself, and texts that the command prints as they are.
bool needs_no_licence_line(const std::string& path) {
  return path == "LICENSE" || path == ".gitignore" || path == "CMakePresets.json" ||
         path.starts_with("fuzz/cli/help/") || path.starts_with("corpus/") ||
         path.ends_with(".dict") || path.ends_with(".options") || path.ends_with(".png");
}

std::string licence_of(const std::string& path) {
  const bool apache =
      path.starts_with("fuzz/engines/oss-fuzz/") || path.starts_with(".clusterfuzzlite/");
  return apache ? "Apache-2.0" : "GPL-2.0-only";
}

// In one of the first three lines: a script begins with its interpreter.
bool has_licence_line(const ProjectFile& file) {
  const std::string wanted = "SPDX-License-Identifier: " + licence_of(file.path);
  for (std::size_t i = 0; i < std::min<std::size_t>(3, file.lines.size()); ++i) {
    const std::size_t at = file.lines[i].find(wanted);
    if (at == std::string::npos) continue;
    const std::string rest = file.lines[i].substr(at + wanted.size());
    return rest.empty() || rest == " -->" || rest == " */" || rest == "\r";
  }
  return false;
}

TEST(Tree, EveryFileSaysItsLicenceAtTheTop) {
  for (const ProjectFile& file : project_files()) {
    if (needs_no_licence_line(file.path)) continue;
    EXPECT_TRUE(has_licence_line(file)) << file.path << ": " << licence_of(file.path);
  }
}

TEST(Tree, AMissingOrWrongLicenceLineIsSeen) {
  EXPECT_FALSE(has_licence_line({"src/a.cc", {"// nothing"}}));
  EXPECT_FALSE(has_licence_line({"src/a.cc", {"// SPDX-License-Identifier: Apache-2.0"}}));
  EXPECT_FALSE(has_licence_line({"src/a.cc", {"// SPDX-License-Identifier: GPL-2.0-only OR MIT"}}));
  EXPECT_TRUE(has_licence_line({"src/a.cc", {"// SPDX-License-Identifier: GPL-2.0-only"}}));
}

TEST(Tree, TheLicenceIsTheSecondVersionOfTheGpl) {
  std::string text;
  for (const ProjectFile& file : project_files())
    if (file.path == "LICENSE")
      for (const std::string& line : file.lines) text += line + "\n";
  EXPECT_THAT(text, ::testing::HasSubstr("GNU GENERAL PUBLIC LICENSE"));
  EXPECT_THAT(text, ::testing::HasSubstr("Version 2, June 1991"));
}

// The houses whose style is followed stay within 300 and 400; the test leaves room for a comment.
constexpr std::size_t kHouseHeaderLines = 300;
constexpr std::size_t kHouseSourceLines = 400;
constexpr std::size_t kMostHeaderLines = 350;
constexpr std::size_t kMostSourceLines = 450;
constexpr std::size_t kMostTargetLines = 40;

TEST(Tree, FilesStayWithinTheHouseSizes) {
  for (const ProjectFile& file : project_files()) {
    if (!is_source(file.path) || file.path.starts_with("tests/")) continue;
    const bool header = file.path.ends_with(".h");
    if (file.lines.size() > (header ? kHouseHeaderLines : kHouseSourceLines))
      std::cout << "above the house size: " << file.path << " " << file.lines.size() << " lines\n";
    EXPECT_LE(file.lines.size(), header ? kMostHeaderLines : kMostSourceLines) << file.path;
  }
}

TEST(Tree, WhatAnEngineCallsIsAtMostFortyLines) {
  int targets = 0;
  for (const ProjectFile& file : project_files("fuzz/targets")) {
    bool is_target = false;
    for (const std::string& line : file.lines)
      is_target |=
          line.starts_with("extern \"C\" int LLVMFuzzerTestOneInput(") && line.back() == '{';
    if (!is_target) continue;
    ++targets;
    EXPECT_LE(file.lines.size(), kMostTargetLines) << file.path;
  }
  EXPECT_EQ(targets, 1);
}

// Group, limits, signals and last words are those of base::Process. Others: what measures a tree's
// books is part of a target too, which has the standard library alone; a report starts this very
// command again.
std::vector<std::string> own_processes_in(const ProjectFile& file) {
  static const std::set<std::string> kOthers = {
      "fuzz/base/process.cc", "fuzz/harness/measure_child.cc", "fuzz/session/crash_report.cc",
      "fuzz/cli/main/main.cc"};
  std::vector<std::string> found;
  if (!is_source(file.path) || file.path.starts_with("tests/") || kOthers.contains(file.path))
    return found;
  for (const std::string& line : file.lines)
    for (const char* call : {" fork(", " vfork(", " execv", " posix_spawn", "(popen(", " popen(",
                             " system(", " waitpid(", " wait4(", " waitid("})
      if (line.find(call) != std::string::npos && line.find("//") == std::string::npos)
        found.push_back(file.path + ": " + line);
  return found;
}

TEST(Tree, OneClassStartsProcesses) {
  for (const ProjectFile& file : project_files()) EXPECT_THAT(own_processes_in(file), IsEmpty());
}

TEST(Tree, AProcessOfOnesOwnIsSeen) {
  EXPECT_THAT(own_processes_in({"fuzz/cli/a.cc", {"  const pid_t child = fork();"}}),
              ::testing::SizeIs(1));
  EXPECT_THAT(own_processes_in({"fuzz/cli/a.cc", {"  if (FILE* f = popen(line, \"r\"))"}}),
              ::testing::SizeIs(1));
}

TEST(Tree, HeadersAreGuardedByTheirPath) {
  for (const ProjectFile& file : project_files()) {
    if (!file.path.ends_with(".h")) continue;
    std::string guard = "ARENAFUZZ_" + file.path + "_";
    for (char& c : guard)
      c = std::isalnum(static_cast<unsigned char>(c)) != 0
              ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
              : '_';
    EXPECT_THAT(file.lines, ::testing::Contains("#ifndef " + guard)) << file.path;
  }
}

// Written in two parts, so that this file does not hold them itself.
std::vector<std::string> words_of_one_machine() {
  return {std::string("/wo") + "rk/",          std::string("/ho") + "me/",
          std::string("/ro") + "ot/",          std::string("pypi.") + "org",
          std::string("registry.npm") + "js",  std::string("crates.") + "io",
          std::string("deb.debian.") + "org",  std::string("proxy.go") + "lang",
          std::string("index.docker") + ".io", std::string("conan.") + "io"};
}

std::vector<std::string> machine_words_in(const ProjectFile& file) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < file.lines.size(); ++i)
    for (const std::string& word : words_of_one_machine())
      if (file.lines[i].find(word) != std::string::npos)
        found.push_back(file.path + ":" + std::to_string(i + 1) + " has " + word);
  return found;
}

TEST(Tree, NoFileNamesAPathOfOneMachineOrARegistry) {
  for (const ProjectFile& file : project_files()) {
    if (is_data(file.path) || file.path == "LICENSE") continue;
    EXPECT_THAT(machine_words_in(file), IsEmpty());
  }
}

TEST(Tree, APathOfOneMachineIsSeen) {
  EXPECT_THAT(machine_words_in({"a.txt", {"fine", std::string("see /ho") + "me/me/notes"}}),
              ::testing::SizeIs(1));
}

// Comment markers and indentation are no part of it, so that a citation may go on in the next line.
std::string words_of(const ProjectFile& file) {
  std::string text;
  for (const std::string& line : file.lines) {
    const std::size_t from = line.find_first_not_of(" /*#");
    if (from != std::string::npos) text += line.substr(from) + " ";
  }
  return text;
}

// Pages that are not in the repository: docs/ is the place of a rule.
std::vector<std::string> foreign_pages_in(const ProjectFile& file) {
  const std::string pages[] = {std::string("fine ") + "print ", std::string("spec ") + "section",
                               std::string("iss") + "ue \"", std::string("../") + "shared"};
  const std::string text = words_of(file);
  std::vector<std::string> found;
  for (const std::string& page : pages)
    if (text.find(page) != std::string::npos) found.push_back(file.path + " cites " + page);
  return found;
}

TEST(Tree, CommentsCiteNoPageThatIsNotHere) {
  for (const ProjectFile& file : project_files()) {
    if (is_data(file.path)) continue;
    EXPECT_THAT(foreign_pages_in(file), IsEmpty());
  }
  EXPECT_THAT(foreign_pages_in({"a.h", {"// Source    " + std::string("fine ") + "print 7."}}),
              ::testing::SizeIs(1));
  EXPECT_THAT(foreign_pages_in({"a.h", {"// by design (spec", "  // section 4)"}}),
              ::testing::SizeIs(1));
}

// Phrases that made native readers stop. Each is in two parts, so that this file does not hold it.
std::vector<std::string> odd_words_in(const ProjectFile& file) {
  const std::string words[] = {std::string(" an") + "ew",
                               std::string("so-man") + "ieth",
                               std::string("is told ") + "of",
                               std::string("not told ") + "of",
                               std::string("programs of ") + "kind",
                               std::string("a bit ") + "a ",
                               std::string("of no acc") + "ount",
                               std::string("is said ") + "so",
                               std::string("for who ") + "",
                               std::string("such ") + "ones"};
  const std::string text = words_of(file);
  std::vector<std::string> found;
  for (const std::string& word : words)
    if (text.find(word) != std::string::npos) found.push_back(file.path + " says" + word);
  return found;
}

TEST(Tree, CommentsAndMessagesHaveNoneOfThePhrasesThatStopAReader) {
  for (const ProjectFile& file : project_files()) {
    if (is_data(file.path) || file.path.starts_with("tests/") || file.path == "LICENSE") continue;
    EXPECT_THAT(odd_words_in(file), IsEmpty());
  }
  EXPECT_THAT(odd_words_in({"a.h", {"// numbers begin" + std::string(" an"), "// ew"}}), IsEmpty());
  EXPECT_THAT(odd_words_in({"a.h", {"// numbers begin" + std::string(" an") + "ew"}}),
              ::testing::SizeIs(1));
}

// A stray quote in a list of stages once ended CI after its tests.
TEST(Tree, EveryShellScriptParses) {
  int scripts = 0;
  for (const ProjectFile& file : project_files()) {
    if (file.lines.empty() || file.lines[0] != "#!/bin/bash") continue;
    ++scripts;
    const std::string command =
        std::string("bash -n '") + ARENAFUZZ_SOURCE_DIR + "/" + file.path + "' 2>/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << file.path;
  }
  EXPECT_GE(scripts, 7);
}

// None is switched off or passes by decree; one that skips says how to un-skip it.
TEST(Tree, NoTestIsSwitchedOffOrSkippedWithoutAWayBack) {
  const std::vector<std::string> words = {
      std::string("GTEST_") + "SKIP", std::string("SUCC") + "EED()", std::string("DISA") + "BLED_"};
  for (const ProjectFile& file : project_files("tests")) {
    for (const std::string& line : file.lines) {
      if (line.find("to un-skip, ") != std::string::npos) continue;
      for (const std::string& word : words)
        EXPECT_EQ(line.find(word), std::string::npos) << file.path << ": " << line;
    }
  }
}

}  // namespace
}  // namespace arenafuzz
