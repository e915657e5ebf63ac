// SPDX-License-Identifier: GPL-2.0-only
//
// The form of an engine's or a sanitizer's log, for all that read one: its lines, the first stack,
// why a process ended.
//
// Ownership None: views of the caller's line.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_SESSION_LOG_LINE_H_
#define ARENAFUZZ_FUZZ_SESSION_LOG_LINE_H_

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace arenafuzz {

// What follows `mark` in the line; empty if it is not there.
inline std::string_view after(std::string_view line, std::string_view mark) {
  const std::size_t at = line.find(mark);
  return at == std::string_view::npos ? std::string_view() : line.substr(at + mark.size());
}

inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "    #0 0x55d0c3 ...", innermost first: the frames of the first stack from line `from` on.
inline std::vector<std::string_view> first_stack(const std::vector<std::string_view>& lines,
                                                 std::size_t from) {
  std::vector<std::string_view> frames;
  for (std::size_t i = from; i < lines.size(); ++i) {
    const std::size_t mark = lines[i].find_first_not_of(' ');
    const bool frame = mark != std::string_view::npos && mark > 0 && lines[i][mark] == '#';
    if (!frame && !frames.empty()) break;
    if (frame) frames.push_back(lines[i]);
  }
  return frames;
}

// Why a process ended, as its log says: from the mark to the line's end. Empty: it does not say.
inline std::string_view reason_in(std::string_view log) {
  for (const std::string_view mark :
       {"ASSERTION FAILED: ", "Check failed: ", "ERROR: ", "SUMMARY: ", "runtime error: "})
    if (const std::size_t at = log.find(mark); at != std::string_view::npos)
      return log.substr(at, log.find('\n', at) - at);
  return {};
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_LOG_LINE_H_
