// SPDX-License-Identifier: GPL-2.0-only
//
// Which of two programs is simpler, and the numbers by which operations differ.
//
//   plan > lasting faults > operations > faults and collisions > header > each operation's numbers
//
// The order is total but for programs that say the same, and well-founded: a search that takes only
// simpler programs ends.
//
// Ownership Plain values.
// Errors    none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_COMPLEXITY_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_COMPLEXITY_H_

#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/program/program.h"

namespace arenafuzz {

// REQUIRES: repaired programs.
bool is_simpler(const Program& program, const Program& than);

// A number, a flag or a choice of an operation; 0 is the simplest value. Slots are names and not
// among them.
struct NumberField {
  const char* name;
  bool bytes;  // its edges are those of sizes
  std::uint64_t (*get)(const Operation& operation);
  void (*set)(Operation& operation, std::uint64_t value);
};
std::span<const NumberField> number_fields();

// The values below `value` at which behaviour may change, ascending: 0 to 9, powers of two and
// their neighbours; for sizes also whole pages, the smallest growth and the arena's end.
std::vector<std::uint64_t> edges_below(std::uint64_t value, bool bytes, const Header& header);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_COMPLEXITY_H_
