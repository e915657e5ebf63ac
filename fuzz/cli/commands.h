// SPDX-License-Identifier: GPL-2.0-only
//
// The sub-commands, one function for each row of commands.def, and the command as a whole.
//
// Ownership Plain values.
// Errors    a sub-command prints one sentence that says what to do, and returns kUnusable.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_CLI_COMMANDS_H_
#define ARENAFUZZ_FUZZ_CLI_COMMANDS_H_

#include "fuzz/session/context.h"

namespace arenafuzz::cli {

#define ARENAFUZZ_COMMAND(name, arguments, summary) \
  int run_##name(const Context& context, const Words& words);
#include "fuzz/cli/commands.def"

// The whole command: what main() returns.
int run_command(int argc, char** argv);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_COMMANDS_H_
