// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/gen_pool.h"

#include <cerrno>

#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::bug_of;
using testing::chunks_of;
using testing::HookGuard;
using testing::kAllOnes;
using testing::kPage;
using testing::Peer;
using testing::set_bits_of;
using testing::TestMetadata;

constexpr std::uint64_t kA = 0x100000;  // where chunks of the tests lie
constexpr std::uint64_t kB = 0x200000;

struct GenPoolTest : ::testing::Test {
  std::uint64_t word(std::size_t chunk, std::size_t index) const {
    return chunks_of(*pool)[chunk].words[index].load();
  }
  std::vector<std::uint64_t> starts() const {
    std::vector<std::uint64_t> list;
    for (const ChunkView& chunk : chunks_of(*pool)) list.push_back(chunk.start);
    return list;
  }
  TestMetadata metadata;
  GenPool* pool = GenPool::create(3, metadata);
};
using GenPoolDeathTest = GenPoolTest;

// ---- metadata

TEST_F(GenPoolTest, CreateAsksOnceForFiftySixBytes) {
  EXPECT_EQ(metadata.sizes(MetadataSite::kKmalloc), (std::vector<std::uint64_t>{56}));
  EXPECT_EQ(metadata.outstanding(), 1u);
  EXPECT_EQ(pool->granule_order(), 3);
}

TEST_F(GenPoolTest, CreateGivesNothingWhenTheObjectCannotBeHad) {
  metadata.fail(MetadataSite::kKmalloc);
  EXPECT_EQ(GenPool::create(3, metadata), nullptr);
  EXPECT_EQ(metadata.outstanding(), 1u);  // the fixture's own
}

TEST(GenPoolMetadata, IsFiftySixBytesAndABitAGranule) {
  EXPECT_EQ(GenPool::chunk_metadata_bytes(0, 3), 56u);
  EXPECT_EQ(GenPool::chunk_metadata_bytes(7, 3), 56u);
  EXPECT_EQ(GenPool::chunk_metadata_bytes(8, 3), 64u);
  EXPECT_EQ(GenPool::chunk_metadata_bytes(512, 3), 64u);
  EXPECT_EQ(GenPool::chunk_metadata_bytes(519, 3), 64u);
  EXPECT_EQ(GenPool::chunk_metadata_bytes(520, 3), 72u);
  EXPECT_EQ(GenPool::chunk_metadata_bytes(4096, 12), 64u);
}

TEST(GenPoolMetadata, GrowsByAFixedNumberOfBytesForEachPage) {
  for (std::uint64_t pages : {1u, 4u, 5u, 1024u}) {
    EXPECT_EQ(GenPool::chunk_metadata_bytes(pages * 4096, 3), 56 + 64 * pages);
    EXPECT_EQ(GenPool::chunk_metadata_bytes(pages * 16384, 3), 56 + 256 * pages);
    EXPECT_EQ(GenPool::chunk_metadata_bytes(pages * 65536, 3), 56 + 1024 * pages);
  }
}

TEST_F(GenPoolTest, AddAsksOnceForExactlyHeaderAndBitmap) {
  EXPECT_EQ(pool->add(kA, 4 * kPage), 0);
  EXPECT_EQ(metadata.sizes(MetadataSite::kVzalloc), (std::vector<std::uint64_t>{312}));
}

TEST_F(GenPoolTest, AFailedAddLeavesThePoolUntouched) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(100), kA);
  metadata.fail(MetadataSite::kVzalloc);
  EXPECT_EQ(pool->add(kB, 4096), -ENOMEM);
  EXPECT_EQ(starts(), (std::vector<std::uint64_t>{kA}));
  EXPECT_EQ(pool->size(), 1024u);
  EXPECT_EQ(pool->avail(), 1024u - 104u);
  EXPECT_EQ(pool->alloc(8), kA + 104);
  EXPECT_EQ(pool->add(kB, 4096), 0);
}

TEST_F(GenPoolTest, DestroyReturnsAllMetadata) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  ASSERT_EQ(pool->add(kB, 8192), 0);
  const std::uint64_t block = pool->alloc(1000);
  pool->free(block, 1000);
  pool->destroy();
  EXPECT_EQ(metadata.outstanding(), 0u);
}

TEST_F(GenPoolTest, DestroyOfAPoolWithoutChunksReturnsTheObject) {
  pool->destroy();
  EXPECT_EQ(metadata.outstanding(), 0u);
}

