// SPDX-License-Identifier: GPL-2.0-only
//
// What the readers of an engine's or a sanitizer's log share.
//
// Ownership None: views of the caller's line.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_SESSION_LOG_LINE_H_
#define ARENAFUZZ_FUZZ_SESSION_LOG_LINE_H_

#include <cstddef>
#include <string_view>

namespace arenafuzz {

// What follows `mark` in the line; empty if it is not there.
inline std::string_view after(std::string_view line, std::string_view mark) {
  const std::size_t at = line.find(mark);
  return at == std::string_view::npos ? std::string_view() : line.substr(at + mark.size());
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_LOG_LINE_H_
