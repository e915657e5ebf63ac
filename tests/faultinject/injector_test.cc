// SPDX-License-Identifier: GPL-2.0-only
//
// What injector_plan, injector_clause and injector_log leave: which state moves when, what outlives
// what, and the breakpoint function.
#include "faultinject/injector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>

// The same function by the name a debugger sees: links only if that name is not mangled.
void fault_fired_by_symbol(const char* site,
                           std::uint32_t site_ordinal) __asm__("arenafuzz_fault_fired");

namespace arenafuzz {
namespace {

constexpr FaultSite kKmalloc = FaultSite::kKmalloc;
constexpr FaultSite kPage = FaultSite::kPage;
constexpr FaultSite kVzalloc = FaultSite::kVzalloc;
constexpr FaultSite kSpan = FaultSite::kSpan;

// What seed 7 throws at probability 50, and what it throws at 10.
constexpr const char* kSeed7Half = "FF..FFFFFFF......F...FFF";
constexpr const char* kSeed7Tenth = ".F......................";

FaultClause at_call(FaultSite site, std::uint16_t ordinal) {
  return {FaultClause::Kind::kSite, site, false, ordinal};
}
FaultClause from_call(FaultSite site, std::uint16_t ordinal) {
  return {FaultClause::Kind::kSite, site, true, ordinal};
}
FaultClause at_nth(std::uint16_t ordinal) {
  return {FaultClause::Kind::kNth, kKmalloc, false, ordinal};
}

struct InjectorTest : ::testing::Test {
  // Starts a program whose plan concerns kPage only, inside operation 1 without clauses.
  void start(const FaultAttributes& page, std::uint32_t seed = 0) {
    FaultPlan plan;
    plan.seed = seed;
    plan.sites[static_cast<int>(kPage)] = page;
    start_plan(plan);
  }
  void start_plan(const FaultPlan& plan) {
    injector.reset(plan);
    injector.set_active(true);
    begin(1, {});
  }
  void begin(std::uint64_t operation, std::initializer_list<FaultClause> clauses) {
    injector.begin_operation(operation, {clauses.begin(), clauses.size()});
  }
  // One character a call: F if it fails, else a dot.
  std::string run(int calls, FaultSite site = kPage, std::uint64_t amount = 8) {
    std::string seen;
    for (int i = 0; i < calls; ++i) seen += injector.should_fail(site, amount) ? 'F' : '.';
    return seen;
  }
  const FaultAttributes& left(FaultSite site = kPage) const {
    return injector.state().sites[static_cast<int>(site)];
  }
  FaultCause newest_cause() const { return injector.fired_fault(0).cause; }

