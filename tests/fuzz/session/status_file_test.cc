// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/status_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "fuzz/base/files.h"
#include "fuzz/session/out_folder.h"

namespace arenafuzz {
namespace {

class StatusFileTest : public ::testing::Test {
 protected:
  StatusFile state_of(const std::string& text) {
    std::ofstream(name_) << text;
    StatusFile state{};
    read_status(scratch_.folder(), &state);
    return state;
  }

  Scratch scratch_{::testing::TempDir()};
  std::string name_ = scratch_.folder() + "/status.json";
};

TEST_F(StatusFileTest, SaysWhyItIsNotRead) {
  StatusFile state{};
  EXPECT_TRUE(read_status(scratch_.folder(), &state).is_null());
  EXPECT_EQ(state, StatusFile::kAbsent);
  EXPECT_EQ(state_of(R"({"schema": "arenafuzz-status-1"})"), StatusFile::kRead);
  EXPECT_EQ(state_of(R"({"schema": "arenafuzz-status-0"})"), StatusFile::kOtherVersion);
  EXPECT_EQ(state_of(R"({"schema": 1})"), StatusFile::kDamaged);
  EXPECT_EQ(state_of("[]"), StatusFile::kDamaged);
  EXPECT_EQ(state_of("{"), StatusFile::kDamaged);
}

// Nobody writes into it: who opened it as a file would wait for ever.
TEST_F(StatusFileTest, APipeIsNoStatusAndItsFolderNobodysRun) {
  ASSERT_EQ(mkfifo(name_.c_str(), 0600), 0);
  StatusFile state{};
  EXPECT_TRUE(read_status(scratch_.folder(), &state).is_null());
  EXPECT_EQ(state, StatusFile::kUnreadable);
  EXPECT_FALSE(claim_out_folder(scratch_.folder(), {"fuzz", "pool", "cpp", ""}).ok());
}

TEST_F(StatusFileTest, AFolderFromBeforeThereWereStampsIsContinued) {
  std::ofstream(name_) << R"({"schema":"arenafuzz-status-1","target":"pool","backend":"cpp"})";
  EXPECT_FALSE(claim_out_folder(scratch_.folder(), {"fuzz", "pool_faults", "cpp", ""}).ok());
  EXPECT_TRUE(claim_out_folder(scratch_.folder(), {"fuzz", "pool", "cpp", ""}).ok());
}

}  // namespace
}  // namespace arenafuzz
