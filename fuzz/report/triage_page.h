// SPDX-License-Identifier: GPL-2.0-only
//
// The page of a triage: how many causes, which matter, how to see each, as one self-contained HTML
// file.
//
//   REPORT/report.json --> triage_page() --> REPORT/index.html
//
// One foldable section per cluster, with a filter by text and by state. Without JavaScript all but
// filter and copy button work. Links are relative to the page.
//
// Ownership Plain values.
// Errors    none: a field that is missing or of another type is left out, or "not known".
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_REPORT_TRIAGE_PAGE_H_
#define ARENAFUZZ_FUZZ_REPORT_TRIAGE_PAGE_H_

#include <nlohmann/json.hpp>
#include <string>

namespace arenafuzz::report {

// `report`: the object of report.json.
std::string triage_page(const nlohmann::json& report);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_TRIAGE_PAGE_H_
