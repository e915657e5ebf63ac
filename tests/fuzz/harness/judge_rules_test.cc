// SPDX-License-Identifier: GPL-2.0-only
//
// Rules of docs/verdicts.md that no table of planted defects shows.
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::HasSubstr;

// An alloc that failed leaves its slot empty, and callers free that too.
TEST(FreeOfNull, IsACallThatMustLeaveNoReadSectionOpen) {
  Bench<BrokenBackend> bench(Variant::kStaysInReadSection);
  const char* text = "header profile:correct\nenable s0 root m0\nfree a0\n";
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    EXPECT_EQ(first_finding(bench.run(text, options)),
              "safety context.free.none.unbalanced.within-chunk.none at 1");
  }
}

// A finding of the whole state runs the program again. Where that shows nothing, all of the first
// verdict stands: not its findings beside the second run's end.
TEST(SecondRun, ThatShowsNothingLeavesTheFirstVerdict) {
  Bench<BrokenBackend> bench(Variant::kSpoilsOnce);
  bench.executor.book_traits();
  spoils_next_free = true;
  const Verdict& verdict = bench.run(
      "header profile:correct\nenable s0 root m0\na0 = alloc s0 64\nfree a0\n", without_model());
  EXPECT_FALSE(spoils_next_free);
  EXPECT_THAT(first_finding(verdict), HasSubstr("accounting."));
  EXPECT_EQ(verdict.end, EndReason::kFinding);
  EXPECT_TRUE(verdict.findings[0].whole_state);
}

TEST(SecondInit, ThatKeepsThePoolIsOnlyAChange) {
  Bench<BrokenBackend> bench(Variant::kKeepsPoolOnSecondInit);
  const char* text =
      "header profile:misuse\nenable s0 root m0\na0 = alloc s0 64\nenable s0 root m0\n"
      "a1 = alloc s0 64\nfree a0\nfree a1\ndisable s0\n";
  EXPECT_EQ(first_finding(bench.run(text, without_model())), "clean");
  Options misuse;
  misuse.domain = Domain::kMisuse;
  EXPECT_THAT(first_finding(bench.run(text, misuse)), HasSubstr("change change.enable."));
}

// What a call claims is judged as a sum, also where a tree's books say nothing.
TEST(Claims, OfOneCallAreInProportionTogether) {
  Bench<BrokenBackend> bench(Variant::kNoHugeSizeGuard);
  Options options = without_model();
  options.judge_books = false;
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:1024\nenable s0 root m0\n"
                                    "a0 = alloc s0 2^64-1\n",
                                    options)),
            "contract over-claim.alloc.page.out-of-proportion.wrapping.none at 1");
}

// Callers see no pool: they see what alloc gives.
TEST(PoolMadeAtFirstAlloc, ServesOrHasACauseNotTo) {
  Bench<BrokenBackend> bench(Variant::kMadeAtFirstAlloc);
  EXPECT_EQ(first_finding(bench.run("header profile:faults\nenable s0 root m0\n"
                                    "a0 = alloc s0 64 (fail kmalloc:1)\na0 = alloc s0 64\n"
                                    "free a0\ndisable s0\n",
                                    without_model())),
            "clean");
  EXPECT_EQ(first_finding(bench.run("header profile:faults\n"
                                    "enable_path s0 root m0 cpus:0 shards:0 cids:0\ndisable s0\n",
                                    without_model())),
            "clean");
}

// An init that says 0 without a pool is no such tree: its books were measured with one.
TEST(PoolMadeAtFirstAlloc, IsNoExcuseForAnInitThatFailed) {
  Bench<BrokenBackend> bench(Variant::kInitSaysZero);
  EXPECT_EQ(books_line(bench.executor.book_traits()), "");
  EXPECT_EQ(first_finding(bench.run("header profile:faults\n"
                                    "enable s0 root m0 (fail kmalloc:1)\n",
                                    without_model())),
            "contract missed-failure.enable.kmalloc.no-pool.none.kmalloc at 0");
}

// Marks of the pool's own are no block's; a block's stay judged.
TEST(OwnMarks, LeaveTheBlocksBooksJudged) {
  Bench<BrokenBackend> bench(Variant::kTagsChunks);
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:8\nenable s0 root m0\n"
                                    "a0 = alloc s0 16376\na1 = alloc s0 8\nfree a0\n"
                                    "a0 = alloc s0 16377\nfree a1\ndisable s0\n",
                                    without_model())),
            "clean");
}

// Of what a pool finds in pages that a neighbour released it may warn; of nothing else.
TEST(RobbedPool, MayWarn) {
  Bench<BrokenBackend> bench(Variant::kWarnsOnFree);
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:8\nenable s0 root m0\n"
                                    "a0 = alloc s0 64\nrelease m0 0+4\nfree a0\n",
                                    without_model())),
            "clean");
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:8\nenable s0 root m0\n"
                                    "a0 = alloc s0 64\nrelease m0 4+4\nfree a0\n",
                                    without_model()))
                .substr(0, 18),
            "contract warn.free");
}

// A fuzz run has fewer steps than a replay, which must show what it found.
TEST(Budget, OfFewStepsShowsNothingThatAllStepsDoNot) {
  Options few;
  few.most_steps = 2000;
  int cut = 0;
  int found = 0;
  for (const Variant variant :
       {Variant::kUnwindWithoutRelease, Variant::kEndOffByOne, Variant::kMovesBlocks}) {
    Bench<BrokenBackend> bench(variant);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const Program program = generated(seed, Profile::kFaults);
      const Verdict early = bench.run(program, few);
      const Verdict& all = bench.run(program);
      cut += early.end == EndReason::kOutOfBudget ? 1 : 0;
      if (early.clean()) continue;
      ++found;
      EXPECT_EQ(first_finding(early), first_finding(all)) << "seed " << seed;
      if (early.end == EndReason::kFinding) {
        EXPECT_EQ(early.trace_hash, all.trace_hash) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(cut, 50);
  EXPECT_GT(found, 50);
}

}  // namespace
}  // namespace arenafuzz::testing
