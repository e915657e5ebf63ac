// SPDX-License-Identifier: GPL-2.0-only
//
// What the tests of fuzz/campaign share: a folder of their own, and a binary that measures as
// libFuzzer does but takes an input's own words for its features.
#ifndef ARENAFUZZ_TESTS_FUZZ_CORPUS_TESTING_H_
#define ARENAFUZZ_TESTS_FUZZ_CORPUS_TESTING_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "fuzz/corpus/merge.h"

namespace arenafuzz::testing {

// "1 2 7" shows the features 1, 2 and 7; "crash" ends the process, and "mute" too, in silence.
inline constexpr const char* kFakeFuzzer = R"(#!/bin/bash
for word in "$@"; do
  case $word in -merge_control_file=*) control=${word#*=} ;; esac
done
echo "INFO: Loaded 1 modules   (1000 inline 8-bit counters): 1000" >&2
lines=$(<"$control")
{
  read -r count
  read -r first
  for ((i = 0; i < count; i++)); do
    read -r file
    echo "STARTED $i 1" >>"$control"
    content=$(<"$file")
    [[ $content == *crash* ]] && echo "ASSERTION FAILED: overlap.alloc.page" >&2 && exit 77
    [[ $content == *mute* ]] && kill -KILL $$
    echo "FT $i $content" >>"$control"
  done
} <<<"$lines"
)";

class FolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "arenafuzz-campaign-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    write("fuzzer", kFakeFuzzer);
    std::filesystem::permissions(path("fuzzer"), std::filesystem::perms::owner_all);
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
  }
  // Name -> content of the files in a folder.
  std::map<std::string, std::string> contents(const std::string& name) const {
    std::map<std::string, std::string> all;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path(name), ignored)) {
      std::ifstream file(entry.path(), std::ios::binary);
      all[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return all;
  }

 private:
  std::string folder_;
};

// Goes on, unless told otherwise for a stage.
class StageWatch final : public MergeWatch {
 public:
  StageWatch() = default;
  StageWatch(MergeStage stage, Patience patience)
      : any_(true), stage_(stage), patience_(patience) {}
  Patience go_on(MergeStage stage, std::size_t, std::size_t) override {
    return any_ && stage == stage_ ? patience_ : Patience::kGoOn;
  }

 private:
  bool any_ = false;
  MergeStage stage_{};
  Patience patience_{};
};

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_CORPUS_TESTING_H_
