// SPDX-License-Identifier: GPL-2.0-only
//
// Where a fault can hit: how many calls of each fallible site one operation can make. The generator
// and the mutator draw clauses from these, because a clause past the operation's last call
// never fires.
//
//   alloc s0 4097, deferred release     page:1  vzalloc:1  span:1     nth:1 to nth:3
//
// Ownership Plain values. Threads: no state.
// Units     calls inside one operation, from 1.
// Source    docs/arena_pool.md, The fallible calls.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_FAULT_POINTS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_FAULT_POINTS_H_

#include <cstdint>

#include "fuzz/program/program.h"
#include "fuzz/program/random.h"

namespace arenafuzz {

// The most calls of the site that the operation makes into the reference pool, whatever state it
// meets. span and release count calls of the unwinding, which an earlier fault has to start.
std::uint32_t fault_points(const Header& header, const Operation& operation, FaultSite site);

// A clause that can fire in the operation, if any can. Seldom one past its last call: a tree under
// review may call more often than the reference.
FaultClause draw_clause(Random& random, const Header& header, const Operation& operation);

// Gives an operation that takes faults one or two clauses. Two are often a growth that fails half
// way and an unwinding that fails as well.
void draw_faults(Random& random, const Header& header, Operation* operation);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_FAULT_POINTS_H_
