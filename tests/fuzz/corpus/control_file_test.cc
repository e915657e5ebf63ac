// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/control_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::string_view kLines =
    "STARTED 0 0\nFT 0 64\nCOV 0 7\nSTARTED 1 16\nFT 1 9 3 9\nCOV 1\nSTARTED 2 5\n";

TEST(ControlFile, GivesTheFeaturesOfEachFileThatRanAndTheOneThatDidNotEnd) {
  ControlFile file;
  EXPECT_FALSE(file.any_started());
  file.add(kLines);
  EXPECT_THAT(file.features(), ElementsAre(Pair(0, ElementsAre(64)), Pair(1, ElementsAre(3, 9))));
  EXPECT_TRUE(file.any_started());
  EXPECT_EQ(file.last_started(), 2u);
}

TEST(ControlFile, ReadsTheSameInPiecesOfAnySize) {
  ControlFile whole;
  whole.add(kLines);
  for (std::size_t size = 1; size < kLines.size(); ++size) {
    ControlFile pieces;
    for (std::size_t at = 0; at < kLines.size(); at += size) pieces.add(kLines.substr(at, size));
    EXPECT_EQ(pieces.features(), whole.features()) << size;
    EXPECT_EQ(pieces.last_started(), 2u) << size;
  }
}

TEST(ControlFile, AHalfLineIsNoFeatureYet) {
  ControlFile file;
  file.add("STARTED 0 1\nFT 0 1 2");
  EXPECT_THAT(file.features(), IsEmpty());
  file.add("3\n");
  EXPECT_THAT(file.features(), ElementsAre(Pair(0, ElementsAre(1, 23))));
}

TEST(ControlFile, LinesOfAnotherFormArePassedOver) {
  ControlFile file;
  file.add("\nFT\nFT x 1\nSTARTED\nSTARTED x\nFTS 1 2\nnoise\n");
  EXPECT_THAT(file.features(), IsEmpty());
  EXPECT_FALSE(file.any_started());
}

}  // namespace
}  // namespace arenafuzz
