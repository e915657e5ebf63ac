// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/bug.h"

#include <string>

#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::bug_of;

class Remembering final : public ReportHandler {
 public:
  void on_bug(BugSite) override {}
  void on_warn(const char* function, const char* condition) override {
    warned = std::string(function) + ": " + condition;
  }
  std::string warned;
};

TEST(Bug, SitesHaveTheNamesOfTheSignatures) {
  EXPECT_STREQ(bug_site_name(BugSite::kNone), "none");
  EXPECT_STREQ(bug_site_name(BugSite::kFreeNoChunk), "free-no-chunk");
  EXPECT_STREQ(bug_site_name(BugSite::kFreePastEnd), "free-past-end");
  EXPECT_STREQ(bug_site_name(BugSite::kFreeNotAllocated), "free-not-allocated");
  EXPECT_STREQ(bug_site_name(BugSite::kAllocRollback), "alloc-rollback");
  EXPECT_STREQ(bug_site_name(BugSite::kDestroyNotEmpty), "destroy-not-empty");
  EXPECT_STREQ(bug_site_name(BugSite::kOther), "other");
}

TEST(Bug, AnotherSiteIsToldByItsFunction) {
  EXPECT_EQ(bug_of([] { bug_in("scx_arena_grow"); }), BugSite::kOther);
  EXPECT_STREQ(bug_function(), "scx_arena_grow");
}

TEST(BugDeathTest, ArithmeticWithoutAHandlerEndsTheProcess) {
  EXPECT_DEATH(arithmetic_error(), "a shift or a division is undefined");
}

TEST(Bug, AnUnknownSiteHasANameToo) {
  EXPECT_STREQ(bug_site_name(static_cast<BugSite>(kBugSiteCount)), "unknown");
}

TEST(Bug, SettingAHandlerReturnsTheFormerOne) {
  Remembering first;
  Remembering second;
  EXPECT_EQ(set_report_handler(&first), nullptr);
  EXPECT_EQ(set_report_handler(&second), &first);
  EXPECT_EQ(set_report_handler(nullptr), &second);
  EXPECT_EQ(set_report_handler(nullptr), nullptr);
}

TEST(Bug, TheHandlerIsToldTheSite) {
  for (int site = 1; site < kBugSiteCount; ++site)
    EXPECT_EQ(bug_of([&] { bug(static_cast<BugSite>(site)); }), static_cast<BugSite>(site));
}

TEST(Warn, TellsItsHandlerWhereAndWhatAndReturns) {
  Remembering handler;
  set_report_handler(&handler);
  warn("some_function", "a > b");
  set_report_handler(nullptr);
  EXPECT_EQ(handler.warned, "some_function: a > b");
}

TEST(Reports, WithoutAHandlerNobodyMapsMemoryAndSleepingIsPassedOver) {
  sleeping_call("mutex_lock");
  EXPECT_FALSE(arena_access(0x1000));
}

TEST(Warn, WithoutAHandlerGoesToStderr) {
  ::testing::internal::CaptureStderr();
  warn("some_function", "a > b");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "WARNING: some_function: a > b\n");
}

TEST(BugDeathTest, WithoutAHandlerTheReportGoesToStderr) {
  EXPECT_DEATH(bug(BugSite::kFreeNoChunk), "^BUG: free-no-chunk\n");
}

TEST(BugDeathTest, AHandlerThatReturnsDoesNotSaveTheProcess) {
  EXPECT_DEATH(
      {
        Remembering handler;
        set_report_handler(&handler);
        bug(BugSite::kDestroyNotEmpty);
      },
      "BUG: destroy-not-empty");
}

}  // namespace
}  // namespace arenafuzz
