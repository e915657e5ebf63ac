// SPDX-License-Identifier: GPL-2.0-only
//
// Each fallible call F1 to F5 fires, and the trace says what was unwound; each BUG site is reached.
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::HasSubstr;

struct Fallible {
  const char* name;
  FaultSite site;
  const char* text;
  const char* trace;
};

constexpr Fallible kFallible[] = {
    {"Kmalloc", FaultSite::kKmalloc, "header profile:faults\nenable s0 root m0 (fail kmalloc:1)\n",
     "      kmalloc 56 bytes -> failed (injected)\n"
     "      pool init -> -12\n"
     "      pool destroyed\n"
     "      -> -12\n"},
    {"Page", FaultSite::kPage,
     "header profile:faults\nenable s0 root m0\na0 = alloc s0 64 (fail page:1)\n",
     "      claim 4 pages -> failed (injected)\n"
     "      -> NULL\n"},
    {"Vzalloc", FaultSite::kVzalloc,
     "header profile:faults\nenable s0 root m0\na0 = alloc s0 64 (fail vzalloc:1)\n"
     "a0 = alloc s0 64\n",
     "      claim 4 pages -> page 0\n"
     "      vzalloc 312 bytes -> failed (injected)\n"
     "      release page 0, 4 pages\n"
     "      free-space record 64 bytes -> ok\n"
     "      -> NULL  (unwound: the pages are free again)\n"
     "    2 a0 = alloc s0 64\n"
     "      claim 4 pages -> page 0\n"},
    {"Span", FaultSite::kSpan,
     "header profile:faults release:deferred\nenable s0 root m0\n"
     "a0 = alloc s0 64 (fail vzalloc:1, span:1)\nworker m0\na0 = alloc s0 64\n",
     "      release page 0, 4 pages\n"
     "      span record 24 bytes -> failed (injected)\n"
     "      -> NULL  (unwound, but the pages are lost until the map dies)\n"
     "    2 worker m0\n"
     "    3 a0 = alloc s0 64\n"
     "      claim 4 pages -> page 4\n"},
    {"Release", FaultSite::kRelease,
     "header profile:faults\nenable s0 root m0\n"
     "a0 = alloc s0 64 (fail vzalloc:1, release:1)\na0 = alloc s0 64\n",
     "      release page 0, 4 pages\n"
     "      free-space record 64 bytes -> failed (injected)\n"
     "      -> NULL  (unwound, but the pages are lost until the map dies)\n"
     "    2 a0 = alloc s0 64\n"
     "      claim 4 pages -> page 4\n"},
    {"ReleaseInTheWorker", FaultSite::kRelease,
     "header profile:faults release:deferred\nenable s0 root m0\n"
     "a0 = alloc s0 64 (fail vzalloc:1)\nworker m0 (fail release:1)\na0 = alloc s0 64\n",
     "      span record 24 bytes -> ok\n"
     "      -> NULL  (unwound: the pages wait for the worker)\n"
     "    2 worker m0 (fail release:1)\n"
     "      free-space record 64 bytes -> failed (injected)\n"
     "    3 a0 = alloc s0 64\n"
     "      claim 4 pages -> page 4\n"},
};

class FallibleCall : public ::testing::TestWithParam<Fallible> {};

TEST_P(FallibleCall, FiresAndTheTraceShowsWhatWasUnwound) {
  Bench<> bench;
  EXPECT_THAT(bench.traced(GetParam().text), HasSubstr(GetParam().trace));
  const Verdict& verdict = bench.run(GetParam().text);
  EXPECT_EQ(first_finding(verdict), "clean");
  EXPECT_EQ(verdict.faults_fired[static_cast<int>(GetParam().site)], 1u);
}

TEST_P(FallibleCall, IsCleanWithoutTheModelAndOnBestFit) {
  Bench<> bench;
  EXPECT_EQ(first_finding(bench.run(GetParam().text, without_model())), "clean");
  std::string text = GetParam().text;
  text.insert(text.find('\n'), " placement:best");
  EXPECT_EQ(first_finding(bench.run(text)), "clean");
}
INSTANTIATE_TEST_SUITE_P(Each, FallibleCall, ::testing::ValuesIn(kFallible),
                         [](const auto& each) { return std::string(each.param.name); });