// ---- alloc

TEST_F(GenPoolTest, APoolWithoutChunksGivesNothing) {
  ChunkView view;
  EXPECT_EQ(pool->alloc(1), 0u);
  EXPECT_FALSE(pool->newest_chunk(&view));
  EXPECT_EQ(pool->avail(), 0u);
  EXPECT_EQ(pool->size(), 0u);
  EXPECT_FALSE(pool->has_addr(kA, 1));
}

TEST_F(GenPoolTest, ANewChunkIsShownWithItsInclusiveEnd) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  ChunkView view;
  ASSERT_TRUE(pool->newest_chunk(&view));
  EXPECT_EQ(view.start, kA);
  EXPECT_EQ(view.end, kA + 4095);
  EXPECT_EQ(view.granules, 512u);
  EXPECT_EQ(view.avail->load(), 4096u);
  EXPECT_EQ(set_bits_of(view), 0u);
}

TEST_F(GenPoolTest, ChunksAreListedAndTriedNewestFirst) {
  ASSERT_EQ(pool->add(kB, 4096), 0);
  ASSERT_EQ(pool->add(kA, 4096), 0);
  ASSERT_EQ(pool->add(2 * kB, 4096), 0);
  EXPECT_EQ(starts(), (std::vector<std::uint64_t>{2 * kB, kA, kB}));
  EXPECT_EQ(pool->alloc(4096), 2 * kB);
  EXPECT_EQ(pool->alloc(4096), kA);
  EXPECT_EQ(pool->alloc(4096), kB);
  EXPECT_EQ(pool->alloc(1), 0u);
}

TEST_F(GenPoolTest, SizesAreRoundedUpToGranules) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  EXPECT_EQ(pool->alloc(1), kA);
  EXPECT_EQ(pool->alloc(8), kA + 8);
  EXPECT_EQ(pool->alloc(9), kA + 16);
  EXPECT_EQ(pool->alloc(13), kA + 32);
  EXPECT_EQ(pool->avail(), 4096u - 48u);
  EXPECT_EQ(word(0, 0), 0x3fu);
}

TEST_F(GenPoolTest, SizeZeroGivesNothingAndTakesNothing) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  EXPECT_EQ(pool->alloc(0), 0u);
  EXPECT_EQ(pool->avail(), 4096u);
}

TEST_F(GenPoolTest, TheLowestHoleThatFitsIsTaken) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  for (int i = 0; i < 16; ++i) pool->alloc(64);
  pool->free(kA + 5 * 64, 64);
  pool->free(kA + 8 * 64, 128);
  pool->free(kA + 2 * 64, 8);
  EXPECT_EQ(pool->alloc(72), kA + 8 * 64);
  EXPECT_EQ(pool->alloc(16), kA + 5 * 64);
  EXPECT_EQ(pool->alloc(8), kA + 2 * 64);
}

TEST_F(GenPoolTest, ARequestNeverSpansTwoAdjacentChunks) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  ASSERT_EQ(pool->add(kA + 4096, 4096), 0);
  EXPECT_EQ(pool->alloc(4104), 0u);
  EXPECT_EQ(pool->alloc(4096), kA + 4096);
  EXPECT_EQ(pool->alloc(4096), kA);
}

TEST_F(GenPoolTest, AnOlderChunkServesWhatTheNewestCannot) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  ASSERT_EQ(pool->add(kB, 64), 0);
  EXPECT_EQ(pool->alloc(65), kA);
  EXPECT_EQ(pool->alloc(64), kB);
}

TEST_F(GenPoolTest, AChunkWithTooLittleAvailIsSkippedWithoutASearch) {
  ASSERT_EQ(pool->add(kA, 64), 0);
  const HookGuard guard;
  atomics::hooks.steps_left = 100;
  EXPECT_EQ(pool->alloc(65), 0u);
  EXPECT_EQ(atomics::hooks.steps_left, 99u);  // the visit of the chunk alone
}

