// SPDX-License-Identifier: GPL-2.0-only
//
// Where the arenas lie.
//
//   map 0   kernel 0x7ea000000000 .. +4 GiB     user 0x700000000000 + low half
//   map 1   kernel 0x7ea200000000 .. +4 GiB     user 0x701000000000 + low half
//
// 64-bit builds reserve the kernel side without access, so that a touch is a finding. Where a start
// finds these addresses taken (the kernel places a process at random), the next of a fixed list is
// used; hashes, traces and reports have offsets, and are the same at each.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKENDS_ARENA_LAYOUT_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKENDS_ARENA_LAYOUT_H_

#include <cstdint>

#include "fuzz/program/limits.h"

namespace arenafuzz {

// In the order in which they are tried. Their low halves are 0, and ASan, TSan and MSan of clang 14
// and 19 leave all of them to the program. They are spread wide: with 32 bits of randomisation
// libraries and stacks lie anywhere from 0x6ff000000000 up, programs and heaps anywhere from
// 0x555555554000 up, so that nothing of a process is at the second and the last.
inline constexpr std::uint64_t kKernelBases[] = {0x7ea000000000, 0x550000000000, 0x7ed000000000,
                                                 0x7e8000000000, 0x552000000000};
inline constexpr std::uint64_t kKernelStride = std::uint64_t{1} << 33;
inline constexpr std::uint64_t kUserBase = 0x700000000000;
inline constexpr std::uint64_t kUserStride = std::uint64_t{1} << 36;

// The kernel base of map 0: settled once, by reserve_arenas() (address_space.h).
extern std::uint64_t kernel_base;

inline std::uint64_t kernel_base_of(int map) {
  return kernel_base + static_cast<std::uint64_t>(map) * kKernelStride;
}
constexpr std::uint64_t user_base_of(int map, std::uint64_t low) {
  return kUserBase + static_cast<std::uint64_t>(map) * kUserStride + low;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKENDS_ARENA_LAYOUT_H_
