// SPDX-License-Identifier: GPL-2.0-only
//
// A crash that only its engine's log tells of, as a finding: report, artifact, replay line,
// program. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_CRASH_FILE_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_CRASH_FILE_H_

#include "fuzz/campaign/plan.h"
#include "fuzz/harness/verdict/finding_record.h"
#include "fuzz/session/sanitizer_report.h"

namespace arenafuzz {

FindingRecord crash_finding(const FuzzPlan& plan, const SanitizerReport& report);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_CRASH_FILE_H_
