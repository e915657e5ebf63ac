// SPDX-License-Identifier: GPL-2.0-only
//
// Patches that break nothing: safety and contract stay silent, only the model notices.
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

constexpr std::uint64_t kPrograms = 2000;

struct Patch {
  Variant variant;
  const char* name;
};
constexpr Patch kPatches[] = {
    {Variant::kBestFit, "BestFit"},
    {Variant::kGrowsByEight, "GrowsByEight"},
    {Variant::kGrowsGeometrically, "GrowsGeometrically"},
    {Variant::kReturnsPages, "ReturnsPages"},
    {Variant::kOldestChunkFirst, "OldestChunkFirst"},
    {Variant::kSingleRetry, "SingleRetry"},
    {Variant::kFallsBackToExactCount, "FallsBackToExactCount"},
    {Variant::kGranuleOfSixteen, "GranuleOfSixteen"},
    {Variant::kRoundsTo64, "RoundsTo64"},
    {Variant::kAligns64, "Aligns64"},
    {Variant::kWritesBlocks, "WritesBlocks"},
    {Variant::kGrowsAtInit, "GrowsAtInit"},
    {Variant::kReturnsEmptyChunks, "ReturnsEmptyChunks"},
    {Variant::kGivesZeroSizePtr, "GivesZeroSizePtr"},
    {Variant::kWarnsOfSizeZero, "WarnsOfSizeZero"},
    {Variant::kGrowsAhead, "GrowsAhead"},
    {Variant::kGrowsTwice, "GrowsTwice"},
    {Variant::kGuardPage, "GuardPage"},
    {Variant::kGuardFor16Pages, "GuardFor16Pages"},
    {Variant::kGuardOfRunsSize, "GuardOfRunsSize"},
    {Variant::kHeaderPage, "HeaderPage"},
    {Variant::kTagsChunks, "TagsChunks"},
    {Variant::kMadeAtFirstAlloc, "MadeAtFirstAlloc"},
    {Variant::kAlignsLarge, "AlignsLarge"},
};

// A few with enable paths and large arenas, which cost more than all others together.
Program drawn(std::uint64_t seed, Profile profile) {
  return seed < 20 ? generated(seed, profile) : small_program(seed, profile, 24);
}

class LegitPatch : public ::testing::TestWithParam<Patch> {
 protected:
  void expect_silence(Profile profile) {
    Bench<BrokenBackend> bench(GetParam().variant);
    for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
      const Program program = drawn(seed, profile);
      const Verdict& verdict = bench.run(program, without_model());
      ASSERT_TRUE(verdict.clean()) << "seed " << seed << ": " << first_finding(verdict) << "\n"
                                   << print_program(program);
    }
  }
};

TEST_P(LegitPatch, IsSilentWithoutTheModelInCorrectPrograms) { expect_silence(Profile::kCorrect); }

TEST_P(LegitPatch, IsSilentWithoutTheModelUnderFaultsAndNeighbours) {
  expect_silence(Profile::kFaults);
}

TEST_P(LegitPatch, IsAChangeAndNothingElseWithTheModel) {
  Bench<BrokenBackend> bench(GetParam().variant);
  int changes = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Program program = drawn(seed, Profile::kFaults);
    for (const Finding& finding : bench.run(program).findings) {
      ++changes;
      ASSERT_EQ(finding.tier(), Tier::kChange) << "seed " << seed << ": " << described(finding);
    }
  }
  // What is written into a pool's own pages nobody else sees.
  if (GetParam().variant != Variant::kWritesBlocks) EXPECT_GT(changes, 0);
}

INSTANTIATE_TEST_SUITE_P(Each, LegitPatch, ::testing::ValuesIn(kPatches),
                         [](const auto& patch) { return std::string(patch.param.name); });

TEST(SoundCopy, HasTheTraceHashesOfOurOwnPool) {
  Bench<BrokenBackend> copy(Variant::kSound);
  Bench<> own;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = drawn(seed, static_cast<Profile>(seed % 3));
    const std::uint64_t hash = own.run(program).trace_hash;
    const Verdict& verdict = copy.run(program);
    ASSERT_EQ(verdict.trace_hash, hash) << "seed " << seed;
    ASSERT_EQ(first_finding(verdict), "clean");
  }
}

TEST(PagesReturnedAtDestroy, AreNoHangHoweverManyChunksThereAre) {
  Bench<BrokenBackend> bench(Variant::kReturnsPages);
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:1024\n"
                                    "enable_path s0 root m0 cpus:8192 shards:0 cids:0\n"
                                    "disable s0\n",
                                    without_model())),
            "clean");
}

TEST(SingleRetry, MayLoseItsOnlyTryToACollidingPeer) {
  Bench<BrokenBackend> bench(Variant::kSingleRetry);
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:64\nenable s0 root m0\n"
                                    "a0 = alloc s0 16384 (collide:1 set)\n",
                                    without_model())),
            "clean");
}

}  // namespace
}  // namespace arenafuzz::testing
