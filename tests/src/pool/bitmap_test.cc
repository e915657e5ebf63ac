// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/bitmap.h"

#include <array>

#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::HookGuard;
using testing::kAllOnes;
using testing::Peer;

struct BitmapTest : ::testing::Test {
  void set_words(std::array<std::uint64_t, 4> values) {
    for (std::size_t i = 0; i < 4; ++i) words[i].store(values[i]);
  }
  std::array<std::uint64_t, 4> values() const {
    return {words[0].load(), words[1].load(), words[2].load(), words[3].load()};
  }
  atomics::Word words[4] = {};
};

using Values = std::array<std::uint64_t, 4>;

TEST(BitmapWords, AreCountedRoundedUp) {
  EXPECT_EQ(bitmap::words_for(0), 0u);
  EXPECT_EQ(bitmap::words_for(1), 1u);
  EXPECT_EQ(bitmap::words_for(63), 1u);
  EXPECT_EQ(bitmap::words_for(64), 1u);
  EXPECT_EQ(bitmap::words_for(65), 2u);
  EXPECT_EQ(bitmap::words_for(kAllOnes), (std::uint64_t{1} << 58));
}

TEST_F(BitmapTest, SetsSixtyThreeBitsOfOneWord) {
  EXPECT_EQ(bitmap::set_run(words, 0, 63), 0u);
  EXPECT_EQ(values(), (Values{kAllOnes >> 1, 0, 0, 0}));
}

TEST_F(BitmapTest, SetsSixtyFourBitsAsOneFullWord) {
  EXPECT_EQ(bitmap::set_run(words, 0, 64), 0u);
  EXPECT_EQ(values(), (Values{kAllOnes, 0, 0, 0}));
}

TEST_F(BitmapTest, SetsSixtyFiveBitsOverTwoWords) {
  EXPECT_EQ(bitmap::set_run(words, 0, 65), 0u);
  EXPECT_EQ(values(), (Values{kAllOnes, 1, 0, 0}));
}

TEST_F(BitmapTest, SetsARunFromInsideAWordOverThreeWords) {
  EXPECT_EQ(bitmap::set_run(words, 60, 4 + 64 + 2), 0u);
  EXPECT_EQ(values(), (Values{std::uint64_t{0xf} << 60, kAllOnes, 3, 0}));
}

TEST_F(BitmapTest, SetsTheLastBitOfAWordAlone) {
  EXPECT_EQ(bitmap::set_run(words, 127, 1), 0u);
  EXPECT_EQ(values(), (Values{0, std::uint64_t{1} << 63, 0, 0}));
}

TEST_F(BitmapTest, ChangesNothingForNoBits) {
  set_words({5, 6, 7, 8});
  EXPECT_EQ(bitmap::set_run(words, 3, 0), 0u);
  EXPECT_EQ(bitmap::clear_run(words, 3, 0), 0u);
  EXPECT_EQ(values(), (Values{5, 6, 7, 8}));
}

TEST_F(BitmapTest, ClearsOnlyTheRun) {
  set_words({kAllOnes, kAllOnes, kAllOnes, kAllOnes});
  EXPECT_EQ(bitmap::clear_run(words, 63, 66), 0u);
  EXPECT_EQ(values(), (Values{kAllOnes >> 1, 0, kAllOnes << 1, kAllOnes}));
}

TEST_F(BitmapTest, SetReportsTheBitsNotDoneAndKeepsEarlierWords) {
  set_words({0, 0, std::uint64_t{1} << 9, 0});
  EXPECT_EQ(bitmap::set_run(words, 32, 32 + 64 + 10), 10u);
  EXPECT_EQ(values(), (Values{kAllOnes << 32, kAllOnes, std::uint64_t{1} << 9, 0}));
}

