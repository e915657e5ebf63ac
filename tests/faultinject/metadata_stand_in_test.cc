// SPDX-License-Identifier: GPL-2.0-only
//
// What holds in every build; metadata_redzone_test.cc has what the sanitizer decides.
#include "faultinject/metadata_stand_in.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace arenafuzz {
namespace {

constexpr std::size_t kSmallRegion = std::size_t{1} << 20;
constexpr MetadataSite kKmalloc = MetadataSite::kKmalloc;
constexpr MetadataSite kVzalloc = MetadataSite::kVzalloc;

class MetadataStandInTest : public testing::Test {
 protected:
  unsigned char* allocate(MetadataSite site, std::size_t bytes) {
    return static_cast<unsigned char*>(stand_in_.allocate(site, bytes));
  }

  MetadataStandIn stand_in_{kSmallRegion};
};

TEST_F(MetadataStandInTest, ARegionThatCannotBeHadIsNotValid) {
  MetadataStandIn none(std::numeric_limits<std::size_t>::max() / 2);
  EXPECT_FALSE(none.valid());
  EXPECT_EQ(none.allocate(kKmalloc, 8), nullptr);
  EXPECT_TRUE(none.exhausted());
  none.reset();
  EXPECT_TRUE(stand_in_.valid());
}

TEST_F(MetadataStandInTest, TheUsualRegionCanBeHad) {
  MetadataStandIn usual;
  EXPECT_TRUE(usual.valid());
  EXPECT_NE(usual.allocate(kVzalloc, 312), nullptr);
}

TEST_F(MetadataStandInTest, BlocksOfAnySizeAreAlignedToEight) {
  for (std::size_t bytes = 1; bytes <= 65; ++bytes)
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(allocate(kKmalloc, bytes)) % 8, 0u) << bytes;
}

// Whose block an address belongs to, for the report of a process that dies of it.
TEST_F(MetadataStandInTest, AnAddressBelongsToTheBlockThatItLiesInOrBehind) {
  stand_in_.set_mark(7);
  unsigned char* first = allocate(kVzalloc, 61);
  stand_in_.set_mark(65535);
  unsigned char* second = allocate(kKmalloc, 56);
  stand_in_.free(kVzalloc, first);
  const auto inside = stand_in_.record_at(first + 60);
  ASSERT_TRUE(inside.has_value());
  EXPECT_EQ(inside->offset, 60u);
  EXPECT_EQ(inside->bytes, 61u);
  EXPECT_EQ(inside->mark, 7u);
  EXPECT_TRUE(inside->freed);
  const auto behind = stand_in_.record_at(first + 64);
  ASSERT_TRUE(behind.has_value());
  EXPECT_EQ(behind->mark, 7u);
  const auto last = stand_in_.record_at(second + 56);
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->mark, 65535u);
  EXPECT_FALSE(last->freed);
  EXPECT_FALSE(stand_in_.record_at(first - 64).has_value());
  EXPECT_FALSE(stand_in_.record_at(second + (std::size_t{1} << 16)).has_value());
  EXPECT_EQ(stand_in_.look_up(kKmalloc, second), BlockState::kLive);
  EXPECT_EQ(stand_in_.look_up(kVzalloc, second), BlockState::kOtherSite);
  stand_in_.reset();
  EXPECT_FALSE(stand_in_.record_at(first).has_value());
}

TEST_F(MetadataStandInTest, BlocksLieARedzoneApart) {
  const unsigned char* first = allocate(kKmalloc, 56);
  const unsigned char* second = allocate(kKmalloc, 56);
  EXPECT_GE(second - first, 56 + 16);
}

TEST_F(MetadataStandInTest, AFreedBlockIsNotGivenOutAgain) {
  unsigned char* first = allocate(kKmalloc, 56);
  stand_in_.free(kKmalloc, first);
  EXPECT_GT(allocate(kKmalloc, 56), first);
}