TEST_F(GenPoolTest, TheUnroundedSizeIsComparedWithAvail) {
  ASSERT_EQ(pool->add(kA, 12), 0);  // one granule and a tail of 4 bytes
  const HookGuard guard;
  atomics::hooks.steps_left = 100;
  EXPECT_EQ(pool->alloc(12), 0u);  // 12 <= 12: not skipped, but two granules are more than it has
  EXPECT_EQ(atomics::hooks.steps_left, 99u);
  EXPECT_EQ(pool->alloc(8), kA);
  EXPECT_EQ(pool->avail(), 4u);
  EXPECT_EQ(pool->alloc(4), 0u);
}

TEST_F(GenPoolTest, AChunkOfNoGranulesGivesNothing) {
  ASSERT_EQ(pool->add(kA, 0), 0);
  ASSERT_EQ(pool->add(kB, 7), 0);
  EXPECT_EQ(metadata.sizes(MetadataSite::kVzalloc), (std::vector<std::uint64_t>{56, 56}));
  EXPECT_EQ(pool->alloc(1), 0u);
  EXPECT_EQ(pool->alloc(7), 0u);
  EXPECT_EQ(pool->size(), 7u);
  pool->destroy();
  EXPECT_EQ(metadata.outstanding(), 0u);
}

TEST_F(GenPoolTest, SizesThatWrapGiveNothing) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  for (std::uint64_t size = kAllOnes - 9; size != 0; ++size) EXPECT_EQ(pool->alloc(size), 0u);
  EXPECT_EQ(pool->avail(), 4096u);
}

TEST_F(GenPoolTest, AnAllocationInAnEmptyChunkTakesThreeSteps) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  const HookGuard guard;
  atomics::hooks.steps_left = 100;
  EXPECT_EQ(pool->alloc(8), kA);  // visit, search, swap
  EXPECT_EQ(atomics::hooks.steps_left, 97u);
}

TEST(GenPoolOrders, AGranuleOfOneByteTakesExactSizes) {
  TestMetadata metadata;
  GenPool* pool = GenPool::create(0, metadata);
  ASSERT_EQ(pool->add(kA, 100), 0);
  EXPECT_EQ(pool->alloc(3), kA);
  EXPECT_EQ(pool->alloc(1), kA + 3);
  EXPECT_EQ(pool->avail(), 96u);
}

TEST(GenPoolOrders, AGranuleOfAPageRoundsToPages) {
  TestMetadata metadata;
  GenPool* pool = GenPool::create(12, metadata);
  ASSERT_EQ(pool->add(kA, 16 * 4096), 0);
  EXPECT_EQ(pool->alloc(4097), kA);
  EXPECT_EQ(pool->alloc(1), kA + 8192);
  EXPECT_EQ(pool->avail(), 13u * 4096u);
}

TEST(GenPoolOrders, TheLargestOrderHasNoGranuleThatFits) {
  TestMetadata metadata;
  GenPool* pool = GenPool::create(63, metadata);
  ASSERT_EQ(pool->add(kA, 4096), 0);
  EXPECT_EQ(pool->alloc(1), 0u);
  EXPECT_EQ(pool->avail(), 4096u);
}

TEST_F(GenPoolTest, AvailFollowsEveryAllocAndFree) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  ASSERT_EQ(pool->add(kB, 4096), 0);
  const std::uint64_t first = pool->alloc(4090);
  EXPECT_EQ(pool->avail(), 4096u);
  const std::uint64_t second = pool->alloc(1);
  EXPECT_EQ(pool->avail(), 4088u);
  pool->free(first, 4090);
  EXPECT_EQ(pool->avail(), 8184u);
  pool->free(second, 1);
  EXPECT_EQ(pool->avail(), 8192u);
  EXPECT_EQ(pool->size(), 8192u);
}

// ---- collisions

TEST_F(GenPoolTest, ACollisionOutsideTheRunIsRetriedInPlace) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  Peer peer({{.call = 1, .set = 0x200}});
  EXPECT_EQ(pool->alloc(16), kA);
  EXPECT_EQ(peer.calls(), 2u);
  EXPECT_EQ(word(0, 0), 0x203u);
}

TEST_F(GenPoolTest, ACollisionInsideTheRunMovesOnToTheNextHole) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  Peer peer({{.call = 1, .set = 2}});
  EXPECT_EQ(pool->alloc(16), kA + 16);
  EXPECT_EQ(word(0, 0), 0b1110u);
  EXPECT_EQ(pool->avail(), 1024u - 16u);
}

