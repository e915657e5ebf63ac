// SPDX-License-Identifier: GPL-2.0-only
//
// What a target printed when it died, as a finding.
//
//   log of the engine --> kind, frames --> sanitizer.heap-buffer-overflow.GenPool-alloc.run_input
//
// The signature has neither digits nor addresses: the report's kind and the first three frames that
// are neither a sanitizer's, the engine's nor the C library's, nor the kernel glue's; those of a
// kernel tree's files alone, if there are any. An assertion of ours that ended the process
// ("ASSERTION FAILED: codec.program.none", "Check failed: ...") is its own signature.
//
// Ownership Plain values. Threads: no state.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_SESSION_SANITIZER_REPORT_H_
#define ARENAFUZZ_FUZZ_SESSION_SANITIZER_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "faultinject/backtrace.h"

namespace arenafuzz {

// Begins the line in which a dying `replay` says whose record an address belongs to.
inline constexpr std::string_view kRecordMark = "arenafuzz: the address lies ";

struct SanitizerReport {
  std::string signature;
  std::string excerpt;   // the report's first lines, each ended
  std::string artifact;  // the input's file, if the engine wrote it
  // The first stack's lines of a kernel tree, named from its root, or of our own pool.
  std::vector<SourceLine> places;
};

// False if the log holds no report. `kind` replaces the report's own if not empty.
bool read_sanitizer_report(std::string_view log, std::string_view kind, SanitizerReport* report);

// The same crash, the same text: process numbers and addresses differ from run to run.
std::string without_addresses(std::string_view text);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_SANITIZER_REPORT_H_
