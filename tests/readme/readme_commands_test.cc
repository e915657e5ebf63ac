// SPDX-License-Identifier: GPL-2.0-only
//
// Every command line of README.md, CONTRIBUTING.md and docs/ works. What is quick and changes
// nothing is run as it stands; of the rest (minutes of fuzzing, builds, the tests themselves) each
// option has to be in the help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <sstream>

#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kScript = "./arenafuzz ";

struct Outcome {
  int exit_code = -1;
  std::string output;
};

// In a shell, in the source folder.
Outcome run(const std::string& line) {
  Outcome outcome;
  const std::string command =
      std::string("cd '") + ARENAFUZZ_SOURCE_DIR + "' && " + line + " 2>&1 </dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> part;
  for (std::size_t got; (got = fread(part.data(), 1, part.size(), pipe)) > 0;)
    outcome.output.append(part.data(), got);
  const int state = pclose(pipe);
  if (WIFEXITED(state)) outcome.exit_code = WEXITSTATUS(state);
  return outcome;
}

// The lines of ```sh blocks, without comments.
std::vector<std::string> commands_in(const std::vector<std::string>& lines) {
  std::vector<std::string> commands;
  bool inside = false;
  for (const std::string& line : lines) {
    if (line.starts_with("```")) {
      inside = !inside && line == "```sh";
      continue;
    }
    const std::string words = line.substr(0, line.find(" #"));
    if (inside && !words.empty() && words[0] != '#') commands.push_back(words);
  }
  return commands;
}

bool is_page(const std::string& path) {
  return path == "README.md" || path == "CONTRIBUTING.md" ||
         (path.starts_with("docs/") && path.ends_with(".md"));
}

// Of every page, in order, without repeats.
std::vector<std::string> readme_commands() {
  std::vector<std::string> commands;
  std::set<std::string> seen;
  for (const testing::ProjectFile& file : testing::project_files())
    if (is_page(file.path))
      for (const std::string& command : commands_in(file.lines))
        if (seen.insert(command).second) commands.push_back(command);
  return commands;
}

// "fuzz", "replay"...: what stands behind ./arenafuzz, or nothing.
std::string sub_command(const std::string& command) {
  if (!command.starts_with(kScript)) return "";
  const std::string rest = command.substr(kScript.size());
  return rest.substr(0, rest.find(' '));
}

// A tree of the user's is not here; tests/fuzz/cli runs those words on trees of its own.
bool runs_as_it_stands(const std::string& command) {
  const std::string name = sub_command(command);
  if (command.find("--kernel-tree") != std::string::npos) return false;
  return name == "show" || name == "encode" || name == "replay";
}

std::set<std::string> options_in(const std::string& command) {
  std::istringstream words(command);
  std::set<std::string> options;
  for (std::string word; words >> word && word != "--";)
    if (word.starts_with("-")) options.insert(word.substr(0, word.find('=')));
  return options;
}

// The script would build again while ctest runs; the binary behind it takes the same words.
std::string with_built_binary(const std::string& command) {
  std::string line = std::string("'") + ARENAFUZZ_BINARY + "' " + command.substr(kScript.size());
  const std::size_t out = line.find(" /tmp/");
  if (out != std::string::npos) line.replace(out, 6, " " + ::testing::TempDir());
  return line;
}

TEST(ReadmeCommands, EachOfThesePagesHasCommands) {
  for (const char* page : {"README.md", "CONTRIBUTING.md", "docs/campaigns.md", "docs/commands.md",
                           "docs/kernel-trees.md", "docs/triage.md"}) {
    const auto lines = testing::lines_of(std::string(ARENAFUZZ_SOURCE_DIR) + "/" + page);
    EXPECT_THAT(commands_in(lines), Not(IsEmpty())) << page;
  }
}

// It says what this is and where to read on; the rest is in docs/.
TEST(ReadmeCommands, TheReadmeHasAtMostTwoHundredLines) {
  EXPECT_LE(testing::lines_of(std::string(ARENAFUZZ_SOURCE_DIR) + "/README.md").size(), 200U);
}

TEST(ReadmeCommands, QuickOnesEndWithZero) {
  for (const std::string& command : readme_commands()) {
    if (!runs_as_it_stands(command)) continue;
    const Outcome outcome = run(with_built_binary(command));
    EXPECT_EQ(outcome.exit_code, 0) << command << "\n" << outcome.output;
  }
}

// `test` and `clean` are the script's own; their help is printed without a build.
TEST(ReadmeCommands, OptionsOfTheLongOnesAreInTheirHelp) {
  for (const std::string& command : readme_commands()) {
    const std::string name = sub_command(command);
    if (name.empty() || runs_as_it_stands(command)) continue;
    const Outcome help = run(name == "test" || name == "clean"
                                 ? std::string(kScript) + name + " --help"
                                 : with_built_binary(std::string(kScript) + name) + " --help");
    EXPECT_EQ(help.exit_code, 0) << command << "\n" << help.output;
    for (const std::string& option : options_in(command))
      EXPECT_THAT(help.output, HasSubstr(option)) << command;
  }
}

TEST(ReadmeCommands, PresetsAreThoseOfCMake) {
  std::string presets;
  for (const std::string& line :
       testing::lines_of(std::string(ARENAFUZZ_SOURCE_DIR) + "/CMakePresets.json"))
    presets += line + "\n";
  for (const std::string& command : readme_commands()) {
    const std::size_t at = command.find("--preset ");
    if (at == std::string::npos) continue;
    std::string name = command.substr(at + 9);
    name = name.substr(0, name.find(' '));
    EXPECT_THAT(presets, HasSubstr("\"name\": \"" + name + "\"")) << command;
  }
}

TEST(ReadmeCommands, EveryCommandIsOfAKindThatIsTested) {
  for (const std::string& command : readme_commands())
    EXPECT_TRUE(command.starts_with(kScript) || command.starts_with("cmake --preset ") ||
                command.starts_with("cmake --build --preset ") ||
                command.starts_with("ctest --preset "))
        << command;
}

TEST(ReadmeCommands, EverySubCommandOfTheReadmeIsInTheScriptsHelp) {
  const Outcome help = run("./arenafuzz --help");
  EXPECT_EQ(help.exit_code, 0);
  for (const std::string& command : readme_commands()) {
    if (sub_command(command).empty()) continue;
    EXPECT_THAT(help.output, HasSubstr("\n  " + sub_command(command) + " ")) << command;
  }
}

TEST(ReadmeCommands, BlocksOfOtherKindsAreNotTakenForCommands) {
  EXPECT_THAT(commands_in({"```", "a", "```", "```sh", "# b", "c  # d", "```", "e"}),
              ::testing::ElementsAre("c "));
}

}  // namespace
}  // namespace arenafuzz
