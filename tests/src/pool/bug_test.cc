// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/bug.h"

#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::bug_of;

void first_handler(BugSite) {}
void second_handler(BugSite) {}

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
  EXPECT_EQ(set_bug_handler(first_handler), nullptr);
  EXPECT_EQ(set_bug_handler(second_handler), &first_handler);
  EXPECT_EQ(set_bug_handler(nullptr), &second_handler);
  EXPECT_EQ(set_bug_handler(nullptr), nullptr);
}

TEST(Bug, TheHandlerIsToldTheSite) {
  for (int site = 1; site < kBugSiteCount; ++site)
    EXPECT_EQ(bug_of([&] { bug(static_cast<BugSite>(site)); }), static_cast<BugSite>(site));
}

const char* warned_function = nullptr;
const char* warned_condition = nullptr;
void first_warn_handler(const char* function, const char* condition) {
  warned_function = function;
  warned_condition = condition;
}
void second_warn_handler(const char*, const char*) {}

TEST(Warn, TellsItsHandlerWhereAndWhatAndReturns) {
  EXPECT_EQ(set_warn_handler(first_warn_handler), nullptr);
  warn("some_function", "a > b");
  EXPECT_STREQ(warned_function, "some_function");
  EXPECT_STREQ(warned_condition, "a > b");
  EXPECT_EQ(set_warn_handler(second_warn_handler), &first_warn_handler);
  EXPECT_EQ(set_warn_handler(nullptr), &second_warn_handler);
  EXPECT_EQ(set_warn_handler(nullptr), nullptr);
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
        set_bug_handler(first_handler);
        bug(BugSite::kDestroyNotEmpty);
      },
      "BUG: destroy-not-empty");
}

}  // namespace
}  // namespace arenafuzz
