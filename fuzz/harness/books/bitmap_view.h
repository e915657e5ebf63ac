// SPDX-License-Identifier: GPL-2.0-only
//
// Questions about a pool's own bitmap, read through the backend.
// Units: granules of the pool. Threads: one. Source: docs/arena_pool.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_BITMAP_VIEW_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_BITMAP_VIEW_H_

#include <cstdint>

#include "src/pool/seams.h"

namespace arenafuzz {

// True if free(address, size) would clear granules up to the end of the chunk's bitmap and go on
// behind it. REQUIRES: the chunk holds the address.
inline bool runs_off_bitmap(const ChunkView& view, int granule_order, std::uint64_t address,
                            std::uint64_t size) {
  if (address + size - 1 > view.end) return false;  // BUG before any bit is touched
  const std::uint64_t count = (size + ((std::uint64_t{1} << granule_order) - 1)) >> granule_order;
  const std::uint64_t bits = (view.granules + 63) / 64 * 64;
  std::uint64_t at = (address - view.start) >> granule_order;
  if (count == 0 || (at < bits && count <= bits - at)) return false;
  for (; at < bits; ++at)
    if ((atomics::load(view.words[at / 64]) >> (at % 64) & 1) == 0) return false;
  return true;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_BITMAP_VIEW_H_
