// SPDX-License-Identifier: GPL-2.0-only
//
// Where the arenas lie, in every process alike (fine print 9).
//
//   map 0   kernel 0x7ea000000000 .. +4 GiB     user 0x700000000000 + low half
//   map 1   kernel 0x7ea200000000 .. +4 GiB     user 0x701000000000 + low half
//
// 64-bit builds reserve the kernel side without access, so that a touch is a finding.
#ifndef ARENAFUZZ_FUZZ_HARNESS_ARENA_LAYOUT_H_
#define ARENAFUZZ_FUZZ_HARNESS_ARENA_LAYOUT_H_

#include <cstdint>

#include "fuzz/program/limits.h"

namespace arenafuzz {

inline constexpr std::uint64_t kKernelBase = 0x7ea000000000;
inline constexpr std::uint64_t kKernelStride = std::uint64_t{1} << 33;
inline constexpr std::uint64_t kUserBase = 0x700000000000;
inline constexpr std::uint64_t kUserStride = std::uint64_t{1} << 36;

constexpr std::uint64_t kernel_base_of(int map) {
  return kKernelBase + static_cast<std::uint64_t>(map) * kKernelStride;
}
constexpr std::uint64_t user_base_of(int map, std::uint64_t low) {
  return kUserBase + static_cast<std::uint64_t>(map) * kUserStride + low;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_ARENA_LAYOUT_H_
