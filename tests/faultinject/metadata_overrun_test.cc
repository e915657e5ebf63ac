// SPDX-License-Identifier: GPL-2.0-only
//
// Accesses beside a block, made rather than looked up, and what reset() does to the memory itself.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "faultinject/metadata_stand_in.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENAFUZZ_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENAFUZZ_TEST_ASAN 1
#endif
#endif

namespace arenafuzz {
namespace {

constexpr MetadataSite kKmalloc = MetadataSite::kKmalloc;
constexpr MetadataSite kVzalloc = MetadataSite::kVzalloc;

class MetadataOverrun : public testing::Test {
 protected:
  unsigned char* allocate(std::size_t bytes) {
    return static_cast<unsigned char*>(stand_in_.allocate(kVzalloc, bytes));
  }

  MetadataStandIn stand_in_{std::size_t{1} << 20};
};

// Through volatile: the compiler must not reason about a write outside of the block.
void spoil(unsigned char* block, std::ptrdiff_t at) {
  volatile unsigned char* byte = block + at;
  *byte = static_cast<unsigned char>(*byte + 1);
}

TEST_F(MetadataOverrun, EveryBlockUsesItsBytesRoundedUpToEightAndARedzone) {
  std::size_t used = 0;
  for (const std::size_t bytes : {1u, 8u, 13u, 24u, 56u, 64u}) {
    allocate(bytes);
    used += MetadataStandIn::kRedzoneBytes + (bytes + 7) / 8 * 8;
    EXPECT_EQ(stand_in_.used_bytes(), used) << bytes;
  }
}

TEST_F(MetadataOverrun, ThousandsOfBlocksNeverOverlapWithinAnInput) {
  const unsigned char* end = nullptr;
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::size_t bytes = 1 + i * 7 % 97;
    unsigned char* block = allocate(bytes);
    ASSERT_NE(block, nullptr);
    ASSERT_TRUE(end == nullptr || block >= end + MetadataStandIn::kRedzoneBytes) << i;
    end = block + bytes;
    stand_in_.free(kVzalloc, block);
  }
  EXPECT_EQ(stand_in_.outstanding(kVzalloc), 0u);
}

TEST_F(MetadataOverrun, ResetGivesBackOnlyWhatLiesBeyondTheKeptBytes) {
  MetadataStandIn large(std::size_t{32} << 20);
  constexpr std::size_t kBytes = std::size_t{20} << 20;
  auto* block = static_cast<unsigned char*>(large.allocate(kKmalloc, kBytes));
  std::memset(block, 0xab, kBytes);
  large.reset();
  const auto page_bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident(kBytes / page_bytes);
  void* region = block - MetadataStandIn::kRedzoneBytes;
  ASSERT_EQ(mincore(region, kBytes, resident.data()), 0);
  for (std::size_t page = 0; page < resident.size(); ++page)
    ASSERT_EQ(resident[page] & 1, page * page_bytes < MetadataStandIn::kKeepBytes) << page;
}

using MetadataOverrunDeathTest = MetadataOverrun;

TEST_F(MetadataOverrunDeathTest, AHeaderThatResetLeftInARedzoneIsNoBlock) {
  allocate(16);
  unsigned char* old = allocate(8);
  stand_in_.reset();
  allocate(32);
  // Its header is now the first half of a redzone: the half that ASan builds do not write.
  ASSERT_EQ(allocate(64) - old, 16);
  EXPECT_DEATH(stand_in_.free(kVzalloc, old), "metadata stand-in: freed what was never allocated");
}

#ifdef ARENAFUZZ_TEST_ASAN

TEST_F(MetadataOverrunDeathTest, TheByteBehindABlockIsReported) {
  for (const std::size_t bytes : {56u, 61u, 64u}) {
    unsigned char* block = allocate(bytes);
    EXPECT_DEATH(spoil(block, static_cast<std::ptrdiff_t>(bytes)), "use-after-poison") << bytes;
  }
}

TEST_F(MetadataOverrunDeathTest, TheByteInFrontOfABlockIsReported) {
  unsigned char* block = allocate(64);
  EXPECT_DEATH(spoil(block, -1), "use-after-poison");
}

TEST_F(MetadataOverrunDeathTest, AnyUseOfAFreedBlockIsReported) {
  unsigned char* block = allocate(61);
  stand_in_.free(kVzalloc, block);
  EXPECT_DEATH(spoil(block, 0), "use-after-poison");
  EXPECT_DEATH(spoil(block, 60), "use-after-poison");
}

#else

TEST_F(MetadataOverrun, AnOverrunBeforeTheNextAllocationIsStillSeen) {
  unsigned char* first = allocate(64);
  spoil(first, 64);
  allocate(64);
  stand_in_.free(kVzalloc, first);
  EXPECT_EQ(stand_in_.broken_redzones(), 1u);
}

TEST_F(MetadataOverrun, AnOverrunOfAnOddSizeBeforeTheNextAllocationIsStillSeen) {
  unsigned char* first = allocate(61);
  spoil(first, 64 + 15);
  allocate(64);
  EXPECT_EQ(stand_in_.check_redzones(), 1u);
}

TEST_F(MetadataOverrun, WritesUpToTheLastByteBreakNothing) {
  unsigned char* block = allocate(61);
  spoil(block, 0);
  spoil(block, 60);
  stand_in_.free(kVzalloc, block);
  EXPECT_EQ(stand_in_.broken_redzones(), 0u);
}

#endif

}  // namespace
}  // namespace arenafuzz