// Above eight MiB pages go back to the system at reset().
TEST_F(MetadataStandInTest, VzallocIsZeroedAlsoWhereLargeBlocksWereWrittenBeforeReset) {
  MetadataStandIn usual;
  constexpr std::size_t kLarge = std::size_t{20} << 20;
  for (const MetadataSite site : {kKmalloc, kVzalloc}) {
    auto* block = static_cast<unsigned char*>(usual.allocate(site, kLarge));
    ASSERT_NE(block, nullptr);
    std::memset(block, 0xff, kLarge);
    usual.reset();
    for (const std::size_t first : {std::size_t{8}, std::size_t{5} << 20}) {
      ASSERT_NE(usual.allocate(kKmalloc, first), nullptr);
      block = static_cast<unsigned char*>(usual.allocate(kVzalloc, kLarge));
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(std::count(block, block + kLarge, 0), static_cast<std::ptrdiff_t>(kLarge));
      std::memset(block, 0xff, kLarge);
      usual.free(kVzalloc, block);
    }
    usual.reset();
  }
}

TEST_F(MetadataStandInTest, VzallocIsZeroedAlsoWhereOthersWroteBeforeReset) {
  unsigned char* dirty = allocate(kKmalloc, 4096);
  std::memset(dirty, 0xff, 4096);
  stand_in_.free(kKmalloc, dirty);
  stand_in_.reset();
  unsigned char* block = allocate(kVzalloc, 2001);
  ASSERT_EQ(block, dirty);
  EXPECT_TRUE(std::all_of(block, block + 2001, [](unsigned char c) { return c == 0; }));
}

TEST_F(MetadataStandInTest, ResetBeginsAtTheSameAddressAgain) {
  const unsigned char* first = allocate(kVzalloc, 64);
  allocate(kKmalloc, 56);
  stand_in_.reset();
  EXPECT_EQ(stand_in_.used_bytes(), 0u);
  EXPECT_EQ(allocate(kVzalloc, 64), first);
}

TEST_F(MetadataStandInTest, OutstandingCountsBySite) {
  unsigned char* first = allocate(kVzalloc, 64);
  allocate(kVzalloc, 64);
  allocate(MetadataSite::kSpan, 24);
  stand_in_.free(kVzalloc, first);
  EXPECT_EQ(stand_in_.outstanding(kVzalloc), 1u);
  EXPECT_EQ(stand_in_.outstanding(MetadataSite::kSpan), 1u);
  EXPECT_EQ(stand_in_.outstanding(kKmalloc), 0u);
}

TEST_F(MetadataStandInTest, ResetTakesEverythingBack) {
  allocate(kVzalloc, 64);
  allocate(kKmalloc, 56);
  stand_in_.reset();
  for (int i = 0; i < kMetadataSiteCount; ++i)
    EXPECT_EQ(stand_in_.outstanding(static_cast<MetadataSite>(i)), 0u);
}

TEST_F(MetadataStandInTest, AUsedUpRegionGivesNullAndSaysSo) {
  EXPECT_NE(allocate(kVzalloc, kSmallRegion / 2), nullptr);
  EXPECT_FALSE(stand_in_.exhausted());
  EXPECT_EQ(allocate(kVzalloc, kSmallRegion / 2), nullptr);
  EXPECT_TRUE(stand_in_.exhausted());
  EXPECT_EQ(stand_in_.outstanding(kVzalloc), 1u);
  EXPECT_NE(allocate(kKmalloc, 56), nullptr) << "smaller ones still fit";
}

TEST_F(MetadataStandInTest, ResetEndsExhaustion) {
  EXPECT_EQ(allocate(kVzalloc, 2 * kSmallRegion), nullptr);
  stand_in_.reset();
  EXPECT_FALSE(stand_in_.exhausted());
}

