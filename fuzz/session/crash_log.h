// SPDX-License-Identifier: GPL-2.0-only
//
// What a process printed when it died, without a symbolizer: what went wrong, and where in its
// modules.
//
//   ==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x... --> heap-use-after-free
//       #0 0x55d0c3 (/path/arenafuzz+0x1d0c3) (BuildId: 0a1b)           --> 0x1d0c3
//
// A finding that ended its process says which in one of two forms (docs/oss-fuzz.md):
//
//   ASSERTION FAILED: unwind.alloc.page                                   --> unwind.alloc.page
//   [arenafuzz:FATAL:pool.cc(1)] Check failed: over-claim.alloc.page.in-vain.zero.none
//                                                                         --> over-claim.alloc.page
//
// Ownership Plain values.
// Errors    a log without a report has the kind "died".
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_SESSION_CRASH_LOG_H_
#define ARENAFUZZ_FUZZ_SESSION_CRASH_LOG_H_

#include <string>
#include <string_view>
#include <vector>

namespace arenafuzz {

struct CrashLog {
  std::string kind;                  // words and dashes
  std::vector<std::string> offsets;  // of the first stack, innermost first: "0x1d0c3"
};
CrashLog read_crash_log(std::string_view log);

// What such a line names, whole; empty if the line is no finding.
std::string_view finding_in_line(std::string_view line);

// Kind and innermost frames, as one word: two crashes with the same are taken for the same. One
// frame more than reports are compared by, for a sanitizer's own (memcpy) on top.
inline constexpr std::size_t kIdentityFrames = 4;
std::string crash_identity(const CrashLog& crash);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_CRASH_LOG_H_
