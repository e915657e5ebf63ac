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

#include "fuzz/program/program.h"

namespace arenafuzz {

enum class SwarmGroup : std::uint8_t {
  kAlloc,           // gen_pool: alloc
  kFree,            // gen_pool: free
  kLifeCycle,       // enable, disable; gen_pool: create, destroy
  kEnablePath,      // gen_pool: add
  kNeighbourPages,  // claim, release; gen_pool: has_addr
  kUserPages,       // user_fault, reserve; gen_pool: set_algo, virt_to_phys, managed
  kMapLife,         // mmap, worker, heal, teardown
  kMisuse,          // wrong frees; enabling an enabled scheduler
};
inline constexpr int kSwarmGroupCount = 8;
SwarmGroup swarm_group(OperationKind kind);
// 0 to 15.
std::uint32_t swarm_weight(std::uint32_t weights, SwarmGroup group);

struct GeneratorOptions {
  std::uint64_t seed = 0;
  Profile profile = Profile::kCorrect;
  std::size_t operations = 64;  // at most limits::kMaxOperations
  ProgramKind kind = ProgramKind::kArena;
  bool large_arena = false;   // 2^16 pages and more, as far as the page size lets it
  bool all_policies = false;  // gen_pool: every policy and function, else what our own pool has
  std::uint32_t weights = 0;  // swarm weights; 0: drawn from the seed
};

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
