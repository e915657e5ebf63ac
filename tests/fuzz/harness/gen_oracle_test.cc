// SPDX-License-Identifier: GPL-2.0-only
//
// gen_pool programs, one planted defect after the other: which oracle sees it first, with the
// model and without.
#include "tests/fuzz/harness/broken_gen_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

struct Planted {
  GenVariant variant;
  const char* name;
  const char* operations;
  const char* first;                    // finding with the model
  const char* without_model = nullptr;  // nullptr: the same; "clean" for a change
};

constexpr const char* kOneBlock = "a0 = alloc 64\n";
constexpr const char* kFreed = "a0 = alloc 64\nfree a0\n";

constexpr Planted kPlanted[] = {
    {GenVariant::kOutside, "Outside", kOneBlock,
     "safety outside.gen-alloc.none.block.none.none at 2"},
    {GenVariant::kUsesTail, "UsesTail", "a0 = alloc 7\n",
     "safety outside.gen-alloc.none.block-end.none.none at 2"},
    {GenVariant::kInsideGranule, "InsideGranule", kOneBlock,
     "safety misaligned.gen-alloc.none.address.none.none at 2"},
    {GenVariant::kIgnoresAlignment, "IgnoresAlignment", "a0 = alloc 8\na1 = alloc 8 align:6\n",
     "safety misaligned.gen-alloc.none.alignment.none.none at 3"},
    {GenVariant::kIgnoresAlignment, "IgnoresOrderAlignment",
     "a0 = alloc 8\na1 = alloc 24 order-align\n",
     "safety misaligned.gen-alloc.none.order-alignment.none.none at 3"},
    {GenVariant::kSameAddressTwice, "SameAddressTwice", "a0 = alloc 64\na1 = alloc 64\n",
     "safety overlap.gen-alloc.none.address-twice.none.none at 3"},
    {GenVariant::kMarksOneShort, "MarksOneShort", kOneBlock,
     "safety accounting.gen-alloc.none.bitmap.none.none at 2"},
    {GenVariant::kAvailNotReduced, "AvailNotReduced", kOneBlock,
     "safety accounting.gen-alloc.none.avail.none.none at 2"},
    {GenVariant::kAvailNotRestored, "AvailNotRestored", kFreed,
     "safety accounting.gen-free.none.avail.none.none at 3"},
    {GenVariant::kFreesNeighbour, "FreesNeighbour",
     "a0 = alloc 512\na1 = alloc 512\na2 = alloc 8\nfree a0\na3 = alloc 8\n",
     "safety accounting.gen-free.none.state.none.none at 5"},
    {GenVariant::kAvailSumWrong, "AvailSumWrong", "destroy\n",
     "safety accounting.gen-add.none.avail-sum.none.none at 1"},
    {GenVariant::kSizeSumWrong, "SizeSumWrong", "destroy\n",
     "safety accounting.gen-add.none.size-sum.none.none at 1"},
    {GenVariant::kBugOnFree, "BugOnFree", kFreed,
     "safety bug.gen-free.free-not-allocated.bug.none.none at 3"},
    {GenVariant::kAddsLonger, "AddsLonger", "",
     "safety outside.gen-add.vzalloc.chunk.none.none at 1"},
    {GenVariant::kAddsShorter, "AddsShorter", "",
     "safety accounting.gen-add.vzalloc.chunk.none.none at 1"},
    {GenVariant::kCountsTail, "CountsTail", "",
     "safety accounting.gen-add.vzalloc.granules.none.none at 1"},
    {GenVariant::kDestroyForgetsChunk, "DestroyForgetsChunk", "destroy\n",
     "safety metadata-leak.gen-destroy.none.left-over.none.none at 3"},
    {GenVariant::kDestroyKeepsPool, "DestroyKeepsPool", "destroy\n",
     "safety lifecycle.gen-destroy.none.pool-kept.none.none at 2"},
    {GenVariant::kRefuses, "Refuses", "a0 = alloc 4096\n",
     "contract spurious-failure.gen-alloc.none.hole-fits.none.none at 2"},
    {GenVariant::kRefuses, "RefusesBestFit", "a0 = alloc 8 best-fit\n",
     "contract spurious-failure.gen-alloc.none.hole-fits.none.none at 2"},
    {GenVariant::kRefuses, "RefusesAligned", "a0 = alloc 8 align:12\n",
     "contract spurious-failure.gen-alloc.none.aligned-hole-fits.none.none at 2"},
    {GenVariant::kRefuses, "RefusesOrderAligned", "a0 = alloc 2056 order-align\n",
     "contract spurious-failure.gen-alloc.none.order-aligned-hole-fits.none.none at 2"},
    {GenVariant::kRefuses, "RefusesFixed", "a0 = alloc 8 fixed:4088\n",
     "contract spurious-failure.gen-alloc.none.offset-is-free.none.none at 2"},
    {GenVariant::kAddFails, "AddFails", "",
     "contract spurious-failure.gen-add.vzalloc.no-cause.none.none at 1"},
    {GenVariant::kSaysHoldsNone, "SaysHoldsNone", "has_addr 65544 size:4095\n",
     "contract spurious-failure.gen-has-addr.none.a-chunk-holds-it.none.none at 2"},
    {GenVariant::kForgetsTail, "ForgetsTail", "has_addr 65544 size:4103\n",
     "contract spurious-failure.gen-has-addr.none.a-chunk-holds-it.none.none at 2"},
    {GenVariant::kSaysHoldsAll, "SaysHoldsAll", "has_addr 65544 size:4104\n",
     "contract missed-failure.gen-has-addr.none.no-chunk-holds-it.none.none at 2"},
    {GenVariant::kGrantsNothing, "GrantsNothing", "a0 = alloc 0\n",
     "contract missed-failure.gen-alloc.none.nothing-asked.none.none at 2"},
    {GenVariant::kFixedGoesOn, "FixedGoesOn", "a0 = alloc 8\na1 = alloc 8 fixed:0\n",
     "contract missed-failure.gen-alloc.none.elsewhere.none.none at 3"},
    {GenVariant::kBestIsFirst, "BestIsFirst",
     "a0 = alloc 64\na1 = alloc 8\na2 = alloc 16\na3 = alloc 8\nfree a0\nfree a2\n"
     "a4 = alloc 16 best-fit\n",
     "contract missed-failure.gen-alloc.none.not-the-best-fit.none.none at 8"},
    {GenVariant::kAddSaysZero, "AddSaysZero", "add 1048576 size:4096 (fail vzalloc:1)\n",
     "contract missed-failure.gen-add.vzalloc.no-chunk.none.vzalloc at 2"},
    {GenVariant::kWarns, "Warns", kOneBlock,
     "contract warn.gen-alloc.other:gen_pool_alloc.unexpected.none.none at 2"},
    {GenVariant::kIgnoresTailConflict, "IgnoresTailConflict", "a0 = alloc 1000 (collide:2 set+4)\n",
     "safety overlap.gen-alloc.none.address-twice.none.none at 2"},
    {GenVariant::kRollsBackTooLittle, "RollsBackTooLittle", "a0 = alloc 1000 (collide:2 set+4)\n",
     "safety accounting.gen-alloc.none.state.none.none at 2"},
    {GenVariant::kFixedDrifts, "FixedDrifts", "a0 = alloc 64 fixed:64 (collide:1 set)\n",
     "contract missed-failure.gen-alloc.none.elsewhere.none.none at 2"},
    {GenVariant::kGivesUpAfterRace, "GivesUpAfterRace",
     "a0 = alloc 504\na1 = alloc 512 (collide:1 set)\n",
     "contract spurious-failure.gen-alloc.none.hole-fits.none.none at 3"},
    {GenVariant::kGivesUpAfterRace, "GivesUpAfterRaceAligned",
     "a0 = alloc 504\na1 = alloc 512 align:9 (collide:2 set+1)\n",
     "contract spurious-failure.gen-alloc.none.aligned-hole-fits.none.none at 3"},
    {GenVariant::kOwnerWrong, "OwnerWrong", "add 1048576 size:64 owner:5\na0 = alloc 8 via:owner\n",
     "contract missed-failure.gen-alloc.none.owner.none.none at 3"},
    {GenVariant::kOwnerWrong, "OwnerWrongInFree", "a0 = alloc 8\nfree a0 via:owner\n",
     "contract missed-failure.gen-free.none.owner.none.none at 3"},
    {GenVariant::kOwnerOfNothing, "OwnerOfNothing", "a0 = alloc 8192 via:owner\n",
     "contract missed-failure.gen-alloc.none.owner-of-nothing.none.none at 2"},
    {GenVariant::kPhysicalWrong, "PhysicalWrong",
     "add 1048576 size:64 phys:4096\nvirt_to_phys 1048577\n",
     "contract missed-failure.gen-virt-to-phys.none.physical-address.none.none at 3"},
    {GenVariant::kPhysicalWrong, "PhysicalWrongOfABlock",
     "add 1048576 size:64 phys:4096\na0 = alloc 8 best-fit via:dma\n",
     "contract missed-failure.gen-alloc.none.physical-address.none.none at 3"},
    {GenVariant::kPhysicalUnknown, "PhysicalUnknown",
     "add 1048576 size:64 phys:4096\nvirt_to_phys 1048639\n",
     "contract spurious-failure.gen-virt-to-phys.none.physical-address.none.none at 3"},
    {GenVariant::kSetAlgoIgnored, "SetAlgoIgnored",
     "a0 = alloc 8\nset_algo align:6\na1 = alloc 8\n",
     "safety misaligned.gen-alloc.none.alignment.none.none at 4"},
    {GenVariant::kVisitsTooFew, "VisitsTooFew", "destroy\n",
     "safety accounting.gen-add.none.chunks-visited.none.none at 1"},
    {GenVariant::kDestroysAll, "DestroysAll", "a0 = alloc 8\ndestroy as-is\n",
     "contract missed-failure.gen-destroy.destroy-not-empty.no-bug.none.none at 3"},
    {GenVariant::kManagedFails, "ManagedFails", "managed\n",
     "contract spurious-failure.gen-managed.kmalloc.no-cause.none.none at 2"},
    {GenVariant::kManagedNull, "ManagedNull", "managed named\n",
     "contract missed-failure.gen-managed.kmalloc.no-pool.none.none at 2"},
    {GenVariant::kManagedNotFound, "ManagedNotFound", "managed\n",
     "contract spurious-failure.gen-managed.none.not-found.none.none at 2"},
    {GenVariant::kManagedFoundByAll, "ManagedFoundByAll", "managed named\n",
     "contract missed-failure.gen-managed.none.found-by-another-name.none.none at 2"},
    {GenVariant::kManagedTwice, "ManagedTwice", "managed named\n",
     "contract missed-failure.gen-managed.none.name-twice.none.none at 2"},
    {GenVariant::kWarnsNot, "WarnsNot", "a0 = alloc 8 fixed:9\n",
     "change change.gen-alloc.none.no-warning.none.none at 2", "clean"},
    {GenVariant::kWarnsTwice, "WarnsTwice", "a0 = alloc 8 fixed:9\n",
     "change change.gen-alloc.none.warning.none.none at 2", "clean"},
    {GenVariant::kBestFit, "BestFit",
     "a0 = alloc 64\na1 = alloc 8\na2 = alloc 16\na3 = alloc 8\nfree a0\nfree a2\na4 = alloc 16\n",
     "change change.gen-alloc.none.address.none.none at 8", "clean"},
    {GenVariant::kHighestHole, "HighestHole", kOneBlock,
     "change change.gen-alloc.none.address.none.none at 2", "clean"},
    {GenVariant::kOldestChunkFirst, "OldestChunkFirst", "add 1048576 size:64\na0 = alloc 8\n",
     "change change.gen-alloc.none.address.none.none at 3", "clean"},
    {GenVariant::kAbsorbsFault, "AbsorbsFault",
     "add 1048576 size:64 (fail vzalloc:1)\na0 = alloc 64\n",
     "change change.gen-add.none.result.none.vzalloc at 2", "clean"},
};

