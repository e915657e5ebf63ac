// SPDX-License-Identifier: GPL-2.0-only
//
// Pages of the arena that a pool touches: memory inside those that it holds, a finding outside.
#include "fuzz/harness/backends/address_space.h"
#include "fuzz/harness/backends/arena_layout.h"
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

constexpr const char* kAlloc = "header profile:faults pages:64\nenable s0 root m0\n";

TEST(TouchedPages, AreNoFindingWhereThePoolHoldsThem) {
  Bench<BrokenBackend> bench(Variant::kWritesBlocks);
  EXPECT_EQ(first_finding(bench.run(std::string(kAlloc) + "a0 = alloc s0 5000\nfree a0\n")),
            "clean");
}

TEST(TouchedPages, AreClosedAtTheEndOfTheProgram) {
  Bench<BrokenBackend> bench(Variant::kWritesBlocks);
  bench.run(std::string(kAlloc) + "a0 = alloc s0 5000\n");
  EXPECT_FALSE(any_page_open());
}

TEST(TouchedPages, GiveTheSameVerdictAfterAnyOtherProgram) {
  Bench<BrokenBackend> bench(Variant::kWritesNeighbours);
  const std::string text = std::string(kAlloc) +
                           "a0 = alloc s0 64\na1 = alloc s0 64\nfree a0\n"
                           "a0 = alloc s0 64\nfree a1\n";
  const Verdict first = bench.run(text);
  ASSERT_FALSE(first.clean());
  for (int i = 0; i < 3; ++i) {
    bench.run(std::string(kAlloc) + "a0 = alloc s0 20000\nfree a0\n");
    const Verdict& again = bench.run(text);
    EXPECT_EQ(again.trace_hash, first.trace_hash);
    EXPECT_EQ(first_finding(again), first_finding(first));
  }
}

TEST(TouchedPages, MayBeTouchedAfterManyFindings) {
  Bench<BrokenBackend> bench(Variant::kTouchesArena);
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(first_finding(bench.run(std::string(kAlloc) + "a0 = alloc s0 64\n")),
                ::testing::HasSubstr("stray-access.alloc.page.arena-memory"));
}

unsigned char* at(std::uint64_t address) {
  return reinterpret_cast<unsigned char*>(static_cast<std::uintptr_t>(address));
}

TEST(OpenPages, ReadZeroEachTimeTheyAreOpened) {
  ASSERT_EQ(reserve_arenas(), nullptr);
  const std::uint64_t page = kernel_base + 0x5000;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(open_pages(page, 8192));
    EXPECT_EQ(*at(page), 0);
    EXPECT_EQ(*at(page + 8191), 0);
    *at(page) = *at(page + 8191) = 7;
    if (i == 0) close_pages(page, 4096);
    if (i == 0) EXPECT_TRUE(is_page_open(page + 4096));
    if (i != 1) close_all_pages();
    if (i == 1) close_pages(page - 4096, 5 * 4096);
    EXPECT_FALSE(any_page_open());
  }
}

TEST(OpenPages, AreBounded) {
  ASSERT_EQ(reserve_arenas(), nullptr);
  EXPECT_TRUE(open_pages(kernel_base, kMostOpenBytes));
  EXPECT_FALSE(open_pages(kernel_base + kMostOpenBytes, 4096));
  close_all_pages();
  EXPECT_TRUE(open_pages(kernel_base, 4096));
  close_all_pages();
}

}  // namespace
}  // namespace arenafuzz::testing
