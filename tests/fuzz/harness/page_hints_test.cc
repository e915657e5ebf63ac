// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/page_hints.h"

#include <gtest/gtest.h>

namespace arenafuzz {
namespace {

constexpr std::uint64_t kPage = 4096;
// The arena's last page is the last below a 4 GiB boundary.
constexpr std::uint64_t kHigh = 0x7ea100000000 - 16 * kPage;

TEST(PageHints, SayWhichChunkWasPutAtAPage) {
  PageHints hints;
  hints.use({kHigh, 12});
  hints.put(kHigh + 2 * kPage, kHigh + 5 * kPage - 1, 7);
  EXPECT_EQ(hints.at(kHigh + 2 * kPage), 7u);
  EXPECT_EQ(hints.at(kHigh + 5 * kPage - 1), 7u);
  EXPECT_EQ(hints.at(kHigh + 5 * kPage), PageHints::kNone);
  EXPECT_EQ(hints.at(kHigh + kPage), PageHints::kNone);
  EXPECT_EQ(hints.at(kHigh - 1), PageHints::kNone);
  EXPECT_EQ(hints.at(0), PageHints::kNone);
}

// Programs with base:high and base:end spent four fifths of their time on the table otherwise.
TEST(PageHints, AreAsManyAsTheArenasPagesWhereverItLies) {
  PageHints hints;
  hints.use({kHigh, 12});
  hints.put(kHigh, kHigh + 16 * kPage - 1, 0);
  EXPECT_EQ(hints.size(), 16u);
}

TEST(PageHints, GiveALargeTableBack) {
  PageHints hints;
  hints.use({0x7ea000000000, 12});
  hints.put(0x7ea000000000, 0x7ea0ffffffff, 1);
  EXPECT_EQ(hints.size(), std::size_t{1} << 20);
  hints.discard();
  EXPECT_EQ(hints.size(), 0u);
}

}  // namespace
}  // namespace arenafuzz
