// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to reproducer_kernel.cc: numbers as C. Errors: none. Threads: none.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_TEXT_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_TEXT_H_

#include <cstdint>
#include <cstdio>
#include <string>

namespace arenafuzz {

inline std::string c_hex(std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llxUL", static_cast<unsigned long long>(value));
  return text;
}

inline std::string c_number(std::uint64_t value) {
  return value > 99999 ? c_hex(value) : std::to_string(value);
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_TEXT_H_
