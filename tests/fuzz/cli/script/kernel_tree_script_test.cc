// SPDX-License-Identifier: GPL-2.0-only
//
// ./arenafuzz --kernel-tree on copies of tests/fixtures/kernel_tree.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/fuzz/cli/script/script_run.h"

namespace arenafuzz {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

const std::string kSource = ARENAFUZZ_SOURCE_DIR;
const std::string kFixtures = kSource + "/tests/fixtures/";

constexpr const char* kProgram =
    "header profile:faults pages:64\n"
    "enable s0 root m0\n"
    "a3 = alloc s0 4097 (fail vzalloc:1)\n"
    "a4 = alloc s0 8192\n"
    "free a4\n";
constexpr const char* kGenPool =
    "header profile:faults kind:gen_pool order:3\ncreate\nadd 65536 size:4096\na0 = alloc 8\n";
constexpr const char* kLargePages = "header pages:64 page:16384\nenable s0 root m0\n";

std::string content_of(const fs::path& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class KernelTreeScript : public ScriptTest {
 protected:
  void SetUp() override {
    ScriptTest::SetUp();
    write("a.txt", kProgram);
    write("gen_pool.txt", kGenPool);
    write("large_pages.txt", kLargePages);
  }

  // Every path below, and what the files hold.
  std::map<std::string, std::string> snapshot(const std::string& tree) const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(path(tree)))
      all[entry.path().string()] = entry.is_regular_file() ? content_of(entry.path()) : "";
    return all;
  }

  // Exit 2; the last line on stderr is ours and has `part`.
  static void expect_refusal_at_the_end(const CliResult& result, const std::string& part) {
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, ContainsRegex("arenafuzz: [^\n]*\n$"));
    const std::size_t line = result.err.rfind("arenafuzz: ");
    EXPECT_THAT(result.err.substr(std::min(line, result.err.size())), HasSubstr(part));
  }
};

TEST_F(KernelTreeScript, SeesAnEditOfATreeWithAnyNameAndWritesNothingIntoIt) {
  const std::string tree = make_tree("a 'tree' $(x) \"q\"", "kernel_tree");
  const CliResult sound = script({"replay", "--kernel-tree", tree, "a.txt"});
  EXPECT_EQ(sound.exit_code, 0) << sound.err;
  EXPECT_THAT(sound.out, StartsWith("kernel tree "));
  EXPECT_THAT(sound.out.substr(0, sound.out.find('\n')), HasSubstr("$(x)"));
  ASSERT_EQ(run_shell("patch -s -p1 -d " + quoted(tree) + " -i " +
                      quoted(kFixtures + "patches/defects/unwind_without_release.patch"))
                .exit_code,
            0);
  const auto before = snapshot(tree);
  const CliResult edited = script({"replay", "--kernel-tree", tree, "a.txt"});
  EXPECT_EQ(edited.exit_code, 1) << edited.err;
  EXPECT_THAT(edited.out, HasSubstr("unwind.alloc.page.pages-kept.within-chunk.vzalloc"));
  EXPECT_THAT(edited.out, ContainsRegex("scx_arena_grow kernel/sched/ext_arena.c:[0-9]+\n"));
  EXPECT_THAT(edited.out, HasSubstr("\ntree       no git, clean\n"));
  EXPECT_EQ(snapshot(tree), before);
}

TEST_F(KernelTreeScript, RefusesWhatIsNoTreeBeforeItBuildsAnything) {
  const std::string tree = make_tree("tree", "kernel_tree");
  fs::remove(path(tree + "/lib/genalloc.c"));
  expect_refusal(script({"replay", "--kernel-tree", "nowhere", "a.txt"}),
                 "no readable folder nowhere");
  expect_refusal(script({"replay", "--kernel-tree", "a.txt", "a.txt"}), "no readable folder a.txt");
  expect_refusal(script({"replay", "--kernel-tree", tree, "a.txt"}), "cannot read lib/genalloc.c");
  expect_refusal(script({"fuzz", "--kernel-tree=" + tree}), "cannot read lib/genalloc.c");
  expect_refusal(script({"replay", "--glue", "a.txt", "a.txt"}), "name it with --kernel-tree");
  expect_refusal(script({"replay", "--kernel-tree", tree, "--glue", "nowhere", "a.txt"}),
                 "cannot read the glue nowhere");
  EXPECT_EQ(script({"replay", "--bisect", "--kernel-tree", tree, "a.txt"}).exit_code, 125);
}

TEST_F(KernelTreeScript, ShowsTheCompilersMessageOfAFileThatDoesNotCompile) {
  const std::string tree =
      make_tree("tree", "kernel_tree", {{kArena, "", "int broken(void) { return }\n"}});
  const CliResult result = script({"replay", "--kernel-tree", tree, "a.txt"});
  expect_refusal_at_the_end(result, "the tree's files do not compile");
  EXPECT_THAT(result.err, HasSubstr("ext_arena.c:129:27: error: "));
  EXPECT_EQ(script({"replay", "--bisect", "--kernel-tree", tree, "a.txt"}).exit_code, 125);
}

