// SPDX-License-Identifier: GPL-2.0-only
//
// The sound fixture with three of tests/fixtures/patches/defects: what is seen only of C files.
#include "tests/fuzz/harness/trees/tree_bench.h"

namespace arenafuzz::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::Each;

constexpr const char* kHuge =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 2^64-1\n";

#ifdef ARENAFUZZ_TREE_ARITHMETIC
TEST(HugeSizeGuardRemoved, IsArithmeticThatWraps) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kHuge),
              Each("safety arithmetic.alloc.none.wrapped-or-truncated.wrapping.none at 1"));
}

// UBSan itself would report the line once a process.
TEST(HugeSizeGuardRemoved, IsFoundEachTimeInOneProcess) {
  TreeBench bench;
  const Verdict first = bench.run(kHuge);
  for (int i = 0; i < 5; ++i) {
    const Verdict& again = bench.run(kHuge);
    EXPECT_EQ(first_finding(again), first_finding(first));
    EXPECT_EQ(again.trace_hash, first.trace_hash);
    EXPECT_EQ(again.findings.size(), 1u);
  }
}

TEST(HugeSizeGuardRemoved, IsReportedAtTheLineOfTheTree) {
  TreeBench bench;
#if ARENAFUZZ_TEST_ASAN
  EXPECT_THAT(bench.report(kHuge), ContainsRegex("\nwhere      scx_arena_alloc "
                                                 "kernel/sched/ext_arena.c:[0-9]+\n"));
#endif
  EXPECT_THAT(bench.report(kHuge), ContainsRegex("\n           kernel/sched/ext_arena.c sha256:"));
}
#else
TEST(HugeSizeGuardRemoved, TakesPagesForASizeThatWrappedWhereNothingTrapsIt) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kHuge),
              Each("contract over-claim.alloc.page.second-claim.wrapping.none at 1"));
}
#endif

TEST(RcuReadUnlockForgotten, IsASectionThatIsNotLeft) {
  TreeBench bench;
  EXPECT_THAT(bench.findings("header profile:faults pages:64\nenable s0 root m0\n"
                             "a0 = alloc s0 64\nfree a0\n"),
              Each("safety context.free.none.unbalanced.within-chunk.none at 2"));
}

TEST(DestroyFreesTwice, IsMetadataFreedTwice) {
  TreeBench bench;
  EXPECT_THAT(bench.findings("header profile:faults kind:gen_pool order:3\ncreate\n"
                             "add 65536 size:4096\ndestroy\n"),
              Each("safety accounting.gen-destroy.vzalloc.freed-twice.none.none at 2"));
}

TEST(DefectsTree, IsCleanWhereNoneOfItsBugsShows) {
  TreeBench bench;
  EXPECT_THAT(bench.findings("header profile:faults pages:64\nenable s0 root m0\n"
                             "a0 = alloc s0 64 (fail vzalloc:1)\n"),
              Each("clean"));
}

}  // namespace
}  // namespace arenafuzz::testing
