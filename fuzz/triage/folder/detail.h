// SPDX-License-Identifier: GPL-2.0-only
//
// What triage says of a cluster once its shortest program is known, and the files it leaves:
//
//   REPORT/CLUSTER/original[.txt]   the shortest file as it came
//   REPORT/CLUSTER/minimized.txt    the shortest program, with its report as comments
//
// Ownership Borrows for the call.
// Errors    {"error": "a sentence"}.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_DETAIL_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_DETAIL_H_

#include <nlohmann/json.hpp>

#include "fuzz/triage/folder/detail_input.h"

namespace arenafuzz {

nlohmann::ordered_json cluster_detail(const DetailInput& input);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_DETAIL_H_
