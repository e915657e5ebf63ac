// SPDX-License-Identifier: GPL-2.0-only
//
// The committed help texts, which the script at the root prints and reads its options from, are the
// binary's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

class HelpTest : public CliTest {};

std::string committed_help(const std::string& command) {
  std::ifstream file(ARENAFUZZ_SOURCE_DIR "/fuzz/cli/help/" + command + ".txt");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(HelpTest, EveryCommandHasItsHelpAsAFile) {
#define ARENAFUZZ_SCRIPT_COMMAND(name, ...) \
  EXPECT_THAT(committed_help(#name), ::testing::StartsWith("Usage: ./arenafuzz " #name " "));
#define ARENAFUZZ_COMMAND(name, ...) commands.emplace_back(#name);
  std::vector<std::string> commands;
#include "fuzz/cli/commands.def"
  for (const std::string& command : commands) {
    const CliResult result = run({command, "--help"});
    if (command == "bench" && result.exit_code == 2) {
      std::cout << "skipped bench; to un-skip, build arenafuzz_bench: " << result.err;
      continue;
    }
    EXPECT_EQ(committed_help(command), result.out)
        << "write it: build/fuzz/arenafuzz " << command << " --help >fuzz/cli/help/" << command
        << ".txt";
  }
}

}  // namespace
}  // namespace arenafuzz