// 512 granules of 8 bytes, from an address aligned to 8 and no more, and a tail of 7 bytes.
std::string program_text(const Planted& planted) {
  return std::string("header profile:faults kind:gen_pool order:3\ncreate\nadd 65544 size:4103\n") +
         planted.operations;
}

using BrokenBench = Bench<GenPoolBackend<BrokenGenPool>>;

class PlantedInGenPool : public ::testing::TestWithParam<Planted> {};

TEST_P(PlantedInGenPool, IsFirstSeenByItsOracle) {
  BrokenBench bench(GetParam().variant);
  EXPECT_EQ(first_finding(bench.run(program_text(GetParam()))), GetParam().first);
}

TEST_P(PlantedInGenPool, IsSeenWithoutTheModelUnlessItIsOnlyAChange) {
  BrokenBench bench(GetParam().variant);
  const Planted& planted = GetParam();
  EXPECT_EQ(first_finding(bench.run(program_text(planted), without_model())),
            planted.without_model == nullptr ? planted.first : planted.without_model);
}

TEST_P(PlantedInGenPool, IsNoFindingInASoundOne) {
  Bench<GenPoolBackend<BitmapGenPool>> plain;
  Bench<> own;
  EXPECT_EQ(first_finding(plain.run(program_text(GetParam()))), "clean");
  EXPECT_EQ(first_finding(own.run(program_text(GetParam()))), "clean");
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedInGenPool, ::testing::ValuesIn(kPlanted),
                         [](const auto& planted) { return std::string(planted.param.name); });

