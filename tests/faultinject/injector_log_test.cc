// SPDX-License-Identifier: GPL-2.0-only
#include <gmock/gmock.h>

#include <cstdio>
#include <string>

#include "faultinject/injector.h"

namespace arenafuzz {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class InjectorLog : public testing::Test {
 protected:
  InjectorLog() {
    FaultPlan plan;
    for (FaultAttributes& site : plan.sites) site = {100, 1, -1, 0, 0};
    injector_.reset(plan);
    injector_.set_active(true);
    injector_.begin_operation(17, {});
  }
  std::string backtrace_text(std::uint64_t age) const {
    std::string text;
    for (const std::string& line : backtrace_lines(injector_.fired_fault(age)))
      text += "    " + line + "\n";
    return text;
  }

  Injector injector_;
};

TEST_F(InjectorLog, AnEntrySaysWhatFiredAndWhere) {
  injector_.should_fail(FaultSite::kKmalloc, 56);
  injector_.should_fail(FaultSite::kPage, 4);
  injector_.should_fail(FaultSite::kPage, 9);
  const FiredFault& newest = injector_.fired_fault(0);
  EXPECT_EQ(newest.site, FaultSite::kPage);
  EXPECT_EQ(newest.cause, FaultCause::kPlanAttributes);
  EXPECT_EQ(newest.operation, 17u);
  EXPECT_EQ(newest.site_ordinal, 2u);
  EXPECT_EQ(newest.any_ordinal, 3u);
  EXPECT_EQ(newest.amount, 9u);
  EXPECT_EQ(newest.backtrace.count, 0);
}

TEST_F(InjectorLog, CountsCallsAndFaultsBySite) {
  for (int i = 0; i < 3; ++i) injector_.should_fail(FaultSite::kSpan, 24);
  injector_.should_fail(FaultSite::kRelease, 24);
  EXPECT_EQ(injector_.calls(FaultSite::kSpan), 3u);
  EXPECT_EQ(injector_.fired(FaultSite::kSpan), 3u);
  EXPECT_EQ(injector_.fired(FaultSite::kRelease), 1u);
  EXPECT_EQ(injector_.fired(FaultSite::kPage), 0u);
  EXPECT_EQ(injector_.fired_total(), 4u);
}

TEST_F(InjectorLog, FaultsOfAnOperationAreCountedFromItsBegin) {
  injector_.should_fail(FaultSite::kSpan, 24);
  EXPECT_EQ(injector_.fired_in_operation(), 1u);
  injector_.begin_operation(18, {});
  EXPECT_EQ(injector_.fired_in_operation(), 0u);
  EXPECT_EQ(injector_.fired_total(), 1u);
}

TEST_F(InjectorLog, TheRingKeepsTheNewest) {
  constexpr std::uint64_t kCount = 3 * Injector::kLogCapacity + 5;
  for (std::uint64_t i = 1; i <= kCount; ++i) injector_.should_fail(FaultSite::kPage, i);
  EXPECT_EQ(injector_.fired_total(), kCount);
  for (std::uint64_t age = 0; age < Injector::kLogCapacity; ++age)
    EXPECT_EQ(injector_.fired_fault(age).amount, kCount - age);
}

TEST_F(InjectorLog, ResetEmptiesTheLog) {
  injector_.should_fail(FaultSite::kPage, 1);
  injector_.reset({});
  EXPECT_EQ(injector_.fired_total(), 0u);
  EXPECT_EQ(injector_.fired_in_operation(), 0u);
}

TEST_F(InjectorLog, ABacktraceHasAtLeastThreeFrames) {
  injector_.capture_backtraces(true);
  injector_.should_fail(FaultSite::kPage, 1);
  EXPECT_GE(injector_.fired_fault(0).backtrace.count, 3);
  for (int i = 0; i < 3; ++i) EXPECT_NE(injector_.fired_fault(0).backtrace.frames[i], nullptr);
}

TEST_F(InjectorLog, ABacktraceIsPrintedWithOneNumberedLineAFrame) {
  injector_.capture_backtraces(true);
  injector_.should_fail(FaultSite::kPage, 1);
  const std::string text = backtrace_text(0);
  EXPECT_THAT(text, HasSubstr("#0 "));
  EXPECT_THAT(text, HasSubstr("\n    #1 "));
  EXPECT_THAT(text, HasSubstr("\n    #2 "));
  EXPECT_EQ(text.back(), '\n');
}

// The return address of the call of should_fail, as its caller sees it: in its own code.
__attribute__((noinline)) bool ask_from_here(Injector& injector) {
  const bool fails = injector.should_fail(FaultSite::kPage, 1);
  asm volatile("" ::: "memory");  // no tail call: this frame has to be there
  return fails;
}

TEST_F(InjectorLog, ABacktraceBeginsAtTheCallerOfTheInjector) {
  injector_.capture_backtraces(true);
  EXPECT_TRUE(ask_from_here(injector_));
  const auto first = reinterpret_cast<std::uintptr_t>(injector_.fired_fault(0).backtrace.frames[0]);
  const auto function = reinterpret_cast<std::uintptr_t>(&ask_from_here);
  EXPECT_GT(first, function);
  EXPECT_LT(first, function + 512) << "instrumented, it is well below that";
}

TEST_F(InjectorLog, WithoutCaptureThereIsNothingToPrint) {
  injector_.should_fail(FaultSite::kPage, 1);
  EXPECT_EQ(backtrace_text(0), "");
}

TEST_F(InjectorLog, CaptureCanBeSwitchedOffAgain) {
  injector_.capture_backtraces(true);
  injector_.should_fail(FaultSite::kPage, 1);
  injector_.capture_backtraces(false);
  injector_.should_fail(FaultSite::kPage, 1);
  EXPECT_EQ(injector_.fired_fault(0).backtrace.count, 0);
  EXPECT_GT(injector_.fired_fault(1).backtrace.count, 0);
}

TEST(FaultCause, EveryCauseHasAName) {
  EXPECT_STREQ(fault_cause_name(FaultCause::kClause), "clause");
  EXPECT_STREQ(fault_cause_name(FaultCause::kLasting), "lasting");
  EXPECT_STREQ(fault_cause_name(FaultCause::kPlanNth), "plan fail_nth");
  EXPECT_STREQ(fault_cause_name(FaultCause::kPlanAttributes), "plan attributes");
}

}  // namespace
}  // namespace arenafuzz
