// SPDX-License-Identifier: GPL-2.0-only
//
// The committed corpus: as the seeds make it, readable, clean, and the same in any order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "fuzz/corpus/content_hash.h"
#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/executor.h"
#include "fuzz/program/round_trip.h"
#include "tests/tools/corpus_files.h"
#include "tests/tools/seed_files.h"

namespace arenafuzz {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
namespace fs = std::filesystem;

const std::string kCorpus = std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus/";

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  EXPECT_TRUE(collect_files(kCorpus + folder, &files)) << folder;
  std::sort(files.begin(), files.end());
  return files;
}

Program program_of(const std::string& file) {
  Program program;
  std::string why;
  EXPECT_TRUE(read_program(file, &program, &why)) << why;
  return program;
}

// One process may hold one executor at a time.
struct Runner {
  CppBackend backend;
  Executor executor{backend};
  const Verdict& run(const std::string& file) { return executor.run(program_of(file)); }
};

std::string first_finding(const Verdict& verdict) {
  if (verdict.clean()) return "";
  const Finding& finding = verdict.findings[0];
  return signature(finding) + ": expected " + finding.expected + ", got " + finding.got;
}

TEST(Corpus, EverySeedParsesAndHasANameOfItsOwn) {
  std::string why;
  EXPECT_THAT(seed_files(kCorpus + "seeds", &why), Not(IsEmpty()));
  EXPECT_EQ(why, "");
}

TEST(Corpus, GivesASeedToEachFolderThatItNamesWithItsProfile) {
  std::vector<Seed> made;
  ASSERT_TRUE(seeds::add_seed(
      "a", "# arenafuzz\n# Why.\n# folders: pool regression\nheader profile:faults maps:2\nheal\n",
      &made));
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].folder + " " + made[1].folder, "pool regression");
  EXPECT_EQ(made[0].text, "# arenafuzz\n# Why.\nheader profile:correct maps:2\nheal\n");
  EXPECT_EQ(made[1].text, "# arenafuzz\n# Why.\nheader profile:faults maps:2\nheal\n");
  EXPECT_EQ(std::pair(made[0].as_text, made[1].as_text), std::pair(false, true));
}

TEST(Corpus, RefusesASeedWithoutItsThreeLinesOrOfAFolderThatIsNotThere) {
  for (const char* text :
       {"heal\n", "# arenafuzz\n# Why.\nheader profile:faults\n",
        "# arenafuzz\n# Why.\n# folders: pool\nheal\n", "# arenafuzz\n# Why.\n# folders: ",
        "# arenafuzz\n# Why.\n# folders: \nheader profile:faults\n",
        "# arenafuzz\n# Why.\n# folders: pol\nheader profile:faults\n"}) {
    std::vector<Seed> made;
    EXPECT_FALSE(seeds::add_seed("a", text, &made)) << text;
  }
}

TEST(Corpus, EqualsWhatTheSeedsMakeByteForByte) {
  std::string why;
  for (const auto& [name, content] : seed_files(kCorpus + "seeds", &why)) {
    std::string committed;
    ASSERT_TRUE(read_file(kCorpus + name, &committed)) << "regenerate: see corpus/README.md";
    EXPECT_EQ(committed, content) << name << ": regenerate, see corpus/README.md";
  }
}

// What `corpus merge` took from runs of the engines: named by its content.
bool is_found(const std::string& file) {
  return is_content_hash(fs::path(file).filename().string());
}

// Findings that were kept by hand are welcome in regression/, and only there.
TEST(Corpus, HoldsNothingThatNeitherASeedNorAnEngineMadeOutsideRegression) {
  std::string why;
  const auto made = seed_files(kCorpus + "seeds", &why);
  for (const std::string& file : files_below("")) {
    const std::string name = file.substr(kCorpus.size());
    if (name.starts_with("regression/") || name.starts_with("seeds/") || is_found(file)) continue;
    EXPECT_TRUE(made.contains(name)) << name;
  }
}

TEST(Corpus, NamesWhatAnEngineFoundByItsContent) {
  int found = 0;
  for (const std::string& file : files_below("")) {
    if (!is_found(file)) continue;
    ++found;
    std::string content;
    ASSERT_TRUE(read_file(file, &content));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(content.data());
    EXPECT_EQ(content_hash({bytes, content.size()}), fs::path(file).filename()) << file;
  }
  EXPECT_GT(found, 100);
}

