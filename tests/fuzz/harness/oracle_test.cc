// SPDX-License-Identifier: GPL-2.0-only
//
// One planted defect after the other: which oracle sees it first, with the model and without.
#include <cctype>
#include <set>

#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

struct Planted {
  Variant variant;
  const char* name;
  const char* operations;
  const char* first;          // finding with the model
  const char* without_model;  // nullptr: the same; "clean" for a change
};

constexpr const char* kUnwinding = "a0 = alloc s0 64 (fail vzalloc:1)\n";
constexpr const char* kOneBlock = "a0 = alloc s0 64\n";
constexpr const char* kTwoBlocks = "a0 = alloc s0 64\na1 = alloc s0 64\n";

constexpr Planted kPlanted[] = {
    {Variant::kUnwindWithoutRelease, "UnwindWithoutRelease", kUnwinding,
     "safety unwind.alloc.page.pages-kept.within-chunk.vzalloc at 1", nullptr},
    {Variant::kUnwindOnePageShort, "UnwindOnePageShort", kUnwinding,
     "safety unwind.alloc.page.amount.within-chunk.vzalloc at 1", nullptr},
    {Variant::kUnwindElsewhere, "UnwindElsewhere", kUnwinding,
     "safety unwind.alloc.page.elsewhere.within-chunk.vzalloc at 1", nullptr},
    {Variant::kReleasesForeignPages, "ReleasesForeignPages", kOneBlock,
     "safety unwind.disable.page.never-claimed.none.none at 2", nullptr},
    {Variant::kChunkOneGranuleLong, "ChunkOneGranuleLong", kOneBlock,
     "safety outside.alloc.page.chunk.within-chunk.none at 1", nullptr},
    {Variant::kChunkOnePageShort, "ChunkOnePageShort", kOneBlock,
     "safety accounting.alloc.page.pages.within-chunk.none at 1", nullptr},
    {Variant::kEndOffByOne, "EndOffByOne", kOneBlock,
     "safety outside.alloc.page.chunk.within-chunk.none at 1", nullptr},
    {Variant::kEndOneShort, "EndOneShort", kOneBlock,
     "safety accounting.alloc.none.avail.within-chunk.none at 1", nullptr},
    {Variant::kAvailNotRestored, "AvailNotRestored", "a0 = alloc s0 64\nfree a0\n",
     "safety accounting.free.none.avail.within-chunk.none at 2", nullptr},
    {Variant::kAvailNotReduced, "AvailNotReduced", kOneBlock,
     "safety accounting.alloc.none.avail.within-chunk.none at 1", nullptr},
    {Variant::kFreesNeighbouringWord, "FreesNeighbouringWord",
     "a0 = alloc s0 512\na1 = alloc s0 512\nfree a0\na2 = alloc s0 8\n",
     "safety accounting.free.none.state.none.none at 3", nullptr},
    {Variant::kSizesRoundedDown, "SizesRoundedDown", "a0 = alloc s0 13\n",
     "safety accounting.alloc.none.bitmap.within-chunk.none at 1", nullptr},
    {Variant::kDestroyForgetsChunk, "DestroyForgetsChunk", kOneBlock,
     "safety metadata-leak.disable.none.destroy.none.none at 2", nullptr},
    {Variant::kDestroyKeepsPool, "DestroyKeepsPool", kOneBlock,
     "safety lifecycle.disable.none.pool-kept.none.none at 2", nullptr},
    {Variant::kSleepsUnderLock, "SleepsUnderLock", kOneBlock,
     "safety context.alloc.vzalloc.sleeping-call.within-chunk.none at 1", nullptr},
    {Variant::kSleepsInReadSection, "SleepsInReadSection", kOneBlock,
     "safety context.alloc.page.sleeping-call.within-chunk.none at 1", nullptr},
    {Variant::kSearchesForever, "SearchesForever", kOneBlock,
     "safety hang.alloc.none.steps.within-chunk.none at 1", nullptr},
    {Variant::kClaimsForever, "ClaimsForever", "a0 = alloc s0 2^20\n",
     "safety hang.alloc.page.seam-calls.beyond-arena.none at 1", nullptr},
    {Variant::kTouchesArena, "TouchesArena", kOneBlock,
     "safety stray-access.alloc.page.arena-memory.within-chunk.none at 1", nullptr},
    {Variant::kWritesNeighbours, "WritesNeighbours",
     "a0 = alloc s0 64\na1 = alloc s0 64\nfree a0\na0 = alloc s0 64\nfree a1\n",
     "safety stray-access.free.page.block-written.within-chunk.none at 5", nullptr},
    {Variant::kReturnsLivePages, "ReturnsLivePages",
     "a0 = alloc s0 64\na1 = alloc s0 64\nfree a0\n",
     "safety unwind.free.page.live-block.within-chunk.none at 3", nullptr},
    {Variant::kMisaligned, "Misaligned", kOneBlock,
     "safety misaligned.alloc.none.address.within-chunk.none at 1", nullptr},
    {Variant::kOutside, "Outside", kOneBlock,
     "safety outside.alloc.none.block.within-chunk.none at 1", nullptr},
    {Variant::kPastChunkEnd, "PastChunkEnd", kOneBlock,
     "safety outside.alloc.none.block-end.within-chunk.none at 1", nullptr},
    {Variant::kSameAddressTwice, "SameAddressTwice", kTwoBlocks,
     "safety overlap.alloc.none.address-twice.within-chunk.none at 2", nullptr},
    {Variant::kBugOnFree, "BugOnFree", "a0 = alloc s0 64\nfree a0\n",
     "safety bug.free.free-not-allocated.bug.within-chunk.none at 2", nullptr},
    {Variant::kWarnsOnFree, "WarnsOnFree", "a0 = alloc s0 64\nfree a0\n",
     "contract warn.free.other:pool_free.unexpected.within-chunk.none at 2", nullptr},
    {Variant::kNoSizeZeroGuard, "NoSizeZeroGuard", "a0 = alloc s0 0\n",
     "contract over-claim.alloc.page.nothing-asked.zero.none at 1", nullptr},
    {Variant::kNoHugeSizeGuard, "NoHugeSizeGuard", "a0 = alloc s0 2^64-1\n",
     "contract over-claim.alloc.page.second-claim.wrapping.none at 1", nullptr},
    {Variant::kClaimsThoughHoleFits, "ClaimsThoughHoleFits", kTwoBlocks,
     "contract over-claim.alloc.page.hole-fits.within-chunk.none at 2", nullptr},
    {Variant::kClaimsTwice, "ClaimsTwice", kOneBlock,
     "contract over-claim.alloc.page.second-claim.within-chunk.none at 1", nullptr},
    {Variant::kNoOverlapGuard, "NoOverlapGuard",
     "a0 = alloc s0 16384\nrelease m0 0+4\na1 = alloc s0 16384\n",
     "contract neighbour.alloc.none.address-twice.within-chunk.none at 3", nullptr},
    {Variant::kInitSaysZero, "InitSaysZero", "disable s0\nenable s0 root m0 (fail kmalloc:1)\n",
     "contract missed-failure.enable.kmalloc.no-pool.none.kmalloc at 2", nullptr},
    {Variant::kInitFailsWithoutCause, "InitFailsWithoutCause", "",
     "contract spurious-failure.enable.kmalloc.no-cause.none.none at 0", nullptr},
    {Variant::kRefusesThoughHoleFits, "RefusesThoughHoleFits", kTwoBlocks,
     "contract spurious-failure.alloc.none.hole-fits.within-chunk.none at 2", nullptr},
    {Variant::kRefusesWithoutAsking, "RefusesWithoutAsking",
     "a0 = alloc s0 16384\na1 = alloc s0 64\n",
     "contract spurious-failure.alloc.none.no-cause.within-chunk.none at 2", nullptr},
    {Variant::kClaimsWithFlag, "ClaimsWithFlag", kOneBlock,
     "contract spurious-failure.alloc.none.no-cause.within-chunk.none at 1", nullptr},
    {Variant::kStaysRefused, "StaysRefused", "a0 = alloc s0 64 (fail page:1)\na0 = alloc s0 64\n",
     "contract not-recovered.alloc.page.refused.within-chunk.none at 2", nullptr},
    {Variant::kOldestChunkFirst, "OldestChunkFirst",
     "a0 = alloc s0 64\na1 = alloc s0 16384\nfree a1\na2 = alloc s0 64\n",
     "change change.alloc.none.elsewhere.within-chunk.none at 4", "clean"},
    {Variant::kMovesBlocks, "MovesBlocks", kOneBlock,
     "change change.alloc.none.elsewhere.within-chunk.none at 1", "clean"},
    {Variant::kAbsorbsFault, "AbsorbsFault", kUnwinding,
     "change change.alloc.page.order.within-chunk.vzalloc at 1", "clean"},
};