constexpr const char* kHeader = "header profile:faults kind:gen_pool order:3\n";

std::string in_memory(const char* operations) {
  return std::string(kHeader) + "create\nadd 0x7ec000000000 size:4096\n" + operations;
}

// Each twice: what one program wrote is not there for the next.
TEST(GenMemory, IsZeroedAsFarAsABlockGoesAndNoFurther) {
  const char* zeroed = "a0 = alloc 65 via:dma-zeroed\n";
  BrokenBench lacks(GenVariant::kNotZeroed);
  BrokenBench exceeds(GenVariant::kZeroesTooMuch);
  BrokenBench sound(GenVariant::kWarnsNot);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(first_finding(lacks.run(in_memory(zeroed), without_model())),
              "contract missed-failure.gen-alloc.none.not-zeroed.none.none at 2");
    EXPECT_EQ(first_finding(exceeds.run(in_memory(zeroed), without_model())),
              "safety stray-access.gen-alloc.none.memory.none.none at 2");
    EXPECT_EQ(first_finding(sound.run(in_memory(zeroed))), "clean");
  }
}

TEST(GenMemory, IsNotWrittenToByAnythingElse) {
  BrokenBench bench(GenVariant::kWritesOnFree);
  EXPECT_EQ(first_finding(bench.run(in_memory("a0 = alloc 8\na1 = alloc 8\nfree a0\nfree a1\n"))),
            "safety stray-access.gen-free.none.memory.none.none at 4");
}

