// SPDX-License-Identifier: GPL-2.0-only
//
// Merging over a fake of libFuzzer's inner step; tests/fuzz/cli merges with a real one.
#include "fuzz/corpus/merge.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "fuzz/corpus/content_hash.h"
#include "tests/fuzz/corpus/testing.h"

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::StageWatch;
using ::testing::UnorderedElementsAre;

std::string hash(std::string_view text) {
  return content_hash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

class CorpusMerge : public testing::FolderTest {
 protected:
  MergeRequest request() const {
    MergeRequest request;
    request.out = path("out");
    request.in = {path("in")};
    request.form.any_bytes = true;
    request.target.path = path("fuzzer");
    request.scratch = path("scratch");
    request.aside = path("aside");
    std::filesystem::create_directories(request.scratch);
    return request;
  }
  MergeResult merge(MergeRequest request) const {
    StageWatch watch;
    return merge_corpora(request, watch);
  }
  std::vector<std::string> out() const {
    std::vector<std::string> list;
    for (const auto& [name, content] : contents("out")) {
      EXPECT_EQ(name, hash(content));
      list.push_back(content);
    }
    return list;
  }
};

TEST_F(CorpusMerge, OutGetsTheShortestInputOfEachFeature) {
  write("in/a", "1 2 3 4");
  write("in/b", "1 2");
  write("in/sub/c", "3");
  write("in/d", "2 3");
  const MergeResult result = merge(request());
  EXPECT_EQ(result.problem.sentence, "");
  EXPECT_THAT(out(), UnorderedElementsAre("3", "1 2", "1 2 3 4"));
  EXPECT_EQ(result.files, 4u);
  EXPECT_EQ(result.added, 3u);
  EXPECT_EQ(result.features_after, 4u);
}

TEST_F(CorpusMerge, TheSameContentsUnderOtherNamesInOtherFoldersGiveTheSameOut) {
  for (int i = 0; i < 20; ++i) {
    const std::string content = std::to_string(i % 7) + " " + std::to_string(i * i % 13);
    write("in/" + std::to_string(i), content);
    write("in2/" + std::to_string(99 - i), content);
  }
  merge(request());
  MergeRequest other = request();
  other.in = {path("in2/99"), path("in2")};
  other.out = path("out2");
  merge(other);
  EXPECT_EQ(contents("out"), contents("out2"));
  EXPECT_THAT(contents("out"), ::testing::Not(IsEmpty()));
}

// Of 1000 edges with 8 buckets each, features from 8000 on are depths of the stack.
TEST_F(CorpusMerge, TheDepthOfTheStackIsNoFeature) {
  write("in/a", "7999 8000");
  write("in/bb", "7999 8001 8002");
  const MergeResult result = merge(request());
  EXPECT_EQ(result.features_after, 1u);
  EXPECT_THAT(out(), ElementsAre("7999 8000"));
}

TEST_F(CorpusMerge, EachContentIsMeasuredOnce) {
  for (const char* name : {"in/a", "in/b", "in/c", "out/d"}) write(name, "1 2");
  write("in/e", "3");
  const MergeResult result = merge(request());
  EXPECT_EQ(result.duplicates, 3u);
  EXPECT_EQ(contents("out").size(), 2u);
}

TEST_F(CorpusMerge, WhatOutHasStaysAndNeedsNoSecondProgram) {
  write("out/mine", "1 2 3 4 5");
  write("in/a", "1");
  write("in/b", "6");
  const MergeResult result = merge(request());
  EXPECT_EQ(contents("out").size(), 2u);
  EXPECT_EQ(contents("out")["mine"], "1 2 3 4 5");
  EXPECT_EQ(result.features_before, 5u);
  EXPECT_EQ(result.features_after, 6u);
}

TEST_F(CorpusMerge, InputsThatEndTheProcessAreSetAsideAndTheRestGoesOn) {
  write("in/a", "1");
  write("in/b", "crash 1");
  write("in/c", "2");
  write("in/d", "mute");
  write("in/e", "3");
  const MergeResult result = merge(request());
  EXPECT_THAT(out(), UnorderedElementsAre("1", "2", "3"));
  ASSERT_EQ(result.ended.size(), 2u);
  EXPECT_EQ(result.ended[0].file, path("in/b"));
  EXPECT_EQ(result.ended[0].why, "ASSERTION FAILED: overlap.alloc.page");
  EXPECT_EQ(result.ended[0].aside, path("aside/" + hash("crash 1")));
  EXPECT_EQ(contents("aside")[hash("crash 1")], "crash 1");
  EXPECT_EQ(result.ended[1].why, "signal 9");
}

TEST_F(CorpusMerge, ManyInputsThatEndTheProcessAreAllNamed) {
  for (int i = 0; i < 12; ++i) write("in/" + std::to_string(i), "crash " + std::to_string(i));
  const MergeResult result = merge(request());
  EXPECT_EQ(result.problem.sentence, "");
  EXPECT_EQ(result.ended.size(), 12u);
  EXPECT_THAT(out(), IsEmpty());
}

TEST_F(CorpusMerge, NothingIsWrittenWhereNothingIsNew) {
  write("in/a", "");
  EXPECT_EQ(merge(request()).added, 0u);
  EXPECT_FALSE(std::filesystem::exists(path("out")));
  EXPECT_FALSE(std::filesystem::exists(path("aside")));
}

TEST_F(CorpusMerge, InputsAreLeftAsTheyWereAndTheScratchFolderIsEmptyInTheEnd) {
  write("in/a", "1");
  write("in/b", "crash");
  const auto before = contents("in");
  merge(request());
  EXPECT_EQ(contents("in"), before);
  EXPECT_TRUE(std::filesystem::is_empty(path("scratch")));
}

TEST_F(CorpusMerge, AFileOfOutIsNotOverwrittenThoughItsNameIsWanted) {
  write("out/" + hash("1 2"), "torn");
  write("in/a", "1 2");
  merge(request());
  EXPECT_EQ(contents("out")[hash("1 2")], "torn");
  EXPECT_EQ(contents("out")[hash("1 2") + "-2"], "1 2");
}

TEST_F(CorpusMerge, OutIsAsItWasIfTheMergeIsStopped) {
  write("out/mine", "1");
  write("in/a", "2");
  for (const MergeStage stage : {MergeStage::kRead, MergeStage::kMeasure, MergeStage::kWrite}) {
    StageWatch watch(stage, Patience::kStop);
    const MergeResult result = merge_corpora(request(), watch);
    EXPECT_TRUE(result.stopped);
    EXPECT_EQ(result.problem.sentence, "");
    EXPECT_THAT(contents("out"), ElementsAre(::testing::Pair("mine", "1")));
    EXPECT_TRUE(std::filesystem::is_empty(path("scratch")));
  }
}

TEST_F(CorpusMerge, ABinaryThatMeasuresNothingIsAProblem) {
  write("in/a", "1");
  MergeRequest wrong = request();
  wrong.target.path = "/bin/true";
  EXPECT_THAT(merge(wrong).problem.sentence, HasSubstr("does not measure coverage"));
  wrong.target.path = path("nothing");
  EXPECT_THAT(merge(wrong).problem.sentence,
              HasSubstr("does not measure coverage (exit code 127)"));
}

TEST_F(CorpusMerge, ASymbolicLinkToNowhereOrAPipeIsNoInput) {
  write("in/a", "1");
  std::filesystem::create_symlink("nowhere", path("in/link"));
  ASSERT_EQ(mkfifo(path("in/pipe").c_str(), 0600), 0);
  EXPECT_EQ(merge(request()).files, 1u);
}

TEST_F(CorpusMerge, AnInputThatCannotBeReadIsNamedAndTheRestGoesOn) {
  write("in/a", "1");
  MergeRequest with_missing = request();
  with_missing.in.push_back(path("gone"));
  const MergeResult result = merge(with_missing);
  ASSERT_EQ(result.unreadable.size(), 1u);
  EXPECT_EQ(result.unreadable[0].why, "No such file or directory");
  EXPECT_EQ(result.added, 1u);
}

TEST_F(CorpusMerge, AnInputThatAnEngineRemovesMeanwhileIsNotMissed) {
  struct Remover final : MergeWatch {
    std::string file;
    Patience go_on(MergeStage, std::size_t, std::size_t) override {
      std::filesystem::remove(file);
      return Patience::kGoOn;
    }
  };
  write("in/a", "1");
  write("in/b", "2");
  Remover remover;
  remover.file = path("in/b");
  const MergeResult result = merge_corpora(request(), remover);
  EXPECT_EQ(result.files, 2u);
  EXPECT_THAT(result.unreadable, IsEmpty());
  EXPECT_THAT(out(), ElementsAre("1"));
}

}  // namespace
}  // namespace arenafuzz
