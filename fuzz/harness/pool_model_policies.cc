// SPDX-License-Identifier: GPL-2.0-only
//
// Where the kernel's gen_pool puts a block by each of its policies, from the free ranges (fine
// print 11). Chunks are tried newest first, and skipped by their avail, as with first fit.
#include <algorithm>
#include <bit>

#include "fuzz/harness/pool_model.h"

namespace arenafuzz {

PoolModel::Place PoolModel::place(std::uint64_t size, AllocPolicy policy,
                                  std::uint32_t data) const {
  if (policy == AllocPolicy::kFirstFit) return place(size);
  Place place;
  const std::uint64_t count = granules_for(size);
  if (size == 0 || count == 0 || count > 0xffffffff) return place;
  place.count = static_cast<std::uint32_t>(count);
  const std::uint64_t align = std::uint64_t{1} << data % 64;  // bytes
  for (std::size_t i = chunks_.size(); i-- > 0 && !place.found;) {
    const Chunk& chunk = chunks_[i];
    if (size > chunk.avail) continue;
    const auto index = static_cast<std::uint32_t>(i);
    switch (policy) {
      case AllocPolicy::kAlign: {
        const std::uint64_t step = std::max<std::uint64_t>(1, align >> order_);
        const std::uint64_t ahead = (chunk.start & (align - 1)) >> order_;
        place.found = place_aligned(index, step, (step - ahead % step) % step, &place);
        break;
      }
      case AllocPolicy::kOrderAlign:
        place.found = place_aligned(index, std::bit_ceil(count), 0, &place);
        break;
      case AllocPolicy::kBestFit:
        place.found = place_best(index, &place);
        break;
      default:
        place.found = place_fixed(index, data, &place);
        break;
    }
    place.chunk = index;
  }
  return place;
}

// The lowest of the granules first, first + step, first + 2 step... where the block fits.
bool PoolModel::place_aligned(std::uint32_t chunk, std::uint64_t step, std::uint64_t first,
                              Place* place) const {
  FreeRange range;
  for (std::uint32_t from = 0; ranges_.fit_from(chunk, from, place->count, &range);
       from = range.start + 1) {
    ++place->extra_steps;
    const std::uint64_t over = (range.start + step - first) % step;
    const std::uint64_t granule = range.start + (over == 0 ? 0 : step - over);
    if (granule + place->count > std::uint64_t{range.start} + range.length) continue;
    place->granule = static_cast<std::uint32_t>(granule);
    place->room = over == 0 ? range.length : 0;
    return true;
  }
  return false;
}

// The smallest range that is long enough, the lowest among equals: the pool looks at them all.
bool PoolModel::place_best(std::uint32_t chunk, Place* place) const {
  place->extra_steps += chunks_[chunk].words();
  place->room = 0;
  FreeRange range;
  for (std::uint32_t from = 0; ranges_.fit_from(chunk, from, place->count, &range);
       from = range.start + 1) {
    ++place->extra_steps;
    if (place->room != 0 && range.length >= place->room) continue;
    place->granule = range.start;
    place->room = range.length;
    if (place->room == place->count) break;
  }
  return place->room != 0;
}

// Just the run at this byte offset. One that is not whole granules warns in every chunk that is
// tried, and finds nothing.
bool PoolModel::place_fixed(std::uint32_t chunk, std::uint32_t offset, Place* place) const {
  ++place->extra_steps;
  if ((offset & ((std::uint64_t{1} << order_) - 1)) != 0) {
    ++place->warnings;
    return false;
  }
  place->granule = offset >> order_;
  place->room = 0;
  return ranges_.all_free(chunk, place->granule, place->count);
}

}  // namespace arenafuzz
