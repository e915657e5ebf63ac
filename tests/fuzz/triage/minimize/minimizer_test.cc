// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/minimizer.h"

#include "tests/fuzz/triage/minimize/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

constexpr const char* kPagesKept = "unwind.alloc.page.pages-kept.within-chunk.vzalloc";

struct Planted {
  Variant variant;
  Profile profile;
};

// 256 operations, as a file of 4 KiB has them, that show something.
template <typename AnyProbe>
std::pair<Program, std::string> crasher(AnyProbe& probe, Profile profile,
                                        const std::string& wanted = "") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Program program = generated(seed, profile, 256);
    const ProbeResult& seen = probe.run(program);
    for (const Sighting& sighting : seen.sightings)
      if (wanted.empty() || sighting.signature == wanted) return {program, sighting.signature};
  }
  return {};
}

class EveryDefect : public ::testing::TestWithParam<Planted> {};

TEST_P(EveryDefect, LeavesAProgramFromWhichNothingCanBeTakenAway) {
  CountingProbe<BrokenBackend> probe(GetParam().variant);
  const auto [program, signature] = crasher(probe, GetParam().profile);
  ASSERT_FALSE(signature.empty());
  const Minimized result = minimized(probe, program, signature);
  EXPECT_TRUE(result.minimal);
  ASSERT_NE(probe.run(result.program).find(signature), nullptr);
  EXPECT_THAT(simplifications(probe, result.program, signature), IsEmpty())
      << signature << "\n"
      << print_program(result.program);
}

TEST_P(EveryDefect, TakesFewRunsForFourKibibytes) {
  CountingProbe<BrokenBackend> probe(GetParam().variant);
  const auto [program, signature] = crasher(probe, GetParam().profile);
  ASSERT_FALSE(signature.empty());
  EXPECT_THAT(minimized(probe, program, signature).runs, Lt(4000u)) << signature;
}

TEST_P(EveryDefect, GivesTheSameProgramEachTime) {
  CountingProbe<BrokenBackend> probe(GetParam().variant);
  const auto [program, signature] = crasher(probe, GetParam().profile);
  ASSERT_FALSE(signature.empty());
  const Minimized first = minimized(probe, program, signature);
  CountingProbe<BrokenBackend> other(GetParam().variant);
  other.run(generated(7, Profile::kMisuse));
  const Minimized second = minimized(other, program, signature);
  EXPECT_EQ(print_program(second.program), print_program(first.program));
  EXPECT_EQ(second.runs, first.runs);
}

INSTANTIATE_TEST_SUITE_P(
    Planted, EveryDefect,
    ::testing::Values(Planted{Variant::kUnwindWithoutRelease, Profile::kFaults},
                      Planted{Variant::kUnwindElsewhere, Profile::kFaults},
                      Planted{Variant::kEndOffByOne, Profile::kMisuse},
                      Planted{Variant::kAvailNotRestored, Profile::kCorrect},
                      Planted{Variant::kFreesNeighbouringWord, Profile::kCorrect},
                      Planted{Variant::kSizesRoundedDown, Profile::kCorrect},
                      Planted{Variant::kDestroyForgetsChunk, Profile::kCorrect},
                      Planted{Variant::kSleepsUnderLock, Profile::kFaults},
                      Planted{Variant::kNoOverlapGuard, Profile::kFaults},
                      Planted{Variant::kFailedInitKeepsObject, Profile::kFaults},
                      Planted{Variant::kStaysRefused, Profile::kFaults},
                      Planted{Variant::kSameAddressTwice, Profile::kCorrect}),
    [](const auto& parameter) {
      return "Variant" + std::to_string(static_cast<int>(parameter.param.variant));
    });

TEST(Minimizer, SaysSoWhereTheProgramDoesNotShowTheSignature) {
  CountingProbe<CppBackend> probe;
  const Program program = generated(1, Profile::kFaults);
  const Minimized result = minimized(probe, program, kPagesKept);
  EXPECT_FALSE(result.shows);
  EXPECT_FALSE(result.minimal);
  EXPECT_EQ(result.program, program);
  EXPECT_EQ(result.runs, 1u);
}

TEST(Minimizer, LeavesTheTextbookProgramOfAMissingUnwind) {
  CountingProbe<BrokenBackend> probe(Variant::kUnwindWithoutRelease);
  const auto [program, signature] = crasher(probe, Profile::kFaults, kPagesKept);
  ASSERT_EQ(signature, kPagesKept);
  const Minimized result = minimized(probe, program, kPagesKept);
  ASSERT_TRUE(result.minimal);
  EXPECT_EQ(print_program(result.program),
            "# arenafuzz\n"
            "header profile:faults pages:4 base:small page:4096 placement:lowest "
            "release:immediate schedulers:1 maps:1\n"
            "enable s0 root m0\n"
            "a0 = alloc s0 1 (fail vzalloc:1)\n");
}

