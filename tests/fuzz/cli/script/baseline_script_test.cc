// SPDX-License-Identifier: GPL-2.0-only
//
// ./arenafuzz --baseline, on copies of tests/fixtures/kernel_tree. The tree before the change has a
// finding of its own: a size of 0 claims pages.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/script/script_run.h"

namespace arenafuzz {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
namespace fs = std::filesystem;

const std::string kSource = ARENAFUZZ_SOURCE_DIR;

constexpr const char* kOldProgram =
    "# arenafuzz\nheader profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64\n"
    "a1 = alloc s0 0\nfree a0\n";
constexpr const char* kNewProgram =
    "# arenafuzz\nheader profile:faults pages:64\nenable s0 root m0\n"
    "a3 = alloc s0 4097 (fail vzalloc:1)\n";
// The leak comes behind a size of 0, at which the baseline's program ends.
constexpr const char* kHiddenProgram =
    "# arenafuzz\nheader profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 0\n"
    "a3 = alloc s0 4097 (fail vzalloc:1)\n";
// Where the pool grows by more, the second growth that fails does not come: only there is a pool.
constexpr const char* kOtherWayProgram =
    "# arenafuzz\nheader profile:faults pages:64\n"
    "enable_path s0 root m0 cpus:512 shards:0 cids:0 (fail vzalloc:2)\na0 = alloc s0 0\n";

constexpr const char* kNewSignature = "unwind.alloc.page.pages-kept.within-chunk.vzalloc";

class BaselineScript : public ScriptTest {
 protected:
  const Edit no_guard_ = {kArena, "\tif (!size)\n\t\treturn NULL;\n", ""};
  // Nothing is given back where the metadata of a growth fails.
  const Edit no_release_ = {
      kArena, "\t\tbpf_arena_free_pages_non_sleepable(sch->arena_map, user_address, pages);\n",
      "\t\t(void)user_address;\n"};

  void SetUp() override {
    ScriptTest::SetUp();
    write("old.txt", kOldProgram);
    write("new.txt", kNewProgram);
    for (const char* name : {"before", "same"}) make_tree(name, "kernel_tree", {no_guard_});
    make_tree("after", "kernel_tree", {no_guard_, no_release_});
  }

