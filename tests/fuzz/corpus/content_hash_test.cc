// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/content_hash.h"

#include <gtest/gtest.h>

#include <vector>

namespace arenafuzz {
namespace {

std::string hash(std::string_view text) {
  return content_hash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

TEST(ContentHash, IsThatOfTheStandardsExamples) {
  EXPECT_EQ(hash("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(hash(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hash(std::string(1000000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

// Where the length does not fit into the last block any more: sha1sum's answers.
TEST(ContentHash, IsRightAroundTheEndOfABlock) {
  EXPECT_EQ(hash(std::string(55, 'x')), "cef734ba81a024479e09eb5a75b6ddae62e6abf1");
  EXPECT_EQ(hash(std::string(56, 'x')), "901305367c259952f4e7af8323f480d59f81335b");
  EXPECT_EQ(hash(std::string(64, 'x')), "bb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163");
}

TEST(ContentHash, OnlyFortySmallHexadecimalDigitsLookLikeOne) {
  EXPECT_TRUE(is_content_hash("a9993e364706816aba3e25717850c26c9cd0d89d"));
  EXPECT_FALSE(is_content_hash("a9993e364706816aba3e25717850c26c9cd0d89"));
  EXPECT_FALSE(is_content_hash("A9993e364706816aba3e25717850c26c9cd0d89d"));
  EXPECT_FALSE(is_content_hash("enable_path_65_cpus_unwinds_at_first_gro"));
}

}  // namespace
}  // namespace arenafuzz