TEST_F(GenPoolTest, ACollisionInALaterWordRollsTheEarlierOnesBack) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  Peer peer({{.call = 2, .set = 0x400}});
  EXPECT_EQ(pool->alloc(640), 0u);  // neither 74 nor 53 clear granules hold 80
  EXPECT_EQ(peer.masks, (std::vector<std::uint64_t>{kAllOnes, 0xffff, kAllOnes}));
  EXPECT_EQ(word(0, 0), 0u);
  EXPECT_EQ(word(0, 1), 0x400u);
  EXPECT_EQ(pool->avail(), 1024u);
}

TEST_F(GenPoolTest, ACollisionSendsTheRequestToTheNextChunkWhenNothingIsLeft) {
  ASSERT_EQ(pool->add(kB, 1024), 0);
  ASSERT_EQ(pool->add(kA, 1024), 0);
  Peer peer({{.call = 2, .set = 0x400}});
  EXPECT_EQ(pool->alloc(640), kB);
  EXPECT_EQ(chunks_of(*pool)[0].avail->load(), 1024u);
  EXPECT_EQ(chunks_of(*pool)[1].avail->load(), 1024u - 640u);
}

TEST_F(GenPoolTest, AfterACollisionTheSearchNeverGoesLower) {
  ASSERT_EQ(pool->add(kA, 2048), 0);
  ASSERT_EQ(pool->alloc(8), kA);
  // The peer takes granule 80, the last of [1, 80], and frees granule 0 during the roll-back.
  // [0, 79] would now fit, but the search goes on from granule 1.
  Peer peer({{.call = 2, .set = 1 << 16}, {.call = 3, .clear = 1}});
  EXPECT_EQ(pool->alloc(640), kA + 81 * 8);
  EXPECT_EQ(word(0, 0), 0u);
  EXPECT_EQ(word(0, 1), kAllOnes << 16);
}

TEST_F(GenPoolTest, TheNextAllocUsesTheLowerHoleAgain) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  {
    Peer peer({{.call = 1, .set = 1}});
    EXPECT_EQ(pool->alloc(8), kA + 8);
  }
  pool->free(kA, 8);
  EXPECT_EQ(pool->alloc(8), kA);
}

TEST_F(GenPoolTest, AGranuleGoneDuringTheRollBackIsABug) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  Peer peer({{.call = 2, .set = 1}, {.call = 3, .clear = 0x10}});
  EXPECT_EQ(bug_of([&] { pool->alloc(640); }), BugSite::kAllocRollback);
}

// ---- free

TEST_F(GenPoolTest, FreeGivesTheBlockBack) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  const std::uint64_t block = pool->alloc(1000);
  pool->free(block, 1000);
  EXPECT_EQ(word(0, 0), 0u);
  EXPECT_EQ(word(0, 1), 0u);
  EXPECT_EQ(pool->avail(), 1024u);
}

TEST_F(GenPoolTest, FreeWithAShorterSizeLeaksTheTail) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(64), kA);
  pool->free(kA, 24);
  EXPECT_EQ(word(0, 0), 0xf8u);
  EXPECT_EQ(pool->avail(), 1024u - 40u);
}

TEST_F(GenPoolTest, FreeWithALongerSizeFreesTheNeighbour) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(16), kA);
  ASSERT_EQ(pool->alloc(16), kA + 16);
  pool->free(kA, 24);
  EXPECT_EQ(word(0, 0), 0b1000u);
  EXPECT_EQ(pool->avail(), 1016u);
}

TEST_F(GenPoolTest, FreeInsideAGranuleIsRoundedDown) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(16), kA);
  pool->free(kA + 13, 3);
  EXPECT_EQ(word(0, 0), 1u);
  EXPECT_EQ(pool->avail(), 1016u);
}

TEST_F(GenPoolTest, FreeOfSizeZeroDoesNothing) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(16), kA);
  pool->free(kA, 0);
  pool->free(kA + 512, 0);
  EXPECT_EQ(word(0, 0), 3u);
  EXPECT_EQ(pool->avail(), 1008u);
}

TEST_F(GenPoolTest, TheSevenLargestSizesFreeNothing) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  for (std::uint64_t size = kAllOnes - 6; size != 0; ++size)
    EXPECT_EQ(bug_of([&] { pool->free(kA + 512, size); }), BugSite::kNone);
  EXPECT_EQ(set_bits_of(chunks_of(*pool)[0]), 128u);
  EXPECT_EQ(pool->avail(), 0u);
}

