// SPDX-License-Identifier: GPL-2.0-only
//
// Who may include whom: docs/layers.txt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::project_files;
using testing::ProjectFile;

// folder -> the folders, or files, that it may include besides itself; and what it holds.
struct Layers {
  std::map<std::string, std::set<std::string>> may_include;
  std::map<std::string, std::string> holds;
};

Layers read_layers(const std::vector<std::string>& lines) {
  Layers layers;
  std::string folder;
  for (const std::string& line : lines) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == ' ') {
      layers.holds[folder] = line.substr(2);
      continue;
    }
    const std::size_t colon = line.find(':');
    folder = line.substr(0, colon);
    std::istringstream words(line.substr(colon + 1));
    std::set<std::string>& allowed = layers.may_include[folder];
    for (std::string word; words >> word;) allowed.insert(word);
  }
  return layers;
}

const Layers& layers() {
  static const Layers kLayers =
      read_layers(testing::lines_of(ARENAFUZZ_SOURCE_DIR "/docs/layers.txt"));
  return kLayers;
}

std::string quoted_include(const std::string& line) {
  constexpr std::string_view kInclude = "#include \"";
  if (!line.starts_with(kInclude)) return "";
  const std::size_t end = line.find('"', kInclude.size());
  return line.substr(kInclude.size(), end - kInclude.size());
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// "file includes what it must not", one each.
std::vector<std::string> upward_includes(const std::vector<ProjectFile>& files) {
  std::vector<std::string> wrong;
  for (const ProjectFile& file : files) {
    const auto allowed = layers().may_include.find(file.folder());
    if (allowed == layers().may_include.end()) continue;
    for (const std::string& line : file.lines) {
      const std::string name = quoted_include(line);
      const std::string folder = folder_of(name);
      if (name.empty() || folder == file.folder() || allowed->second.contains(folder) ||
          allowed->second.contains(name))
        continue;
      wrong.push_back(file.path + " includes " + name);
    }
  }
  return wrong;
}

TEST(IncludeOrder, NoFileIncludesUpward) {
  EXPECT_THAT(upward_includes(project_files()), IsEmpty());
}

TEST(IncludeOrder, AnUpwardIncludeIsSeen) {
  const ProjectFile planted{"src/pool/planted.cc", {"#include \"fuzz/harness/judge/judge.h\""}};
  EXPECT_THAT(upward_includes({planted}),
              ElementsAre("src/pool/planted.cc includes fuzz/harness/judge/judge.h"));
}

TEST(IncludeOrder, AnIncludeWithoutItsFolderIsSeen) {
  const ProjectFile planted{"fuzz/harness/planted.cc", {"#include \"judge.h\""}};
  EXPECT_THAT(upward_includes({planted}), ElementsAre("fuzz/harness/planted.cc includes judge.h"));
}

TEST(IncludeOrder, TheProgramFormatMayNotTakeMoreOfTheInjector) {
  const ProjectFile planted{"fuzz/program/planted.h",
                            {"#include \"faultinject/faulty_sources.h\""}};
  EXPECT_THAT(upward_includes({planted}), ::testing::SizeIs(1));
}

TEST(IncludeOrder, EveryFolderWithSourcesHasItsPlaceInTheGraph) {
  std::set<std::string> known;
  for (const auto& [folder, allowed] : layers().may_include) known.insert(folder);
  for (const ProjectFile& file : project_files()) {
    if (!testing::is_source(file.path) || file.path.starts_with("tests/")) continue;
    EXPECT_THAT(known, Contains(file.folder())) << file.path;
  }
}

// A name that leads back to itself, or "".
std::string circle_in(const std::map<std::string, std::set<std::string>>& below) {
  for (const auto& [start, ignored] : below) {
    std::set<std::string> seen;
    std::vector<std::string> left = {start};
    while (!left.empty()) {
      const auto found = below.find(left.back());
      left.pop_back();
      if (found == below.end()) continue;
      for (const std::string& name : found->second) {
        if (name == start) return start;
        if (seen.insert(name).second) left.push_back(name);
      }
    }
  }
  return "";
}

// A header and the source of its name are one.
std::string module_of(const std::string& path) { return path.substr(0, path.rfind('.')); }

std::map<std::string, std::set<std::string>> modules_of(const std::vector<ProjectFile>& files) {
  std::map<std::string, std::set<std::string>> below;
  for (const ProjectFile& file : files) {
    if (!testing::is_source(file.path) || file.path.starts_with("tests/")) continue;
    const std::string module = module_of(file.path);
    for (const std::string& line : file.lines)
      if (const std::string name = quoted_include(line); !name.empty() && module_of(name) != module)
        below[module].insert(module_of(name));
  }
  return below;
}

TEST(IncludeOrder, NoFolderMayIncludeOneThatMayIncludeIt) {
  EXPECT_EQ(circle_in(layers().may_include), "");
  EXPECT_EQ(circle_in({{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}}), "a");
}

TEST(IncludeOrder, NoFileIncludesOneThatIncludesIt) {
  EXPECT_EQ(circle_in(modules_of(project_files())), "");
}

TEST(IncludeOrder, ACircleOfFilesIsSeen) {
  const ProjectFile a{"fuzz/x/a.h", {"#include \"fuzz/x/b.h\""}};
  const ProjectFile b{"fuzz/x/b.h", {"#include \"fuzz/x/c.h\""}};
  const ProjectFile c{"fuzz/x/c.h", {}};
  const ProjectFile source{"fuzz/x/c.cc", {"#include \"fuzz/x/a.h\""}};
  EXPECT_EQ(circle_in(modules_of({a, b, c})), "");
  EXPECT_EQ(circle_in(modules_of({a, b, c, source})), "fuzz/x/a");
}

// The README's map is this table, in its words.
std::vector<std::string> rows_missing_in(const std::vector<std::string>& readme) {
  std::vector<std::string> missing;
  for (const auto& [folder, holds] : layers().holds) {
    const std::string row = "| `" + folder + "` | " + holds + " |";
    if (std::find(readme.begin(), readme.end(), row) == readme.end()) missing.push_back(row);
  }
  return missing;
}

// Rows for folders that the table does not know: moved, or gone.
std::vector<std::string> rows_of_unknown_folders(const std::vector<std::string>& readme) {
  std::vector<std::string> unknown;
  for (const std::string& line : readme)
    for (const char* top : {"src/", "faultinject", "fuzz/"})
      if (line.starts_with(std::string("| `") + top) &&
          !layers().holds.contains(line.substr(3, line.find('`', 3) - 3)))
        unknown.push_back(line);
  return unknown;
}

TEST(IncludeOrder, TheReadmesMapSaysWhatTheTableSays) {
  EXPECT_EQ(layers().holds.size(), layers().may_include.size());
  const auto readme = testing::lines_of(ARENAFUZZ_SOURCE_DIR "/README.md");
  EXPECT_THAT(rows_missing_in(readme), IsEmpty());
  EXPECT_THAT(rows_of_unknown_folders(readme), IsEmpty());
  EXPECT_THAT(rows_missing_in({}), ::testing::SizeIs(layers().holds.size()));
  EXPECT_THAT(rows_of_unknown_folders({"| `fuzz/gone` | x |"}), ::testing::SizeIs(1));
}

TEST(IncludeOrder, NothingOutsideTestsIncludesATest) {
  for (const ProjectFile& file : project_files()) {
    if (file.path.starts_with("tests/")) continue;
    for (const std::string& line : file.lines)
      EXPECT_FALSE(quoted_include(line).starts_with("tests/")) << file.path;
  }
}

// What fuzz targets and the engines' mutators are made of, by the table; and fuzz/base, which
// watches the code under test.
std::set<std::string> folders_of_targets() {
  std::set<std::string> found = {"fuzz/base"};
  std::vector<std::string> left = {"fuzz/targets", "fuzz/engines"};
  while (!left.empty()) {
    const std::string folder = left.back();
    left.pop_back();
    const auto row = layers().may_include.find(folder);
    if (row == layers().may_include.end() || !found.insert(folder).second) continue;
    left.insert(left.end(), row->second.begin(), row->second.end());
  }
  return found;
}

// OSS-Fuzz links targets with libc++ and nothing else.
TEST(IncludeOrder, WhatTargetsAreMadeOfIncludesTheStandardLibraryAlone) {
  const std::set<std::string> folders = folders_of_targets();
  EXPECT_THAT(folders, Contains("fuzz/harness"));
  EXPECT_THAT(folders, Contains("src/pool"));
  for (const ProjectFile& file : project_files()) {
    if (!testing::is_source(file.path) || !folders.contains(file.folder())) continue;
    for (const std::string& line : file.lines)
      for (const char* library : {"<CLI/", "<fmt/", "<nlohmann/", "<gtest/", "<gmock/"})
        EXPECT_EQ(line.find(std::string("#include ") + library), std::string::npos) << file.path;
  }
}

}  // namespace
}  // namespace arenafuzz
