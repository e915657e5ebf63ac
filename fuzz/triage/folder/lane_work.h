// SPDX-License-Identifier: GPL-2.0-only
//
// The working half of triage: a process that answers one task per line (lanes.h).
//
//   {"do": "replay", "file": F}
//     -> {"sightings": [{"probed", "signature", "shown": 3, "position", "old"}], "operations": 12}
//      | {"unreadable": "sentence"}
//   {"do": "minimize", "file": F, "probed": S, "folder": REPORT/CLUSTER, "old": false}
//     -> the cluster's fields in report.json, its files written | {"lost": "sentence"}
//   the same with "signature": S instead of "probed", as reports name it, and without
//   "reproducers" where that is false
//   {"do": "describe"} -> what tree this is (baseline.h)
//   {"do": "show", "program": TEXT} -> {"signatures": [S]}
//   {"do": "judge", "program": TEXT, "signatures": [S]} -> {"old": [S]}    with --baseline alone
//
// "old": the baseline shows it too. File names are json_text() of their bytes.
//
// Errors    {"error": "a sentence"} for what no task can be blamed for.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_LANE_WORK_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_LANE_WORK_H_

#include "fuzz/triage/folder/triage_options.h"

namespace arenafuzz {

inline constexpr int kTriageRuns = 3;

int run_triage_lane(const Context& context, const TriageOptions& options);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_LANE_WORK_H_
