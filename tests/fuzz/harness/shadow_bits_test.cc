// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/shadow_bits.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "fuzz/program/random.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kWords = 2000;  // four groups, the last one not whole

class ShadowBitsTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(bits_.create(kWords, region_)); }

  void mark(std::uint64_t first, std::uint64_t last, bool value) {
    bits_.mark(first, last, value);
    for (std::uint64_t bit = first; bit <= last; ++bit) expected_[bit] = value;
  }
  void expect_same() {
    for (std::uint64_t word = 0; word < kWords; ++word) {
      std::uint64_t expected = 0;
      for (std::uint64_t bit = 0; bit < 64; ++bit)
        expected |= std::uint64_t{expected_[word * 64 + bit]} << bit;
      ASSERT_EQ(bits_.word(word), expected) << "word " << word;
    }
  }

  ShadowRegion region_;
  ShadowBits bits_;
  std::vector<bool> expected_ = std::vector<bool>(kWords * 64);
};

TEST_F(ShadowBitsTest, BeginAllZeroWhateverTheMemoryHeld) {
  bits_.mark(0, kWords * 64 - 1, true);
  bits_.mark(3, 3, false);
  region_.reset();
  ASSERT_TRUE(bits_.create(kWords, region_));
  expect_same();
  EXPECT_TRUE(bits_.all_zero(0, kWords * 64 - 1));
}

TEST_F(ShadowBitsTest, AGroupThatIsAllOnesTakesAZeroInItsMiddle) {
  mark(0, kWords * 64 - 1, true);
  mark(40000, 40001, false);
  expect_same();
}

TEST_F(ShadowBitsTest, ARangeMayBeginAndEndAtAnyBit) {
  for (const std::uint64_t first : {0u, 1u, 63u, 64u, 32767u, 32768u, 32769u}) {
    for (const std::uint64_t length : {1u, 64u, 32767u, 32768u, 32769u, 65537u}) {
      mark(first, first + length - 1, true);
      expect_same();
      EXPECT_FALSE(bits_.all_zero(first, first));
      EXPECT_FALSE(bits_.all_zero(first + length - 1, first + length - 1));
      mark(first, first + length - 1, false);
      expect_same();
      EXPECT_TRUE(bits_.all_zero(0, kWords * 64 - 1));
    }
  }
}

TEST_F(ShadowBitsTest, AreWhatABitAtATimeWouldBe) {
  Random random(20261124);
  for (int step = 0; step < 300; ++step) {
    const std::uint64_t first = random.between(0, kWords * 64 - 1);
    const std::uint64_t length = 1 + random.below(step % 3 == 0 ? 70000 : 100);
    mark(first, std::min(first + length, kWords * 64) - 1, random.below(2) != 0);
    const std::uint64_t word = random.below(kWords);
    const std::uint64_t bit = random.below(64);
    if (step % 2 == 0)
      bits_.set(word, std::uint64_t{1} << bit);
    else
      bits_.clear(word, std::uint64_t{1} << bit);
    expected_[word * 64 + bit] = step % 2 == 0;
  }
  expect_same();
}

TEST_F(ShadowBitsTest, ZeroIsAskedOfTheRangeAlone) {
  mark(100, 100, true);
  EXPECT_TRUE(bits_.all_zero(0, 99));
  EXPECT_TRUE(bits_.all_zero(101, kWords * 64 - 1));
  EXPECT_FALSE(bits_.all_zero(0, kWords * 64 - 1));
}

TEST_F(ShadowBitsTest, ARegionThatIsUsedUpSaysSo) {
  ShadowBits more;
  EXPECT_FALSE(more.create(std::uint64_t{1} << 40, region_));
}

}  // namespace
}  // namespace arenafuzz
