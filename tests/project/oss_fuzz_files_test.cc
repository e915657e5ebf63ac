// SPDX-License-Identifier: GPL-2.0-only
//
// What OSS-Fuzz's presubmit and ClusterFuzzLite want of our files, and what they would not say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::text_of;

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Their presubmit looks for this address in every script and Dockerfile.
TEST(OssFuzzFiles, ScriptsAndDockerfilesHaveTheirHeader) {
  int count = 0;
  for (const testing::ProjectFile& file : testing::project_files()) {
    const bool theirs = file.path.rfind("fuzz/engines/oss-fuzz/", 0) == 0 ||
                        file.path.rfind(".clusterfuzzlite/", 0) == 0;
    if (!theirs || !(ends_with(file.path, ".sh") || ends_with(file.path, "Dockerfile"))) continue;
    ++count;
    EXPECT_THAT(text_of(file.path), HasSubstr("http://www.apache.org/licenses/LICENSE-2.0"))
        << file.path;
  }
  EXPECT_EQ(count, 6);
}

TEST(OssFuzzFiles, TheImageIsThatOfTheProjectFile) {
  const std::string project = text_of("fuzz/engines/oss-fuzz/project.yaml");
  const std::string image = text_of("fuzz/engines/oss-fuzz/Dockerfile");
  const std::size_t at = project.find("base_os_version: ");
  ASSERT_NE(at, std::string::npos);
  const std::string version = project.substr(at + 17, project.find('\n', at) - at - 17);
  EXPECT_THAT(image, HasSubstr("base-builder:" + version + "\n"));
  EXPECT_THAT(image, HasSubstr("COPY build.sh run_tests.sh $SRC/\n"));
  // Links to sources are made for repositories of GitHub, not for those of git.kernel.org.
  EXPECT_THAT(image, HasSubstr("https://github.com/torvalds/linux"));
}

// Names that infra/presubmit.py of August 2026 knows.
TEST(OssFuzzFiles, TheProjectFileHasSectionsThatTheirPresubmitKnows) {
  const std::set<std::string> kKnown = {
      "homepage",   "language",      "main_repo",     "primary_contact",     "base_os_version",
      "sanitizers", "architectures", "auto_ccs",      "coverage_extra_args", "fuzzing_engines",
      "help_url",   "vendor_ccs",    "builds_per_day"};
  for (const testing::ProjectFile& file : testing::project_files()) {
    if (file.path != "fuzz/engines/oss-fuzz/project.yaml") continue;
    for (const std::string& line : file.lines) {
      if (line.empty() || line[0] == ' ' || line[0] == '#') continue;
      EXPECT_EQ(kKnown.count(line.substr(0, line.find(':'))), 1u) << line;
    }
  }
}

// UBSan keeps the names of types with virtual functions, and a lambda's has the path of its file:
// with a std::function of one, builds of the same sources in two folders differ.
TEST(OssFuzzFiles, NothingShippedKeepsALambdaBehindVirtualFunctions) {
  int count = 0;
  for (const char* folder :
       {"src", "faultinject", "fuzz/program", "fuzz/harness", "fuzz/targets"}) {
    for (const testing::ProjectFile& file : testing::project_files(folder)) {
      if (!testing::is_source(file.path)) continue;
      ++count;
      for (const std::string& line : file.lines)
        for (const char* word : {"std::function", "std::any ", "std::packaged_task"})
          EXPECT_THAT(line, Not(HasSubstr(word))) << file.path;
    }
  }
  EXPECT_GT(count, 100);
}

// A pull request is compared with the last build of main, which somebody has to keep; a crash that
// main has already would else be the pull request's.
TEST(OssFuzzFiles, BuildsOfMainAreKept) {
  const std::string build = text_of(".github/workflows/cflite_build.yml");
  EXPECT_THAT(build, HasSubstr("branches: [main]"));
  EXPECT_THAT(build, HasSubstr("upload-build: true"));
  EXPECT_THAT(build, HasSubstr("sanitizer: [address, undefined]"));
}

