// SPDX-License-Identifier: GPL-2.0-only
//
// The books of a bare gen_pool, by themselves.
#include "fuzz/harness/books/gen_ledger.h"

#include <gtest/gtest.h>

namespace arenafuzz {
namespace {

using Wish = GenLedger::Wish;

GenLedger ledger_of(int order, std::uint64_t start, std::uint64_t size) {
  GenLedger ledger;
  ledger.create(order);
  ledger.add({start, size});
  return ledger;
}

TEST(GenLedger, IsTrustedUntilTwoChunksShareAByte) {
  GenLedger ledger = ledger_of(3, 65536, 100);
  ledger.add({65636, 8});  // right behind
  ledger.add({65528, 8});  // right before
  ledger.add({65600, 0});  // inside, but of no byte
  EXPECT_TRUE(ledger.trusted());
  EXPECT_FALSE(ledger.has_overlap());
  GenLedger tail = ledger;
  tail.add({65643, 8});  // over the last byte of the second
  EXPECT_FALSE(tail.trusted());
  GenLedger around = ledger;
  around.add({4096, 1 << 20});
  EXPECT_TRUE(around.has_overlap());
  around.create(3);
  EXPECT_TRUE(around.trusted());
}

TEST(GenLedger, FindsAnAddressInTheChunkThatHoldsIt) {
  GenLedger ledger = ledger_of(3, 65536, 100);
  ledger.add({131072, 7});
  ledger.add({4096, 16});
  EXPECT_EQ(ledger.find(65536), 0u);
  EXPECT_EQ(ledger.find(65635), 0u);
  EXPECT_EQ(ledger.find(65636), GenLedger::kNoChunk);
  EXPECT_EQ(ledger.find(131078), 1u);
  EXPECT_EQ(ledger.find(4095), GenLedger::kNoChunk);
  EXPECT_EQ(ledger.find(4111), 2u);
}

// Sizes 0 and 2^64-1 end before they begin, and are contained (docs/arena_pool.md, Sums that wrap).
TEST(GenLedger, HasAddressesAsTheKernelsSumsWrap) {
  const GenLedger ledger = ledger_of(3, 65536, 100);
  EXPECT_TRUE(ledger.has_addr(65536, 100));
  EXPECT_FALSE(ledger.has_addr(65536, 101));
  EXPECT_FALSE(ledger.has_addr(65535, 1));
  EXPECT_TRUE(ledger.has_addr(65635, 0));
  EXPECT_TRUE(ledger.has_addr(65536, ~std::uint64_t{0}));
  EXPECT_FALSE(ledger.has_addr(65636, 0));
}

TEST(GenLedger, BooksWholeGranulesAndTheTailInAvail) {
  GenLedger ledger = ledger_of(4, 65536, 71);
  EXPECT_EQ(ledger.granules_for(17), 2u);
  EXPECT_EQ(ledger.granules_for(~std::uint64_t{0}), std::uint64_t{1} << 60);
  ledger.set_live(0, 1, 2);
  EXPECT_EQ(ledger.avail(), 71u - 32u);
  EXPECT_FALSE(ledger.any_live(0, 0, 1));
  EXPECT_TRUE(ledger.any_live(0, 0, 2));
  EXPECT_TRUE(ledger.any_live(0, 2, 2));
  EXPECT_FALSE(ledger.any_live(0, 3, 1));
  ledger.set_free(0, 1, 2);
  EXPECT_EQ(ledger.avail(), ledger.size());
}

TEST(GenLedger, KnowsWhetherAHoleFitsByEachPolicy) {
  GenLedger ledger = ledger_of(3, 65544, 1024);  // granule 7 is at 65600
  ledger.set_live(0, 0, 8);
  ledger.set_live(0, 70, 58);  // free: 8 to 69
  EXPECT_TRUE(ledger.hole_fits({62 * 8}));
  EXPECT_FALSE(ledger.hole_fits({62 * 8 + 1}));
  EXPECT_FALSE(ledger.hole_fits({0}));
  EXPECT_TRUE(ledger.hole_fits({62 * 8, AllocPolicy::kBestFit}));
  EXPECT_TRUE(ledger.hole_fits({55 * 8, AllocPolicy::kAlign, 6}));  // from granule 15
  EXPECT_FALSE(ledger.hole_fits({56 * 8, AllocPolicy::kAlign, 6}));
  EXPECT_FALSE(ledger.hole_fits({8, AllocPolicy::kAlign, 10}));  // only 127 would do
  EXPECT_TRUE(ledger.hole_fits({62 * 8, AllocPolicy::kAlign, 3}));
  EXPECT_TRUE(ledger.hole_fits({32 * 8, AllocPolicy::kOrderAlign}));  // from 32
  EXPECT_FALSE(ledger.hole_fits({33 * 8, AllocPolicy::kOrderAlign}));
  EXPECT_TRUE(ledger.hole_fits({62 * 8, AllocPolicy::kFixed, 64}));
  EXPECT_FALSE(ledger.hole_fits({62 * 8, AllocPolicy::kFixed, 72}));
  EXPECT_FALSE(ledger.hole_fits({8, AllocPolicy::kFixed, 56}));
  EXPECT_FALSE(ledger.hole_fits({8, AllocPolicy::kFixed, 65}));
  EXPECT_FALSE(ledger.hole_fits({8, AllocPolicy::kFixed, 0xffffff}));
}

TEST(GenLedger, CountsAlignmentFromTheGranuleThatAChunkStartsInside) {
  const GenLedger ledger = ledger_of(4, 65549, 1000);
  EXPECT_TRUE(ledger.aligned(0, 0, {1, AllocPolicy::kAlign, 16}));
  EXPECT_FALSE(ledger.aligned(0, 1, {1, AllocPolicy::kAlign, 5}));
  EXPECT_TRUE(ledger.aligned(0, 2, {1, AllocPolicy::kAlign, 5}));
  EXPECT_TRUE(ledger.aligned(0, 1, {1, AllocPolicy::kAlign, 4}));
  EXPECT_TRUE(ledger.aligned(0, 4, {33, AllocPolicy::kOrderAlign, 0}));
  EXPECT_FALSE(ledger.aligned(0, 2, {33, AllocPolicy::kOrderAlign, 0}));
}

}  // namespace
}  // namespace arenafuzz
