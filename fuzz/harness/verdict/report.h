// SPDX-License-Identifier: GPL-2.0-only
//
// A finding as text, in one fixed form. Its first line is what ClusterFuzz reads as an assertion.
//
//   ASSERTION FAILED: unwind.alloc.page
//   signature  unwind.alloc.page.pages-kept.within-chunk.vzalloc
//   tier       safety: a call kept, lost or wrongly released pages
//   reach      memory pressure
//   operation  1: a3 = alloc s0 4097 (fail vzalloc:1)
//   expected   the pages held as before, by a call that failed
//   got        page 0, 4 pages kept
//   backend    cpp
//   program
//     ...
//   > 1: a3 = alloc s0 4097 (fail vzalloc:1)
//
// Ownership Plain values. Threads: none.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_VERDICT_REPORT_H_
#define ARENAFUZZ_FUZZ_HARNESS_VERDICT_REPORT_H_

#include <string>

#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

// Ends with a newline. Long programs are cut around the failing operation. `rows` are the backend's
// own (report_row() each) and come last.
std::string format_report(const Program& program, const Finding& finding, const char* backend,
                          const std::string& rows = "");

// "name       value\n", in the columns of a report.
std::string report_row(const char* name, const std::string& value);

// The whole program as a text file whose comments are the facts: it can be replayed as it is.
std::string format_finding_file(const std::string& facts, const std::string& program);
// The program as text, without the line that names the format.
std::string program_text(const Program& program);

// The parts of a report: all but the program, and the program around an operation.
std::string format_facts(const Program& program, const Finding& finding, const char* backend,
                         const std::string& rows = "");
std::string listing(const Program& program, std::size_t position);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_VERDICT_REPORT_H_