// Folders of builds are named by a hash, and "cc" may stand in it, as in anybody's name.
TEST_F(KernelTreeScript, TakesNoMessageForTheCompilersCommandLine) {
  write("log",
        "[3/9] Building C object a.o\n/usr/bin/clang-19 -c /trees/rebecca/a.c\n"
        "/trees/rebecca/fuzz-4d0f716cc453/ext_arena.c:129:27: error: expected expression\n");
  const CliResult result =
      run_shell("bash -c 'refuse() { echo \"$*\"; exit 2; }; . " ARENAFUZZ_SOURCE_DIR
                "/scripts/kernel_build.sh; explain_failed_build log'");
  EXPECT_EQ(result.err,
            "/trees/rebecca/fuzz-4d0f716cc453/ext_arena.c:129:27: error: expected expression\n");
}

TEST_F(KernelTreeScript, NamesTheSymbolOrHeaderThatTheShimLacks) {
  std::string tree = make_tree("tree", "kernel_tree",
                               {{kArena, "", "int lost(void) { return frobnicate_pages(1); }\n"}});
  expect_refusal_at_the_end(
      script({"replay", "--kernel-tree", tree, "a.txt"}),
      "the shim has no frobnicate_pages: if it is the kernel's, add it to the header of its "
      "subject in src/kernel/shim");
  tree = make_tree("tree", "kernel_tree", {{kArena, "", "#include <linux/frobnicate.h>\n"}});
  expect_refusal_at_the_end(script({"replay", "--kernel-tree", tree, "a.txt"}),
                            "the tree includes linux/frobnicate.h, which the shim does not "
                            "forward: add it to src/kernel/shim/forwarded_headers.txt");
}

TEST_F(KernelTreeScript, AsksForAGlueWhereAPrototypeChangedAndTakesIt) {
  const char* before = "scx_arena_alloc(struct scx_sched *sch, size_t size)";
  const char* after = "scx_arena_alloc(struct scx_sched *sch, size_t size, gfp_t flags)";
  const std::string tree =
      make_tree("tree", "kernel_tree",
                {{kArena, before, after}, {"/kernel/sched/ext_arena.h", before, after}});
  expect_refusal_at_the_end(script({"replay", "--kernel-tree", tree, "a.txt"}),
                            "adapt a copy of it and pass it as --glue FILE");
  write("my glue.c", content_of(kSource + "/src/kernel/arena_glue.c"));
  expect_refusal_at_the_end(
      script({"replay", "--kernel-tree", tree, "--glue", "my glue.c", "a.txt"}),
      "do not fit my glue.c");
  edit("my glue.c", "[scheduler], bytes);", "[scheduler], bytes, GFP_KERNEL);");
  const CliResult result =
      script({"replay", "--kernel-tree", tree, "--glue", "my glue.c", "a.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\na.txt: clean hash:"));
}

TEST_F(KernelTreeScript, RunsTheGenPoolAloneOfATreeWithoutTheArenaPoolsFile) {
  const std::string tree = make_tree("tree", "kernel_tree");
  fs::remove_all(path(tree + "/kernel"));
  const CliResult fuzz = script({"fuzz", "--kernel-tree", tree, "--time", "1", "--jobs", "1"});
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.out << fuzz.err;
  EXPECT_THAT(fuzz.out, HasSubstr("tree has neither kernel/sched/ext_arena.c nor "
                                  "kernel/sched/ext/arena.c: running kernel_gen_pool"));
  EXPECT_THAT(fuzz.out, HasSubstr("\nsummary of target kernel_gen_pool\n"));
  const CliResult replay = script({"replay", "--kernel-tree", tree, "a.txt", "gen_pool.txt"});
  EXPECT_EQ(replay.exit_code, 0) << replay.err;
  EXPECT_THAT(replay.out, HasSubstr("2 programs: 1 clean, 0 with a finding, 1 that cannot run"));
  EXPECT_THAT(script({"replay", "--kernel-tree", tree, "--ktap", "a.txt"}).out,
              HasSubstr("\nok 1 a.txt # SKIP the tree has no arena pool\n"));
  expect_refusal_at_the_end(
      script({"replay", "--kernel-tree", tree, "--target", "pool_faults", "a.txt"}),
      "only --target kernel_gen_pool can run there");
}