  Injector injector;
};

struct InjectorPlanTest : InjectorTest {};
struct InjectorTimesTest : InjectorTest {};
struct InjectorClauseTest : InjectorTest {};
struct InjectorLastingTest : InjectorTest {};
struct InjectorLogTest : InjectorTest {};
struct InjectorBacktraceTest : InjectorTest {};

// The plan's checks, in their order. {probability, interval, times, space, fail_nth}

TEST_F(InjectorPlanTest, FailNthFailsThoughTheIntervalIsNotDue) {
  start({100, 100, -1, 0, 1});
  EXPECT_EQ(run(3), "F..");
}

TEST_F(InjectorPlanTest, WhileFailNthCountsDownTheDiceAreNotThrown) {
  start({50, 1, -1, 0, 2}, 7);
  EXPECT_EQ(run(26), std::string(".F") + kSeed7Half);
}

TEST_F(InjectorPlanTest, AmountsBeyondThirtyTwoBitsAreNotSmallerThanAnySpace) {
  start({100, 1, -1, 0xffffffff, 0});
  EXPECT_EQ(run(1, kPage, std::uint64_t{1} << 32), "F");
  EXPECT_EQ(run(1, kPage, 0xfffffffe), ".");
  EXPECT_EQ(left().space, 1u);
}

TEST_F(InjectorPlanTest, TheIntervalCountsOnAcrossOperations) {
  start({100, 3, -1, 0, 0});
  EXPECT_EQ(run(2), "..");
  begin(2, {});
  EXPECT_EQ(run(2), "F.");
}

TEST_F(InjectorPlanTest, TheDiceOfASeedArePartOfTheFormat) {
  start({50, 1, -1, 0, 0}, 7);
  EXPECT_EQ(run(24), kSeed7Half);
  start({10, 1, -1, 0, 0}, 7);
  EXPECT_EQ(run(24), kSeed7Tenth);
  start({50, 1, -1, 0, 0}, 0);
  EXPECT_EQ(run(24), ".FF.FFF.F.F.....F.F....F");
  start({50, 1, -1, 0, 0}, 0xffffffff);
  EXPECT_EQ(run(24), "FF.F..F.FFFFFF.F.F......");
}

TEST_F(InjectorPlanTest, AllSitesThrowTheSameDice) {
  FaultPlan plan;
  plan.seed = 7;
  for (FaultAttributes& site : plan.sites) site = {50, 1, -1, 0, 0};
  start_plan(plan);
  std::string seen;
  for (int i = 0; i < 24; ++i) seen += run(1, static_cast<FaultSite>(i % kFaultSiteCount));
  EXPECT_EQ(seen, kSeed7Half);
}

TEST_F(InjectorPlanTest, EverySiteCountsItsOwnIntervalAndFailNth) {
  FaultPlan plan;
  plan.sites[static_cast<int>(kPage)] = {100, 2, -1, 0, 0};
  plan.sites[static_cast<int>(kSpan)] = {100, 2, -1, 0, 0};
  plan.sites[static_cast<int>(kVzalloc)].fail_nth = 2;
  start_plan(plan);
  EXPECT_EQ(run(1, kPage), ".");
  EXPECT_EQ(run(2, kSpan), ".F");
  EXPECT_EQ(run(1, kVzalloc), ".");
  EXPECT_EQ(run(1, kPage), "F");
  EXPECT_EQ(run(1, kVzalloc), "F");
  EXPECT_EQ(run(3, kKmalloc), "...");
}

// Times.

TEST_F(InjectorTimesTest, CallsThatPassUseUpNothing) {
  start({50, 1, 2, 0, 0}, 0);
  EXPECT_EQ(run(8), ".FF.....");
  start({100, 4, 1, 0, 0});
  EXPECT_EQ(run(3), "...");
  EXPECT_EQ(left().times, 1);
}

TEST_F(InjectorTimesTest, FailNthLeavesMinusOneAndZeroAlone) {
  start({0, 1, -1, 0, 1});
  EXPECT_EQ(run(1), "F");
  EXPECT_EQ(left().times, -1);
  start({0, 1, 0, 0, 1});
  EXPECT_EQ(run(1), "F");
  EXPECT_EQ(left().times, 0);
}

// An operation's clauses.

TEST_F(InjectorClauseTest, TheOrderOfTheClausesDoesNotMatter) {
  start({});
  begin(1, {at_nth(4), at_call(kPage, 2)});
  EXPECT_EQ(run(6), ".F.F..");
}

TEST_F(InjectorClauseTest, OnlyTheFirstTwoClausesAreTaken) {
  start({});
  begin(1, {at_call(kPage, 1), at_call(kPage, 2), at_call(kPage, 3)});
  EXPECT_EQ(run(4), "FF..");
}

TEST_F(InjectorClauseTest, HiddenCallsDoNotUseUpSpaceOrDice) {
  start({50, 1, -1, 4, 0}, 7);
  begin(1, {at_call(kPage, 6)});
  EXPECT_EQ(run(6, kPage, 1), ".....F");
  EXPECT_EQ(left().space, 4u);
  EXPECT_EQ(run(24), kSeed7Half);
}

TEST_F(InjectorClauseTest, TheSecondClauseStillHidesThePlanAfterTheFirstFired) {
  start({100, 1, -1, 0, 0});
  begin(1, {at_call(kPage, 1), at_call(kPage, 4)});
  EXPECT_EQ(run(5), "F..FF");
}

TEST_F(InjectorClauseTest, ClausesThatDidNotFireEndWithTheOperation) {
  start({});
  begin(1, {at_call(kPage, 3), at_nth(4)});
  EXPECT_EQ(run(2), "..");
  injector.end_operation();
  EXPECT_EQ(run(5), ".....");
}

TEST_F(InjectorClauseTest, TheNextOperationReplacesTheClauses) {
  start({});
  begin(1, {at_call(kPage, 3)});
  begin(2, {at_call(kSpan, 1)});
  EXPECT_EQ(run(5), ".....");
  EXPECT_EQ(run(1, kSpan), "F");
}

// Lasting clauses.

TEST_F(InjectorLastingTest, ALastingFaultOutlivesItsOperation) {
  start({});
  begin(1, {from_call(kPage, 1)});
  EXPECT_EQ(run(1), "F");
  injector.end_operation();
  EXPECT_EQ(run(2), "FF");
  begin(2, {});
  EXPECT_EQ(run(2), "FF");
}

TEST_F(InjectorLastingTest, ALastingFaultUsesUpNothingOfThePlan) {
  start({100, 1, 2, 16, 5});
  begin(1, {from_call(kPage, 1)});
  EXPECT_EQ(run(10), "FFFFFFFFFF");
  EXPECT_EQ(left(), (FaultAttributes{100, 1, 2, 16, 5}));
}

TEST_F(InjectorLastingTest, ThePlanGoesOnAfterHeal) {
  start({100, 3, -1, 0, 0});
  EXPECT_EQ(run(1), ".");
  begin(2, {from_call(kPage, 1)});
  EXPECT_EQ(run(2), "FF");
  injector.heal();
  EXPECT_EQ(run(5), ".F..F");
}

// Counts, switching off, starting anew.

TEST_F(InjectorTest, CallsWhileInactiveAreNoOrdinals) {
  start({});
  begin(1, {at_call(kPage, 2)});
  EXPECT_EQ(run(1), ".");
  injector.set_active(false);
  EXPECT_EQ(run(3), "...");
  injector.set_active(true);
  EXPECT_EQ(run(2), "F.");
  EXPECT_EQ(injector.calls(kPage), 3u);
}

TEST_F(InjectorTest, FiredInOperationStartsAnewWithEveryOperation) {
  start({100, 1, -1, 0, 0});
  run(3);
  EXPECT_EQ(injector.fired_in_operation(), 3u);
  injector.end_operation();
  EXPECT_EQ(injector.fired_in_operation(), 3u);
  begin(2, {});
  EXPECT_EQ(injector.fired_in_operation(), 0u);
  run(1);
  EXPECT_EQ(injector.fired_in_operation(), 1u);
  EXPECT_EQ(injector.fired_total(), 4u);
}

TEST_F(InjectorTest, ResetForgetsLastingFaultsClausesAndCounts) {
  start({});
  begin(1, {from_call(kPage, 1), at_call(kSpan, 1)});
  run(3);
  injector.reset({});
  injector.set_active(true);
  EXPECT_EQ(run(3), "...");
  EXPECT_EQ(run(1, kSpan), ".");
  EXPECT_EQ(injector.calls(kPage), 3u);
  EXPECT_EQ(injector.fired_total(), 0u);
  EXPECT_EQ(injector.fired_in_operation(), 0u);
}

// The log.

TEST_F(InjectorLogTest, CallsThatPassAreNotLogged) {
  start({100, 2, -1, 0, 0});
  for (std::uint64_t amount = 1; amount <= 5; ++amount) run(1, kPage, amount);
  EXPECT_EQ(injector.fired_fault(0).amount, 4u);
  EXPECT_EQ(injector.fired_fault(1).amount, 2u);
}

// Backtraces.

std::string printed(const FiredFault& fault) {
  std::string text;
  for (const std::string& line : backtrace_lines(fault)) text += "    " + line + "\n";
  return text;
}

__attribute__((noinline)) bool fail_at_depth(Injector& injector, int depth) {
  const bool fails =
      depth == 0 ? injector.should_fail(FaultSite::kPage, 1) : fail_at_depth(injector, depth - 1);
  __asm__ volatile("" : : : "memory");  // no tail call
  return fails;
}

TEST_F(InjectorBacktraceTest, ADeepStackIsCutToTheFramesThereIsRoomFor) {
  start({100, 1, -1, 0, 0});
  injector.capture_backtraces(true);
  ASSERT_TRUE(fail_at_depth(injector, 60));
  EXPECT_EQ(injector.fired_fault(0).backtrace.count, Backtrace::kMaxFrames);
}

TEST_F(InjectorBacktraceTest, PrintingGivesANumberedLineAFrame) {
  start({100, 1, -1, 0, 0});
  injector.capture_backtraces(true);
  run(1);
  const std::string text = printed(injector.fired_fault(0));
  EXPECT_THAT(text, ::testing::HasSubstr("#0 "));
  EXPECT_THAT(text, ::testing::HasSubstr("\n    #2 "));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), injector.fired_fault(0).backtrace.count);
}

