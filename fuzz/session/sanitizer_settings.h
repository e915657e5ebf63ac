// SPDX-License-Identifier: GPL-2.0-only
//
// What of ASAN_OPTIONS and UBSAN_OPTIONS a verdict depends on. It goes after the user's own
// settings: of two, the later one holds.
#ifndef ARENAFUZZ_FUZZ_SESSION_SANITIZER_SETTINGS_H_
#define ARENAFUZZ_FUZZ_SESSION_SANITIZER_SETTINGS_H_

#include <string_view>

namespace arenafuzz {

// abort() in a tree, or the signal for what takes too long, says where. exitcode: a sanitizer's
// complaint about this very process is no finding.
inline constexpr std::string_view kSettledOptions =
    ":log_path=stderr:halt_on_error=1:abort_on_error=0:handle_abort=1:handle_segv=1:"
    "print_stacktrace=1:exitcode=2:symbolize=1";

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_SANITIZER_SETTINGS_H_
