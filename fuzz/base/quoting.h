// SPDX-License-Identifier: GPL-2.0-only
//
// Names and texts of any bytes, printed so that a line stays a line and a shell reads it back.
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_BASE_QUOTING_H_
#define ARENAFUZZ_FUZZ_BASE_QUOTING_H_

#include <span>
#include <string>
#include <string_view>

namespace arenafuzz {

// As it is if a shell takes it so, else in '...' or, with control characters, $'...'.
std::string shell_quoted(std::string_view text);
// Words with spaces between.
std::string shell_line(std::span<const std::string> words);
// Control characters and bytes that are not UTF-8 become \xNN; `keep_newlines` spares \n and \t.
std::string printable(std::string_view text, bool keep_newlines = false);
// Each line two columns to the right, printable.
std::string indented(std::string_view text);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_QUOTING_H_
