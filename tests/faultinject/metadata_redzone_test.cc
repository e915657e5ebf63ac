// SPDX-License-Identifier: GPL-2.0-only
//
// Redzones: the sanitizer's poison where there is ASan, a pattern elsewhere.
#include <gtest/gtest.h>

#include "faultinject/metadata_stand_in.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENAFUZZ_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENAFUZZ_TEST_ASAN 1
#endif
#endif
#ifdef ARENAFUZZ_TEST_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace arenafuzz {
namespace {

constexpr std::size_t kSmallRegion = std::size_t{1} << 20;
constexpr MetadataSite kVzalloc = MetadataSite::kVzalloc;

class MetadataRedzone : public testing::Test {
 protected:
  unsigned char* allocate(std::size_t bytes) {
    return static_cast<unsigned char*>(stand_in_.allocate(kVzalloc, bytes));
  }

  MetadataStandIn stand_in_{kSmallRegion};
};

#ifdef ARENAFUZZ_TEST_ASAN

// Whether each of [from, to) of the block is poisoned, or none of it.
testing::AssertionResult all(bool poisoned, const unsigned char* block, int from, int to) {
  for (int i = from; i < to; ++i)
    if ((__asan_address_is_poisoned(block + i) != 0) != poisoned)
      return testing::AssertionFailure() << "not so at byte " << i;
  return testing::AssertionSuccess();
}

TEST_F(MetadataRedzone, BlocksOfAnySizeEndAtTheirLastByte) {
  for (int bytes = 1; bytes <= 72; ++bytes) {
    const unsigned char* block = allocate(static_cast<std::size_t>(bytes));
    EXPECT_TRUE(all(true, block, -16, 0)) << bytes;
    EXPECT_TRUE(all(false, block, 0, bytes)) << bytes;
    EXPECT_TRUE(all(true, block, bytes, bytes + 16)) << bytes;
  }
}

TEST_F(MetadataRedzone, ANeighbourLeavesTheRedzoneExact) {
  const unsigned char* block = allocate(61);
  allocate(64);
  EXPECT_TRUE(all(false, block, 0, 61));
  EXPECT_TRUE(all(true, block, 61, 61 + 16));
}

TEST_F(MetadataRedzone, AFreedBlockIsPoisonedAndItsNeighbourIsNot) {
  unsigned char* block = allocate(61);
  const unsigned char* neighbour = allocate(64);
  stand_in_.free(kVzalloc, block);
  EXPECT_TRUE(all(true, block, -16, 61 + 16));
  EXPECT_TRUE(all(false, neighbour, 0, 64));
}

TEST_F(MetadataRedzone, ResetPoisonsBlocksThatAreStillOut) {
  const unsigned char* first = allocate(61);
  const unsigned char* second = allocate(312);
  stand_in_.reset();
  EXPECT_TRUE(all(true, first, 0, 61));
  EXPECT_TRUE(all(true, second, 0, 312));
}

TEST_F(MetadataRedzone, AShorterBlockAfterResetEndsAtItsLastByte) {
  allocate(312);
  stand_in_.reset();
  const unsigned char* block = allocate(20);
  EXPECT_TRUE(all(false, block, 0, 20));
  EXPECT_TRUE(all(true, block, 20, 312));
}

TEST_F(MetadataRedzone, WhatWasNeverUsedIsPoisoned) {
  const unsigned char* block = allocate(8);
  EXPECT_TRUE(all(true, block, 8, static_cast<int>(kSmallRegion) - 256));
}

TEST_F(MetadataRedzone, TheRegionIsOrdinaryMemoryAgainWhenTheStandInIsGone) {
  const unsigned char* block = nullptr;
  {
    MetadataStandIn brief(kSmallRegion);
    block = static_cast<unsigned char*>(brief.allocate(kVzalloc, 64));
    EXPECT_TRUE(all(true, block, 64, 80));
  }
  EXPECT_TRUE(all(false, block, -16, 80));
}

TEST_F(MetadataRedzone, NothingIsCountedUnderAsan) {
  allocate(64);
  EXPECT_EQ(stand_in_.check_redzones(), 0u);
}

#else

// Through volatile: the compiler must not reason about a write outside of the block.
void spoil(unsigned char* block, std::ptrdiff_t at) {
  volatile unsigned char* byte = block + at;
  *byte = static_cast<unsigned char>(*byte + 1);
}

TEST_F(MetadataRedzone, AByteWrittenBehindABlockIsCountedWhenItIsFreed) {
  for (std::size_t bytes = 57; bytes <= 64; ++bytes) {
    unsigned char* block = allocate(bytes);
    spoil(block, static_cast<std::ptrdiff_t>(bytes));
    stand_in_.free(kVzalloc, block);
    EXPECT_EQ(stand_in_.broken_redzones(), bytes - 56);
  }
}

TEST_F(MetadataRedzone, AByteWrittenInFrontOfABlockIsCountedWhenItIsFreed) {
  unsigned char* block = allocate(64);
  spoil(block, -20);
  stand_in_.free(kVzalloc, block);
  EXPECT_EQ(stand_in_.broken_redzones(), 1u);
}

TEST_F(MetadataRedzone, CheckLooksAtBlocksThatAreStillOut) {
  unsigned char* first = allocate(64);
  unsigned char* second = allocate(64);
  spoil(first, 64);
  spoil(second, 64 + 15);
  EXPECT_EQ(stand_in_.broken_redzones(), 0u);
  EXPECT_EQ(stand_in_.check_redzones(), 2u);
}

TEST_F(MetadataRedzone, ABrokenRedzoneIsCountedOnce) {
  unsigned char* block = allocate(64);
  spoil(block, 64);
  EXPECT_EQ(stand_in_.check_redzones(), 1u);
  EXPECT_EQ(stand_in_.check_redzones(), 1u);
  stand_in_.free(kVzalloc, block);
  EXPECT_EQ(stand_in_.broken_redzones(), 1u);
}

TEST_F(MetadataRedzone, ResetCountsAfresh) {
  unsigned char* block = allocate(64);
  spoil(block, 64);
  EXPECT_EQ(stand_in_.check_redzones(), 1u);
  stand_in_.reset();
  EXPECT_EQ(stand_in_.broken_redzones(), 0u);
}

TEST_F(MetadataRedzone, WhatNobodyCheckedIsNotCountedForTheNextInput) {
  unsigned char* block = allocate(64);
  spoil(block, 64);
  stand_in_.reset();
  EXPECT_EQ(stand_in_.broken_redzones(), 0u);
  EXPECT_EQ(stand_in_.check_redzones(), 0u);
}

using MetadataRedzoneDeathTest = MetadataRedzone;

TEST_F(MetadataRedzone, AnOverwrittenHeaderIsCountedAndEndsTheCheck) {
  unsigned char* block = allocate(64);
  allocate(64);
  spoil(block, -1);
  EXPECT_EQ(stand_in_.check_redzones(), 1u);
}

TEST_F(MetadataRedzoneDeathTest, AnOverwrittenSizeIsNotTrusted) {
  unsigned char* block = allocate(64);
  spoil(block, -1);
  EXPECT_DEATH(stand_in_.free(kVzalloc, block), "metadata stand-in: ");
}

#endif

}  // namespace
}  // namespace arenafuzz
