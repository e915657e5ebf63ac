// SPDX-License-Identifier: GPL-2.0-only
//
// Times and counts as people read them.
// Errors: none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_BASE_NUMBER_TEXT_H_
#define ARENAFUZZ_FUZZ_BASE_NUMBER_TEXT_H_

#include <cstdint>
#include <string>

namespace arenafuzz {

// "0:12" or "1:02:03".
std::string time_text(double seconds);
// 1234567 -> "1,234,567".
std::string count_text(std::uint64_t value);
// 1234567 -> "1.23 M".
std::string rate_text(double value);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_NUMBER_TEXT_H_
