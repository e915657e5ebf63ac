// SPDX-License-Identifier: GPL-2.0-only
//
// Where the kernel's C files meet our seams.
#include "src/kernel/kernel_seam.h"

#include <gtest/gtest-spi.h>

#include <set>

#include "faultinject/metadata_stand_in.h"
#include "src/kernel/seam.h"
#include "tests/src/kernel/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

struct Condition {
  const char* function;
  const char* condition;
  BugSite site;
};
// As Linux 6.12 has them, and nearby spellings.
constexpr Condition kConditions[] = {
    {"gen_pool_free_owner", "", BugSite::kFreeNoChunk},
    {"gen_pool_free", "", BugSite::kFreeNoChunk},
    {"gen_pool_free_owner", "addr + size - 1 > chunk->end_addr", BugSite::kFreePastEnd},
    {"gen_pool_free_owner", "remain", BugSite::kFreeNotAllocated},
    {"gen_pool_free_owner", "remain != 0", BugSite::kFreeNotAllocated},
    {"gen_pool_alloc_algo_owner", "remain", BugSite::kAllocRollback},
    {"gen_pool_destroy", "bit < end_bit", BugSite::kDestroyNotEmpty},
    {"gen_pool_free_owner", "in_nmi()", BugSite::kOther},
    {"gen_pool_alloc_algo_owner", "in_nmi()", BugSite::kOther},
    {"gen_pool_alloc_algo_owner", "", BugSite::kOther},
    {"gen_pool_add_owner", "remain", BugSite::kOther},
    {"scx_arena_grow", "!sch->arena_pool", BugSite::kOther},
    {"", "", BugSite::kOther},
};

TEST(KernelBugSite, IsDerivedFromTheFunctionAndTheConditionsText) {
  for (const Condition& known : kConditions)
    EXPECT_EQ(kernel_bug_site(known.function, known.condition), known.site)
        << known.function << ": " << known.condition;
}

TEST(KernelBugSite, IsReachedForEachSiteThatAPoolHas) {
  std::set<BugSite> reached;
  for (const Condition& known : kConditions) reached.insert(known.site);
  EXPECT_EQ(reached.size(), static_cast<std::size_t>(kBugSiteCount) - 1) << "all but kNone";
}

TEST(KernelBug, AtAnUnknownPlaceNamesItsFunction) {
  const arenafuzz_place place = {"kernel/sched/ext_arena.c", 7, "scx_arena_grow"};
  EXPECT_EQ(bug_of([&] { arenafuzz_kernel_bug(&place, "pages == 0"); }), BugSite::kOther);
  EXPECT_STREQ(bug_function(), "scx_arena_grow");
}

TEST(KernelBug, AtAKnownPlaceIsThatSite) {
  const arenafuzz_place place = {"lib/genalloc.c", 7, "gen_pool_destroy"};
  EXPECT_EQ(bug_of([&] { arenafuzz_kernel_bug(&place, "bit < end_bit"); }),
            BugSite::kDestroyNotEmpty);
}

// What a kernel tree's reports come to.
class KernelReports : public ::testing::Test, protected ReportHandler {
 protected:
  struct Thrown {};
  KernelReports() { set_report_handler(this); }
  ~KernelReports() override { set_report_handler(nullptr); }
  void on_warn(const char* function, const char* condition) override {
    heard += std::string(function) + ": " + condition;
  }
  void on_arithmetic() override { throw Thrown(); }
  void on_sleeping_call(const char* what) override { heard += what; }
  std::string heard;
};

TEST_F(KernelReports, AWarningNamesItsFunctionAndCondition) {
  const arenafuzz_place place = {"lib/genalloc.c", 7, "gen_pool_fixed_alloc"};
  arenafuzz_kernel_warn(&place, "offset_bit < 0");
  EXPECT_EQ(heard, "gen_pool_fixed_alloc: offset_bit < 0");
}

TEST_F(KernelReports, ArithmeticIsReported) { EXPECT_THROW(arenafuzz_kernel_arithmetic(), Thrown); }

TEST_F(KernelReports, ASleepingCallIsReported) {
  arenafuzz_kernel_sleeping_call("might_sleep");
  EXPECT_EQ(heard, "might_sleep");
}

TEST_F(KernelReports, KvfreeMaySleepForWhatCameFromVmallocAlone) {
  MetadataStandIn stand_in;
  bind_kernel_metadata(stand_in);
  void* small = arenafuzz_kernel_kmalloc(24, 0, 1);
  void* large = arenafuzz_kernel_vzalloc(24);
  context_depth.spinlock = 1;
  arenafuzz_kernel_kvfree(small);
  EXPECT_EQ(heard, "");
  arenafuzz_kernel_kvfree(large);
  context_depth.spinlock = 0;
  EXPECT_EQ(heard, "kvfree");
}

// Sized and poisoned, so that "zeroed" is seen.
class KernelMetadata : public ::testing::Test {
 protected:
  KernelMetadata() { bind_kernel_metadata(metadata); }
  static std::vector<int> bytes_of(const void* memory, std::size_t count) {
    const auto* bytes = static_cast<const unsigned char*>(memory);
    return {bytes, bytes + count};
  }
  TestMetadata metadata;
};