std::string program_text(const Planted& planted) {
  return std::string("header profile:faults pages:64\nenable s0 root m0\n") + planted.operations;
}

class PlantedDefect : public ::testing::TestWithParam<Planted> {};

TEST_P(PlantedDefect, IsFirstSeenByItsOracle) {
  Bench<BrokenBackend> bench(GetParam().variant);
  EXPECT_EQ(first_finding(bench.run(program_text(GetParam()))), GetParam().first);
}

TEST_P(PlantedDefect, IsSeenWithoutTheModelUnlessItIsOnlyAChange) {
  Bench<BrokenBackend> bench(GetParam().variant);
  const Planted& planted = GetParam();
  EXPECT_EQ(first_finding(bench.run(program_text(planted), without_model())),
            planted.without_model == nullptr ? planted.first : planted.without_model);
}

TEST_P(PlantedDefect, IsNoFindingInTheSoundPool) {
  Bench<BrokenBackend> copy(Variant::kSound);
  Bench<> own;
  EXPECT_EQ(first_finding(copy.run(program_text(GetParam()))), "clean");
  EXPECT_EQ(first_finding(own.run(program_text(GetParam()))), "clean");
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedDefect, ::testing::ValuesIn(kPlanted),
                         [](const auto& planted) { return std::string(planted.param.name); });