TEST(Minimizer, NeverDriftsAndKeepsWhatItMeetsBeside) {
  // An alloc of a page or more shows one bug; without its second operation, another.
  FunctionProbe probe([](const Program& program) -> std::vector<std::string> {
    if (program.operations.empty()) return {};
    return {program.operations.size() >= 2 ? "wanted.x" : "other.y"};
  });
  Program program = generated(3, Profile::kCorrect, 64);
  const Minimized result = minimized(probe, program, "wanted.x");
  EXPECT_THAT(result.program.operations, SizeIs(2));
  ASSERT_EQ(result.beside.count("other.y"), 1u);
  EXPECT_THAT(result.beside.at("other.y").operations, SizeIs(1));
}

TEST(Minimizer, GivesOneProgramWhereTheOrderDoesNotMatter) {
  FunctionProbe probe([](const Program& program) -> std::vector<std::string> {
    std::size_t sizes = 0;
    for (const Operation& operation : program.operations)
      sizes |= operation.size == 64 ? 1u : operation.size == 0 ? 2u : 0u;
    return {sizes == 3 ? "wanted.x" : "other.y"};
  });
  const auto left = [&probe](const char* operations) {
    const Program program = program_of(std::string("header profile:faults\n") + operations);
    return print_program(minimized(probe, program, "wanted.x").program);
  };
  EXPECT_EQ(left("a7 = alloc s0 64\na3 = alloc s0 0\n"),
            left("a1 = alloc s0 0\na2 = alloc s0 9\na9 = alloc s0 64\n"));
}

TEST(Minimizer, DropsTheFaultsAndCollisionsThatAreNotNeeded) {
  FunctionProbe probe([](const Program& program) -> std::vector<std::string> {
    for (const Operation& operation : program.operations)
      for (const FaultClause& clause : operation.faults)
        if (clause.kind == FaultClause::Kind::kSite && clause.site == FaultSite::kVzalloc)
          return {"wanted.x"};
    return {};
  });
  const Program program = program_of(
      "header profile:faults\na0 = alloc s0 64 (fail page:2, vzalloc:2+) (collide:2 set)\n");
  EXPECT_EQ(print_operation(minimized(probe, program, "wanted.x").program.operations.at(0)),
            "a0 = alloc s0 0 (fail vzalloc:1)");
}

TEST(Minimizer, EndsEarlyWithTheBestSoFar) {
  CountingProbe<BrokenBackend> probe(Variant::kUnwindWithoutRelease);
  const auto [program, signature] = crasher(probe, Profile::kFaults);
  Patience patience(10);
  const Minimized result = minimize(probe, program, signature, patience);
  EXPECT_TRUE(result.shows);
  EXPECT_FALSE(result.minimal);
  EXPECT_EQ(result.runs, 10u);
  EXPECT_NE(probe.run(result.program).find(signature), nullptr);
}

TEST(Minimizer, WritesThePlanOutAsWhatFired) {
  CountingProbe<BrokenBackend> probe(Variant::kUnwindWithoutRelease);
  const Minimized result =
      minimized(probe,
                program_of("header profile:faults pages:64\nplan seed:7 vzalloc:fail_nth=2\n"
                           "enable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 20000\n"),
                "unwind.alloc.page.pages-kept.several-pages.vzalloc");
  ASSERT_TRUE(result.minimal);
  EXPECT_FALSE(result.program.has_plan);
  EXPECT_THAT(print_operation(result.program.operations.back()),
              ::testing::EndsWith("(fail vzalloc:1)"));
}

TEST(Minimizer, WritesALastingFaultOutAsOneCall) {
  CountingProbe<BrokenBackend> probe(Variant::kUnwindWithoutRelease);
  const Minimized result =
      minimized(probe,
                program_of("header profile:faults pages:64\nenable s0 root m0\n"
                           "a0 = alloc s0 64 (fail vzalloc:1+)\na1 = alloc s0 64\n"),
                kPagesKept);
  ASSERT_TRUE(result.minimal);
  EXPECT_THAT(print_operation(result.program.operations.back()),
              ::testing::EndsWith("(fail vzalloc:1)"));
}

}  // namespace
}  // namespace arenafuzz::testing
