// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/arena_map.h"

#include <cerrno>

#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::kAllOnes;
using testing::kKernelBase;
using testing::kPage;
using testing::kUserBase;
using testing::TestMetadata;

constexpr std::uint64_t kFourGib = std::uint64_t{1} << 32;
constexpr std::uint64_t kCapacity = std::uint64_t{1} << 20;

struct ArenaMapTest : ::testing::Test {
  ArenaMapConfig config() const {
    ArenaMapConfig made;
    made.pages = 32;
    made.user_base = kUserBase;
    made.kernel_base = kKernelBase;
    return made;
  }
  int create(const ArenaMapConfig& wanted) { return map.create(wanted, storage, metadata); }
  int create(std::uint64_t pages, std::uint64_t user_base, std::uint64_t page_bytes = kPage) {
    ArenaMapConfig wanted = config();
    wanted.pages = pages;
    wanted.user_base = user_base;
    wanted.page_bytes = page_bytes;
    return create(wanted);
  }
  void create_default() { ASSERT_EQ(create(config()), 0); }
  void create_deferred(Placement placement = Placement::kLowestGap) {
    ArenaMapConfig wanted = config();
    wanted.placement = placement;
    wanted.release_policy = ReleasePolicy::kDeferred;
    ASSERT_EQ(create(wanted), 0);
  }
  std::uint64_t claim(std::uint64_t pages) { return map.claim({.pages = PageCount{pages}}); }
  std::uint64_t claim_at(std::uint64_t hint, std::uint64_t pages) {
    return map.claim({.pages = PageCount{pages}, .hint = hint});
  }
  static std::uint64_t page(std::uint64_t index) { return kUserBase + index * kPage; }

  TestMetadata metadata;
  PageRunStorage storage{kCapacity};
  ArenaMap map;
};

// ---- creation

TEST_F(ArenaMapTest, AMapOfNoPagesIsInvalid) { EXPECT_EQ(create(0, kUserBase), -EINVAL); }

TEST_F(ArenaMapTest, AMisalignedBaseIsInvalid) {
  EXPECT_EQ(create(4, kUserBase + 1), -EINVAL);
  EXPECT_EQ(create(4, kUserBase + 4095), -EINVAL);
  EXPECT_EQ(create(4, kUserBase + 4096, 16384), -EINVAL);
  EXPECT_EQ(create(4, kUserBase + 16384, 65536), -EINVAL);
  EXPECT_EQ(create(4, kUserBase + 65536, 65536), 0);
}

TEST_F(ArenaMapTest, MoreThanFourGibIsTooBig) {
  EXPECT_EQ(create((1 << 20) + 1, kUserBase), -E2BIG);
  EXPECT_EQ(create((1 << 18) + 1, kUserBase, 16384), -E2BIG);
  EXPECT_EQ(create((1 << 16) + 1, kUserBase, 65536), -E2BIG);
  EXPECT_EQ(create(kAllOnes, kUserBase), -E2BIG);
  EXPECT_EQ(create((1 << 16), kUserBase, 65536), 0);
}

TEST_F(ArenaMapTest, ARangeAcrossAFourGibBoundaryIsRefused) {
  EXPECT_EQ(create(5, kUserBase + kFourGib - 4 * kPage), -ERANGE);
  EXPECT_EQ(create(1 << 20, kUserBase + kPage), -ERANGE);
  EXPECT_EQ(create(2, 0 - kPage), -ERANGE);
}

TEST_F(ArenaMapTest, AnArenaMayEndExactlyAtAFourGibBoundary) {
  ASSERT_EQ(create(4, kUserBase + kFourGib - 4 * kPage), 0);
  EXPECT_EQ(claim(4), kUserBase + kFourGib - 4 * kPage);
  EXPECT_EQ(map.kernel_address_of_page(3), kKernelBase + kFourGib - kPage);
}

TEST_F(ArenaMapTest, TheLargestArenaIsFourGib) {
  ASSERT_EQ(create(1 << 20, kUserBase), 0);
  EXPECT_EQ(claim(1 << 20), kUserBase);
  EXPECT_EQ(map.taken_pages(), std::uint64_t{1} << 20);
  EXPECT_EQ(map.kernel_address_of_page((1 << 20) - 1), kKernelBase + kFourGib - kPage);
}