TEST_F(GenPoolTest, ASizeThatWrapsBelowTheEndClearsUntilAGranuleIsFree) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(640), kA);
  EXPECT_EQ(bug_of([&] { pool->free(kA + 256, kAllOnes - 7); }), BugSite::kFreeNotAllocated);
  EXPECT_EQ(word(0, 0), kAllOnes >> 32);  // cleared to the word's end
  EXPECT_EQ(word(0, 1), 0xffffu);         // the word with a free granule is left
  EXPECT_EQ(pool->avail(), 1024u - 640u);
}

TEST_F(GenPoolTest, ASizeThatWrapsToAboveTheEndIsPastTheEnd) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  EXPECT_EQ(bug_of([&] { pool->free(kA + 8, 0 - kA - 8); }), BugSite::kFreePastEnd);
}

TEST_F(GenPoolTest, ADoubleFreeLeavesTheWordsBeforeItCleared) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  pool->free(kA + 1016, 8);
  EXPECT_EQ(bug_of([&] { pool->free(kA, 1024); }), BugSite::kFreeNotAllocated);
  EXPECT_EQ(word(0, 0), 0u);
  EXPECT_EQ(word(0, 1), kAllOnes >> 1);
  EXPECT_EQ(pool->avail(), 8u);
}

TEST_F(GenPoolTest, ABlockMayEndExactlyAtItsChunksEnd) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  EXPECT_EQ(bug_of([&] { pool->free(kA + 1016, 8); }), BugSite::kNone);
  EXPECT_EQ(bug_of([&] { pool->free(kA + 1008, 17); }), BugSite::kFreePastEnd);
  EXPECT_EQ(pool->avail(), 8u);
}

TEST_F(GenPoolTest, FreeLooksAtBothEdgesOfAChunk) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  EXPECT_EQ(bug_of([&] { pool->free(kA - 1, 1); }), BugSite::kFreeNoChunk);
  EXPECT_EQ(bug_of([&] { pool->free(kA + 1024, 8); }), BugSite::kFreeNoChunk);
  EXPECT_EQ(bug_of([&] { pool->free(kA + 1023, 1); }), BugSite::kNone);
  EXPECT_EQ(word(0, 1), kAllOnes >> 1);
}

// ---- overlapping chunks (docs/arena_pool.md, Overlapping chunks)

TEST_F(GenPoolTest, AnOverlappedBlockIsFreedIntoTheNewestChunk) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  ASSERT_EQ(pool->add(kA + 512, 1024), 0);
  ASSERT_EQ(pool->alloc(8), kA + 512);
  pool->free(kA + 512, 8);
  EXPECT_EQ(word(0, 0), 0u);
  EXPECT_EQ(word(1, 1), kAllOnes);
  EXPECT_EQ(chunks_of(*pool)[0].avail->load(), 1024u);
  EXPECT_EQ(chunks_of(*pool)[1].avail->load(), 0u);
}

TEST_F(GenPoolTest, ABlockThatBeginsBelowTheNewerChunkIsFreedInTheOlder) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  ASSERT_EQ(pool->add(kA + 512, 1024), 0);
  pool->free_all();
  EXPECT_EQ(pool->avail(), 2048u);
}

TEST_F(GenPoolTest, FreeAllFreesAnOverlappedRunByAddressAndSoHitsTheNewest) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  pool->free(kA, 520);  // the older chunk's only run now begins inside the newer one
  ASSERT_EQ(pool->add(kA + 512, 1024), 0);
  EXPECT_EQ(bug_of([&] { pool->free_all(); }), BugSite::kFreeNotAllocated);
}

TEST_F(GenPoolTest, FreeAllFreesEveryRunOfEveryChunk) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  for (int i = 0; i < 8; ++i) pool->alloc(128);
  ASSERT_EQ(pool->add(kB, 1024), 0);
  for (int i = 0; i < 8; ++i) pool->alloc(128);
  for (std::uint64_t i = 0; i < 8; i += 2) pool->free(kA + i * 128, 128);
  pool->free_all();
  EXPECT_EQ(pool->avail(), 2048u);
  EXPECT_EQ(set_bits_of(chunks_of(*pool)[0]), 0u);
  EXPECT_EQ(set_bits_of(chunks_of(*pool)[1]), 0u);
}

