// SPDX-License-Identifier: GPL-2.0-only
//
// Corners of the judge: what excuses a refusal, what a step costs, who is named as the culprit.
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

TEST(Retry, IsExcusedByAPeerThatTookAGranuleOfTheOnlyRun) {
  Bench<> bench;
  for (const char* fault : {"vzalloc:1", "page:1"})
    EXPECT_EQ(first_finding(bench.run(std::string("header profile:faults pages:4\n"
                                                  "enable s0 root m0\n"
                                                  "a0 = alloc s0 16384 (fail ") +
                                      fault + ")\na0 = alloc s0 16384 (collide:1 set)\n")),
              "clean");
}

TEST(Retry, WaitsForTheWorkerOfItsOwnMap) {
  Bench<> bench;
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:4 release:deferred maps:2\n"
                                    "enable s0 root m0\na0 = alloc s0 8 (fail vzalloc:1)\n"
                                    "worker m1\na0 = alloc s0 8\n")),
            "clean");
}

TEST(Retry, IsDemandedOnceTheWorkerHasRun) {
  Bench<BrokenBackend> bench(Variant::kStaysRefused);
  const std::string before =
      "header profile:faults pages:4 release:deferred\nenable s0 root m0\n"
      "a0 = alloc s0 8 (fail vzalloc:1)\n";
  EXPECT_EQ(first_finding(bench.run(before + "worker m0\na0 = alloc s0 8\n", without_model())),
            "contract not-recovered.alloc.page.refused.within-chunk.none at 3");
}

TEST(Steps, OfAnAbsurdSizeAreNotThoseOfASearch) {
  Bench<> bench;
  for (const char* size : {"2^33", "2^35", "2^44", "2^63", "2^64-64"}) {
    const Verdict& verdict = bench.run(std::string("header profile:correct\nenable s0 root m0\n") +
                                       "a0 = alloc s0 " + size + "\na1 = alloc s0 8\n");
    EXPECT_EQ(verdict.end, EndReason::kCompleted) << size;
    EXPECT_EQ(verdict.operations, 3u) << size;
    EXPECT_LT(verdict.steps, 1000u) << size;
  }
}

TEST(Steps, OfSizesBeyondTheArenaDoNotEndAProgramWithoutTheModel) {
  Bench<> bench;
  std::string text = "header profile:correct\nenable s0 root m0\n";
  for (int i = 0; i < 8; ++i) text += "a0 = alloc s0 2^32\n";
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    EXPECT_EQ(bench.run(text, options).end, EndReason::kCompleted) << model;
  }
}

constexpr const char* kStrayClear =
    "header profile:faults\nenable s0 root m0\na0 = alloc s0 512\na1 = alloc s0 512\n"
    "free a0\na2 = alloc s0 8\n";

TEST(Culprit, IsNamedByASecondRunThatComparesAfterEveryOperation) {
  Bench<BrokenBackend> bench(Variant::kFreesNeighbouringWord);
  EXPECT_EQ(first_finding(bench.run(kStrayClear)),
            "safety accounting.free.none.state.none.none at 3");
}

TEST(Culprit, IsNamedAlsoWhenADisableComesFirst) {
  Bench<BrokenBackend> bench(Variant::kFreesNeighbouringWord);
  EXPECT_EQ(first_finding(bench.run(std::string(kStrayClear) + "disable s0\n")),
            "safety accounting.free.none.state.none.none at 3");
}

TEST(Culprit, LeavesTheTraceHashOfTheFirstRun) {
  Bench<BrokenBackend> bench(Variant::kFreesNeighbouringWord);
  const std::uint64_t hash = bench.run(kStrayClear).trace_hash;
  EXPECT_EQ(bench.run(kStrayClear).trace_hash, hash);
}

TEST(Neighbour, IsBlamedForAnOverlapThatTheWorkerMade) {
  Bench<BrokenBackend> bench(Variant::kNoOverlapGuard);
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    const Verdict& verdict = bench.run(
        "header profile:faults pages:64 release:deferred\nenable s0 root m0\n"
        "a0 = alloc s0 16384 (fail vzalloc:1)\nrelease m0 0+4\na0 = alloc s0 16384\n"
        "worker m0\na1 = alloc s0 16384\n",
        options);
    EXPECT_EQ(first_finding(verdict),
              "contract neighbour.alloc.none.address-twice.within-chunk.none at 5");
  }
}

struct ReachCase {
  const char* text;
  Reach reach;
};
TEST(Reach, IsReadOffTheProgram) {
  Bench<BrokenBackend> bench(Variant::kAvailNotReduced);
  const std::string start = "header profile:misuse\nenable s0 root m0\n";
  const ReachCase cases[] = {
      {"a0 = alloc s0 32\n", Reach::kNormalUse},
      {"a0 = alloc s0 32 (fail page:1)\na0 = alloc s0 32\n", Reach::kMemoryPressure},
      {"p0 = claim m0 1\na0 = alloc s0 32\n", Reach::kNeighbour},
      {"a0 = alloc s0 13\n", Reach::kCallerBug},
      {"enable s0 root m0\na0 = alloc s0 32\n", Reach::kMisuse},
  };
  for (const ReachCase& each : cases) {
    const Verdict& verdict = bench.run(start + each.text);
    ASSERT_FALSE(verdict.clean()) << each.text;
    EXPECT_STREQ(reach_name(verdict.findings[0].reach), reach_name(each.reach)) << each.text;
  }
}

TEST(Change, SwitchesTheModelOffAndTheProgramGoesOn) {
  Bench<BrokenBackend> bench(Variant::kMovesBlocks);
  const Verdict& verdict = bench.run(
      "header profile:faults\nenable s0 root m0\n"
      "a0 = alloc s0 64\na1 = alloc s0 64\nfree a0\n");
  EXPECT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.operations, 4u);
  EXPECT_EQ(verdict.end, EndReason::kFinding);
}

}  // namespace
}  // namespace arenafuzz::testing
