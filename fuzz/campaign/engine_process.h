// SPDX-License-Identifier: GPL-2.0-only
//
// An engine's process, started with a log.
// Errors: a sentence. Threads: as base/process.h.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_ENGINE_PROCESS_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_ENGINE_PROCESS_H_

#include <cstddef>
#include <string>

#include "fuzz/base/process.h"
#include "fuzz/campaign/plan.h"

namespace arenafuzz {

inline constexpr std::size_t kMaxLog = std::size_t{16} << 20;

// Its output is appended to the log.
Status start_process(const EngineCommand& command, const std::string& log_name,
                     base::Process* process);

// A log or a file of counters that cannot be written.
Status no_room(const std::string& name, int error);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_ENGINE_PROCESS_H_
