// SPDX-License-Identifier: GPL-2.0-only
//
// Random programs that mean something: a scheduler is enabled, what is freed was allocated, a
// lasting fault is healed later. One seed is one program, with every compiler and word size.
//
//   seed --> header --> swarm weights --> opening --> operations drawn by weight --> repair
//
// Swarm weights: eight groups of operations with a weight of 0 to 15 each, group 0 in the lowest
// four bits. A group of weight 0 is left out of the draw; its operations then appear only where
// another needs them (the opening, the heal after a lasting fault, mmap of an unmapped arena).
//
//   What each profile may hold      correct  faults  misuse
//   enable, disable, enable_path,
//   alloc, free, mmap, worker, heal    x       x       x
//   claim, release, reserve,
//   user_fault, teardown                       x       x
//   faults, collisions, a plan                 x       x
//   misuse free, enabling twice                        x
//
// Ownership The caller's program; its memory is reused.
// Units     operations; pages of the drawn page size.
// Errors    none. The result is repaired and has exactly the operations asked for.
// Threads   no state.
// Source    docs/format.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_H_
#define ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_H_

#include <cstddef>
#include <cstdint>

#include "fuzz/program/generator_options.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

void generate(const GeneratorOptions& options, Program* program);

// Operations for a program that has a header: its kind, profile and weights stand for those of the
// options. REQUIRES: a repaired header. The plan is kept, the operations are replaced.
void generate_operations(const GeneratorOptions& options, Program* program);

// What the benchmark runs: an arena of 2^20 pages, one scheduler, profile correct; then allocs and
// frees of log-uniform sizes of 8 to 64 bytes over all 256 slots. A block whose slot is written
// again stays allocated, so that the arena fills.
void generate_scale(std::uint64_t seed, std::size_t operations, Program* program);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_H_