TEST_F(KernelMetadata, IsZeroedWhereItWasAskedFor) {
  void* zeroed = arenafuzz_kernel_kmalloc(24, 1, 1);
  void* raw = arenafuzz_kernel_kmalloc(24, 0, 1);
  void* large = arenafuzz_kernel_vzalloc(24);
  EXPECT_THAT(bytes_of(zeroed, 24), Each(0));
  EXPECT_THAT(bytes_of(raw, 24), Each(0xa5));
  EXPECT_THAT(bytes_of(large, 24), Each(0));
  EXPECT_THAT(metadata.sizes(MetadataSite::kKmalloc), ElementsAre(24, 24));
  EXPECT_THAT(metadata.sizes(MetadataSite::kVzalloc), ElementsAre(24));
}

TEST_F(KernelMetadata, ThatCannotBeHadIsNull) {
  metadata.fail(MetadataSite::kKmalloc);
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(arenafuzz_kernel_kmalloc(24, 1, 1), nullptr);
  EXPECT_EQ(arenafuzz_kernel_vzalloc(24), nullptr);
}

// TestMetadata fails the test on a call that may sleep where it must not.
TEST_F(KernelMetadata, ThatNeedNotSleepMayBeHadUnderASpinlock) {
  context_depth.spinlock = 1;
  EXPECT_NE(arenafuzz_kernel_kmalloc(24, 0, 0), nullptr);
  EXPECT_EQ(context_depth.spinlock, 1) << "the depth comes back";
  context_depth = {};
}

TEST_F(KernelMetadata, ThatMaySleepIsSeenAsSuchUnderASpinlock) {
  EXPECT_NONFATAL_FAILURE(
      {
        context_depth.spinlock = 1;
        arenafuzz_kernel_kmalloc(24, 0, 1);
        context_depth = {};
      },
      "sleeps where it must not");
}

TEST_F(KernelMetadata, IsGivenBackToTheSiteItCameFrom) {
  void* small = arenafuzz_kernel_kmalloc(24, 0, 1);
  void* large = arenafuzz_kernel_vzalloc(24);
  arenafuzz_kernel_kfree(small);
  EXPECT_EQ(metadata.outstanding(MetadataSite::kKmalloc), 0u);
  EXPECT_EQ(metadata.outstanding(MetadataSite::kVzalloc), 1u);
  arenafuzz_kernel_vfree(large);
  EXPECT_EQ(metadata.outstanding(), 0u);
}

// TestMetadata fails the test on a free of what it did not give.
TEST_F(KernelMetadata, OfNullIsFreedWithoutACall) {
  void* kept = arenafuzz_kernel_vzalloc(24);
  arenafuzz_kernel_kfree(nullptr);
  arenafuzz_kernel_vfree(nullptr);
  arenafuzz_kernel_kvfree(nullptr);
  EXPECT_EQ(metadata.outstanding(), 1u);
  arenafuzz_kernel_vfree(kept);
}

TEST(KernelKvfree, TakesWhatEitherGave) {
  MetadataStandIn stand_in;
  bind_kernel_metadata(stand_in);
  void* small = arenafuzz_kernel_kmalloc(24, 0, 1);
  void* large = arenafuzz_kernel_vzalloc(24);
  arenafuzz_kernel_kvfree(small);
  EXPECT_EQ(stand_in.look_up(MetadataSite::kKmalloc, small), BlockState::kFreed);
  EXPECT_EQ(stand_in.look_up(MetadataSite::kVzalloc, large), BlockState::kLive);
  arenafuzz_kernel_kvfree(large);
  EXPECT_EQ(stand_in.look_up(MetadataSite::kVzalloc, large), BlockState::kFreed);
}

TEST(KernelPages, ReachThePageSourceAsTheTreePassesThem) {
  RecordingPages pages;
  void* map = static_cast<PageSource*>(&pages);
  void* address = arenafuzz_kernel_claim(map, nullptr, 5, kNoNode, 0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(address), kUserBase);
  EXPECT_THAT(pages.claims, ElementsAre(5));
  arenafuzz_kernel_release(map, address, 3);
  EXPECT_THAT(pages.releases, ElementsAre(RecordingPages::Release{kUserBase, 3}));
  EXPECT_EQ(arenafuzz_kernel_vm_start(map), kKernelBase);
  pages.refuse = true;
  EXPECT_EQ(arenafuzz_kernel_claim(map, nullptr, 5, kNoNode, 0), nullptr);
}

TEST(KernelPages, HaveTheSizeThatWasSet) {
  for (const unsigned shift : {12u, 14u, 16u}) {
    set_kernel_page_bytes(std::uint64_t{1} << shift);
    EXPECT_EQ(arenafuzz_page_shift, shift);
  }
  set_kernel_page_bytes(kPage);
}

}  // namespace
}  // namespace arenafuzz::testing
