// SPDX-License-Identifier: GPL-2.0-only
//
// What a minimization comes to, and who may end it.
// Ownership: plain values. Errors, threads: none.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_MINIMIZED_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_MINIMIZED_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "fuzz/program/program.h"

namespace arenafuzz {

class MinimizeWatch {
 public:
  virtual ~MinimizeWatch() = default;
  // Before each run; false: end with the best so far.
  virtual bool go_on(const Program& best, std::uint64_t runs) = 0;
};

struct Minimized {
  Program program;
  bool shows = false;    // the program given shows the signature
  bool minimal = false;  // nothing more can be taken away; false: ended early
  std::uint64_t runs = 0;
  // Other signatures met, each with the shortest program that showed it.
  std::map<std::string, Program> beside;
};
inline constexpr std::size_t kMaxBeside = 64;

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_MINIMIZED_H_
