// SPDX-License-Identifier: GPL-2.0-only
//
// A process that runs a command: in a group of its own, killed if we die, its output in a file.
//
// Ownership The caller waits for the process.
// Errors    -1, with errno of the call that failed.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_CHILD_PROCESS_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace arenafuzz::campaign {

// The settings (NAME=value), and what our own environment has of other names.
std::vector<std::string> environment_with(std::vector<std::string> settings);

// `words`: the program's path, then its arguments. `log`: a file that takes stdout and stderr. No
// signal is blocked in the child, and it reads nothing.
pid_t start_child(std::vector<std::string> words, std::vector<std::string> environment, int log);

}  // namespace arenafuzz::campaign

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_CHILD_PROCESS_H_