TEST(GenMemory, ThatIsNotThereIsNotZeroed) {
  Bench<GenPoolBackend<BitmapGenPool>> bench;
  EXPECT_THAT(bench.traced(in_memory("add 65536 size:64\na0 = alloc 8 via:dma-zeroed\n")),
              ::testing::HasSubstr("nothing: not every chunk has memory behind it"));
}

// The BUG is what gen_pool promises: it ends the program, and is no finding.
TEST(GenDestroyAsIs, WithABlockOutIsAPredictedBug) {
  Bench<GenPoolBackend<BitmapGenPool>> plain;
  Bench<> own;
  const std::string text =
      std::string(kHeader) + "create\nadd 65536 size:64\na0 = alloc 8\ndestroy as-is\ncreate\n";
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    EXPECT_EQ(first_finding(plain.run(text, options)), "clean");
    EXPECT_EQ(plain.run(text, options).end, EndReason::kBug);
    EXPECT_EQ(own.run(text, options).end, EndReason::kBug);
  }
}

// What a race excuses: holes below it, and a fixed run that a peer had for a moment; not a refusal
// where no race was lost.
TEST(GenRace, ExcusesNoMoreThanALostOne) {
  Bench<GenPoolBackend<BitmapGenPool>> plain;
  const std::string begin = std::string(kHeader) + "create\nadd 65536 size:512\n";
  const char* clean[] = {
      "a0 = alloc 512 (collide:1 set+63)\n",
      "a0 = alloc 8 fixed:64 (collide:1 set) (collide:2 clear)\n",
      "a0 = alloc 8\na1 = alloc 8\na2 = alloc 8\nfree a0\na0 = alloc 16 (collide:1 set+1)\n",
  };
  for (const char* operations : clean)
    for (const bool model : {true, false}) {
      Options options;
      options.use_model = model;
      EXPECT_EQ(first_finding(plain.run(begin + operations, options)), "clean") << operations;
    }
  BrokenBench refuses(GenVariant::kRefuses);
  EXPECT_EQ(first_finding(
                refuses.run(begin + "a0 = alloc 8 fixed:64 (collide:1 set+1)\n", without_model())),
            "contract spurious-failure.gen-alloc.none.offset-is-free.none.none at 2");
}