TEST_F(MetadataStandInTest, AbsurdSizesAreRefused) {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  for (std::size_t below = 0; below < 200; ++below)
    ASSERT_EQ(allocate(kVzalloc, kMost - below), nullptr) << below;
  EXPECT_TRUE(stand_in_.exhausted());
  EXPECT_EQ(stand_in_.used_bytes(), 0u);
}

TEST_F(MetadataStandInTest, ABlockOfZeroBytesCanBeFreed) {
  void* block = allocate(kKmalloc, 0);
  ASSERT_NE(block, nullptr);
  stand_in_.free(kKmalloc, block);
  EXPECT_EQ(stand_in_.outstanding(kKmalloc), 0u);
}

TEST_F(MetadataStandInTest, AfterTwentyMebibytesResetStartsAfresh) {
  MetadataStandIn large(std::size_t{64} << 20);
  for (int i = 0; i < 20; ++i)
    std::memset(large.allocate(kVzalloc, 1 << 20), 0xff, std::size_t{1} << 20);
  EXPECT_GE(large.used_bytes(), std::size_t{20} << 20);
  large.reset();
  EXPECT_EQ(large.used_bytes(), 0u);
  for (int i = 0; i < 20; ++i) {
    const auto* block = static_cast<unsigned char*>(large.allocate(kVzalloc, 1 << 20));
    ASSERT_TRUE(std::all_of(block, block + (1 << 20), [](unsigned char c) { return c == 0; }));
  }
}

TEST_F(MetadataStandInTest, CleanUseBreaksNoRedzone) {
  for (std::size_t bytes = 1; bytes < 100; ++bytes) {
    unsigned char* block = allocate(kVzalloc, bytes);
    std::memset(block, 0xff, bytes);
    if (bytes % 2 == 0) stand_in_.free(kVzalloc, block);
  }
  EXPECT_EQ(stand_in_.check_redzones(), 0u);
  EXPECT_EQ(stand_in_.broken_redzones(), 0u);
}

using MetadataStandInDeathTest = MetadataStandInTest;

TEST_F(MetadataStandInDeathTest, FreeingTwiceAborts) {
  unsigned char* block = allocate(kVzalloc, 64);
  stand_in_.free(kVzalloc, block);
  EXPECT_DEATH(stand_in_.free(kVzalloc, block), "metadata stand-in: freed twice");
}

TEST_F(MetadataStandInDeathTest, FreeingAtAnotherSiteAborts) {
  unsigned char* block = allocate(kVzalloc, 64);
  EXPECT_DEATH(stand_in_.free(kKmalloc, block), "metadata stand-in: freed at another site");
}

TEST_F(MetadataStandInDeathTest, FreeingWhatItNeverGaveOutAborts) {
  alignas(8) unsigned char own[64] = {};
  unsigned char* block = allocate(kVzalloc, 512);
  const char* sentence = "metadata stand-in: freed what was never allocated";
  EXPECT_DEATH(stand_in_.free(kVzalloc, own + 32), sentence);
  EXPECT_DEATH(stand_in_.free(kVzalloc, block + 1), sentence) << "misaligned";
  EXPECT_DEATH(stand_in_.free(kVzalloc, block + 64), sentence) << "inside a block";
  EXPECT_DEATH(stand_in_.free(kVzalloc, block + 4096), sentence) << "not used yet";
}

TEST_F(MetadataStandInDeathTest, FreeingWhatResetTookBackAborts) {
  allocate(kKmalloc, 64);
  unsigned char* old = allocate(kKmalloc, 64);
  stand_in_.reset();
  const char* sentence = "metadata stand-in: freed what was never allocated";
  EXPECT_DEATH(stand_in_.free(kKmalloc, old), sentence);
  // One block over all that was there, its old contents included.
  unsigned char* block = allocate(kKmalloc, 4096);
  ASSERT_LT(block, old);
  EXPECT_DEATH(stand_in_.free(kKmalloc, old), sentence);
}

}  // namespace
}  // namespace arenafuzz
