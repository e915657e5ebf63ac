// SPDX-License-Identifier: GPL-2.0-only
//
// The findings of a fuzz run by likely cause, as a table and as one paragraph each.
//
//   #  tier    reach            signatures  operations  first seen  cause
//   1  safety  memory pressure           3           2        0:01  Pages claimed by a call that
//   ...
//
// Ownership Plain values.
// Errors    none.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_CAUSES_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_CAUSES_H_

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fuzz/campaign/findings.h"
#include "fuzz/campaign/plan.h"

namespace arenafuzz {

// Its findings, the one with the shortest program first.
using FindingCause = std::vector<KeptFinding>;

// `details`: of those that were minimized. Causes in the order of their first finding.
std::vector<FindingCause> by_cause(const std::vector<KeptFinding>& findings,
                                   const std::map<std::string, nlohmann::ordered_json>& details);

// One object each, as of a cluster in triage's report.json, for the campaign's page.
nlohmann::ordered_json causes_json(const FuzzPlan& plan, const std::vector<KeptFinding>& findings,
                                   const std::map<std::string, nlohmann::ordered_json>& details);

void print_cause_table(std::FILE* stream, const std::vector<FindingCause>& causes,
                       const std::map<std::string, double>& first_seen);
// `name`: "cause 1". `replay`: the line that replays its first finding.
void print_cause(std::FILE* stream, const std::string& name, const FindingCause& cause,
                 const std::string& replay);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_FINDING_CAUSES_H_