TEST_F(BitmapTest, SetReportsAllBitsWhenTheFirstWordIsTaken) {
  set_words({std::uint64_t{1} << 63, 0, 0, 0});
  EXPECT_EQ(bitmap::set_run(words, 62, 70), 70u);
  EXPECT_EQ(values(), (Values{std::uint64_t{1} << 63, 0, 0, 0}));
}

TEST_F(BitmapTest, ClearReportsTheBitsNotDoneAndKeepsEarlierWords) {
  set_words({kAllOnes, kAllOnes ^ 1, kAllOnes, 0});
  EXPECT_EQ(bitmap::clear_run(words, 0, 192), 128u);
  EXPECT_EQ(values(), (Values{0, kAllOnes ^ 1, kAllOnes, 0}));
}

TEST_F(BitmapTest, FindsTheFirstSetBitFromAPosition) {
  set_words({std::uint64_t{1} << 63, 1, 0, 0});
  EXPECT_EQ(bitmap::find_set(words, 256, 0), 63u);
  EXPECT_EQ(bitmap::find_set(words, 256, 63), 63u);
  EXPECT_EQ(bitmap::find_set(words, 256, 64), 64u);
  EXPECT_EQ(bitmap::find_set(words, 256, 65), 256u);
}

TEST_F(BitmapTest, FindsTheFirstClearBitFromAPosition) {
  set_words({kAllOnes, kAllOnes ^ 2, kAllOnes, kAllOnes});
  EXPECT_EQ(bitmap::find_clear(words, 256, 0), 65u);
  EXPECT_EQ(bitmap::find_clear(words, 256, 65), 65u);
  EXPECT_EQ(bitmap::find_clear(words, 256, 66), 256u);
}

TEST_F(BitmapTest, FindsNothingAtOrBehindTheEnd) {
  set_words({0, 1, 0, 0});
  EXPECT_EQ(bitmap::find_set(words, 64, 0), 64u);
  EXPECT_EQ(bitmap::find_set(words, 65, 0), 64u);
  EXPECT_EQ(bitmap::find_set(words, 64, 64), 64u);
  EXPECT_EQ(bitmap::find_clear(words, 10, 200), 10u);
  EXPECT_EQ(bitmap::find_clear(words, 0, 0), 0u);
}

TEST_F(BitmapTest, FindsALowestRunThatFits) {
  set_words({0b1001'0111, 0, 0, 0});
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 1), 3u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 2), 5u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 3), 8u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 6, 1), 6u);
}

TEST_F(BitmapTest, FindsARunThatEndsExactlyAtTheEnd) {
  set_words({0, 1, 0, 0});
  EXPECT_EQ(bitmap::find_clear_run(words, 130, 0, 65), 65u);
  EXPECT_EQ(bitmap::find_clear_run(words, 129, 0, 65), 129u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 191), 65u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 192), 256u);
}

TEST_F(BitmapTest, FindsTheWholeBitmapButNoMore) {
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 256), 0u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 257), 256u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 1, 256), 256u);
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, kAllOnes), 256u);
}

TEST_F(BitmapTest, FindsNoRunInAFullBitmapOrFromBehindTheEnd) {
  set_words({kAllOnes, kAllOnes, kAllOnes, kAllOnes});
  EXPECT_EQ(bitmap::find_clear_run(words, 256, 0, 1), 256u);
  EXPECT_EQ(bitmap::find_clear_run(words, 63, 63, 1), 63u);
  EXPECT_EQ(bitmap::find_clear_run(words, 63, 70, 1), 63u);
}

TEST_F(BitmapTest, IgnoresBitsBehindTheEnd) {
  set_words({std::uint64_t{1} << 63, 0, 0, 0});
  EXPECT_EQ(bitmap::find_clear_run(words, 63, 0, 63), 0u);
  EXPECT_EQ(bitmap::find_clear_run(words, 63, 0, 64), 63u);
}

