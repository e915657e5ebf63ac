// SPDX-License-Identifier: GPL-2.0-only
//
// Who may include whom (the folder graph of the design).
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

// folder -> the folders, or files, that it may include besides itself.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"src/pool", {}},
    {"src/kernel", {"src/pool", "src/kernel/shim"}},
    {"src/kernel/shim", {"src/kernel/seam.h"}},
    {"faultinject", {"src/pool"}},
    // A program's faults are plain values of the injector's: no pool, nothing that runs.
    {"fuzz/program", {"faultinject/fault_plan.h", "faultinject/injector.h"}},
    {"fuzz/harness", {"src/pool", "src/kernel", "faultinject", "fuzz/program"}},
    // Files and processes: the standard library only.
    {"fuzz/base", {}},
    {"fuzz/engines", {"fuzz/program"}},
    {"fuzz/targets", {"src/pool", "faultinject", "fuzz/program", "fuzz/harness"}},
    // It renders what it is given as JSON: no part of the project stands below it.
    {"fuzz/report", {}},
    {"fuzz/session",
     {"src/pool", "faultinject", "fuzz/base", "fuzz/program", "fuzz/harness", "src/kernel",
      "fuzz/targets"}},
    {"fuzz/corpus",
     {"src/pool", "faultinject", "fuzz/base", "fuzz/program", "fuzz/harness", "fuzz/session"}},
    {"fuzz/triage/minimize",
     {"src/pool", "faultinject", "fuzz/base", "fuzz/program", "fuzz/harness", "fuzz/session"}},
    {"fuzz/triage/reproduce",
     {"src/pool", "faultinject", "fuzz/base", "fuzz/program", "fuzz/harness", "fuzz/session",
      "fuzz/triage/minimize"}},
    {"fuzz/triage/folder",
     {"src/pool", "faultinject", "fuzz/base", "fuzz/program", "fuzz/harness", "src/kernel",
      "fuzz/targets/targets.h", "fuzz/session", "fuzz/report", "fuzz/triage/minimize",
      "fuzz/triage/reproduce"}},
    {"fuzz/campaign",
     {"src/pool", "src/kernel/tree_info.h", "faultinject", "fuzz/base", "fuzz/program",
      "fuzz/harness", "fuzz/session", "fuzz/corpus", "fuzz/targets/targets.h",
      "fuzz/targets/stats.h", "fuzz/report", "fuzz/triage/minimize", "fuzz/triage/folder"}},
    {"fuzz/cli/main", {"fuzz/cli", "fuzz/session"}},
    {"fuzz/cli",
     {"src/pool", "faultinject", "fuzz/base", "fuzz/program", "fuzz/harness", "src/kernel",
      "fuzz/targets", "fuzz/session", "fuzz/corpus", "fuzz/triage/minimize",
      "fuzz/triage/reproduce", "fuzz/triage/folder", "fuzz/campaign", "fuzz/report"}},
};

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
    const auto allowed = kMayInclude.find(file.folder());
    if (allowed == kMayInclude.end()) continue;
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
  const ProjectFile planted{"src/pool/planted.cc", {"#include \"fuzz/harness/judge.h\""}};
  EXPECT_THAT(upward_includes({planted}),
              ElementsAre("src/pool/planted.cc includes fuzz/harness/judge.h"));
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
  for (const auto& [folder, allowed] : kMayInclude) known.insert(folder);
  for (const ProjectFile& file : project_files()) {
    if (!testing::is_source(file.path) || file.path.starts_with("tests/")) continue;
    EXPECT_THAT(known, Contains(file.folder())) << file.path;
  }
}

TEST(IncludeOrder, TheGraphHasNoCycle) {
  for (const auto& [folder, allowed] : kMayInclude) {
    for (const std::string& below : allowed) {
      const auto back = kMayInclude.find(below);
      EXPECT_FALSE(back != kMayInclude.end() && back->second.contains(folder)) << folder;
    }
  }
}

TEST(IncludeOrder, NothingOutsideTestsIncludesATest) {
  for (const ProjectFile& file : project_files()) {
    if (file.path.starts_with("tests/")) continue;
    for (const std::string& line : file.lines)
      EXPECT_FALSE(quoted_include(line).starts_with("tests/")) << file.path;
  }
}

// OSS-Fuzz links targets with libc++ and nothing else.
TEST(IncludeOrder, OnlyTheCommandItsCampaignsAndPagesIncludeLibrariesOtherThanTheStandardOnes) {
  for (const ProjectFile& file : project_files()) {
    if (!testing::is_source(file.path) || file.path.starts_with("tests/") ||
        file.path.starts_with("fuzz/cli/") || file.path.starts_with("fuzz/report/") ||
        file.path.starts_with("fuzz/session/") || file.path.starts_with("fuzz/triage/") ||
        file.path.starts_with("fuzz/corpus/") || file.path.starts_with("fuzz/campaign/"))
      continue;
    for (const std::string& line : file.lines)
      for (const char* library : {"<CLI/", "<fmt/", "<nlohmann/", "<gtest/", "<gmock/"})
        EXPECT_EQ(line.find(std::string("#include ") + library), std::string::npos) << file.path;
  }
}

}  // namespace
}  // namespace arenafuzz
