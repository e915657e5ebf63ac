// SPDX-License-Identifier: GPL-2.0-only
//
// What a generated program is like: its groups of operations, their weights, its size.
// Ownership: plain values. Units: operations. Errors: none. Source: generator.h.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_OPTIONS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_OPTIONS_H_

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

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_OPTIONS_H_
