// SPDX-License-Identifier: GPL-2.0-only
//
// Our own dice for generator and mutator: splitmix64, so that one seed gives one sequence with
// every compiler, on 32 bit too (the distributions of <random> do not promise that).
//
// Two draws never stand in one expression whose order of evaluation is open.
//
// Ownership Plain values.
// Threads   one thread per object.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_RANDOM_H_
#define ARENAFUZZ_FUZZ_PROGRAM_RANDOM_H_

#include <bit>
#include <cstddef>
#include <cstdint>

namespace arenafuzz {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // 0 to bound - 1. REQUIRES: bound > 0.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

  // True in `part` of `of` draws.
  bool chance(std::uint32_t part, std::uint32_t of) { return below(of) < part; }

  // Both ends included. REQUIRES: least <= most.
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    const std::uint64_t span = most - least + 1;
    const std::uint64_t drawn = next();
    return span == 0 ? drawn : least + drawn % span;
  }

  // Each number of bits equally often: between(1, 64 KiB) is mostly large, this is not.
  std::uint64_t log_uniform(std::uint64_t least, std::uint64_t most) {
    const auto bits = static_cast<int>(between(static_cast<std::uint64_t>(std::bit_width(least)),
                                               static_cast<std::uint64_t>(std::bit_width(most))));
    if (bits == 0) return 0;
    const std::uint64_t low = std::uint64_t{1} << (bits - 1);
    const std::uint64_t high = low + (low - 1);
    return between(low < least ? least : low, high > most ? most : high);
  }

  template <typename Value, std::size_t N>
  const Value& pick(const Value (&values)[N]) {
    return values[below(static_cast<std::uint32_t>(N))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_RANDOM_H_
