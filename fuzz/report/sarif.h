// SPDX-License-Identifier: GPL-2.0-only
//
// The clusters of a triage in SARIF 2.1.0, for code-scanning viewers.
//
//   oracle    --> rule                                   unwind
//   cluster   --> result, its level by its state         note: known, fixed, incubating; else error
//   program   --> the result's location                  minimized/unwind.alloc.page....txt
//   signature --> partialFingerprints                    the same bug keeps its alert between
//                                            runs
//
// Ownership Plain values.
// Errors    none: what is missing is left out; the result can be dumped whatever the input held.
// Threads   no state.
// Source    OASIS SARIF 2.1.0, sections 3.13 to 3.30.
#ifndef ARENAFUZZ_FUZZ_REPORT_SARIF_H_
#define ARENAFUZZ_FUZZ_REPORT_SARIF_H_

#include <nlohmann/json.hpp>

namespace arenafuzz::report {

// `report`: the object of report.json.
nlohmann::json sarif(const nlohmann::json& report);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_SARIF_H_