TEST_F(ArenaMapTest, TooLittleStorageIsNoMemory) {
  PageRunStorage small(8);
  EXPECT_EQ(map.create(config(), small, metadata), -ENOMEM);
  EXPECT_FALSE(map.alive());
}

TEST_F(ArenaMapTest, TheFirstFailingCheckDecides) {
  PageRunStorage small(8);
  ArenaMapConfig wanted = config();
  wanted.pages = kAllOnes;
  wanted.user_base = kUserBase + kFourGib - 8;
  EXPECT_EQ(map.create(wanted, small, metadata), -EINVAL);  // all four apply
  wanted.user_base = kUserBase + kFourGib - kPage;
  EXPECT_EQ(map.create(wanted, small, metadata), -E2BIG);
  wanted.pages = 16;
  EXPECT_EQ(map.create(wanted, small, metadata), -ERANGE);
  wanted.user_base = kUserBase;
  EXPECT_EQ(map.create(wanted, small, metadata), -ENOMEM);
  wanted.pages = 8;
  EXPECT_EQ(map.create(wanted, small, metadata), 0);
}

TEST_F(ArenaMapTest, AMapThatWasNeverCreatedDoesNothing) {
  EXPECT_FALSE(map.alive());
  EXPECT_EQ(claim(1), 0u);
  EXPECT_FALSE(map.user_fault(kUserBase));
  map.release(kUserBase, PageCount{1});
  EXPECT_EQ(map.run_worker(), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
}

// ---- claim

TEST_F(ArenaMapTest, ClaimsAreContiguousRunsFromTheBase) {
  create_default();
  EXPECT_EQ(claim(4), page(0));
  EXPECT_EQ(claim(1), page(4));
  EXPECT_EQ(claim(27), page(5));
  EXPECT_EQ(map.taken_pages(), 32u);
}

TEST_F(ArenaMapTest, AClaimOfNoPagesGivesNothing) {
  create_default();
  EXPECT_EQ(claim(0), 0u);
  EXPECT_EQ(claim_at(page(2), 0), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, AClaimIsAllOrNothing) {
  create_default();
  ASSERT_EQ(map.reserve(page(16), PageCount{1}), 0);
  EXPECT_EQ(claim(17), 0u);
  EXPECT_EQ(map.taken_pages(), 1u);
  EXPECT_EQ(claim(33), 0u);
  EXPECT_EQ(claim(kAllOnes), 0u);
  EXPECT_EQ(claim(16), page(0));
}

TEST_F(ArenaMapTest, AHintInsideClaimsExactlyThereOrFails) {
  create_default();
  EXPECT_EQ(claim_at(page(8), 4), page(8));
  EXPECT_EQ(claim_at(page(8), 1), 0u);
  EXPECT_EQ(claim_at(page(6), 3), 0u);
  EXPECT_EQ(claim_at(page(28), 4), page(28));
  EXPECT_EQ(claim_at(page(27), 2), 0u);
  EXPECT_EQ(map.taken_pages(), 8u);
}

TEST_F(ArenaMapTest, AHintOutsideOrInsideAPageIsRefused) {
  create_default();
  EXPECT_EQ(claim_at(page(32), 1), 0u);
  EXPECT_EQ(claim_at(page(31), 2), 0u);
  EXPECT_EQ(claim_at(kUserBase - kPage, 1), 0u);
  EXPECT_EQ(claim_at(page(3) + 8, 1), 0u);
  EXPECT_EQ(claim_at(page(3), kAllOnes), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, AReleaseNeedsOnlyTheLowHalfOfTheAddress) {
  create_default();
  claim(1);  // whose low half may be 0, and NULL is released by nobody
  const std::uint64_t address = claim(4);
  map.release(address & 0xffffffff, PageCount{4});
  EXPECT_EQ(map.taken_pages(), 1u);
}

TEST_F(ArenaMapTest, AReleaseWithAnotherUpperHalfChangesNothing) {
  create_default();
  const std::uint64_t address = claim(4);
  map.release((address & 0xffffffff) | std::uint64_t{0x7ea0} << 32, PageCount{4});
  EXPECT_EQ(map.taken_pages(), 4u);
}

TEST_F(ArenaMapTest, TheOnlyNodeIsNumberZero) {
  create_default();
  EXPECT_EQ(map.claim({.pages = PageCount{1}, .node = 0}), page(0));
}

TEST_F(ArenaMapTest, AnotherNodeOrAFlagIsRefused) {
  create_default();
  EXPECT_EQ(map.claim({.pages = PageCount{1}, .node = 1}), 0u);
  EXPECT_EQ(map.claim({.pages = PageCount{1}, .flags = 1}), 0u);
  EXPECT_EQ(map.claim({.pages = PageCount{1}, .flags = kAllOnes}), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, WouldGrantSaysWhatAClaimDoesAndTakesNothing) {
  create_default();
  EXPECT_TRUE(map.would_grant({.pages = PageCount{32}}));
  EXPECT_FALSE(map.would_grant({.pages = PageCount{33}}));
  EXPECT_FALSE(map.would_grant({.pages = PageCount{0}}));
  EXPECT_FALSE(map.would_grant({.pages = PageCount{1}, .node = 1}));
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, TheLowestGapIsTakenUnderLowestGap) {
  create_default();
  ASSERT_EQ(claim(32), page(0));
  map.bpf_release(page(4), PageCount{6});
  map.bpf_release(page(20), PageCount{2});
  EXPECT_EQ(claim(2), page(4));
  EXPECT_EQ(claim(5), 0u);
  EXPECT_EQ(claim(4), page(6));
}

TEST_F(ArenaMapTest, TheSmallestGapThatFitsIsTakenUnderBestFit) {
  ArenaMapConfig wanted = config();
  wanted.placement = Placement::kBestFit;
  ASSERT_EQ(create(wanted), 0);
  ASSERT_EQ(claim(32), page(0));
  map.bpf_release(page(4), PageCount{6});
  map.bpf_release(page(20), PageCount{2});
  EXPECT_EQ(claim(2), page(20));
  EXPECT_EQ(claim(3), page(4));
}

TEST_F(ArenaMapTest, AmongEqualGapsTheLastFreedIsTakenUnderBestFit) {
  ArenaMapConfig wanted = config();
  wanted.placement = Placement::kBestFit;
  ASSERT_EQ(create(wanted), 0);
  ASSERT_EQ(claim(32), page(0));
  for (std::uint64_t index : {8u, 24u, 16u}) map.bpf_release(page(index), PageCount{2});
  map.bpf_release(page(24), PageCount{2});  // free already: changes nothing
  EXPECT_EQ(claim(2), page(16));
  EXPECT_EQ(claim(2), page(24));
  EXPECT_EQ(claim(2), page(8));
}

TEST_F(ArenaMapTest, ASplitMakesTheRightPartTheLastChangedUnderBestFit) {
  ArenaMapConfig wanted = config();
  wanted.placement = Placement::kBestFit;
  wanted.pages = 9;
  ASSERT_EQ(create(wanted), 0);
  ASSERT_EQ(map.reserve(page(4), PageCount{1}), 0);
  EXPECT_EQ(claim(4), page(5));
  EXPECT_EQ(claim(4), page(0));
}

// ---- mmap

TEST_F(ArenaMapTest, BeforeMmapAnArenaWithoutABaseHasNoPages) {
  ASSERT_EQ(create(32, 0), 0);
  EXPECT_FALSE(map.mapped());
  EXPECT_EQ(claim(1), 0u);
  EXPECT_FALSE(map.would_grant({.pages = PageCount{1}}));
  EXPECT_FALSE(map.user_fault(0));
  EXPECT_FALSE(map.user_fault(kUserBase));
  EXPECT_EQ(map.reserve(0, PageCount{1}), -EINVAL);
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, AfterMmapItHasThem) {
  ASSERT_EQ(create(32, 0), 0);
  EXPECT_EQ(map.mmap(kUserBase + 0x5000), 0);
  EXPECT_TRUE(map.mapped());
  EXPECT_EQ(claim(1), kUserBase + 0x5000);
  EXPECT_EQ(map.kernel_address_of_page(0), kKernelBase + 0x5000);
}

TEST_F(ArenaMapTest, ASecondMmapIsBusyAndKeepsTheBase) {
  create_default();
  EXPECT_EQ(map.mmap(kUserBase + kPage), -EBUSY);
  EXPECT_EQ(map.user_address_of_page(0), kUserBase);
}

TEST_F(ArenaMapTest, MmapChecksTheBaseAsCreationDoes) {
  ASSERT_EQ(create(32, 0), 0);
  EXPECT_EQ(map.mmap(0), -EINVAL);
  EXPECT_EQ(map.mmap(kUserBase + 1), -EINVAL);
  EXPECT_EQ(map.mmap(kUserBase + kFourGib - kPage), -ERANGE);
  EXPECT_FALSE(map.mapped());
  EXPECT_EQ(map.mmap(kUserBase), 0);
}

TEST_F(ArenaMapTest, MmapOfADeadMapIsInvalid) { EXPECT_EQ(map.mmap(kUserBase), -EINVAL); }

// ---- addresses

TEST_F(ArenaMapTest, BothTranslationsKeepTheLowHalfOfTheUserAddress) {
  struct Case {
    std::uint64_t low;
    std::uint64_t page_bytes;
  };
  for (const Case& c : {Case{0, 4096}, Case{0x10000, 4096}, Case{0x80000000, 4096},
                        Case{0xc0010000, 16384}, Case{0xfffe0000 - 0x100000, 65536}}) {
    ASSERT_EQ(create(16, kUserBase + c.low, c.page_bytes), 0);
    EXPECT_EQ(map.user_address_of_page(0), kUserBase + c.low);
    EXPECT_EQ(map.user_address_of_page(5), kUserBase + c.low + 5 * c.page_bytes);
    EXPECT_EQ(map.kernel_address_of_page(0), kKernelBase + c.low);
    EXPECT_EQ(map.kernel_address_of_page(5), kKernelBase + c.low + 5 * c.page_bytes);
    EXPECT_EQ(map.page_bytes(), c.page_bytes);
    EXPECT_TRUE(map.put());
  }
}

TEST_F(ArenaMapTest, TheWorkedExampleOfTheHeaderHolds) {
  ASSERT_EQ(create(16, 0x700080000000), 0);
  EXPECT_EQ(map.user_address_of_page(2), 0x700080002000u);
  EXPECT_EQ(map.kernel_address_of_page(2), 0x7ea080002000u);
  EXPECT_EQ(map.kernel_base(), 0x7ea000000000u);
}

TEST_F(ArenaMapTest, PagesOfEverySizeAreClaimedAndReleased) {
  for (std::uint64_t bytes : {4096u, 16384u, 65536u}) {
    ASSERT_EQ(create(8, kUserBase, bytes), 0);
    EXPECT_EQ(claim(3), kUserBase);
    EXPECT_EQ(claim(2), kUserBase + 3 * bytes);
    map.release(kUserBase + bytes, PageCount{1});
    EXPECT_EQ(claim(1), kUserBase + bytes);
    EXPECT_EQ(map.taken_pages(), 5u);
    EXPECT_TRUE(map.put());
  }
}

// ---- release

TEST_F(ArenaMapTest, ReleaseAsksForOneRecordAndGivesItBack) {
  create_default();
  ASSERT_EQ(claim(4), page(0));
  map.release(page(0), PageCount{4});
  EXPECT_EQ(metadata.sizes(MetadataSite::kRelease), (std::vector<std::uint64_t>{64}));
  EXPECT_EQ(metadata.calls(MetadataSite::kSpan), 0u);
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, ReleaseRoundsTheAddressDownToItsPage) {
  create_default();
  ASSERT_EQ(claim(4), page(0));
  map.release(page(1) + 4095, PageCount{1});
  EXPECT_FALSE(map.is_taken(1));
  EXPECT_TRUE(map.is_taken(2));
  EXPECT_EQ(map.taken_pages(), 3u);
}

TEST_F(ArenaMapTest, ReleaseBelowTheBaseOfNullOrOfNoPagesDoesNothing) {
  create_default();
  ASSERT_EQ(claim(4), page(0));
  map.release(kUserBase - 1, PageCount{10});
  map.release(0, PageCount{10});
  map.release(page(0), PageCount{0});
  map.release(page(32), PageCount{1});
  map.release(kAllOnes, PageCount{kAllOnes});
  EXPECT_EQ(map.taken_pages(), 4u);
  EXPECT_EQ(metadata.calls(MetadataSite::kRelease), 0u);
}

TEST_F(ArenaMapTest, ReleasePastTheEndIsCut) {
  create_default();
  ASSERT_EQ(claim(32), page(0));
  map.release(page(30), PageCount{100});
  EXPECT_EQ(map.taken_pages(), 30u);
  map.release(page(29), PageCount{kAllOnes});
  EXPECT_EQ(map.taken_pages(), 29u);
}

TEST_F(ArenaMapTest, ReleaseChecksNoOwnership) {
  create_default();
  ASSERT_EQ(map.reserve(page(4), PageCount{4}), 0);
  map.release(page(0), PageCount{6});
  EXPECT_EQ(map.taken_pages(), 2u);
  map.release(page(0), PageCount{6});
  EXPECT_EQ(map.taken_pages(), 2u);
}

TEST_F(ArenaMapTest, PagesWhoseReleaseRecordFailsAreLostUntilTheMapDies) {
  create_default();
  ASSERT_EQ(claim(4), page(0));
  metadata.fail(MetadataSite::kRelease);
  map.release(page(0), PageCount{4});
  EXPECT_EQ(map.taken_pages(), 4u);
  EXPECT_EQ(claim(1), page(4));
  EXPECT_TRUE(map.put());
  create_default();
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, TheProgramsReleaseMakesNoSeamCallUnderEitherPolicy) {
  create_deferred();
  ASSERT_EQ(claim(4), page(0));
  map.bpf_release(page(1) + 1, PageCount{2});
  EXPECT_EQ(map.taken_pages(), 2u);
  EXPECT_EQ(map.waiting_spans(), 0u);
  EXPECT_EQ(metadata.calls(MetadataSite::kSpan), 0u);
  EXPECT_EQ(metadata.calls(MetadataSite::kRelease), 0u);
}

// ---- deferred release

TEST_F(ArenaMapTest, ADeferredReleaseWaitsForTheWorker) {
  create_deferred();
  ASSERT_EQ(claim(32), page(0));
  map.release(page(0), PageCount{4});
  EXPECT_EQ(map.taken_pages(), 32u);
  EXPECT_EQ(map.waiting_spans(), 1u);
  EXPECT_EQ(claim(1), 0u);
  EXPECT_EQ(metadata.sizes(MetadataSite::kSpan), (std::vector<std::uint64_t>{24}));
  EXPECT_EQ(metadata.calls(MetadataSite::kRelease), 0u);
  EXPECT_EQ(map.run_worker(), 1u);
  EXPECT_EQ(map.taken_pages(), 28u);
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.run_worker(), 0u);
}

TEST_F(ArenaMapTest, ADeferredReleaseOfNothingNeedsNoSpan) {
  create_deferred();
  map.release(page(0), PageCount{0});
  map.release(page(32), PageCount{1});
  EXPECT_EQ(map.waiting_spans(), 0u);
  EXPECT_EQ(metadata.calls(MetadataSite::kSpan), 0u);
}

TEST_F(ArenaMapTest, TheWorkerTakesSpansNewestFirst) {
  create_deferred(Placement::kBestFit);
  ASSERT_EQ(claim(32), page(0));
  map.release(page(4), PageCount{2});
  map.release(page(8), PageCount{2});
  map.release(page(12), PageCount{2});
  EXPECT_EQ(map.run_worker(), 3u);
  EXPECT_EQ(claim(2), page(4));  // the oldest span was released last
  EXPECT_EQ(claim(2), page(8));
  EXPECT_EQ(claim(2), page(12));
}

TEST_F(ArenaMapTest, AFailedReleaseRecordInTheWorkerLosesTheNewestSpan) {
  create_deferred();
  ASSERT_EQ(claim(32), page(0));
  map.release(page(4), PageCount{2});
  map.release(page(8), PageCount{3});
  metadata.fail(MetadataSite::kRelease);
  EXPECT_EQ(map.run_worker(), 2u);
  EXPECT_EQ(map.taken_pages(), 30u);
  EXPECT_TRUE(map.is_taken(8));
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.run_worker(), 0u);
}

TEST_F(ArenaMapTest, AFailedSpanRecordLosesThePagesUntilTheMapDies) {
  create_deferred();
  ASSERT_EQ(claim(4), page(0));
  metadata.fail(MetadataSite::kSpan);
  map.release(page(0), PageCount{4});
  EXPECT_EQ(map.run_worker(), 0u);
  EXPECT_EQ(map.taken_pages(), 4u);
  EXPECT_TRUE(map.put());
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, TheWorkerReleasesWhoeverHoldsThePagesByThen) {
  create_deferred();
  ASSERT_EQ(claim(4), page(0));
  map.release(page(0), PageCount{4});
  map.bpf_release(page(0), PageCount{4});
  ASSERT_EQ(claim(6), page(0));
  EXPECT_EQ(map.run_worker(), 1u);
  EXPECT_EQ(map.taken_pages(), 2u);
}

// ---- neighbours

TEST_F(ArenaMapTest, AReservationIsTakenUntilReleased) {
  create_default();
  EXPECT_EQ(map.reserve(page(0), PageCount{2}), 0);
  EXPECT_EQ(claim(1), page(2));
  map.bpf_release(page(0), PageCount{2});
  EXPECT_EQ(claim(2), page(0));
}

TEST_F(ArenaMapTest, AMisalignedOrEmptyReservationDoesNothing) {
  create_default();
  EXPECT_EQ(map.reserve(page(0) + 1, PageCount{1}), 0);
  EXPECT_EQ(map.reserve(page(0), PageCount{0}), 0);
  EXPECT_EQ(map.reserve(page(99) + 8, PageCount{1}), 0);
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, AReservationOutOfRangeIsInvalid) {
  create_default();
  EXPECT_EQ(map.reserve(kUserBase - kPage, PageCount{1}), -EINVAL);
  EXPECT_EQ(map.reserve(page(32), PageCount{1}), -EINVAL);
  EXPECT_EQ(map.reserve(page(31), PageCount{2}), -EINVAL);
  EXPECT_EQ(map.reserve(page(1), PageCount{kAllOnes}), -EINVAL);
  EXPECT_EQ(map.reserve(0, PageCount{1}), -EINVAL);
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, AReservationOfAnyTakenPageIsBusyAndTakesNone) {
  create_default();
  ASSERT_EQ(map.reserve(page(7), PageCount{1}), 0);
  EXPECT_EQ(map.reserve(page(4), PageCount{4}), -EBUSY);
  EXPECT_EQ(map.reserve(page(7), PageCount{2}), -EBUSY);
  EXPECT_EQ(map.taken_pages(), 1u);
}

TEST_F(ArenaMapTest, AUserFaultTakesOneFreePageOnce) {
  create_default();
  EXPECT_TRUE(map.user_fault(page(3) + 100));
  EXPECT_FALSE(map.user_fault(page(3)));
  EXPECT_TRUE(map.is_taken(3));
  EXPECT_EQ(map.taken_pages(), 1u);
}

TEST_F(ArenaMapTest, AUserFaultOutsideTheArenaDoesNothing) {
  create_default();
  EXPECT_FALSE(map.user_fault(kUserBase - 1));
  EXPECT_FALSE(map.user_fault(page(32)));
  EXPECT_EQ(map.taken_pages(), 0u);
}

// ---- the end of a map

TEST_F(ArenaMapTest, OnlyTheLastReferenceEndsTheMap) {
  create_default();
  map.get();
  ASSERT_EQ(claim(4), page(0));
  EXPECT_FALSE(map.put());
  EXPECT_TRUE(map.alive());
  EXPECT_EQ(map.taken_pages(), 4u);
  EXPECT_TRUE(map.put());
  EXPECT_FALSE(map.alive());
  EXPECT_EQ(map.taken_pages(), 0u);
}

TEST_F(ArenaMapTest, TheLastReferenceFreesTheSpanRecords) {
  create_deferred();
  ASSERT_EQ(claim(8), page(0));
  for (std::uint64_t index = 0; index < 4; ++index) map.release(page(index), PageCount{1});
  EXPECT_EQ(metadata.outstanding(MetadataSite::kSpan), 4u);
  EXPECT_TRUE(map.put());
  EXPECT_EQ(metadata.outstanding(), 0u);
  EXPECT_EQ(map.waiting_spans(), 0u);
}

TEST_F(ArenaMapTest, NeighboursOfADeadMapDoNothing) {
  create_deferred();
  ASSERT_TRUE(map.put());
  EXPECT_EQ(claim(1), 0u);
  EXPECT_FALSE(map.user_fault(page(0)));
  map.release(page(0), PageCount{1});
  map.bpf_release(page(0), PageCount{1});
  EXPECT_EQ(map.waiting_spans(), 0u);
  EXPECT_EQ(metadata.calls(MetadataSite::kSpan), 0u);
}

TEST_F(ArenaMapTest, TheNextMapOverTheSameStorageIsFresh) {
  create_deferred();
  ASSERT_EQ(claim(20), page(0));
  map.release(page(0), PageCount{5});
  ASSERT_TRUE(map.put());
  create_default();
  EXPECT_TRUE(map.alive());
  EXPECT_EQ(map.waiting_spans(), 0u);
  EXPECT_EQ(claim(32), page(0));
}

}  // namespace
}  // namespace arenafuzz
