// SPDX-License-Identifier: GPL-2.0-only
//
// A bitmap of 64-bit words whose runs are taken and given back without a lock.
//
//   granule   0       63 64      127
//            +---------+----------+--
//   words    |....1111 | 1111.... |     bit 1 = allocated; a run may span words
//            +---------+----------+--
//
// A run is taken word by word with compare-and-swap. If a word turns out to be taken by another
// thread, the words already taken are given back by the caller (the number of bits not done is
// returned), so a run is owned as a whole or not at all.
//
// Units     positions and counts are granules (bits), never bytes.
// Threads   all functions from any thread. A search is a hint: only set_run confirms it.
// Source    docs/arena_pool.md; bitmap_set_ll, bitmap_clear_ll (lib/genalloc.c) and
//           bitmap_find_next_zero_area (lib/bitmap.c).
#ifndef ARENAFUZZ_SRC_POOL_BITMAP_H_
#define ARENAFUZZ_SRC_POOL_BITMAP_H_

#include <cstdint>

#include "src/pool/atomics.h"

namespace arenafuzz::bitmap {

inline constexpr std::uint64_t kBitsPerWord = 64;

constexpr std::uint64_t words_for(std::uint64_t bits) {
  return bits / kBitsPerWord + (bits % kBitsPerWord != 0 ? 1 : 0);
}

// The first set (clear) bit at or after `from`, or `end` if there is none before `end`.
std::uint64_t find_set(const atomics::Word* words, std::uint64_t end, std::uint64_t from);
std::uint64_t find_clear(const atomics::Word* words, std::uint64_t end, std::uint64_t from);

// The lowest start, at or after `from`, of `count` clear bits that end before `end`; `end` if none.
// REQUIRES: count > 0.
std::uint64_t find_clear_run(const atomics::Word* words, std::uint64_t end, std::uint64_t from,
                             std::uint64_t count);

// Sets (clears) `count` bits from `start`. Returns how many were not done because a bit of their
// word was already set (clear): 0 is success. Bits of earlier words stay as changed.
std::uint64_t set_run(atomics::Word* words, std::uint64_t start, std::uint64_t count);
std::uint64_t clear_run(atomics::Word* words, std::uint64_t start, std::uint64_t count);

}  // namespace arenafuzz::bitmap

#endif  // ARENAFUZZ_SRC_POOL_BITMAP_H_
