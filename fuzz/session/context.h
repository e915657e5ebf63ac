// SPDX-License-Identifier: GPL-2.0-only
//
// What every sub-command is given, and the codes with which all of them end.
//
// Ownership Plain values; exit_base() is the process's.
// Errors    a sub-command prints one sentence that says what to do, and returns kUnusable.
// Threads   one.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_SESSION_CONTEXT_H_
#define ARENAFUZZ_FUZZ_SESSION_CONTEXT_H_

#include <string>
#include <vector>

namespace arenafuzz {

enum ExitCode : int {
  kClean = 0,
  kFound = 1,
  kUnusable = 2,     // usage, or input that cannot be read
  kNoVerdict = 125,  // `replay --bisect` only, as git bisect run wants
};

// The words after the sub-command's name.
using Words = std::vector<std::string>;

// Where things are.
struct Context {
  std::string called_as;      // how the user called us: "./arenafuzz"
  std::string source_folder;  // has corpus/
  std::string build_folder;   // has fuzz/targets/T_fuzzer and tests/bench/arenafuzz_bench
  // Of the tree that --baseline names; empty: none was built.
  std::string baseline_folder;
  std::string baseline_glue;  // as --glue; empty: our own
};

// What stands before a sub-command's name: for this context, and for its baseline.
Words context_words(const Context& context);
Words baseline_words(const Context& context);

// "arenafuzz: <sentence>" on stderr; kUnusable.
int refuse(const std::string& sentence);

// The word "--exit-base=100:PID", by which the script at the root tells a verdict's exit code from
// the death of this process; PID, which may be missing, is the script's. Empty where nobody gave
// it.
std::string& exit_base();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_CONTEXT_H_