TEST(Corpus, IsSmallerThanTwoMebibytes) {
  std::uintmax_t bytes = 0;
  for (const std::string& file : files_below("")) bytes += fs::file_size(file);
  RecordProperty("bytes", std::to_string(bytes));
  EXPECT_LT(bytes, 2u << 20);
}

TEST(Corpus, EveryFileComesBackTheSameFromTextAndBytes) {
  for (const std::string& file : files_below("")) {
    const Program program = program_of(file);
    std::string why;
    EXPECT_TRUE(check_program(program, &why)) << file << ": " << why;
    // The target `program` is about any bytes.
    if (file.ends_with(".txt") || (is_found(file) && file.starts_with(kCorpus + "program/")))
      continue;
    std::string content;
    ASSERT_TRUE(read_file(file, &content));
    std::vector<std::uint8_t> canonical;
    encode(program, &canonical);
    EXPECT_EQ(std::string(canonical.begin(), canonical.end()), content) << file;
  }
}

// An alloc of 2^32 bytes is beyond the budget in any form. It is there for pools that refuse it
// without asking for pages, which is judged before the budget ends the program.
constexpr std::string_view kBeyondTheBudget = "/alloc_of_all_of_a_4_gib_arena.txt";

TEST(Corpus, EveryProgramIsCleanAndWithinItsBudget) {
  Runner runner;
  for (const std::string& file : files_below("")) {
    const Verdict& verdict = runner.run(file);
    EXPECT_EQ(first_finding(verdict), "") << file;
    EXPECT_EQ(verdict.end == EndReason::kOutOfBudget, file.ends_with(kBeyondTheBudget)) << file;
  }
}

TEST(Corpus, SkipsNothingInTheProfilesThatEachProgramIsWrittenFor) {
  Runner runner;
  for (const std::string& file : files_below("")) EXPECT_EQ(runner.run(file).skipped, 0u) << file;
}

TEST(Corpus, HasTheSameTraceHashAloneInReverseOrderAndTwiceInARow) {
  const std::vector<std::string> files = files_below("");
  std::map<std::string, std::uint64_t> alone;
  for (const std::string& file : files)
    if (!is_found(file)) alone[file] = Runner().run(file).trace_hash;
  Runner runner;
  // Too many for a runner each.
  for (const std::string& file : files)
    if (is_found(file)) alone[file] = runner.run(file).trace_hash;
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    EXPECT_EQ(runner.run(*file).trace_hash, alone[*file]) << *file << " in reverse order";
    EXPECT_EQ(runner.run(*file).trace_hash, alone[*file]) << *file << " twice in a row";
  }
}

struct Fallible {
  const char* prefix;
  FaultSite site;
};
constexpr Fallible kFallible[] = {{"f1_", FaultSite::kKmalloc},
                                  {"f2_", FaultSite::kPage},
                                  {"f3_", FaultSite::kVzalloc},
                                  {"f4_", FaultSite::kSpan},
                                  {"f5_", FaultSite::kRelease}};

// F4 and F5 happen inside an unwind, which needs a failed vzalloc, or the overlap guard.
TEST(Corpus, EachFallibleCallHasARegressionInWhichItFires) {
  Runner runner;
  for (const Fallible& call : kFallible) {
    int programs = 0;
    for (const std::string& file : files_below("regression")) {
      if (!fs::path(file).filename().string().starts_with(call.prefix)) continue;
      ++programs;
      EXPECT_EQ(runner.run(file).faults_fired[static_cast<int>(call.site)], 1u) << file;
    }
    EXPECT_GE(programs, 1) << call.prefix;
  }
}

TEST(Corpus, EachFallibleCallHasARegressionInWhichItAloneFires) {
  Runner runner;
  for (const Fallible& call : kFallible) {
    int alone = 0;
    for (const std::string& file : files_below("regression")) {
      if (!fs::path(file).filename().string().starts_with(call.prefix)) continue;
      const Verdict& verdict = runner.run(file);
      std::uint64_t all = 0;
      for (const std::uint64_t fired : verdict.faults_fired) all += fired;
      alone += all == 1 && verdict.faults_fired[static_cast<int>(call.site)] == 1 ? 1 : 0;
    }
    EXPECT_GE(alone, 1) << call.prefix;
  }
}

TEST(Corpus, TheFullEnablePathOf8192CpusTakes2188Pages) {
  Runner runner;
  const Verdict& verdict = runner.run(kCorpus + "pool/enable_path_8192_cpus_succeeds");
  EXPECT_EQ(first_finding(verdict), "");
  EXPECT_EQ(runner.executor.injector().calls(FaultSite::kPage), 547u);
}

}  // namespace
}  // namespace arenafuzz
