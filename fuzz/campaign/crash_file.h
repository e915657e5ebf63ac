// SPDX-License-Identifier: GPL-2.0-only
//
// A crash as a finding's file: report, artifact and replay line as comments, the program as text.
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_CRASH_FILE_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_CRASH_FILE_H_

#include <string>

#include "fuzz/campaign/plan.h"
#include "fuzz/session/sanitizer_report.h"

namespace arenafuzz {

std::string crash_file(const FuzzPlan& plan, const SanitizerReport& report);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_CRASH_FILE_H_
