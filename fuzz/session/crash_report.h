// SPDX-License-Identifier: GPL-2.0-only
//
// A program that kills its process, looked at once with a symbolizer; and the process that is
// started without one, so that many crashes are cheap.
//
// Ownership Plain values.
// Errors    null: the replay said nothing.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_SESSION_CRASH_REPORT_H_
#define ARENAFUZZ_FUZZ_SESSION_CRASH_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/base/process.h"
#include "fuzz/session/context.h"

namespace arenafuzz {

// Starts this very command again with symbolize=0 in the sanitizers' options, once; returns where
// that is so already.
void restart_without_symbolizer(const Context& context, const char* command, const Words& words);

// What `replay --json` says of the file, in a process of its own and with a symbolizer; null if it
// says nothing. `replay_words`: what the run is, as replay wants it.
nlohmann::ordered_json replayed(const Context& context, const Words& replay_words, int timeout,
                                const std::string& file, const base::Process::GoOn& go_on = {});

// The finding of that signature; of an empty one, the finding of a program that ended its process.
// nullptr: there is none.
const nlohmann::ordered_json* finding_in(const nlohmann::ordered_json& file,
                                         const std::string& signature);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_CRASH_REPORT_H_
