// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/finding_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FindingFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "finding-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string text_name() const { return folder_ + "/a.b.c.d.e.f.txt"; }

  std::string folder_;
};

FindingRecord some_record() {
  FindingRecord record;
  record.signature = "a.b.c.d.e.f";
  record.tier = "safety";
  record.meaning = "a call kept pages";
  record.oracle = "unwind";
  record.reach = "memory pressure";
  record.operation = "a3 = alloc s0 4097 (fail vzalloc:1)";
  record.position = 18446744073709551615u;
  record.expected = "the \"pages\"\tas \\ before\n";
  record.got = std::string("NUL \0 in it", 11);
  record.place = {
      {{"scx_arena_grow", "dir \xff/\xc3\xa4.c", 17}, {"main", "m.c", 0}}, true, "none"};
  record.facts = "ASSERTION FAILED: a.b.c\ntree       ../\xe4/linux\n";
  record.program = "header profile:faults\nenable s0 root m0\n";
  record.artifact = "crash-\x80";
  return record;
}

TEST_F(FindingFile, HoldsEveryFieldWhateverBytesItIsMadeOf) {
  const FindingRecord written = some_record();
  ASSERT_TRUE(write_finding(text_name(), written).ok());
  FindingRecord read;
  ASSERT_TRUE(read_finding(text_name(), &read));
  EXPECT_EQ(finding_json(read), finding_json(written));
  EXPECT_EQ(read.got, written.got);
  EXPECT_EQ(read.facts, written.facts);
  EXPECT_EQ(read.place.lines.at(0).file, written.place.lines[0].file);
  EXPECT_EQ(read.position, written.position);
}

TEST_F(FindingFile, IsATextWithTheFactsAndTheProgramToo) {
  ASSERT_TRUE(write_finding(text_name(), some_record()).ok());
  const std::string text{std::istreambuf_iterator<char>(std::ifstream(text_name()).rdbuf()), {}};
  EXPECT_THAT(text, StartsWith("# arenafuzz\n# ASSERTION FAILED: a.b.c\n"));
  EXPECT_THAT(text, HasSubstr("\n# version    arenafuzz "));
  EXPECT_THAT(text, HasSubstr("\nheader profile:faults\nenable s0 root m0\n"));
}

TEST_F(FindingFile, IsNoneWhereTheRecordIsAbsentDamagedOrOfAnotherKind) {
  FindingRecord record;
  EXPECT_FALSE(read_finding(text_name(), &record));
  for (const char* content :
       {"", "{", "[]", "null", "{}", "{\"schema\": 1}", "{\"schema\": \"arenafuzz-finding-0\"}"}) {
    std::ofstream(record_name(text_name())) << content;
    EXPECT_FALSE(read_finding(text_name(), &record)) << content;
  }
}

TEST_F(FindingFile, PassesOverFieldsOfAnotherType) {
  std::ofstream(record_name(text_name()))
      << R"({"schema": "arenafuzz-finding-1", "tier": 4, "position": -1, "where": [3, {"line": "x"}],
             "where_is_last_call": "yes", "facts": null, "program": "p"})";
  FindingRecord record;
  ASSERT_TRUE(read_finding(text_name(), &record));
  EXPECT_EQ(record.tier, "");
  EXPECT_EQ(record.position, 0u);
  EXPECT_EQ(record.place.lines.size(), 2u);
  EXPECT_FALSE(record.place.last_call);
  EXPECT_EQ(record.program, "p");
}

}  // namespace
}  // namespace arenafuzz
