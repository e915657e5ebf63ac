// SPDX-License-Identifier: GPL-2.0-only
//
// The fuzz targets, as targets.def lists them.
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
#define ARENAFUZZ_TARGET(name, profile, kind, seeds, description) \
  {#name, Profile::profile, TargetKind::kind, seeds, description},
#include "fuzz/targets/targets.def"
};

// The row of that name, or nullptr.
constexpr const TargetInfo* find_target(std::string_view name) {
  for (const TargetInfo& info : kTargets)
    if (name == info.name) return &info;
  return nullptr;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_TARGETS_H_