  CliResult compare(const char* command, const char* tree, std::vector<std::string> more) const {
    more.insert(more.begin(), {command, "--kernel-tree", tree, "--baseline", "before"});
    return script(more);
  }
  CliResult fuzz(const char* tree, std::vector<std::string> more) const {
    more.insert(more.begin(), {"--corpus", "seeds", "--jobs", "1", "--time", "60", "--json"});
    more.insert(more.end(), {"--", "-runs=0"});
    return compare("fuzz", tree, more);
  }
  // Trees take seconds to build, and each test is a process with trees of its own: these share
  // them.
  void what_the_baseline_shows_too_is_old_and_no_failure() const;
  void scripts_read_old_and_new_from_each_form() const;
  void known_comes_before_old_and_strict_spares_the_baselines_changes() const;
  void a_fuzz_run_passes_over_old_findings_and_so_does_the_next() const;
  void minimize_keeps_what_fails_here_and_not_there() const;
  void triage_marks_what_is_old() const;
};

void BaselineScript::what_the_baseline_shows_too_is_old_and_no_failure() const {
  const CliResult alone = script({"replay", "--kernel-tree", "same", "old.txt"});
  EXPECT_EQ(alone.exit_code, 1) << "it has a finding of its own";
  const CliResult same = compare("replay", "same", {"old.txt"});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_THAT(same.out,
              AllOf(HasSubstr("its files are those of the tree"), HasSubstr("old.txt: old hash:"),
                    HasSubstr("0 with a finding, 1 with old findings alone")));
  EXPECT_THAT(same.out, Not(HasSubstr("ASSERTION FAILED")));
  const CliResult after = compare("replay", "after", {"old.txt", "new.txt"});
  EXPECT_EQ(after.exit_code, 1);
  EXPECT_THAT(after.out, AllOf(HasSubstr("a finding that shows there too is old"),
                               HasSubstr("old.txt: old "), HasSubstr("new.txt: finding ")));
  EXPECT_THAT(after.out, HasSubstr(std::string("signature  ") + kNewSignature));
}

void BaselineScript::scripts_read_old_and_new_from_each_form() const {
  const CliResult json = compare("replay", "after", {"--json", "old.txt", "new.txt"});
  ASSERT_EQ(json.exit_code, 1) << json.err;
  const auto object = nlohmann::json::parse(json.out);
  EXPECT_EQ(object["baseline"], "before");
  EXPECT_EQ(object["old"], 1);
  EXPECT_EQ(object["findings"], 1);
  EXPECT_EQ(object["files"][0]["verdict"], "old");
  EXPECT_EQ(object["files"][0]["findings"][0]["old"], true);
  EXPECT_EQ(object["files"][1]["findings"][0]["old"], false);
  const CliResult ktap = compare("replay", "after", {"--ktap", "old.txt", "new.txt"});
  EXPECT_THAT(ktap.out, AllOf(HasSubstr("# old over-claim."), HasSubstr("\nok 1 old.txt\n"),
                              HasSubstr("\nnot ok 2 new.txt\n")));
  EXPECT_EQ(compare("replay", "after", {"--bisect", "old.txt"}).exit_code, 0);
  EXPECT_EQ(compare("replay", "after", {"--bisect", "new.txt"}).exit_code, 1);
}

void BaselineScript::known_comes_before_old_and_strict_spares_the_baselines_changes() const {
  write("known.txt", "over-claim\n");
  const CliResult known = compare("replay", "after", {"--known", "known.txt", "old.txt"});
  EXPECT_EQ(known.exit_code, 0);
  EXPECT_THAT(known.out, HasSubstr("old.txt: known "));
  EXPECT_EQ(compare("replay", "same", {"--strict", "old.txt", "new.txt"}).exit_code, 0);
}

void BaselineScript::a_fuzz_run_passes_over_old_findings_and_so_does_the_next() const {
  fs::create_directory(path("seeds"));
  script({"encode", "old.txt", "-o", "seeds/old"});
  for (const char* session : {"first", "second"}) {
    const CliResult same = fuzz("same", {});
    EXPECT_EQ(same.exit_code, 0) << session << same.err;
    const auto object = nlohmann::json::parse(same.out);
    EXPECT_THAT(object["findings"], SizeIs(0));
    ASSERT_THAT(object["old"], SizeIs(testing::Ge(1u)));
    EXPECT_GE(object["programs_with_old"], 1);
    EXPECT_TRUE(fs::exists(path(object["old"][0]["file"].get<std::string>())));
    EXPECT_THAT(same.err, HasSubstr("\nold, since the baseline shows them too"));
  }
  EXPECT_THAT(read("fuzz-out/known.txt"), HasSubstr("# old/over-claim."));
  script({"encode", "new.txt", "-o", "seeds/new"});
  const CliResult after = fuzz("after", {"--out", "other"});
  EXPECT_EQ(after.exit_code, 1) << after.err;
  const auto object = nlohmann::json::parse(after.out);
  ASSERT_THAT(object["findings"], SizeIs(1));
  EXPECT_EQ(object["findings"][0]["signature"], kNewSignature);
}

void BaselineScript::minimize_keeps_what_fails_here_and_not_there() const {
  write("both.txt", std::string(kNewProgram) + "a1 = alloc s0 0\n");
  const CliResult both = compare("minimize", "after", {"both.txt", "-o", "short.txt"});
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_THAT(both.err, HasSubstr(std::string("signature  unwind.alloc.page.pages-kept")));
  const CliResult old = compare("minimize", "after", {"old.txt"});
  EXPECT_EQ(old.exit_code, 2);
  EXPECT_THAT(old.err, HasSubstr("old.txt shows old findings alone, which before shows too"));
}

void BaselineScript::triage_marks_what_is_old() const {
  fs::create_directory(path("crashes"));
  fs::copy_file(path("old.txt"), path("crashes/old.txt"));
  const CliResult old = compare("triage", "after", {"crashes", "--out", "report"});
  EXPECT_EQ(old.exit_code, 0) << old.err;
  fs::copy_file(path("new.txt"), path("crashes/new.txt"));
  EXPECT_EQ(compare("triage", "after", {"crashes", "--out", "report"}).exit_code, 1);
  const auto report = nlohmann::json::parse(read("report/report.json"));
  EXPECT_EQ(report["not_known"], 1);
  for (const auto& cluster : report["clusters"])
    EXPECT_EQ(cluster["state"], cluster["signature"] == kNewSignature ? "new" : "old");
  const auto results = nlohmann::json::parse(read("report/report.sarif"))["runs"][0]["results"];
  for (const auto& result : results)
    EXPECT_EQ(result["baselineState"],
              result["properties"]["signature"] == kNewSignature ? "new" : "unchanged");
}

TEST_F(BaselineScript, ReplayTellsOldFromNew) {
  what_the_baseline_shows_too_is_old_and_no_failure();
  scripts_read_old_and_new_from_each_form();
  known_comes_before_old_and_strict_spares_the_baselines_changes();
}

TEST_F(BaselineScript, EveryCommandTellsOldFromNew) {
  a_fuzz_run_passes_over_old_findings_and_so_does_the_next();
  minimize_keeps_what_fails_here_and_not_there();
  triage_marks_what_is_old();
}

TEST_F(BaselineScript, WhatTheBaselinesOwnFindingHidesIsNew) {
  make_tree(
      "after", "kernel_tree",
      {no_guard_,
       no_release_,
       {kArena, "\tif (size > ARENA_MOST_BYTES)", "\tif (!size || size > ARENA_MOST_BYTES)"}});
  write("hidden.txt", kHiddenProgram);
  const CliResult result = compare("replay", "after", {"hidden.txt"});
  EXPECT_EQ(result.exit_code, 1) << result.out;
  EXPECT_THAT(result.out, HasSubstr(std::string("signature  ") + kNewSignature));
}

TEST_F(BaselineScript, AnOldFindingReachedByAnotherWayIsOld) {
  make_tree("same", "kernel_tree",
            {no_guard_, {kArena, "ARENA_LEAST_GROWTH\t4UL", "ARENA_LEAST_GROWTH\t16UL"}});
  write("way.txt", kOtherWayProgram);
  EXPECT_EQ(script({"replay", "--kernel-tree", "before", "way.txt"}).exit_code, 0);
  EXPECT_EQ(script({"replay", "--kernel-tree", "same", "way.txt"}).exit_code, 1);
  const CliResult result = compare("replay", "same", {"way.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("way.txt: change "), HasSubstr("0 with a finding")));
}

TEST_F(BaselineScript, ABaselineThatDiesOrHangsStillGivesAVerdict) {
  const std::string entry = "\tif (!sch->arena_pool)\n\t\treturn NULL;\n\tif (size > ";
  // One build of each tree: what it does to its process is asked of the environment.
  const std::string death =
      "\tif (!size) {\n\t\tchar *getenv(const char *name);\n"
      "\t\tconst char *death = getenv(\"ARENAFUZZ_TEST_DEATH\");\n"
      "\t\tswitch (death ? *death : 0) {\n\t\tcase 't': __builtin_trap();\n"
      "\t\tcase 'n': *(volatile int *)8 = 1; break;\n"
      "\t\tcase 'l': for (;;) asm volatile(\"\");\n\t\t}\n\t}\n";
  for (const char* name : {"before", "same"})
    make_tree(name, "kernel_tree", {no_guard_, no_release_, {kArena, entry, death + entry}});
  fs::create_directory(path("crashes"));
  fs::copy_file(path("old.txt"), path("crashes/old.txt"));
  setenv("ARENAFUZZ_TEST_DEATH", "trap", 1);
  const CliResult old = compare("triage", "same", {"--out", "out", "crashes"});
  EXPECT_EQ(old.exit_code, 0) << old.out << old.err;
  EXPECT_THAT(old.out, HasSubstr("1. old "));
  for (const char* way : {"null", "loop"}) {
    setenv("ARENAFUZZ_TEST_DEATH", way, 1);
    const CliResult other = compare("replay", "after", {"--timeout", "1", "old.txt"});
    EXPECT_EQ(other.exit_code, 1) << "not what the baseline does: " << way << other.err;
  }
  unsetenv("ARENAFUZZ_TEST_DEATH");
}

TEST_F(BaselineScript, WhatCannotBeABaselineIsRefusedInOneSentence) {
  fs::remove_all(path("gen"));
  fs::create_directories(path("gen/lib"));
  fs::create_directories(path("gen/include"));
  fs::copy(path("before/lib"), path("gen/lib"), fs::copy_options::recursive);
  fs::copy(path("before/include"), path("gen/include"), fs::copy_options::recursive);
  const auto expect = [this](const std::vector<std::string>& words, const char* part) {
    const CliResult result = script(words);
    EXPECT_EQ(result.exit_code, 2) << part;
    EXPECT_THAT(result.err, HasSubstr(part));
  };
  expect({"replay", "--kernel-tree", "same", "--baseline", "nowhere", "old.txt"},
         "no readable folder nowhere: name the root of a kernel tree with --baseline");
  expect({"replay", "--kernel-tree", "same", "--baseline", "gen", "old.txt"},
         "the baseline gen has neither kernel/sched/ext_arena.c nor kernel/sched/ext/arena.c");
  expect({"replay", "--baseline", "before", "old.txt"}, "--baseline compares kernel trees");
  const CliResult bisect =
      script({"replay", "--bisect", "--kernel-tree", "same", "--baseline", "nowhere", "old.txt"});
  EXPECT_EQ(bisect.exit_code, 125);
  const CliResult itself =
      script({"replay", "--kernel-tree", "same", "--baseline", "./same", "old.txt"});
  EXPECT_EQ(itself.exit_code, 0);
  EXPECT_THAT(itself.out, HasSubstr("it is the tree itself, so that every finding is old"));
}

}  // namespace
}  // namespace arenafuzz