// Without them the same programs find nothing: a collision is what shows these defects.
TEST(GenRace, IsPlayedInProfilesThatHaveIt) {
  for (const GenVariant variant : {GenVariant::kIgnoresTailConflict, GenVariant::kFixedDrifts}) {
    BrokenBench bench(variant);
    const std::string operations =
        "create\nadd 65536 size:4096\na0 = alloc 1000 (collide:2 set+4)\n"
        "a1 = alloc 64 fixed:2048 (collide:1 set)\n";
    EXPECT_NE(first_finding(bench.run(kHeader + operations)), "clean");
    EXPECT_EQ(first_finding(bench.run("header profile:correct kind:gen_pool\n" + operations)),
              "clean");
  }
}

// What gen_pool promises of a wrong free, by the books alone; where a peer is about, by the model.
TEST(GenMisuse, MustBeABugWhereGenPoolPromisesOne) {
  struct Case {
    const char* wrong;
    const char* finding;
  };
  constexpr Case kCases[] = {
      {"misuse free a0 twice\n", "free-not-allocated"},
      {"misuse free a0 offset:8\n", "free-not-allocated"},
      {"misuse free a0 offset:-8\n", "free-no-chunk"},
      {"misuse free a0 size:65\n", "free-past-end"},
  };
  const std::string begin =
      "header profile:misuse kind:gen_pool order:3\ncreate\nadd 65536 size:64\na0 = alloc 16\n";
  for (const Case& one : kCases) {
    Bench<GenPoolBackend<BitmapGenPool>> sound;
    BrokenBench silent(GenVariant::kFreesInSilence);
    EXPECT_EQ(first_finding(sound.run(begin + one.wrong, without_model())), "clean") << one.wrong;
    EXPECT_EQ(sound.run(begin + one.wrong).end, EndReason::kBug) << one.wrong;
    EXPECT_EQ(first_finding(silent.run(begin + one.wrong, without_model())),
              std::string("contract missed-failure.gen-misuse-free.") + one.finding +
                  ".no-bug.none.none at 3")
        << one.wrong;
  }
  BrokenBench silent(GenVariant::kFreesInSilence);
  EXPECT_EQ(first_finding(silent.run(begin + "misuse free a0 size:8\n", without_model())), "clean");
}

// A peer that takes a bit of a block away makes the free a BUG: in misuse alone, and predicted.
TEST(GenRace, TakesABlocksBitAwayInMisuseAlone) {
  Bench<GenPoolBackend<BitmapGenPool>> plain;
  const std::string operations =
      "create\nadd 65536 size:512\na0 = alloc 64\n"
      "free a0 (collide:1 clear+1)\n";
  EXPECT_EQ(plain.run("header profile:misuse kind:gen_pool\n" + operations).end, EndReason::kBug);
  EXPECT_EQ(first_finding(plain.run("header profile:misuse kind:gen_pool\n" + operations)),
            "clean");
  EXPECT_EQ(plain.run(kHeader + operations).end, EndReason::kCompleted);
}

TEST(GenCreate, ThatFailsWithoutACauseIsSpurious) {
  BrokenBench bench(GenVariant::kCreateFails);
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    EXPECT_EQ(first_finding(bench.run(std::string(kHeader) + "create\n", options)),
              "contract spurious-failure.gen-create.kmalloc.no-cause.none.none at 0");
  }
}

