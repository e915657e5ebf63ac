// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "fuzz/session/finding_file.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kSignature = "change.alloc.none.elsewhere.zero.none";
constexpr const char* kProgram = "header profile:faults\nenable s0 root m0\n";
constexpr const char* kShorter = "header profile:faults\n";

class FindingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "findings-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    out_ = name;
    for (const char* folder : {"findings", "findings.new"})
      fs::create_directory(out_ + "/" + folder);
  }
  void TearDown() override { fs::remove_all(out_); }

  std::string file(const char* folder, const char* ending) const {
    return out_ + "/" + folder + "/" + kSignature + ending;
  }
  // As a target leaves it.
  void leave(const std::string& tier, const std::string& program, const std::string& words) const {
    FindingRecord record;
    record.signature = kSignature;
    record.tier = tier;
    record.reach = "neighbour";
    record.expected = "one thing";
    record.program = program;
    record.facts = "expected   one thing\n";
    ASSERT_TRUE(write_finding(file("findings.new", ".txt"), record).ok());
    std::ofstream(file("findings.new", ".txt")) << words << program;
  }

  std::string out_;
};

// What people read beside it says something else: nobody else reads that.
TEST_F(FindingsTest, AreTheirRecordsAndNotTheWordsOfTheirTexts) {
  leave("safety", kProgram,
        "# arenafuzz\n# tier       change: differs\n# reach      misuse\n# expected   another\n");
  Findings findings(out_);
  findings.open();
  fs::last_write_time(file("findings", ".txt"), fs::file_time_type::clock::now());
  const std::vector<KeptFinding> earlier = findings.earlier();
  ASSERT_THAT(earlier, SizeIs(1));
  EXPECT_EQ(earlier[0].tier, "safety");
  EXPECT_EQ(earlier[0].reach, "neighbour");
  EXPECT_EQ(earlier[0].expected, "one thing");
  EXPECT_EQ(earlier[0].program, kProgram);
  FuzzOptions options;
  options.kernel.kernel = true;
  EXPECT_TRUE(finding_fails(options, earlier[0]));
}

TEST_F(FindingsTest, KeepTheShorterProgramAndItsRecord) {
  Findings findings(out_);
  findings.open();
  leave("safety", kShorter, "# arenafuzz\n");
  findings.collect();
  leave("contract", kProgram, "# arenafuzz\n");
  fs::last_write_time(file("findings.new", ".txt"), fs::file_time_type::min());
  findings.collect();
  ASSERT_THAT(findings.found(), SizeIs(1));
  EXPECT_EQ(findings.found()[0].program, kShorter);
  EXPECT_EQ(findings.found()[0].tier, "safety");
  findings.close();
  EXPECT_FALSE(fs::exists(out_ + "/findings.new"));
  EXPECT_TRUE(fs::exists(file("findings", ".json")));
}

// What cannot be written stays where it is, with its record.
TEST_F(FindingsTest, StayWhereTheyAreWhenTheyCannotBeKept) {
  fs::remove(out_ + "/findings");
  std::ofstream(out_ + "/findings") << "no folder\n";
  Findings findings(out_);
  leave("safety", kProgram, "# arenafuzz\n");
  findings.close();
  EXPECT_FALSE(findings.problem().ok());
  EXPECT_TRUE(fs::exists(file("findings.new", ".txt")));
  ASSERT_THAT(findings.found(), SizeIs(1));
  EXPECT_EQ(findings.found()[0].expected, "one thing");
}

// The tier of such is that of the signature's oracle.
TEST_F(FindingsTest, OfAnOlderVersionHaveNoRecordAndStillAProgram) {
  std::ofstream(file("findings", ".txt"))
      << "# arenafuzz\n# tier       safety: it says\n# got        x\n"
      << kProgram;
  Findings findings(out_);
  findings.open();
  ASSERT_THAT(findings.earlier(), SizeIs(1));
  EXPECT_EQ(findings.earlier()[0].program, kProgram);
  EXPECT_EQ(findings.earlier()[0].tier, "change");
  EXPECT_EQ(findings.earlier()[0].got, "");
}

}  // namespace
}  // namespace arenafuzz