TEST(Oracle, HasAPlantedDefectThatFiresItForEachEntryOfTheTable) {
  std::set<std::string> fired;
  for (const Planted& planted : kPlanted) {
    const std::string first = planted.first;
    fired.insert(first.substr(0, first.find('.')));
  }
  // Those two take a kernel tree, or two backends: trees/defects_test and differential_test.
  fired.insert({"safety arithmetic", "contract difference"});
  for (int i = 0; i < kOracleCount; ++i) {
    const OracleInfo& info = oracle_info(static_cast<Oracle>(i));
    EXPECT_EQ(static_cast<int>(info.oracle), i);
    EXPECT_EQ(fired.count(std::string(tier_name(info.tier)) + " " + info.name), 1u) << info.name;
  }
}

// Sixteen times the pages: no byte is wrong, but the arena is soon empty.
TEST(PagesOf4KiB, AreOutOfProportionWherePagesAreLarger) {
  Bench<BrokenBackend> bench(Variant::kCountsPagesOf4KiB);
  for (const char* page : {"16384", "65536"})
    EXPECT_EQ(first_finding(bench.run(std::string("header profile:faults pages:4096 page:") + page +
                                          "\nenable s0 root m0\na0 = alloc s0 64\n"
                                          "a1 = alloc s0 2^20\n",
                                      without_model())),
              "contract over-claim.alloc.page.out-of-proportion.several-pages.none at 2")
        << page;
}

// Bitmap and avail are consistent and never used again: only the pages held show it.
TEST(GrowthForEachAlloc, IsSeenByThePagesHeldForFewBytes) {
  Bench<BrokenBackend> bench(Variant::kClaimsThoughHoleFits);
  Options options = without_model();
  options.judge_books = false;
  std::string text = "header profile:faults pages:4096\nenable s0 root m0\n";
  for (int i = 0; i < 64; ++i) text += "a0 = alloc s0 64\nfree a0\n";
  EXPECT_THAT(first_finding(bench.run(text, options)),
              ::testing::HasSubstr("over-claim.alloc.page.beyond-live-bytes"));
}