TEST(OssFuzzFiles, WorkflowsHaveNarrowPermissionsAndAToken) {
  for (const char* name : {"build", "pr", "batch", "prune", "coverage"}) {
    const std::string text = text_of(std::string(".github/workflows/cflite_") + name + ".yml");
    EXPECT_THAT(text, Not(HasSubstr("read-all"))) << name;
    EXPECT_THAT(text, Not(HasSubstr("write-all"))) << name;
    EXPECT_THAT(text, HasSubstr("\npermissions:\n  contents: read\n  actions: read")) << name;
    EXPECT_THAT(text, HasSubstr("\nconcurrency:\n")) << name;
    std::size_t uses = 0;
    std::size_t tokens = 0;
    for (std::size_t at = 0; (at = text.find("google/clusterfuzzlite/", at)) != std::string::npos;
         ++at)
      ++uses;
    for (std::size_t at = 0; (at = text.find("github-token: ", at)) != std::string::npos; ++at)
      ++tokens;
    EXPECT_EQ(uses, tokens) << name;
    if (std::string(name) == "build") continue;
    EXPECT_THAT(text, HasSubstr("vars.FUZZ_STORAGE_REPO")) << name;
  }
  for (const char* name : {"pr", "batch"})
    EXPECT_THAT(text_of(std::string(".github/workflows/cflite_") + name + ".yml"),
                HasSubstr("output-sarif: true"));
}

// The script of the workflow's last step.
std::string last_script_of(const std::string& workflow) {
  const std::string text = text_of(workflow);
  const std::size_t at = text.rfind("        run: |\n");
  return at == std::string::npos ? "" : text.substr(text.find('\n', at) + 1);
}

// Their report for code scanning has no place for what an oracle found: the run's page has it.
TEST(OssFuzzFiles, ThePageOfARunHasWhatAnOracleFound) {
  const std::string script = last_script_of(".github/workflows/cflite_pr.yml");
  EXPECT_EQ(script, last_script_of(".github/workflows/cflite_batch.yml"));
  std::string name = ::testing::TempDir() + "arenafuzz-page-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const std::filesystem::path place = name;
  std::filesystem::create_directories(place / "out/artifacts/pool_fuzzer/address");
  const auto write = [&](const std::string& file, const std::string& text) {
    std::ofstream(place / file) << text;
  };
  write("out/artifacts/pool_fuzzer/address/crash-1.summary",
        "INFO: Seed: 1\nASSERTION FAILED: bug.free.none\nsignature  bug.free.none.a.b\n"
        "AddressSanitizer:DEADLYSIGNAL\nSUMMARY: AddressSanitizer: ILL\n");
  write("out/artifacts/pool_fuzzer/address/crash-2.summary",
        "[arenafuzz:FATAL:pool.cc(1)] Check failed: warn.free.none.a.b\ntier  contract\n"
        "==1==ERROR: AddressSanitizer: ILL\n");
  write("script", script);
  ASSERT_EQ(std::system(("cd '" + name + "' && GITHUB_STEP_SUMMARY=page bash -e script").c_str()),
            0);
  std::string page;
  for (const std::string& line : testing::lines_of(place / "page")) page += line + "\n";
  std::filesystem::remove_all(place);
  EXPECT_EQ(
      page,
      "pool_fuzzer/address/crash-1.summary\n\n    ASSERTION FAILED: bug.free.none\n"
      "    signature  bug.free.none.a.b\n    SUMMARY: AddressSanitizer: ILL\n"
      "pool_fuzzer/address/crash-2.summary\n\n"
      "    [arenafuzz:FATAL:pool.cc(1)] Check failed: warn.free.none.a.b\n    tier  contract\n");
}

}  // namespace
}  // namespace arenafuzz
