// SPDX-License-Identifier: GPL-2.0-only
//
// The one list of fuzz targets: the command's help and checks, CMake's binaries and the tests agree
// with it. An engine's binary of target T is called T_fuzzer.
#ifndef ARENAFUZZ_FUZZ_TARGETS_TARGETS_H_
#define ARENAFUZZ_FUZZ_TARGETS_TARGETS_H_

#include <string_view>

#include "fuzz/program/program.h"

namespace arenafuzz {

enum class TargetKind : std::uint8_t {
  kPool,           // our own pool
  kFormat,         // the program format alone: runs nothing
  kCanary,         // has a planted bug: never part of a campaign
  kKernel,         // a kernel tree's sources
  kKernelGenPool,  // the same, gen_pool programs alone
  kDifferential,   // our pool against the kernel's
};

struct TargetInfo {
  const char* name;
  Profile profile;  // overwrites that of the input's header
  TargetKind kind;
  const char* seeds;  // folders of corpus/, separated by spaces
  const char* description;

  constexpr bool runs_programs() const { return kind != TargetKind::kFormat; }
  constexpr bool canary() const { return kind == TargetKind::kCanary; }
  // Needs a kernel tree.
  constexpr bool kernel() const { return kind >= TargetKind::kKernel; }
  // Needs the arena pool's file in it.
  constexpr bool arena() const { return kind != TargetKind::kKernelGenPool; }
};

inline constexpr TargetInfo kTargets[] = {
    {"pool", Profile::kCorrect, TargetKind::kPool, "pool", "correct use of the pool"},
    {"pool_faults", Profile::kFaults, TargetKind::kPool, "pool_faults",
     "failing calls, collisions, and neighbours that move pages"},
    {"pool_misuse", Profile::kMisuse, TargetKind::kPool, "pool_misuse",
     "wrong frees and enabling twice as well"},
    {"program", Profile::kMisuse, TargetKind::kFormat, "program",
     "the program format: bytes, text and plans round-trip"},
    {"canary", Profile::kFaults, TargetKind::kCanary, "canary",
     "a planted bug: proof that the machinery works"},
    {"kernel_pool", Profile::kCorrect, TargetKind::kKernel, "pool kernel_gen_pool",
     "pool, on a kernel tree's sources"},
    {"kernel_pool_faults", Profile::kFaults, TargetKind::kKernel, "pool_faults kernel_gen_pool",
     "pool_faults, on a kernel tree's sources"},
    {"kernel_pool_misuse", Profile::kMisuse, TargetKind::kKernel, "pool_misuse kernel_gen_pool",
     "pool_misuse, on a kernel tree's sources"},
    {"kernel_gen_pool", Profile::kFaults, TargetKind::kKernelGenPool, "kernel_gen_pool",
     "gen_pool alone, every order and policy, on a kernel tree's sources"},
    {"differential", Profile::kMisuse, TargetKind::kDifferential,
     "pool pool_faults pool_misuse kernel_gen_pool",
     "our pool and a kernel tree's, compared step by step"},
};

// The row of that name, or nullptr.
constexpr const TargetInfo* find_target(std::string_view name) {
  for (const TargetInfo& info : kTargets)
    if (name == info.name) return &info;
  return nullptr;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_TARGETS_H_
