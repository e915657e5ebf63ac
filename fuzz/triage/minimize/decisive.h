// SPDX-License-Identifier: GPL-2.0-only
//
// What a finding depends on in its program: which operation, fault or header field makes it vanish
// when that alone is taken away or set to its plain value.
//
//   enable s0 root m0                        without it nothing is allocated    operation 0
//   a0 = alloc s0 1 (fail vzalloc:1)         without the clause: clean          fault, and the one
//                                                                               to look at first
//
// In a minimized program every operation is needed; `single` names the part that turns correct
// behaviour into the finding: a fault, else a collision, else a header field, else the operation
// that shows it.
//
// Ownership Plain values.
// Units     operations count from 0.
// Errors    none: a program that does not show the signature has nothing decisive.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_DECISIVE_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_DECISIVE_H_

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "fuzz/program/program.h"
#include "fuzz/triage/minimize/probe.h"

namespace arenafuzz {

struct DecisiveFault {
  std::size_t operation = 0;
  std::string text;    // "vzalloc:1", "collide:2 set"
  bool clean = false;  // without it the program shows nothing at all
};

struct Decisive {
  std::vector<std::size_t> operations;
  std::vector<DecisiveFault> faults;  // and collisions
  std::vector<std::string> fields;    // of the header, and "plan"
  // What fails instead, sorted, where one such part is taken away: likely the same cause.
  std::set<std::string> turns_into;
  std::string single;  // "fault vzalloc:1 of operation 1"; empty: nothing shown
};

Decisive find_decisive(Probe& probe, const Program& program, const std::string& signature);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_DECISIVE_H_