TEST_F(BitmapTest, SetRetriesWhenAPeerChangesABitOutsideTheRun) {
  Peer peer({{.call = 1, .set = 0x100}});
  EXPECT_EQ(bitmap::set_run(words, 0, 4), 0u);
  EXPECT_EQ(values(), (Values{0x10f, 0, 0, 0}));
  EXPECT_EQ(peer.masks, (std::vector<std::uint64_t>{0xf, 0xf}));
}

TEST_F(BitmapTest, SetFailsWhenAPeerTakesABitInsideTheRun) {
  Peer peer({{.call = 2, .set = 2}});
  EXPECT_EQ(bitmap::set_run(words, 0, 64 + 3), 3u);
  EXPECT_EQ(values(), (Values{kAllOnes, 2, 0, 0}));
  EXPECT_EQ(peer.calls(), 2u);
}

TEST_F(BitmapTest, SetRetriesAsOftenAsPeersInterfere) {
  Peer peer({{.call = 1, .set = 0x10}, {.call = 2, .clear = 0x10}, {.call = 3, .set = 0x20}});
  EXPECT_EQ(bitmap::set_run(words, 0, 4), 0u);
  EXPECT_EQ(values(), (Values{0x2f, 0, 0, 0}));
  EXPECT_EQ(peer.calls(), 4u);
}

TEST_F(BitmapTest, ClearRetriesWhenAPeerChangesABitOutsideTheRun) {
  set_words({0xff, 0, 0, 0});
  Peer peer({{.call = 1, .clear = 0x80}});
  EXPECT_EQ(bitmap::clear_run(words, 0, 4), 0u);
  EXPECT_EQ(values(), (Values{0x70, 0, 0, 0}));
  EXPECT_EQ(peer.calls(), 2u);
}

TEST_F(BitmapTest, ClearFailsWhenAPeerClearsABitInsideTheRun) {
  set_words({kAllOnes, 0xff, 0, 0});
  Peer peer({{.call = 2, .clear = 4}});
  EXPECT_EQ(bitmap::clear_run(words, 0, 64 + 8), 8u);
  EXPECT_EQ(values(), (Values{0, 0xfb, 0, 0}));
}

TEST_F(BitmapTest, AFindCountsOneStepForEachWordItLoads) {
  const HookGuard guard;
  set_words({0, 0, 1, 0});
  atomics::hooks.steps_left = 100;
  EXPECT_EQ(bitmap::find_set(words, 256, 0), 128u);
  EXPECT_EQ(atomics::hooks.steps_left, 97u);
  EXPECT_EQ(bitmap::find_set(words, 256, 256), 256u);
  EXPECT_EQ(atomics::hooks.steps_left, 97u);
}

TEST_F(BitmapTest, AChangeCountsOneStepForEachCompareAndSwap) {
  Peer peer({{.call = 2, .set = 0x100}});
  atomics::hooks.steps_left = 100;
  EXPECT_EQ(bitmap::set_run(words, 0, 64 + 8), 0u);
  EXPECT_EQ(peer.calls(), 3u);
  EXPECT_EQ(atomics::hooks.steps_left, 97u);
}

TEST_F(BitmapTest, RunningOutOfStepsEndsTheCallBeforeTheNextSwap) {
  struct Exhausted {};
  const HookGuard guard;
  atomics::hooks.steps_left = 2;
  atomics::hooks.steps_exhausted = [] { throw Exhausted{}; };
  EXPECT_THROW(bitmap::set_run(words, 0, 192), Exhausted);
  EXPECT_EQ(values(), (Values{kAllOnes, kAllOnes, 0, 0}));
}

TEST_F(BitmapTest, WithoutAnExhaustedHookStepsStopCounting) {
  const HookGuard guard;
  atomics::hooks.steps_left = 1;
  EXPECT_EQ(bitmap::set_run(words, 0, 192), 0u);
  EXPECT_EQ(atomics::hooks.steps_left, 0u);
}

}  // namespace
}  // namespace arenafuzz
