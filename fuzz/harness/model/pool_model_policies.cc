// SPDX-License-Identifier: GPL-2.0-only
//
// Where the kernel's gen_pool puts a block by each of its policies, from the free ranges
// (docs/arena_pool.md, Placement policies). Chunks are tried newest first, and skipped by their
// avail, as with first fit.
#include <algorithm>
#include <bit>

#include "fuzz/harness/model/pool_model.h"

namespace arenafuzz {

PoolModel::Place PoolModel::place(std::uint64_t size, AllocPolicy policy,
                                  std::uint32_t data) const {
  if (policy == AllocPolicy::kFirstFit) return place(size);
  Place place;
  const std::uint64_t count = granules_for(size);
  if (size == 0 || count == 0 || count > 0xffffffff) return place;
  place.count = static_cast<std::uint32_t>(count);
  for (std::size_t i = chunks_.size(); i-- > 0 && !place.found;) {
    if (size > chunks_[i].avail) continue;
    place.chunk = static_cast<std::uint32_t>(i);
    place.found = place_in(place.chunk, policy, data, 0, &place);
  }
  return place;
}

bool PoolModel::place_in(std::uint32_t chunk, AllocPolicy policy, std::uint32_t data,
                         std::uint32_t from, Place* place) const {
  switch (policy) {
    case AllocPolicy::kFirstFit: {
      std::uint64_t start = 0;
      if (!find_run(chunk, from, place->count, &start)) return false;
      place->granule = static_cast<std::uint32_t>(start);
      return true;
    }
    case AllocPolicy::kAlign: {
      const std::uint64_t align = std::uint64_t{1} << data % 64;  // bytes
      const std::uint64_t step = std::max<std::uint64_t>(1, align >> order_);
      const std::uint64_t ahead = (chunks_[chunk].start & (align - 1)) >> order_;
      return place_aligned(chunk, step, (step - ahead % step) % step, from, place);
    }
    case AllocPolicy::kOrderAlign:
      return place_aligned(chunk, std::bit_ceil(std::uint64_t{place->count}), 0, from, place);
    case AllocPolicy::kBestFit:
      return place_best(chunk, from, place);
    case AllocPolicy::kFixed:
      break;
  }
  return place_fixed(chunk, data, from, place);
}

// The lowest hole of at least `count`, without what of it lies below `from`.
bool PoolModel::next_hole(std::uint32_t chunk, std::uint32_t from, std::uint32_t count,
                          FreeRange* hole) const {
  FreeRange around;
  if (ranges_.at_or_below(chunk, from, &around) && around.start < from &&
      around.start + around.length > from) {
    *hole = {chunk, from, around.start + around.length - from};
    if (hole->length >= count) return true;
  }
  return ranges_.fit_from(chunk, from, count, hole);
}

// The lowest of the granules first, first + step, first + 2 step... where the block fits.
bool PoolModel::place_aligned(std::uint32_t chunk, std::uint64_t step, std::uint64_t first,
                              std::uint32_t from, Place* place) const {
  FreeRange hole;
  for (; next_hole(chunk, from, place->count, &hole); from = hole.start + hole.length) {
    ++place->extra_steps;
    const std::uint64_t over = (hole.start + step - first) % step;
    const std::uint64_t granule = hole.start + (over == 0 ? 0 : step - over);
    if (granule + place->count > std::uint64_t{hole.start} + hole.length) continue;
    place->granule = static_cast<std::uint32_t>(granule);
    place->room = over == 0 ? hole.length : 0;
    return true;
  }
  return false;
}

// The smallest hole that is long enough, the lowest among equals: the pool looks at them all.
bool PoolModel::place_best(std::uint32_t chunk, std::uint32_t from, Place* place) const {
  place->extra_steps += chunks_[chunk].words();
  place->room = 0;
  FreeRange hole;
  for (; next_hole(chunk, from, place->count, &hole); from = hole.start + hole.length) {
    ++place->extra_steps;
    if (place->room != 0 && hole.length >= place->room) continue;
    place->granule = hole.start;
    place->room = hole.length;
    if (place->room == place->count) break;
  }
  return place->room != 0;
}

// Just the run at this byte offset. One that is not whole granules warns in every chunk that is
// tried, and finds nothing; after a lost race the search begins behind the offset, and finds
// nothing either.
bool PoolModel::place_fixed(std::uint32_t chunk, std::uint32_t offset, std::uint32_t from,
                            Place* place) const {
  ++place->extra_steps;
  if ((offset & ((std::uint64_t{1} << order_) - 1)) != 0) {
    ++place->warnings;
    return false;
  }
  place->granule = offset >> order_;
  place->room = 0;
  return from == 0 && ranges_.all_free(chunk, place->granule, place->count);
}

}  // namespace arenafuzz
