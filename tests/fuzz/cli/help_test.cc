// SPDX-License-Identifier: GPL-2.0-only
//
// The committed help texts, which the script at the root prints and reads its options from, are the
// binary's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

class HelpTest : public CliTest {};

TEST_F(HelpTest, EveryCommandHasItsHelpAsAFile) {
  for (const char* command :
       {"fuzz", "replay", "show", "encode", "status", "minimize", "triage", "corpus"}) {
    std::ifstream file(std::string(ARENAFUZZ_SOURCE_DIR "/fuzz/cli/help/") + command + ".txt");
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    EXPECT_EQ(text, run({command, "--help"}).out) << "write it: build/fuzz/arenafuzz " << command
                                                  << " --help >fuzz/cli/help/" << command << ".txt";
  }
}

TEST_F(HelpTest, BenchToo) {
  std::ifstream file(ARENAFUZZ_SOURCE_DIR "/fuzz/cli/help/bench.txt");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const CliResult result = run({"bench", "--help"});
  if (result.exit_code == 2) GTEST_SKIP() << "to un-skip, build arenafuzz_bench: " << result.err;
  EXPECT_EQ(text, result.out) << "write it: build/fuzz/arenafuzz bench --help "
                                 ">fuzz/cli/help/bench.txt";
}

}  // namespace
}  // namespace arenafuzz