// ---- has_addr and overlaps

TEST_F(GenPoolTest, HasAddrWantsTheWholeRangeInOneChunk) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  ASSERT_EQ(pool->add(kA + 4096, 4096), 0);
  EXPECT_TRUE(pool->has_addr(kA, 4096));
  EXPECT_TRUE(pool->has_addr(kA + 4095, 1));
  EXPECT_TRUE(pool->has_addr(kA + 8191, 1));
  EXPECT_FALSE(pool->has_addr(kA + 4095, 2));
  EXPECT_FALSE(pool->has_addr(kA - 1, 1));
  EXPECT_FALSE(pool->has_addr(kA - 1, 2));
  EXPECT_FALSE(pool->has_addr(kA + 8192, 1));
}

TEST_F(GenPoolTest, HasAddrWrapsAsTheKernelDoes) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  EXPECT_TRUE(pool->has_addr(kA, 0));
  EXPECT_TRUE(pool->has_addr(kA, kAllOnes));
  EXPECT_TRUE(pool->has_addr(kA + 4095, 0));
  EXPECT_TRUE(pool->has_addr(kA + 10, kAllOnes));
  EXPECT_FALSE(pool->has_addr(kA - 1, 0));
  EXPECT_FALSE(pool->has_addr(kA + 4096, kAllOnes));
  EXPECT_FALSE(pool->has_addr(kA, kAllOnes - kA));
}

TEST_F(GenPoolTest, OverlapsSeesASingleSharedByte) {
  ASSERT_EQ(pool->add(kA, 4096), 0);
  EXPECT_TRUE(pool->overlaps(kA + 4095, 10));
  EXPECT_TRUE(pool->overlaps(kA - 10, 11));
  EXPECT_TRUE(pool->overlaps(kA - 10, 10000));
  EXPECT_TRUE(pool->overlaps(kA + 10, 1));
  EXPECT_FALSE(pool->overlaps(kA - 10, 10));
  EXPECT_FALSE(pool->overlaps(kA + 4096, 10));
}

// ---- context

TEST_F(GenPoolTest, EveryCallLeavesTheContextAsItWas) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  const std::uint64_t block = pool->alloc(8);
  pool->free(block, 8);
  EXPECT_EQ(pool->alloc(4096), 0u);
  EXPECT_EQ(context_depth.rcu_read, 0);
  EXPECT_EQ(context_depth.spinlock, 0);
  EXPECT_TRUE(context_depth.may_sleep());
}

TEST_F(GenPoolTest, TheSearchAndTheFreeRunInsideAReadSection) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  const HookGuard guard;
  int depths[2] = {0, 0};
  int* at = depths;
  atomics::hooks.context = &at;
  atomics::hooks.before_compare_exchange = [](void* context, atomics::Word*, std::uint64_t) {
    *(*static_cast<int**>(context))++ = context_depth.rcu_read;
  };
  const std::uint64_t block = pool->alloc(8);
  pool->free(block, 8);
  EXPECT_EQ(depths[0], 1);
  EXPECT_EQ(depths[1], 1);
}

// ---- every BUG by its text

TEST_F(GenPoolDeathTest, FreeOfAnAddressInNoChunk) {
  EXPECT_DEATH(pool->free(kA, 8), "BUG: free-no-chunk");
}

TEST_F(GenPoolDeathTest, FreePastTheChunksEnd) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1024), kA);
  EXPECT_DEATH(pool->free(kA, 1025), "BUG: free-past-end");
}

TEST_F(GenPoolDeathTest, FreeOfWhatIsNotAllocated) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  EXPECT_DEATH(pool->free(kA, 8), "BUG: free-not-allocated");
}

TEST_F(GenPoolDeathTest, ARollBackThatFindsItsGranuleGone) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  Peer peer({{.call = 2, .set = 1}, {.call = 3, .clear = 1}});
  EXPECT_DEATH(pool->alloc(640), "BUG: alloc-rollback");
}

TEST_F(GenPoolDeathTest, DestroyOfAPoolThatIsNotEmpty) {
  ASSERT_EQ(pool->add(kA, 1024), 0);
  ASSERT_EQ(pool->alloc(1), kA);
  EXPECT_DEATH(pool->destroy(), "BUG: destroy-not-empty");
}

}  // namespace
}  // namespace arenafuzz
