// SPDX-License-Identifier: GPL-2.0-only
//
// What triage adds for people: pictures of a cluster's failure, and its report as pages.
//
//   minimized program --> {"pool_before", "pool_after", "fault", "failing_operation"}
//   report            --> REPORT/index.html, REPORT/report.sarif
//
// Ownership Plain values.
// Errors    a sentence; what cannot be drawn is left out.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_PAGES_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_PAGES_H_

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/base/files.h"
#include "fuzz/triage/reproduce/picture.h"

namespace arenafuzz {

// Adds the picture's fields to a cluster's object; keeps a "failing_operation" that is there.
void add_picture(const FailurePicture& picture, nlohmann::ordered_json* cluster);

// `faults`: as `replay --backtrace --json` has them. Adds "fault": the last that fired in the
// failing operation, with its backtrace from the pool down to the harness.
void add_fault(const nlohmann::ordered_json& faults, nlohmann::ordered_json* cluster);

// Writes both pages into `folder`. File names in `report` are as the command's user would write
// them; the pages' links are relative to the folder.
Status write_pages(const std::string& folder, const nlohmann::ordered_json& report);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_PAGES_H_
