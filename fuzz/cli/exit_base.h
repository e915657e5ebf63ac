// SPDX-License-Identifier: GPL-2.0-only
//
// The word "--exit-base=100:PID", by which the script at the root tells a verdict's exit code from
// the death of this process; PID, which may be missing, is the script's. Empty where nobody gave
// it. Ownership: the process's. Errors: none. Threads: one.
#ifndef ARENAFUZZ_FUZZ_CLI_EXIT_BASE_H_
#define ARENAFUZZ_FUZZ_CLI_EXIT_BASE_H_

#include <string>

namespace arenafuzz::cli {

std::string& exit_base();

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_EXIT_BASE_H_
