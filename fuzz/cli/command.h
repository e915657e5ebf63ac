// SPDX-License-Identifier: GPL-2.0-only
//
// The sub-commands, and the command as a whole.
//
// Ownership Plain values.
// Errors    a sub-command prints one sentence that says what to do, and returns kUnusable.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_CLI_COMMAND_H_
#define ARENAFUZZ_FUZZ_CLI_COMMAND_H_

#include "fuzz/session/context.h"

namespace arenafuzz::cli {

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

// The whole command: what main() returns.
int run_command(int argc, char** argv);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_COMMAND_H_