// The breakpoint function.

TEST(FaultFiredTest, IsASymbolADebuggerFindsByItsPlainName) {
  EXPECT_EQ(&fault_fired_by_symbol, &::arenafuzz_fault_fired);
}

#if defined(__x86_64__)
// A debugger's breakpoint, once: int3 over the function's first byte, taken out when it is hit.
struct Breakpoint {
  Breakpoint() {
    hits = 0;
    const auto page_bytes = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto page = reinterpret_cast<std::uintptr_t>(code) & ~(page_bytes - 1);
    mprotect(reinterpret_cast<void*>(page), page_bytes, PROT_READ | PROT_WRITE | PROT_EXEC);
    struct sigaction action{};
    action.sa_sigaction = on_trap;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGTRAP, &action, &before);
    replaced = exchange(0xcc);
  }
  ~Breakpoint() {
    exchange(replaced);
    sigaction(SIGTRAP, &before, nullptr);
  }
  Breakpoint(const Breakpoint&) = delete;
  Breakpoint& operator=(const Breakpoint&) = delete;

  // Not instrumented: TSan has no shadow to write for code.
  __attribute__((noinline, no_sanitize_thread)) static unsigned char exchange(unsigned char byte) {
    const unsigned char before_it = *code;
    *code = byte;
    return before_it;
  }
  static void on_trap(int, siginfo_t*, void* context) {
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    exchange(replaced);
    --registers[REG_RIP];
    hits = hits + 1;
    site = reinterpret_cast<const char*>(registers[REG_RDI]);
    ordinal = static_cast<std::uint32_t>(registers[REG_RSI]);
  }

  static inline volatile unsigned char* const code =
      reinterpret_cast<volatile unsigned char*>(&::arenafuzz_fault_fired);
  static inline unsigned char replaced = 0;
  static inline volatile int hits = 0;
  static inline const char* volatile site = nullptr;
  static inline volatile std::uint32_t ordinal = 0;
  struct sigaction before{};
};

TEST_F(InjectorLogTest, ABreakpointStopsAtAFaultWithSiteAndOrdinal) {
  start({0, 1, 1, 0, 3});
  const Breakpoint breakpoint;
  EXPECT_EQ(run(2), "..");
  EXPECT_EQ(Breakpoint::hits, 0);
  EXPECT_EQ(run(1), "F");
  EXPECT_EQ(Breakpoint::hits, 1);
  EXPECT_STREQ(Breakpoint::site, "page");
  EXPECT_EQ(Breakpoint::ordinal, 3u);
}
#endif

}  // namespace
}  // namespace arenafuzz
