// SPDX-License-Identifier: GPL-2.0-only
//
// What every sub-command is given, and the codes with which all of them end.
//
// Ownership Plain values.
// Errors    a sub-command prints one sentence that says what to do, and returns kUnusable.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_CLI_COMMAND_H_
#define ARENAFUZZ_FUZZ_CLI_COMMAND_H_

#include <string>
#include <vector>

namespace arenafuzz::cli {

enum ExitCode : int {
  kClean = 0,
  kFound = 1,
  kUnusable = 2,     // usage, or input that cannot be read
  kNoVerdict = 125,  // `replay --bisect` only, as git bisect run wants
};

// Where things are.
struct Context {
  std::string called_as;      // how the user called us: "./arenafuzz"
  std::string source_folder;  // has corpus/
  std::string build_folder;   // has fuzz/targets/T_fuzzer and tests/bench/arenafuzz_bench
  // Of the tree that --baseline names; empty: none was built.
  std::string baseline_folder;
  std::string baseline_glue;  // as --glue; empty: our own
};

// The words after the sub-command's name.
using Words = std::vector<std::string>;

struct Command {
  const char* name;
  const char* arguments;
  const char* summary;  // one line of help
  int (*run)(const Context& context, const Words& words);
};

int run_fuzz(const Context& context, const Words& words);
int run_replay(const Context& context, const Words& words);
int run_show(const Context& context, const Words& words);
int run_encode(const Context& context, const Words& words);
int run_bench(const Context& context, const Words& words);
int run_status(const Context& context, const Words& words);
int run_minimize(const Context& context, const Words& words);
int run_triage(const Context& context, const Words& words);
int run_corpus(const Context& context, const Words& words);

// What stands before a sub-command's name: for this context, and for its baseline.
Words context_words(const Context& context);
Words baseline_words(const Context& context);

// The whole command: what main() returns.
int run_command(int argc, char** argv);

// "arenafuzz: <sentence>" on stderr; kUnusable.
int refuse(const std::string& sentence);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_COMMAND_H_
