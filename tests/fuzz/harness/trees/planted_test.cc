// SPDX-License-Identifier: GPL-2.0-only
//
// tests/fixtures/kernel_tree_planted: each of its three bugs is found by its own program.
#include "src/kernel/tree_info.h"
#include "tests/fuzz/harness/trees/tree_bench.h"

namespace arenafuzz::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr const char* kUnwinding =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64 (fail vzalloc:1)\n";
constexpr const char* kDestroying =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64\nfree a0\ndisable s0\n";
// The user's addresses have a low half of 2 GiB and more.
constexpr const char* kHighBase =
    "header profile:faults pages:64 base:high\nenable s0 root m0\na0 = alloc s0 64\n";

TEST(PlantedTree, GivesBackOnePageLessThanItClaimed) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kUnwinding),
              Each("safety unwind.alloc.page.amount.within-chunk.vzalloc at 1"));
}

TEST(PlantedTree, KeepsThePointerToThePoolThatItDestroyed) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kDestroying),
              Each("safety lifecycle.disable.none.pool-kept.none.none at 3"));
}

TEST(PlantedTree, TakesThePagesPlaceInAWindow) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kHighBase),
              Each("safety outside.alloc.page.chunk.within-chunk.none at 1"));
}

TEST(PlantedTree, IsCleanWhereNoneOfItsBugsShows) {
  TreeBench bench;
  // A scheduler's end always shows the second: gen_pool alone.
  EXPECT_THAT(bench.findings("header profile:faults kind:gen_pool order:3\ncreate\n"
                             "add 65536 size:4096\na0 = alloc 64\nfree a0\ndestroy\n"),
              Each("clean"));
}

TEST(PlantedTree, IsTheLayoutWithAFolderAndHasASumForEachFile) {
  std::vector<std::string> files;
  for (int i = 0; i < kernel_tree_info.file_count; ++i) {
    files.emplace_back(kernel_tree_info.files[i].path);
    EXPECT_EQ(std::string(kernel_tree_info.files[i].sha256).size(), 64u);
  }
  EXPECT_THAT(files,
              ::testing::ElementsAre("lib/genalloc.c", "include/linux/genalloc.h",
                                     "kernel/sched/ext/arena.c", "kernel/sched/ext/arena.h"));
  EXPECT_THAT(kernel_tree_info.folder, ::testing::EndsWith("kernel_tree_planted"));
  EXPECT_STREQ(kernel_tree_info.origin, "");
}

TEST(PlantedTree, IsNamedInAReportWithTheLinesOfItsFile) {
  TreeBench bench;
  const std::string report = bench.report(kUnwinding);
  EXPECT_THAT(report,
              AllOf(HasSubstr("\nbackend    kernel\n"),
                    ContainsRegex("           kernel/sched/ext/arena.c sha256:[0-9a-f]+\n")));
#if ARENAFUZZ_TEST_ASAN
  EXPECT_THAT(report,
              ContainsRegex("\nlast call  scx_arena_grow kernel/sched/ext/arena.c:[0-9]+\n"
                            "           scx_arena_alloc kernel/sched/ext/arena.c:[0-9]+\n"));
#endif
}

}  // namespace
}  // namespace arenafuzz::testing