// Too dear for the budget, and yet judged: nothing is claimed.
TEST(Refusal, OfFourGiBIsJudgedBeforeTheBudgetEndsTheProgram) {
  Bench<BrokenBackend> bench(Variant::kRefuses4GiB);
  const char* text =
      "header profile:faults pages:1048576 base:zero\nenable s0 root m0\na0 = alloc s0 2^32\n";
  EXPECT_EQ(first_finding(bench.run(text)),
            "contract spurious-failure.alloc.none.no-cause.several-pages.none at 1");
  Bench<> sound;
  EXPECT_EQ(first_finding(sound.run(text)), "clean");
  EXPECT_EQ(sound.run(text).end, EndReason::kOutOfBudget);
}

// An init that asks twice and keeps the first when the second fails.
TEST(FailedInit, ThatKeepsAnObjectIsALeak) {
  Bench<BrokenBackend> bench(Variant::kFailedInitKeepsObject);
  const char* text = "header profile:faults\nenable s0 root m0 (fail kmalloc:2)\n";
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    EXPECT_EQ(first_finding(bench.run(text, options)),
              "safety metadata-leak.enable.kmalloc.failed-init.none.kmalloc at 0");
  }
}

// The program goes on to its end, and the model stays on.
TEST(Warn, IsListedOnceHoweverOftenItIsMet) {
  Bench<BrokenBackend> bench(Variant::kWarnsOnFree);
  const Verdict& verdict = bench.run(
      "header profile:faults\nenable s0 root m0\na0 = alloc s0 64\nfree a0\n"
      "a0 = alloc s0 64\nfree a0\ndisable s0\n");
  ASSERT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.findings[0].got, "WARN in pool_free: size > 0");
  EXPECT_EQ(verdict.operations, 6u);
}

TEST(Warn, OfAMisuseIsOnlyAChange) {
  Bench<BrokenBackend> bench(Variant::kWarnsOnFree);
  const char* text =
      "header profile:misuse\nenable s0 root m0\na0 = alloc s0 64\nmisuse free a0 size:32\n";
  EXPECT_EQ(first_finding(bench.run(text)),
            "change change.misuse-free.none.warning.within-chunk.none at 2");
  EXPECT_EQ(first_finding(bench.run(text, without_model())), "clean");
}

// The bitmap's last word then lies in the stand-in's redzone.
constexpr const char* kShortBitmap = "header profile:faults\nenable s0 root m0\na0 = alloc s0 ";

#if ARENAFUZZ_TEST_ASAN
TEST(BitmapOneWordShort, IsAnAsanReport) {
  EXPECT_DEATH(
      {
        Bench<BrokenBackend> bench(Variant::kBitmapOneWordShort);
        bench.run(std::string(kShortBitmap) + "16384\n");
      },
      "use-after-poison");
}
#else
TEST(BitmapOneWordShort, IsSeenInTheBitmapThatEndsInTheRedzone) {
  Bench<BrokenBackend> bench(Variant::kBitmapOneWordShort);
  const Verdict& verdict = bench.run(std::string(kShortBitmap) + "13\n");
  ASSERT_EQ(verdict.findings.size(), 2u);
  EXPECT_EQ(described(verdict.findings[0]),
            "change change.alloc.vzalloc.amount.within-chunk.none at 1");
  EXPECT_EQ(verdict.findings[1].tier(), Tier::kSafety);
  EXPECT_EQ(bench.run(std::string(kShortBitmap) + "13\n", without_model()).findings[0].tier(),
            Tier::kSafety);
}

TEST(WriteBehindAChunk, IsFoundInTheRedzoneAtTheEnd) {
  Bench<BrokenBackend> bench(Variant::kWritesBehindChunk);
  const char* text = "header profile:faults\nenable s0 root m0\na0 = alloc s0 64\n";
  const char* wanted = "safety stray-access.disable.none.redzone.none.none at 2";
  EXPECT_EQ(first_finding(bench.run(text)), wanted);
  EXPECT_EQ(first_finding(bench.run(text, without_model())), wanted);
}
#endif

TEST(MissedMasks, AreNotDemandedOfAPoolThatSaysNo) {
  Bench<BrokenBackend> bench(Variant::kRefusesWithoutAsking);
  EXPECT_EQ(first_finding(bench.run("header profile:faults\n"
                                    "enable_path s0 root m0 cpus:512 shards:0 cids:0\n")),
            "contract spurious-failure.enable-path.none.no-cause.within-chunk.none at 0");
}

}  // namespace
}  // namespace arenafuzz::testing