struct Outcome {
  const char* name;
  const char* text;
  FaultSite site;
  FaultOutcome outcome;
};

constexpr Outcome kOutcomes[] = {
    {"AnEnableWithoutMemory", "header profile:faults\nenable s0 root m0 (fail kmalloc:1)\n",
     FaultSite::kKmalloc, FaultOutcome::kNoMemory},
    {"AnAllocWithoutPages",
     "header profile:faults\nenable s0 root m0\na0 = alloc s0 64 (fail page:1)\n", FaultSite::kPage,
     FaultOutcome::kNoMemory},
    {"AWorkerThatGoesOn",
     "header profile:faults release:deferred\nenable s0 root m0\n"
     "a0 = alloc s0 64 (fail vzalloc:1)\nworker m0 (fail release:1)\n",
     FaultSite::kRelease, FaultOutcome::kServed},
};

class FaultOutcomeOf : public ::testing::TestWithParam<Outcome> {};

TEST_P(FaultOutcomeOf, IsCountedOnceAtItsSiteAndGoneWithTheNextProgram) {
  Bench<> bench;
  const Outcome& expected = GetParam();
  const auto count = [&expected](const Verdict& verdict) {
    return verdict
        .fault_outcomes[static_cast<int>(expected.site)][static_cast<int>(expected.outcome)];
  };
  const auto all = [](const Verdict& verdict) {
    std::uint64_t sum = 0;
    for (const auto& of_site : verdict.fault_outcomes)
      for (const std::uint64_t one : of_site) sum += one;
    return sum;
  };
  const auto fired = [](const Verdict& verdict) {
    std::uint64_t sum = 0;
    for (const std::uint64_t one : verdict.faults_fired) sum += one;
    return sum;
  };
  const Verdict& verdict = bench.run(expected.text);
  EXPECT_EQ(count(verdict), 1u);
  EXPECT_EQ(all(verdict), fired(verdict));
  EXPECT_EQ(all(bench.run("header profile:faults\nenable s0 root m0\n")), 0u);
}
INSTANTIATE_TEST_SUITE_P(Each, FaultOutcomeOf, ::testing::ValuesIn(kOutcomes),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(FaultOutcome, OfAFindingIsThatWhereTheOperationIsFoundWrong) {
  Bench<BrokenBackend> bench(Variant::kUnwindWithoutRelease);
  const Verdict& verdict =
      bench.run("header profile:faults\nenable s0 root m0\na0 = alloc s0 64 (fail vzalloc:1)\n");
  EXPECT_EQ(verdict.fault_outcomes[static_cast<int>(FaultSite::kVzalloc)]
                                  [static_cast<int>(FaultOutcome::kFinding)],
            1u);
}

// The leak is seen when the program is over, which is no operation's outcome.
TEST(FaultOutcome, OfWhatEndsTheProgramAfterItsLastOperationIsNotCountedTwice) {
  Bench<BrokenBackend> bench(Variant::kDestroyForgetsChunk);
  const Verdict& verdict = bench.run(
      "header profile:faults\nenable s0 root m0\na1 = alloc s0 64\n"
      "a0 = alloc s0 1000000 (fail page:1)\n");
  EXPECT_FALSE(verdict.clean());
  EXPECT_EQ(verdict.fault_outcomes[static_cast<int>(FaultSite::kPage)]
                                  [static_cast<int>(FaultOutcome::kNoMemory)],
            1u);
  EXPECT_EQ(verdict.fault_outcomes[static_cast<int>(FaultSite::kPage)]
                                  [static_cast<int>(FaultOutcome::kFinding)],
            0u);
}

TEST(LastingFault, LastsUntilHeal) {
  Bench<> bench;
  const std::string trace = bench.traced(
      "header profile:faults\nenable s0 root m0\na0 = alloc s0 64 (fail page:1+)\n"
      "a0 = alloc s0 64\nheal\na0 = alloc s0 64\n");
  EXPECT_THAT(trace, HasSubstr("    2 a0 = alloc s0 64\n      claim 4 pages -> failed (injected)\n"
                               "      -> NULL\n    3 heal\n    4 a0 = alloc s0 64\n"
                               "      claim 4 pages -> page 0\n"));
}

TEST(Faults, NeverReachTheNeighboursOwnCalls) {
  Bench<> bench;
  const std::string trace = bench.traced(
      "header profile:faults\nenable s0 root m0\na0 = alloc s0 64 (fail nth:1+)\n"
      "p0 = claim m0 2\nrelease p0\n");
  EXPECT_THAT(trace, HasSubstr("    2 p0 = claim m0 2\n      -> page 0\n"));
}

struct BugCase {
  BugSite site;
  const char* text;
};
constexpr BugCase kBugs[] = {
    {BugSite::kFreeNoChunk, "a0 = alloc s0 64\nmisuse free a0 offset:-32768\n"},
    {BugSite::kFreePastEnd, "a0 = alloc s0 64\nmisuse free a0 size:16385\n"},
    {BugSite::kFreeNotAllocated, "a0 = alloc s0 64\nmisuse free a0 twice\n"},
    {BugSite::kAllocRollback, "a0 = alloc s0 1024 (collide:2 set) (collide:3 clear)\n"},
    {BugSite::kDestroyNotEmpty,
     "a0 = alloc s0 64\na1 = alloc s0 64\nfree a0\ndisable s0 (collide:1 set+63)\n"},
};

class PredictedBug : public ::testing::TestWithParam<BugCase> {
 protected:
  std::string text = std::string("header profile:misuse\nenable s0 root m0\n") + GetParam().text;
};

TEST_P(PredictedBug, EndsTheProgramCleanly) {
  Bench<> bench;
  EXPECT_THAT(bench.traced(text),
              HasSubstr(std::string("      -> BUG ") + bug_site_name(GetParam().site) + "\n"));
  const Verdict& verdict = bench.run(text + "a9 = alloc s0 8\na9 = alloc s0 8\n");
  EXPECT_EQ(first_finding(verdict), "clean");
  EXPECT_EQ(verdict.end, EndReason::kBug);
  EXPECT_EQ(verdict.operations, bench.program.operations.size() - 2);
}

TEST_P(PredictedBug, LeavesNothingBehindForTheNextProgram) {
  Bench<> bench;
  const char* next = "header profile:correct\nenable s0 root m0\na0 = alloc s0 64\n";
  const std::uint64_t hash = bench.run(next).trace_hash;
  bench.run(text);
  EXPECT_EQ(bench.run(next).trace_hash, hash);
}
INSTANTIATE_TEST_SUITE_P(Sites, PredictedBug, ::testing::ValuesIn(kBugs), [](const auto& each) {
  std::string name;
  for (const char c : std::string(bug_site_name(each.param.site)))
    if (c != '-') name += c;
  return name;
});

TEST(Undefined, IsAFreeThatWouldRunOffTheBitmap) {
  Bench<> bench;
  const std::string trace = bench.traced(
      "header profile:misuse\nenable s0 root m0\na0 = alloc s0 16384\n"
      "misuse free a0 size:2^64-8 offset:8\na1 = alloc s0 8\n");
  EXPECT_THAT(trace, HasSubstr("      undefined: the C would run off its bitmap; not executed\n"));
  EXPECT_THAT(trace, HasSubstr("    3 a1 = alloc s0 8\n      claim 4 pages -> page 4\n"));
}

TEST(WrappingFree, OfTheLastSevenSizesFreesNothing) {
  Bench<> bench;
  for (const char* size : {"2^64-7", "2^64-1"}) {
    const Verdict& verdict =
        bench.run(std::string("header profile:misuse\nenable s0 root m0\na0 = alloc s0 64\n") +
                  "misuse free a0 size:" + size + "\na1 = alloc s0 64\n");
    EXPECT_EQ(first_finding(verdict), "clean") << size;
    EXPECT_EQ(verdict.end, EndReason::kCompleted) << size;
  }
}

}  // namespace
}  // namespace arenafuzz::testing
