// SPDX-License-Identifier: GPL-2.0-only
//
// A program that kills its process, looked at once with a symbolizer; and the process that is
// started without one, so that many crashes are cheap.
//
// Ownership Plain values.
// Errors    an empty signature: the replay left no report.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_CLI_CRASH_REPORT_H_
#define ARENAFUZZ_FUZZ_CLI_CRASH_REPORT_H_

#include <string>

#include "fuzz/cli/command.h"
#include "fuzz/cli/sanitizer_report.h"

namespace arenafuzz::cli {

// Starts this very command again with symbolize=0 in the sanitizers' options, once; returns where
// that is so already.
void restart_without_symbolizer(const Context& context, const char* command, const Words& words);

// Replays `file` in a process of its own. `replay_words`: what stands between "replay" and it.
SanitizerReport symbolized_report(const Context& context, const Words& replay_words,
                                  const std::string& file);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_CRASH_REPORT_H_
