// SPDX-License-Identifier: GPL-2.0-only
//
// The sound fixture with vzalloc_under_spinlock.patch of tests/fixtures/patches/defects.
#include "tests/fuzz/harness/trees/tree_bench.h"

namespace arenafuzz::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::Each;

constexpr const char* kGrowing =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64\n";

TEST(VzallocUnderSpinlock, IsACallThatMaySleepWhereItMustNot) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(kGrowing),
              Each("safety context.alloc.vzalloc.sleeping-call.within-chunk.none at 1"));
}

TEST(VzallocUnderSpinlock, IsReportedAtTheLineOfTheTree) {
  TreeBench bench;
  const std::string report = bench.report(kGrowing);
  EXPECT_THAT(report, ::testing::HasSubstr("\n           lib/genalloc.c sha256:"));
#if ARENAFUZZ_TEST_ASAN
  EXPECT_THAT(report, ContainsRegex("gen_pool_add_owner lib/genalloc.c:[0-9]+\n"));
#endif
}

}  // namespace
}  // namespace arenafuzz::testing
