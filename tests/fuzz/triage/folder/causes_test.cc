// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/causes.h"

#include <gmock/gmock.h>

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;

CauseMember member(const std::string& signature, const std::string& program = "") {
  CauseMember one;
  one.signature = one.probed = signature;
  one.program = program;
  one.shows = one.shows_first = {signature};
  return one;
}

constexpr const char* kUnwind = "unwind.alloc.page.pages-kept.within-chunk.vzalloc";
constexpr const char* kLeak = "metadata-leak.disable.none.destroy.none.none";
constexpr const char* kBooks = "accounting.free.none.bitmap.within-chunk.none";

TEST(Causes, OfOneComplaintIsOne) {
  const Causes causes =
      likely_causes({member(kUnwind), member(kLeak),
                     member("unwind.enable.page.pages-kept.several-pages.kmalloc")});
  EXPECT_THAT(causes.cause, ElementsAre(1, 2, 1));
  EXPECT_EQ(causes.count, 2u);
  EXPECT_THAT(causes.links[0], ElementsAre(2));
}

TEST(Causes, OfProgramsAlikeButForNumbersIsOne) {
  const Causes causes = likely_causes({member(kUnwind, "enable s0 root m0\na0 = alloc s0 1\n"),
                                       member(kBooks, "enable s0 root m0\na0 = alloc s0 64\n")});
  EXPECT_EQ(causes.count, 1u);
}

// A destroy that forgets a chunk shows in nearly every program, and always behind what else shows.
TEST(Causes, WhatNearlyEveryProgramShowsLaterIsNotTheirCause) {
  CauseMember unwind = member(kUnwind, "enable\nalloc\n");
  unwind.shows = {kUnwind, kLeak};
  unwind.turns_into = {kLeak};
  EXPECT_EQ(likely_causes({unwind, member(kLeak, "enable\n")}).count, 2u);
}

TEST(Causes, WhatShowsFirstOrOnlyWithoutAPartOrBothWaysIsOne) {
  const CauseMember leak = member(kLeak, "enable\n");
  CauseMember behind = member(kBooks, "enable\nalloc\n");
  behind.shows = behind.shows_first = {kBooks, kLeak};
  EXPECT_EQ(likely_causes({behind, leak}).count, 1u);
  CauseMember turning = member(kBooks, "enable\nalloc\n");
  turning.turns_into = {kLeak};
  EXPECT_EQ(likely_causes({turning, leak}).count, 1u);
  CauseMember one = member(kBooks, "enable\nalloc\n");
  CauseMember other = leak;
  one.shows = other.shows = {kBooks, kLeak};
  EXPECT_EQ(likely_causes({one, other}).count, 1u);
}

TEST(Causes, OfDifferentBuildsAreNeverOne) {
  CauseMember other = member(kUnwind);
  other.build = 1;
  EXPECT_EQ(likely_causes({member(kUnwind), other}).count, 2u);
}

TEST(Causes, OfNothingAreNone) { EXPECT_EQ(likely_causes({}).count, 0u); }

}  // namespace
}  // namespace arenafuzz
