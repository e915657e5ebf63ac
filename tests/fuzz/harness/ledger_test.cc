// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/ledger.h"

#include <gtest/gtest.h>

#include <map>

#include "fuzz/program/random.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kBase = 0x7ea000010000;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kPages = 64;

TEST(Ledger, HoldsWhatWasClaimedLessWhatWasReleased) {
  Ledger ledger;
  ASSERT_TRUE(ledger.open(kBase, kPages, 12));
  std::map<std::uint64_t, int> held;
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t page = random.below(kPages - 4);
    const std::uint64_t count = 1 + random.below(4);
    bool all = true;
    bool any = false;
    for (std::uint64_t at = page; at < page + count; ++at) {
      all &= held[at] > 0;
      any |= held[at] > 0;
    }
    const std::uint64_t address = kBase + page * kPage;
    ASSERT_EQ(ledger.holds_all(address, count * kPage), all);
    ASSERT_EQ(ledger.holds_any(address + 5, count * kPage - 5), any);
    const bool release = all && random.below(2) == 0;
    for (std::uint64_t at = page; at < page + count; ++at) held[at] += release ? -1 : 1;
    if (release) ledger.released(address, count);
    if (!release) ledger.claimed(address, count);
    std::uint64_t pages = 0;
    for (const auto& [at, times] : held) pages += times > 0 ? 1 : 0;
    ASSERT_EQ(ledger.held_pages(), pages);
  }
}

TEST(Ledger, HoldsNothingOutsideItsArenaNorBeforeItIsOpened) {
  Ledger ledger;
  EXPECT_FALSE(ledger.holds_all(kBase, 8));
  ASSERT_TRUE(ledger.open(kBase, kPages, 12));
  ledger.claimed(kBase + (kPages - 1) * kPage, 1);
  EXPECT_TRUE(ledger.holds_all(kBase + kPages * kPage - 8, 8));
  EXPECT_FALSE(ledger.holds_all(kBase + kPages * kPage - 8, 9));
  EXPECT_FALSE(ledger.holds_all(kBase - 8, 8));
  EXPECT_FALSE(ledger.holds_all(kBase + kPages * kPage - 8, ~std::uint64_t{0}));
  EXPECT_FALSE(ledger.holds_all(16, 8));
  ledger.close();
  EXPECT_FALSE(ledger.holds_all(kBase + kPages * kPage - 8, 8));
}

TEST(Ledger, KnowsLiveBytesByGranulesOfEight) {
  Ledger ledger;
  ASSERT_TRUE(ledger.open(kBase, kPages, 12));
  ledger.claimed(kBase, 4);
  ledger.set_live(kBase + 16, 13);
  EXPECT_FALSE(ledger.any_live(kBase, 16));
  EXPECT_TRUE(ledger.any_live(kBase, 17));
  EXPECT_TRUE(ledger.any_live(kBase + 24, 1));
  EXPECT_FALSE(ledger.any_live(kBase + 32, 1000));
  ledger.set_free(kBase + 16, 13);
  EXPECT_FALSE(ledger.any_live(kBase, 4 * kPage));
}

TEST(Ledger, RemembersTheMostThatWasEverLive) {
  Ledger ledger;
  ASSERT_TRUE(ledger.open(kBase, kPages, 12));
  ledger.claimed(kBase, 4);
  ledger.set_live(kBase, 100);
  ledger.set_live(kBase + 128, 8);
  ledger.set_free(kBase, 100);
  EXPECT_EQ(ledger.demand().live, 64u);
  EXPECT_EQ(ledger.demand().peak, 192u);
  EXPECT_EQ(ledger.demand().smallest, 64u);
  EXPECT_EQ(ledger.demand().largest, 128u);
}

TEST(Ledger, OfALaterPoolKnowsNothingOfAFormerOne) {
  Ledger ledger;
  for (const std::uint64_t pages : {kPages, std::uint64_t{1} << 20, kPages}) {
    ASSERT_TRUE(ledger.open(kBase, pages, 12));
    EXPECT_FALSE(ledger.holds_any(kBase, pages * kPage));
    EXPECT_FALSE(ledger.any_live(kBase, pages * kPage));
    EXPECT_EQ(ledger.demand().peak, 0u);
    ledger.claimed(kBase, pages);
    ledger.set_live(kBase + 8, 8);
    ledger.set_live(kBase + pages * kPage - 8, 8);
  }
}

}  // namespace
}  // namespace arenafuzz
