// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fuzz/session/status_file.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class RecordTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "record-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    out_ = name;
  }
  void TearDown() override { fs::remove_all(out_); }

  static CampaignStatus status_at(double seconds) {
    CampaignStatus status;
    status.target = "pool";
    status.session_seconds = seconds;
    status.totals.executions = static_cast<std::uint64_t>(seconds * 100);
    status.totals.coverage = 5;
    status.corpus_files = 3;
    status.totals.faults_fired[0] = 7;
    status.totals.fault_outcomes[0][static_cast<int>(FaultOutcome::kNoMemory)] = 6;
    return status;
  }

  std::string read(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(out_ + "/" + name).rdbuf();
    return text.str();
  }
  void append(const char* name, const std::string& text) const {
    std::ofstream(out_ + "/" + name, std::ios::app) << text;
  }

  std::string out_;
};

TEST_F(RecordTest, ASessionGoesOnWhereTheFormerEnded) {
  Record first(out_);
  first.open();
  EXPECT_EQ(first.sessions(), 1u);
  CampaignStatus status = status_at(10);
  status.findings["a.b"] = "findings/a.b.txt";
  EXPECT_TRUE(first.update(status, true).ok());
  Record second(out_);
  second.open();
  EXPECT_EQ(second.sessions(), 2u);
  EXPECT_EQ(second.seconds_before(), 10);
  status = status_at(4);
  status.findings["a.b"] = "findings/a.b.txt";
  status.findings["c.d"] = "findings/c.d.txt";
  EXPECT_TRUE(second.update(status, true).ok());
  const nlohmann::json read = read_status(out_);
  EXPECT_EQ(read["run_seconds"], 14);
  EXPECT_EQ(read["totals"]["executions"], 1400);
  EXPECT_EQ(read["totals"]["faults_fired"]["F1"], 14);
  EXPECT_EQ(read["fault_outcomes"]["F1"]["no memory"], 12);
  EXPECT_EQ(read["findings"][0]["first_seen_seconds"], 10);
  EXPECT_EQ(read["findings"][1]["first_seen_seconds"], 14);
}

TEST_F(RecordTest, TheLastFindIsWhenCoverageOrCorpusGrewAndNotWhenTheSeedsWereRead) {
  Record record(out_);
  record.open();
  CampaignStatus status = status_at(1);
  EXPECT_TRUE(record.update(status, true).ok());
  EXPECT_EQ(read_status(out_)["last_new_find_seconds"], 0);
  status = status_at(50);
  status.corpus_files = 4;
  EXPECT_TRUE(record.update(status, true).ok());
  EXPECT_EQ(read_status(out_)["last_new_find_seconds"], 50);
  status = status_at(60);
  status.corpus_files = 2;  // a merge
  EXPECT_TRUE(record.update(status, true).ok());
  EXPECT_EQ(read_status(out_)["last_new_find_seconds"], 50);
  status = status_at(70);
  status.corpus_files = 3;
  EXPECT_TRUE(record.update(status, true).ok());
  EXPECT_EQ(read_status(out_)["last_new_find_seconds"], 70);
}

TEST_F(RecordTest, ALineOfHistoryThatAKillCutIsPassedOverAndTheNextIsWhole) {
  Record record(out_);
  record.open();
  EXPECT_TRUE(record.update(status_at(1), true).ok());
  append("history.jsonl", "{\"t\":2,\"cov");
  EXPECT_TRUE(record.update(status_at(3), true).ok());
  const std::vector<nlohmann::json> history = read_history(out_);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0]["t"], 1);
  EXPECT_EQ(history[1]["t"], 3);
}

TEST_F(RecordTest, SamplesAreNotTakenWithEachUpdate) {
  Record record(out_);
  record.open();
  for (int second = 0; second < 60; ++second)
    EXPECT_TRUE(record.update(status_at(second), false).ok());
  const std::size_t samples = read_history(out_).size();
  EXPECT_GE(samples, 4u);
  EXPECT_LE(samples, 7u);
}

TEST_F(RecordTest, AStatusOfAnythingElseBeginsAnew) {
  for (const char* text : {"", "{", "[]", "{\"schema\":\"other\"}", "\xff",
                           "{\"schema\":\"arenafuzz-status-1\",\"sessions\":\"x\",\"totals\":[],"
                           "\"findings\":[3],\"run_seconds\":-4}"}) {
    fs::remove(out_ + "/status.json");
    append("status.json", text);
    Record record(out_);
    record.open();
    EXPECT_EQ(record.sessions(), 1u) << text;
    EXPECT_TRUE(record.update(status_at(2), true).ok()) << text;
    EXPECT_EQ(read_status(out_)["run_seconds"], 2) << text;
  }
}

TEST_F(RecordTest, WhatCannotBeWrittenIsASentence) {
  Record record(out_ + "/not-there");
  record.open();
  EXPECT_THAT(record.update(status_at(1), true).sentence, HasSubstr("cannot write "));
}

TEST_F(RecordTest, ThePageShowsTheStatusAndNamesBecomeNoMarkup) {
  Record record(out_);
  record.open();
  CampaignStatus status = status_at(1);
  status.warnings = {"<script>alert(1)</script> \xff"};
  EXPECT_TRUE(record.update(status, true).ok());
  const std::string page = read("index.html");
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
}

}  // namespace
}  // namespace arenafuzz
