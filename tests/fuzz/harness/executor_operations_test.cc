// SPDX-License-Identifier: GPL-2.0-only
//
// What single operations do: profiles and domains, two arenas, cpu-form, teardown, the worker.
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Traces `text`, which must be clean, and returns the lines.
std::string clean_trace(std::string_view text, Options options = {}) {
  Bench<> bench;
  const std::string trace = bench.traced(text, options);
  const Verdict& verdict = bench.run(bench.program, options);
  EXPECT_EQ(first_finding(verdict), "clean") << trace;
  EXPECT_EQ(verdict.end, EndReason::kCompleted) << trace;
  return trace;
}

TEST(Skipped, AreOperationsOutsideTheProfile) {
  Bench<> bench;
  const Verdict& verdict = bench.run(
      "header profile:correct\nenable s0 root m0\np0 = claim m0 1\nrelease m0 0+1\n"
      "p0 = reserve m0 0+1\nuser_fault m0 0\nteardown m0\nmisuse free a0\nenable s0 sub m0\n"
      "a0 = alloc s0 8\n");
  EXPECT_EQ(verdict.skipped, 7u);
  EXPECT_EQ(verdict.operations, 9u);
  EXPECT_TRUE(verdict.clean());
}

TEST(Skipped, AreShownInTheTraceAndNotReadAsSomethingElse) {
  const std::string trace =
      clean_trace("header profile:correct\nenable s0 root m0\np0 = claim m0 1\n");
  EXPECT_THAT(trace, HasSubstr("    1 p0 = claim m0 1   # skipped: outside the profile or domain"));
}

TEST(Skipped, AreFaultsAndCollisionsOfACorrectProgram) {
  const std::string trace = clean_trace(
      "header profile:correct\nenable s0 root m0 (fail kmalloc:1)\n"
      "a0 = alloc s0 64 (fail vzalloc:1) (collide:1 set)\n");
  EXPECT_THAT(trace, Not(HasSubstr("injected")));
  EXPECT_THAT(trace, Not(HasSubstr("a peer")));
  EXPECT_THAT(trace, HasSubstr("      -> m0+0x0\n"));
}

TEST(Skipped, IsThePlanOfACorrectProgram) {
  for (const char* profile : {"correct", "faults"}) {
    const std::string trace = clean_trace(std::string("header profile:") + profile +
                                          "\nplan seed:1 page:fail_nth=1\nenable s0 root m0\n"
                                          "a0 = alloc s0 64\n");
    const bool injected = trace.find("injected") != std::string::npos;
    EXPECT_EQ(injected, std::string(profile) == "faults") << trace;
  }
}

TEST(DomainCallers, SkipsSizesThatNoInTreeCallerUses) {
  Bench<> bench;
  Options options;
  options.domain = Domain::kCallers;
  const std::string start = "header profile:faults\nenable s0 root m0\n";
  for (const char* size : {"32", "40", "536", "1048"})
    EXPECT_EQ(bench.run(start + "a0 = alloc s0 " + size + "\n", options).skipped, 0u) << size;
  for (const char* size : {"0", "8", "24", "33", "1056", "4096", "2^44"})
    EXPECT_EQ(bench.run(start + "a0 = alloc s0 " + size + "\n", options).skipped, 1u) << size;
}

TEST(DomainApi, SkipsMisuseEvenOfAMisuseProgram) {
  Bench<> bench;
  Options options;
  options.domain = Domain::kApi;
  const Verdict& verdict = bench.run(
      "header profile:misuse\nenable s0 root m0\na0 = alloc s0 13\nmisuse free a0\n"
      "enable s0 root m0\n",
      options);
  EXPECT_EQ(verdict.skipped, 2u);
}

TEST(Enable, RefusesTwoDifferentArenas) {
  const std::string trace = clean_trace(
      "header profile:faults maps:2\nenable s0 root m0+m1\na0 = alloc s0 8\nenable s0 sub m1\n");
  EXPECT_THAT(trace, HasSubstr("      -> -22\n    1 a0 = alloc s0 8\n      -> NULL\n"));
  EXPECT_THAT(trace, HasSubstr("    2 enable s0 sub m1\n      kmalloc 56 bytes -> ok\n"));
}

TEST(Enable, ReportsInitAndValidationFailures) {
  const std::string trace = clean_trace(
      "header profile:faults\nenable s0 root m0 init-fails\nenable s0 root m0 validation-fails\n");
  EXPECT_THAT(trace, HasSubstr("      -> -125\n"));
  EXPECT_THAT(trace, HasSubstr("      -> -22\n"));
}

TEST(Enable, OfAnEnabledSchedulerIsBusy) {
  const std::string trace =
      clean_trace("header profile:misuse\nenable s0 root m0\nenable s0 root m0\n");
  EXPECT_THAT(trace, HasSubstr("    1 enable s0 root m0\n      pool init -> -16\n      -> -16\n"));
}

