// SPDX-License-Identifier: GPL-2.0-only
//
// What is measured of a pool's books is what it does; a defect's books are judged as before.
#include "fuzz/harness/measure_books.h"

#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

std::string measured(Variant variant) {
  Bench<BrokenBackend> bench(variant);
  return books_line(bench.executor.book_traits());
}

TEST(MeasureBooks, FindsNothingToSayOfTheReferencesWay) {
  for (const Variant variant :
       {Variant::kSound, Variant::kBestFit, Variant::kGrowsGeometrically, Variant::kReturnsPages,
        Variant::kOldestChunkFirst, Variant::kGranuleOfSixteen, Variant::kWritesBlocks,
        Variant::kGrowsAtInit, Variant::kReturnsEmptyChunks})
    EXPECT_EQ(measured(variant), "") << static_cast<int>(variant);
}

TEST(MeasureBooks, FindsRoundingAndAlignment) {
  EXPECT_EQ(measured(Variant::kRoundsTo64), "books: sizes rounded to 64 bytes");
  EXPECT_EQ(measured(Variant::kAligns64), "books: blocks aligned to 64 bytes");
}

TEST(MeasureBooks, FindsWhatAPoolDoesBesideItsBlocks) {
  EXPECT_EQ(measured(Variant::kGuardPage), "books: 1 page of each run is kept out of its chunk");
  EXPECT_EQ(
      measured(Variant::kGuardFor16Pages),
      "books: besides each chunk, 1 page for every 16 pages of it or part of them is claimed");
  EXPECT_EQ(measured(Variant::kGuardOfRunsSize),
            "books: besides each chunk, 1 page for every page of it is claimed");
  EXPECT_EQ(measured(Variant::kHeaderPage), "books: init claims 1 page for no chunk");
  EXPECT_EQ(measured(Variant::kTagsChunks), "books: a new chunk holds marks of the pool's own");
  EXPECT_EQ(measured(Variant::kMadeAtFirstAlloc), "books: the pool is made by its first alloc");
}

TEST(MeasureBooks, FindsGrowthsThatNoHoleHolds) {
  constexpr const char* kOff = "books: kept another way, so not judged: ";
  EXPECT_EQ(measured(Variant::kGrowsAhead), std::string(kOff) + "hole-fits, second-claim");
  EXPECT_EQ(measured(Variant::kGrowsTwice), std::string(kOff) + "second-claim");
  EXPECT_EQ(measured(Variant::kAlignsLarge), std::string(kOff) + "hole-fits");
}

TEST(MeasureBooks, BelievesNoDefect) {
  for (const Variant variant :
       {Variant::kChunkOneGranuleLong, Variant::kChunkOnePageShort, Variant::kEndOffByOne,
        Variant::kEndOneShort, Variant::kAvailNotRestored, Variant::kAvailNotReduced,
        Variant::kFreesNeighbouringWord, Variant::kSizesRoundedDown, Variant::kSearchesForever,
        Variant::kSameAddressTwice, Variant::kBugOnFree, Variant::kClaimsThoughHoleFits,
        Variant::kRefusesThoughHoleFits, Variant::kClaimsTwice})
    EXPECT_EQ(measured(variant), "") << static_cast<int>(variant);
}

TEST(MeasureBooks, KeepsExactChecksOnWithWhatItMeasured) {
  Bench<BrokenBackend> bench(Variant::kRoundsTo64);
  bench.executor.book_traits();
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:4\nenable s0 root m0\n"
                                    "a0 = alloc s0 16384\na1 = alloc s0 8\n",
                                    without_model())),
            "clean");
  // The hole is one of 64 bytes: a block of 65 does not fit, one of 64 does.
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:8\nenable s0 root m0\n"
                                    "a0 = alloc s0 16300\na1 = alloc s0 65\na2 = alloc s0 60\n",
                                    without_model())),
            "clean");
}

#if ARENAFUZZ_TEST_ASAN
// The tree dies of it, and of a program that does the same: of no other.
TEST(MeasureBooks, DoesNotEndTheProcess) {
  Bench<BrokenBackend> bench(Variant::kBitmapOneWordShort);
  EXPECT_EQ(books_line(bench.executor.book_traits()), "");
  EXPECT_TRUE(bench.executor.books_measure_died());
  EXPECT_EQ(first_finding(bench.run("header profile:faults\nenable s0 root m0\n")), "clean");
}
#endif

TEST(MeasureBooks, IsDoneOnceAndChangesNoVerdict) {
  Bench<BrokenBackend> bench(Variant::kSound);
  Bench<> own;
  const Program program = small_program(7, Profile::kFaults);
  const std::uint64_t hash = own.run(program).trace_hash;
  EXPECT_EQ(bench.run(program).trace_hash, hash);
  EXPECT_EQ(bench.run(program).trace_hash, hash);
}

}  // namespace
}  // namespace arenafuzz::testing