TEST(GenCreate, ThatHidesItsFailureIsAMissedOne) {
  BrokenBench bench(GenVariant::kCreateSaysYes);
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    EXPECT_EQ(first_finding(bench.run(std::string(kHeader) + "create (fail kmalloc:1)\n", options)),
              "contract missed-failure.gen-create.kmalloc.no-pool.none.kmalloc at 0");
  }
}

// A warning is listed once, and the program goes on with the model.
TEST(GenWarn, DoesNotEndTheProgram) {
  BrokenBench bench(GenVariant::kWarns);
  const Verdict& verdict = bench.run(std::string(kHeader) +
                                     "create\nadd 65536 size:64\na0 = alloc 8\na1 = alloc 8\n"
                                     "free a0\ndestroy\n");
  ASSERT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.operations, 6u);
  EXPECT_EQ(verdict.findings[0].got, "WARN in gen_pool_alloc: size");
}

TEST(GenWarn, OfAMisalignedOffsetIsExpectedOnceForEachChunkThatIsTried) {
  Bench<GenPoolBackend<BitmapGenPool>> bench;
  const char* text =
      "header profile:faults kind:gen_pool order:4\ncreate\nadd 65536 size:64\n"
      "add 131072 size:16\nadd 262144 size:64\na0 = alloc 32 fixed:24\na0 = alloc 0 fixed:24\n"
      "a0 = alloc 32 fixed:32\nfree a0\ndestroy\n";
  const std::string traced = bench.traced(text);
  EXPECT_EQ(first_finding(bench.run(text)), "clean");
  std::size_t warnings = 0;
  for (std::size_t at = traced.find("WARN in"); at != std::string::npos;
       at = traced.find("WARN in", at + 1))
    ++warnings;
  EXPECT_EQ(warnings, 2u) << traced;
}

// Books that overlap, or that a wrong free has spoilt, prove nothing.
TEST(GenBooks, AreSilentOnceChunksOverlapOrABlockWasFreedWrongly) {
  BrokenBench bench(GenVariant::kRefuses);
  EXPECT_EQ(first_finding(bench.run(std::string(kHeader) +
                                        "create\nadd 65536 size:64\nadd 65544 size:64\n"
                                        "a0 = alloc 8\n",
                                    without_model())),
            "clean");
  BrokenBench marks(GenVariant::kBugOnFree);  // in misuse: what is freed is live, so none is due
  const char* wrong =
      "header profile:misuse kind:gen_pool order:3\ncreate\nadd 65536 size:64\na0 = alloc 16\n"
      "misuse free a0 size:8\n";
  EXPECT_EQ(first_finding(marks.run(wrong, without_model())), "clean");
  EXPECT_EQ(first_finding(marks.run(wrong)),
            "change change.gen-misuse-free.free-not-allocated.other-bug.none.none at 3");
}

// A pool made anew has books of its own.
TEST(GenBooks, AreTrustedAgainAfterADestroy) {
  BrokenBench bench(GenVariant::kAvailNotReduced);
  EXPECT_EQ(first_finding(bench.run(std::string(kHeader) +
                                        "create\nadd 65536 size:64\nadd 65544 size:64\ndestroy\n"
                                        "create\nadd 65536 size:64\na0 = alloc 8\n",
                                    without_model())),
            "safety accounting.gen-alloc.none.avail.none.none at 6");
}

TEST(GenAlign, OfMoreThanAnIntHoldsIsNotExecuted) {
  Bench<GenPoolBackend<BitmapGenPool>> bench;
  const std::string trace =
      bench.traced(std::string(kHeader) + "create\nadd 65536 size:64\na0 = alloc 8 align:31\n");
  EXPECT_THAT(trace, ::testing::HasSubstr("nothing: such an alignment does not fit"));
}

TEST(GenPolicy, ThatABackendLacksIsNotExecuted) {
  Bench<> bench;
  const std::string trace =
      bench.traced(std::string(kHeader) + "create\nadd 65536 size:64\na0 = alloc 8 best-fit\n");
  EXPECT_THAT(trace, ::testing::HasSubstr("nothing: the policy is not run here"));
}

}  // namespace
}  // namespace arenafuzz::testing