TEST(CpuForm, HasNoPoolAndAllocatesNothing) {
  const std::string trace = clean_trace(
      "header profile:faults\nenable_path s0 root none cpus:8 shards:1 cids:8\n"
      "a0 = alloc s0 64\nfree a0\ndisable s0\n");
  EXPECT_THAT(trace, HasSubstr("    1 a0 = alloc s0 64\n      -> NULL\n"));
  EXPECT_THAT(trace, Not(HasSubstr("kmalloc")));
}

TEST(EnablePath, UndoesItselfWhenAGrowthFails) {
  const std::string trace = clean_trace(
      "header profile:faults\nenable_path s0 root m0 cpus:16 shards:4 cids:8192 (fail page:1)\n"
      "enable_path s0 root m0 cpus:64 shards:0 cids:0\n");
  EXPECT_THAT(trace, HasSubstr("      claim 4 pages -> failed (injected)\n      -> NULL\n"
                               "      pool destroyed\n      -> -12\n"));
  EXPECT_THAT(trace, HasSubstr("      -> 0\n      end of the program\n"));
}

TEST(Teardown, KeepsTheArenaWhileASchedulerHoldsIt) {
  const std::string trace = clean_trace(
      "header profile:faults\nenable s0 root m0\na0 = alloc s0 64\nteardown m0\n"
      "p0 = claim m0 1\na1 = alloc s0 64\ndisable s0\n");
  EXPECT_THAT(trace, HasSubstr("    3 p0 = claim m0 1   # nothing: no map, or torn down\n"));
  EXPECT_THAT(trace, HasSubstr("    4 a1 = alloc s0 64\n      -> m0+0x40\n"));
  EXPECT_THAT(trace, HasSubstr("    5 disable s0\n      pool destroyed\n      map m0 died\n"));
}

TEST(Teardown, MakesTheNextEnableGetAFreshArena) {
  const std::string trace = clean_trace(
      "header profile:faults pages:4\np0 = claim m0 4\nteardown m0\nenable s0 root m0\n"
      "a0 = alloc s0 64\nrelease p0\n");
  EXPECT_THAT(trace, HasSubstr("    1 teardown m0\n      map m0 died\n    2 enable s0 root m0\n"
                               "      map m0 created\n"));
  EXPECT_THAT(trace, HasSubstr("      claim 4 pages -> page 0\n"));
}

TEST(Worker, ReturnsWhatTheUnwindDeferred) {
  const std::string start =
      "header profile:faults pages:4 release:deferred\nenable s0 root m0\n"
      "a0 = alloc s0 64 (fail vzalloc:1)\n";
  EXPECT_THAT(clean_trace(start + "a0 = alloc s0 64\n"), HasSubstr("claim 4 pages -> refused"));
  EXPECT_THAT(clean_trace(start + "worker m0\na0 = alloc s0 64\n"),
              HasSubstr("    3 a0 = alloc s0 64\n      claim 4 pages -> page 0\n"));
}

TEST(Mmap, GivesAnUnmappedArenaItsPages) {
  const std::string trace = clean_trace(
      "header profile:faults unmapped base:high\nenable s0 root m0\na0 = alloc s0 64\n"
      "mmap m0\na0 = alloc s0 64\nmmap m0\n");
  EXPECT_THAT(trace, HasSubstr("claim 4 pages -> refused\n      -> NULL\n"));
  EXPECT_THAT(trace, HasSubstr("    2 mmap m0\n      -> 0\n"));
  EXPECT_THAT(trace, HasSubstr("    3 a0 = alloc s0 64\n      claim 4 pages -> page 0\n"));
  EXPECT_THAT(trace, HasSubstr("    4 mmap m0\n      -> -16\n"));
}

TEST(Slots, AreNamesAndAForgottenBlockStaysAllocated) {
  const std::string trace = clean_trace(
      "header profile:correct\nenable s0 root m0\na0 = alloc s0 64\na0 = alloc s0 64\n"
      "free a0\nfree a0\nfree a7\na1 = alloc s0 64\n");
  EXPECT_THAT(trace, HasSubstr("    3 free a0\n      freed m0+0x40, 64 bytes\n    4 free a0\n"
                               "    5 free a7\n    6 a1 = alloc s0 64\n      -> m0+0x40\n"));
}

TEST(Slots, OfADisabledSchedulerAreEmpty) {
  const std::string trace = clean_trace(
      "header profile:correct\nenable s0 root m0\na0 = alloc s0 64\ndisable s0\n"
      "enable s0 root m0\nfree a0\na1 = alloc s0 64\n");
  EXPECT_THAT(trace, HasSubstr("    4 free a0\n    5 a1 = alloc s0 64\n"));
}

TEST(Overlap, OfAReclaimedRunIsGivenBack) {
  const std::string trace = clean_trace(
      "header profile:faults\nenable s0 root m0\na0 = alloc s0 16384\nrelease a0\n"
      "a1 = alloc s0 64\n");
  EXPECT_THAT(trace, HasSubstr("      claim 4 pages -> page 0\n      release page 0, 4 pages\n"
                               "      free-space record 64 bytes -> ok\n"
                               "      -> NULL  (unwound: the pages are free again)\n"));
}

}  // namespace
}  // namespace arenafuzz::testing
