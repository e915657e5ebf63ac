// SPDX-License-Identifier: GPL-2.0-only
//
// The page of a campaign: how long runs stand, as one self-contained HTML file.
//
//   OUT/status.json    --+
//                        +--> campaign_page() --> OUT/index.html
//   OUT/history.jsonl  --+
//
// Head figures, curves over the run time, faults by what came of them, jobs, findings, warnings.
// The page names no other file but the findings' own, asks no network, and needs no JavaScript.
// While the state is "running" it loads itself again every few seconds.
//
// Ownership Plain values.
// Units     seconds, MiB, operations per second, as the fields' names say.
// Errors    none: a field that is missing or of another type is shown as "not known".
// Threads   no state.
// Source    AFL++'s status screen for which figures people look for.
#ifndef ARENAFUZZ_FUZZ_REPORT_CAMPAIGN_PAGE_H_
#define ARENAFUZZ_FUZZ_REPORT_CAMPAIGN_PAGE_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace arenafuzz::report {

// `status`: the object of status.json. `history`: the lines of history.jsonl, oldest first; of many
// samples only what a curve can show is kept (its ends, lows and highs).
std::string campaign_page(const nlohmann::json& status, const std::vector<nlohmann::json>& history);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_CAMPAIGN_PAGE_H_
