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

// What `replay` of the file says on stdout and stderr, with a symbolizer. `replay_words`: what
// stands between "replay" and it.
std::string replay_log(const Context& context, const Words& replay_words, const std::string& file);

// Replays `file` in a process of its own; the report that it left.
SanitizerReport symbolized_report(const Context& context, const Words& replay_words,
                                  const std::string& file);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_CRASH_REPORT_H_
