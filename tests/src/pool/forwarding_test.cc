// SPDX-License-Identifier: GPL-2.0-only
//
// What the bases of decorators pass on. That they leave nothing out is the compiler's to say: a
// seam's functions are pure, and the bases can be made.
#include "src/pool/forwarding.h"

#include <gtest/gtest.h>

#include "tests/src/pool/mock_seams.h"

namespace arenafuzz {
namespace {

using ::testing::_;
using ::testing::Return;

TEST(Forwarding, PagesPassEachCallOn) {
  MockPages behind;
  ForwardingPages pages(behind);
  EXPECT_CALL(behind, claim(_)).WillOnce(Return(0x7000));
  EXPECT_CALL(behind, release(0x7000, PageCount{4}));
  EXPECT_CALL(behind, kernel_base()).WillOnce(Return(0x10));
  EXPECT_CALL(behind, page_bytes()).WillOnce(Return(16384));
  EXPECT_EQ(pages.claim({.pages = PageCount{4}}), 0x7000u);
  pages.release(0x7000, PageCount{4});
  EXPECT_EQ(pages.kernel_base(), 0x10u);
  EXPECT_EQ(pages.page_bytes(), 16384u);
}

TEST(Forwarding, MetadataPassesEachCallOn) {
  MockMetadata behind;
  ForwardingMetadata metadata(behind);
  int record = 0;
  EXPECT_CALL(behind, allocate(MetadataSite::kSpan, 24)).WillOnce(Return(&record));
  EXPECT_CALL(behind, look_up(MetadataSite::kSpan, &record))
      .WillOnce(Return(BlockState::kOtherSite));
  EXPECT_CALL(behind, free(MetadataSite::kSpan, &record));
  EXPECT_EQ(metadata.allocate(MetadataSite::kSpan, 24), &record);
  EXPECT_EQ(metadata.look_up(MetadataSite::kSpan, &record), BlockState::kOtherSite);
  metadata.free(MetadataSite::kSpan, &record);
}

TEST(Forwarding, APoolPassesEachCallOn) {
  MockPool behind;
  MockPages map;
  ForwardingPool pool(behind);
  ChunkView view;
  EXPECT_CALL(behind, init(&map)).WillOnce(Return(-12));
  EXPECT_CALL(behind, alloc(64)).WillOnce(Return(0x40));
  EXPECT_CALL(behind, free(0x40, 64));
  EXPECT_CALL(behind, exists()).WillOnce(Return(true));
  EXPECT_CALL(behind, newest_chunk(&view)).WillOnce(Return(true));
  EXPECT_CALL(behind, for_each_chunk(nullptr, &view));
  EXPECT_CALL(behind, granule_order()).WillOnce(Return(4));
  EXPECT_CALL(behind, destroy());
  EXPECT_EQ(pool.init(&map), -12);
  EXPECT_EQ(pool.alloc(64), 0x40u);
  pool.free(0x40, 64);
  EXPECT_TRUE(pool.exists());
  EXPECT_TRUE(pool.newest_chunk(&view));
  pool.for_each_chunk(nullptr, &view);
  EXPECT_EQ(pool.granule_order(), 4);
  pool.destroy();
}

}  // namespace
}  // namespace arenafuzz
