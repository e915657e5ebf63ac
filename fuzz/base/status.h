// SPDX-License-Identifier: GPL-2.0-only
//
// How every failure outside the harness is said: one sentence that says what to do. Nobody may pass
// over one: what does not matter is taken with ignore().
//
// Ownership Plain values. Threads: none.
#ifndef ARENAFUZZ_FUZZ_BASE_STATUS_H_
#define ARENAFUZZ_FUZZ_BASE_STATUS_H_

#include <cstring>
#include <string>

namespace arenafuzz {

struct [[nodiscard]] Status {
  std::string sentence;  // empty: it went well
  int error = 0;         // errno of the system call that failed, if one did

  bool ok() const { return sentence.empty(); }
  // What the system said, for a sentence or a list of one's own.
  std::string reason() const { return std::strerror(error); }
  void ignore() const {}
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_STATUS_H_