TEST_F(KernelTreeScript, BuildsATreeThatWantsAConstantPageForPagesOf4KiB) {
  const std::string tree =
      make_tree("tree", "kernel_tree",
                {{kArena, "",
                  "enum { ARENA_PARTS = PAGE_SIZE >> 9 };\n"
                  "static const char arena_parts[PAGE_SIZE >> 9] __maybe_unused;\n"}});
  const CliResult result = script({"replay", "--kernel-tree", tree, "a.txt", "large_pages.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\nthe tree wants PAGE_SHIFT as a constant: programs of 16 and "
                                    "64 KiB pages are skipped and counted\n"));
  EXPECT_THAT(result.out, HasSubstr("\na.txt: clean hash:"));
  EXPECT_THAT(result.out, ContainsRegex("\nlarge_pages.txt: not-run .* end:skipped "
                                        "\\(the tree was built for pages of 4 KiB\\)\n"));
  EXPECT_THAT(result.out, HasSubstr("1 clean, 0 with a finding, 1 that cannot run there\n"));
}

TEST_F(KernelTreeScript, FindsWhatIsPlantedAndKnowsItInTheNextRun) {
  const std::string tree = make_tree("planted", "kernel_tree_planted");
  const std::vector<std::string> words = {"fuzz", "--kernel-tree", tree, "--json", "--jobs",
                                          "1",    "--out"};
  auto with = [&words](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return more;
  };
  // The seeds alone.
  const CliResult first = script(with({"first", "--", "-runs=0"}));
  EXPECT_EQ(first.exit_code, 1) << first.err;
  std::set<std::string> found;
  const auto object = nlohmann::json::parse(first.out);
  for (const auto& finding : object["findings"]) found.insert(finding["signature"]);
  EXPECT_THAT(found, ::testing::IsSupersetOf({"unwind.alloc.page.amount.within-chunk.vzalloc",
                                              "lifecycle.disable.none.pool-kept.none.none",
                                              "outside.alloc.page.chunk.within-chunk.none"}));
  const CliResult again = run_shell(object["findings"][0]["replay"].get<std::string>());
  EXPECT_EQ(again.exit_code, 1) << again.err;
  const CliResult next = script(with({"next", "--known", "first/known.txt", "--", "-runs=0"}));
  EXPECT_EQ(next.exit_code, 0) << next.err;
}

// The fault is told by the process that it kills.
TEST_F(KernelTreeScript, AnInputThatIsSlowByItselfIsAFindingOfTheRun) {
  const std::string tree =
      make_tree("tree", "kernel_tree",
                {{kArena, "\tmight_sleep();\n",
                  "\tmight_sleep();\n\tif (size == 4099)\n\t\tfor (;;)\n\t\t\t__asm__ "
                  "volatile(\"\");\n"}});
  fs::create_directory(path("seeds"));
  write("seeds/a.txt", "# arenafuzz\nenable s0 root m0\na0 = alloc s0 4099\n");
  const CliResult result = script({"fuzz", "--kernel-tree", tree, "--corpus", "seeds", "--jobs",
                                   "1", "--timeout", "1", "--time", "4", "--stop-at-first"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("signature  timeout.alloc\n"), HasSubstr("> 1: a0 = alloc s0 4099\n"),
                    Not(HasSubstr("not when run by itself"))));
}

TEST_F(KernelTreeScript, TriageShowsTheFaultAndThePoolOfACrashThatKillsItsProcess) {
  const std::string tree = make_tree(
      "tree", "kernel_tree", {{"/lib/genalloc.c", "\tif (!chunk)\n\t\treturn -ENOMEM;\n", ""}});
  fs::create_directories(path("in"));
  fs::copy(path("a.txt"), path("in/crash-1.txt"));
  const CliResult result = script({"triage", "--kernel-tree", tree, "in", "--json"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const auto cluster = nlohmann::json::parse(result.out)["clusters"][0];
  EXPECT_THAT(cluster["signature"].get<std::string>(), StartsWith("sanitizer."));
  EXPECT_EQ(cluster["failing_operation"], 1) << cluster;
  EXPECT_EQ(cluster["fault"]["site"], "F3 (vzalloc)") << cluster;
  EXPECT_THAT(cluster["fault"]["backtrace"].dump(),
              ContainsRegex("gen_pool_add_owner [^\"]*lib/genalloc.c:9[0-9]"));
  EXPECT_TRUE(cluster.contains("pool_before")) << cluster;
}

TEST_F(KernelTreeScript, SaysInTheSummaryThatTheTreeChangedDuringTheRun) {
  const std::string tree = make_tree("tree", "kernel_tree");
  const CliResult result = run_shell(
      "(for i in $(seq 300); do [ -e out/stats/job-0 ] && break; sleep 0.1; done\n"
      " echo '/* later */' >>tree/lib/genalloc.c) &\n" +
      command({"fuzz", "--kernel-tree", tree, "--time", "3", "--jobs", "1", "--out", "out"}));
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, ContainsRegex("\nwarning: [^\n]*lib/genalloc.c[^\n]*chang"));
}

}  // namespace
}  // namespace arenafuzz
