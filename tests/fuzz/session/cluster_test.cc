// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/cluster.h"

#include <gtest/gtest.h>

namespace arenafuzz {
namespace {

TEST(Cluster, OfTheExecutorTakesTheWholeSignature) {
  EXPECT_TRUE(same_cluster("unwind.alloc.page.a.b.c", "unwind.alloc.page.a.b.c"));
  EXPECT_FALSE(same_cluster("unwind.alloc.page.a.b.c", "unwind.alloc.page.a.b.d"));
}

TEST(Cluster, OfReportsNeedsTwoFramesInTheirOrder) {
  constexpr const char* kOne = "sanitizer.heap-use-after-free.destroy.release.walk";
  EXPECT_TRUE(same_cluster(kOne, "sanitizer.heap-use-after-free.x.destroy.release"));
  EXPECT_TRUE(same_cluster(kOne, "sanitizer.heap-use-after-free.destroy.x.walk"));
  EXPECT_FALSE(same_cluster(kOne, "sanitizer.heap-use-after-free.release.destroy.x"));
  EXPECT_FALSE(same_cluster(kOne, "sanitizer.heap-use-after-free.destroy.a_b_c_d.e_f_g"));
}

TEST(Cluster, OfReportsNeedsTheSameType) {
  EXPECT_FALSE(same_cluster("sanitizer.segv.a.b.c", "sanitizer.use-after-poison.a.b.c"));
}

TEST(Cluster, OfReportsAlsoTakesNamesThatAreAlike) {
  EXPECT_TRUE(
      same_cluster("sanitizer.segv.scx_arena_alloc_one", "sanitizer.segv.scx_arena_alloc_two"));
  EXPECT_FALSE(same_cluster("sanitizer.segv.scx_arena_alloc", "sanitizer.segv.gen_pool_add"));
}

TEST(Cluster, TakesReportsWithoutFramesByTheirType) {
  EXPECT_TRUE(same_cluster("sanitizer.timeout", "sanitizer.timeout"));
  EXPECT_FALSE(same_cluster("sanitizer.", "sanitizer.timeout"));
}

TEST(Complaint, IsOneOfAnyOperationSizeAndFault) {
  constexpr const char* kOne = "accounting.free.none.avail.within-chunk.none";
  EXPECT_TRUE(same_complaint(kOne, "accounting.gen-free.none.avail.none.page"));
  EXPECT_FALSE(same_complaint(kOne, "accounting.free.none.bitmap.within-chunk.none"));
  EXPECT_FALSE(same_complaint(kOne, "accounting.free.page.avail.within-chunk.none"));
  EXPECT_FALSE(same_complaint(kOne, "overlap.free.none.avail.within-chunk.none"));
  EXPECT_TRUE(same_complaint(kOne, "neighbour.alloc.none.avail.several-pages.none"));
}

TEST(Complaint, IsNotAskedOfSanitizersAndOthers) {
  EXPECT_FALSE(same_complaint("sanitizer.a.b.c.d.e", "sanitizer.a.b.c.d.e"));
  EXPECT_FALSE(same_complaint("timeout", "timeout"));
  EXPECT_FALSE(same_complaint("", ""));
}

TEST(Likeness, CountsWhatIsCommonInOrder) {
  EXPECT_DOUBLE_EQ(likeness("", ""), 1);
  EXPECT_DOUBLE_EQ(likeness("abc", "abc"), 1);
  EXPECT_DOUBLE_EQ(likeness("ab", "ba"), 0.5);
  EXPECT_DOUBLE_EQ(likeness("ab", "cd"), 0);
}

}  // namespace
}  // namespace arenafuzz
