// SPDX-License-Identifier: GPL-2.0-only
//
// The sound fixture with four of tests/fixtures/patches/defects: what is seen only of C files.
#include "tests/fuzz/harness/trees/tree_bench.h"

namespace arenafuzz::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::Each;

constexpr const char* kHuge =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 2^64-1\n";

TEST(HugeSizeGuardRemoved, TakesPagesForASizeThatWrapped) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kHuge),
              Each("contract over-claim.alloc.page.second-claim.wrapping.none at 1"));
}

#ifdef ARENAFUZZ_TREE_ARITHMETIC
constexpr const char* kShift =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 8192\nfree a0\n";

TEST(SizeClassShiftedTooFar, IsArithmeticThatIsUndefined) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kShift),
              Each("safety arithmetic.free.none.undefined.within-chunk.none at 2"));
}

// UBSan itself would report the line once a process.
TEST(SizeClassShiftedTooFar, IsFoundEachTimeInOneProcess) {
  TreeBench bench;
  const Verdict first = bench.run(kShift);
  for (int i = 0; i < 5; ++i) {
    const Verdict& again = bench.run(kShift);
    EXPECT_EQ(first_finding(again), first_finding(first));
    EXPECT_EQ(again.trace_hash, first.trace_hash);
    EXPECT_EQ(again.findings.size(), 1u);
  }
}

TEST(SizeClassShiftedTooFar, IsReportedAtTheLineOfTheTree) {
  TreeBench bench;
#if ARENAFUZZ_TEST_ASAN
  EXPECT_THAT(bench.report(kShift), ContainsRegex("\nwhere      scx_arena_free "
                                                  "kernel/sched/ext_arena.c:[0-9]+\n"));
#endif
  EXPECT_THAT(bench.report(kShift), ContainsRegex("\n           kernel/sched/ext_arena.c sha256:"));
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
