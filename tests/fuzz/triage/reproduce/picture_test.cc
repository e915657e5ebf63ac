// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/picture.h"

#include "tests/fuzz/triage/minimize/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const char* const kTwoBlocks =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 32\n"
    "free a0\n";

template <typename AnyBackend = CppBackend>
class Drawer {
 public:
  template <typename... Arguments>
  explicit Drawer(Arguments... arguments) : backend_(arguments...), runner_(backend_) {}
  FailurePicture operator()(const std::string& text, std::optional<std::size_t> operation) {
    return draw_failure(runner_, Options{}, program_of(text), operation,
                        {.processor_seconds = 60, .idle_seconds = 60});
  }

 private:
  AnyBackend backend_;
  ProgramRunner runner_;
};

TEST(Picture, ShowsUsedRunsBeforeAndAfterAnOperation) {
  Drawer draw;
  const FailurePicture drawn = draw(kTwoBlocks, 3);
  ASSERT_TRUE(drawn.before && drawn.after);
  ASSERT_THAT(drawn.before->chunks, SizeIs(1));
  ASSERT_THAT(drawn.after->chunks, SizeIs(1));
  EXPECT_THAT(drawn.before->chunks[0].used, ElementsAre(PictureRun{0, 12}));
  EXPECT_THAT(drawn.after->chunks[0].used, ElementsAre(PictureRun{8, 4}));
}

TEST(Picture, CountsAChunksAddressFromItsArenasFirstByte) {
  for (const char* base : {"zero", "small", "high", "end"}) {
    Drawer draw;
    const FailurePicture drawn =
        draw(std::string("header profile:faults pages:64 base:") + base +
                 "\nenable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 20000\na2 = alloc s0 8\n",
             3);
    ASSERT_TRUE(drawn.before) << base;
    ASSERT_THAT(drawn.before->chunks, SizeIs(2)) << base;
    EXPECT_EQ(drawn.before->chunks[0].address, 4u * 4096) << base;
    EXPECT_EQ(drawn.before->chunks[0].bytes, 5u * 4096) << base;
    EXPECT_EQ(drawn.before->chunks[1].address, 0u) << base;
    EXPECT_EQ(drawn.before->chunks[1].map, 0) << base;
  }
}

TEST(Picture, ShowsClaimedPagesOfChunksAndOfNeighbours) {
  Drawer draw;
  const FailurePicture drawn = draw(
      "header profile:faults pages:16\nenable s0 root m0\na0 = alloc s0 64\np0 = claim m0 2\n", 2);
  ASSERT_TRUE(drawn.before && drawn.after);
  ASSERT_THAT(drawn.after->arenas, SizeIs(1));
  EXPECT_EQ(drawn.after->arenas[0].pages, 16u);
  EXPECT_THAT(drawn.before->arenas[0].claimed, ElementsAre(PictureRun{0, 4}));
  EXPECT_THAT(drawn.after->arenas[0].claimed, ElementsAre(PictureRun{0, 6}));
}

// The finding ends the program: what it left is the picture after it.
TEST(Picture, ShowsThePagesThatAFailedCallKept) {
  Drawer<BrokenBackend> draw(Variant::kUnwindWithoutRelease);
  const FailurePicture drawn = draw(
      "header profile:faults pages:16\nenable s0 root m0\na0 = alloc s0 64 (fail vzalloc:1)\n", 1);
  ASSERT_TRUE(drawn.before && drawn.after);
  EXPECT_THAT(drawn.before->arenas[0].claimed, IsEmpty());
  EXPECT_THAT(drawn.after->arenas[0].claimed, ElementsAre(PictureRun{0, 4}));
  EXPECT_THAT(drawn.after->chunks, IsEmpty());
}

TEST(Picture, OfWhatShowsAtTheProgramsEndIsThePoolsBeforeTheirEnd) {
  Drawer draw;
  const FailurePicture drawn = draw(kTwoBlocks, 4);
  ASSERT_TRUE(drawn.before && drawn.after);
  EXPECT_THAT(drawn.before->chunks, SizeIs(1));
  EXPECT_THAT(drawn.after->chunks, IsEmpty());
}

TEST(Picture, OfAGenPoolHasNoArena) {
  Drawer draw;
  const FailurePicture drawn = draw(
      "header profile:correct kind:gen_pool order:4\ncreate\nadd 65536 size:4096\na0 = alloc 48\n"
      "free a0\n",
      3);
  ASSERT_TRUE(drawn.before);
  EXPECT_THAT(drawn.before->arenas, IsEmpty());
  ASSERT_THAT(drawn.before->chunks, SizeIs(1));
  EXPECT_EQ(drawn.before->granule_bytes, 16u);
  EXPECT_EQ(drawn.before->chunks[0].address, 0x10000u);
  EXPECT_THAT(drawn.before->chunks[0].used, ElementsAre(PictureRun{0, 3}));
}

TEST(Picture, LeavesOutOlderChunksBeyondItsBound) {
  std::string text = "header profile:faults pages:1024\nenable s0 root m0\n";
  for (int i = 0; i < 50; ++i) text += "a" + std::to_string(i) + " = alloc s0 16384\n";
  Drawer draw;
  const FailurePicture drawn = draw(text + "free a0\n", 51);
  ASSERT_TRUE(drawn.before);
  EXPECT_THAT(drawn.before->chunks, SizeIs(kMostChunks));
  EXPECT_EQ(drawn.before->left_out, 10u);
}

TEST(Picture, OfAProgramThatEndsOnItsOwnWithoutAnOperationIsUnknown) {
  Drawer draw;
  const FailurePicture drawn = draw(kTwoBlocks, std::nullopt);
  EXPECT_FALSE(drawn.operation || drawn.before || drawn.after);
}

#if ARENAFUZZ_TEST_ASAN
TEST(Picture, NamesTheOperationThatKilledTheProcess) {
  Drawer<BrokenBackend> draw(Variant::kBitmapOneWordShort);
  const FailurePicture drawn = draw(
      "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 16384\n"
      "a1 = alloc s0 16384\n",
      std::nullopt);
  ASSERT_TRUE(drawn.operation);
  EXPECT_EQ(*drawn.operation, 1u);
  EXPECT_TRUE(drawn.before);
  EXPECT_FALSE(drawn.after);
}
#endif

}  // namespace
}  // namespace arenafuzz::testing
