// SPDX-License-Identifier: GPL-2.0-only
//
// Runs ./arenafuzz on copies of the kernel trees of tests/fixtures. The script builds in build/fuzz
// and below build/kernel, so that these tests run alone (RUN_SERIAL), and only where that build is
// theirs.
//
// A tree takes seconds to build. Each test is a process, but their copies have one place, and a
// file is written only where it differs: what two tests have alike is built once.
#ifndef ARENAFUZZ_TESTS_FUZZ_CLI_SCRIPT_SCRIPT_RUN_H_
#define ARENAFUZZ_TESTS_FUZZ_CLI_SCRIPT_SCRIPT_RUN_H_

#include <string>
#include <vector>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {

constexpr const char* kArena = "/kernel/sched/ext_arena.c";

class ScriptTest : public CliTest {
 protected:
  ScriptTest();
  void SetUp() override;

  struct Edit {
    std::string file;  // from the tree's root
    std::string from;  // the first of these; "" stands for the end of the file
    std::string to;
  };
  // Makes `name` in the test's folder a copy of tests/fixtures/`fixture` with these edits; returns
  // the name.
  std::string make_tree(const std::string& name, const std::string& fixture,
                        const std::vector<Edit>& edits = {}) const;
  // Exchanges the first `from` in a file of the test's folder.
  void edit(const std::string& name, const std::string& from, const std::string& to) const;

  static std::string command(const std::vector<std::string>& words);
  CliResult script(const std::vector<std::string>& words) const {
    return run_shell(command(words));
  }
};

std::string quoted(const std::string& word);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_TESTS_FUZZ_CLI_SCRIPT_SCRIPT_RUN_H_
