// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/model/pool_model.h"

#include <algorithm>
#include <bit>

namespace arenafuzz {

void PoolModel::create(int granule_order) {
  discard();
  exists_ = true;
  order_ = granule_order;
}

void PoolModel::discard() {
  exists_ = false;
  has_overlap_ = false;
  total_words_ = 0;
  chunks_.clear();
  std::fill(std::begin(words_by_avail_), std::end(words_by_avail_), 0);
  peer_granules_.clear();
  ranges_.clear();
  hints_.discard();
  hints_.use({});
}

std::uint64_t PoolModel::granules_for(std::uint64_t size) const {
  return (size + ((std::uint64_t{1} << order_) - 1)) >> order_;
}

void PoolModel::set_avail(Chunk& chunk, std::uint64_t avail) {
  const auto before = std::bit_width(chunk.avail);
  const auto after = std::bit_width(avail);
  chunk.avail = avail;
  if (before == after) return;
  words_by_avail_[before] -= chunk.words();
  words_by_avail_[after] += chunk.words();
}

void PoolModel::add(std::uint64_t start, std::uint64_t size, const ArenaPages& arena) {
  if (overlaps(start, size)) has_overlap_ = true;
  const auto index = static_cast<std::uint32_t>(chunks_.size());
  Chunk chunk;
  chunk.start = start;
  chunk.end = start + size - 1;
  chunk.granules = static_cast<std::uint32_t>(size >> order_);
  chunk.avail = size;
  chunk.words_before = total_words_;
  total_words_ += chunk.words();
  words_by_avail_[std::bit_width(size)] += chunk.words();
  chunks_.push_back(chunk);
  if (chunk.granules > 0) ranges_.give(index, 0, chunk.granules);
  if (arena.shift == 0) return;
  hints_.use(arena);
  hints_.put(start, chunk.end, index);
}

bool PoolModel::overlaps(std::uint64_t start, std::uint64_t size) const {
  if (size == 0) return false;
  const int shift = hints_.arena().shift;
  if (shift != 0 && !has_overlap_) {
    for (std::uint64_t page = 0; page <= (size - 1) >> shift; ++page) {
      const std::uint32_t index = hints_.at(start + (page << shift));
      if (index < chunks_.size() && start <= chunks_[index].end &&
          start + size - 1 >= chunks_[index].start)
        return true;
    }
    return false;
  }
  return std::any_of(chunks_.begin(), chunks_.end(), [&](const Chunk& chunk) {
    return start <= chunk.end && start + size - 1 >= chunk.start && chunk.end >= chunk.start;
  });
}

bool PoolModel::has_addr(std::uint64_t start, std::uint64_t size) const {
  const std::uint64_t end = start + size - 1;
  return std::any_of(chunks_.begin(), chunks_.end(), [&](const Chunk& chunk) {
    return start >= chunk.start && start <= chunk.end && end <= chunk.end;
  });
}

// The newest chunk that holds the address.
bool PoolModel::chunk_holding(std::uint64_t address, std::uint32_t* chunk) const {
  if (hints_.arena().shift != 0 && !has_overlap_) {
    *chunk = hints_.at(address);
    return *chunk < chunks_.size() && address >= chunks_[*chunk].start &&
           address <= chunks_[*chunk].end;
  }
  for (std::size_t i = chunks_.size(); i-- > 0;) {
    if (address < chunks_[i].start || address > chunks_[i].end) continue;
    *chunk = static_cast<std::uint32_t>(i);
    return true;
  }
  return false;
}

PoolModel::Place PoolModel::place(std::uint64_t size) const {
  Place place;
  const std::uint64_t count = granules_for(size);
  if (size == 0 || count == 0 || count > 0xffffffff) return place;
  place.count = static_cast<std::uint32_t>(count);
  FreeRange range;
  if (!ranges_.first_fit(place.count, &range)) return place;
  // Peers that took a granule without lowering avail, or a size that is not whole granules, can
  // make the pool skip a chunk by its avail alone; then the first that is not skipped counts.
  if (chunks_[range.chunk].avail < size) {
    for (std::size_t i = chunks_.size(); i-- > 0;) {
      std::uint64_t start = 0;
      if (chunks_[i].avail < size || !find_run(static_cast<std::uint32_t>(i), 0, count, &start))
        continue;
      const auto index = static_cast<std::uint32_t>(i);
      ranges_.at_or_below(index, static_cast<std::uint32_t>(start), &range);
      return {true, index, range.start, place.count, range.length, 0, 0};
    }
    return place;
  }
  place.found = true;
  place.chunk = range.chunk;
  place.granule = range.start;
  place.room = range.length;
  return place;
}

std::uint64_t PoolModel::commit(const Place& place) {
  Chunk& chunk = chunks_[place.chunk];
  if (place.room != 0) {
    ranges_.take_front({place.chunk, place.granule, place.room}, place.count);
  } else {
    ranges_.take(place.chunk, place.granule, place.count);
  }
  set_avail(chunk, chunk.avail - (std::uint64_t{place.count} << order_));
  return chunk.start + (std::uint64_t{place.granule} << order_);
}

PoolModel::FreeEffect PoolModel::free(std::uint64_t address, std::uint64_t size) {
  FreeEffect effect;
  effect.count = granules_for(size);
  if (!chunk_holding(address, &effect.chunk)) {
    effect.bug = BugSite::kFreeNoChunk;
    return effect;
  }
  Chunk& chunk = chunks_[effect.chunk];
  effect.first = (address - chunk.start) >> order_;
  if (address + size - 1 > chunk.end) {
    effect.bug = BugSite::kFreePastEnd;
    return effect;
  }
  const std::uint64_t room = effect.first < chunk.granules ? chunk.granules - effect.first : 0;
  const auto first = static_cast<std::uint32_t>(effect.first);
  const RangeTree::Neighbours around = ranges_.neighbours(effect.chunk, first);
  if (effect.count > room || !around.all_taken(first, effect.count)) {
    effect.bug = effect.count == 0 ? BugSite::kNone : BugSite::kFreeNotAllocated;
    return effect;
  }
  if (effect.count > 0)
    ranges_.give(effect.chunk, first, static_cast<std::uint32_t>(effect.count), around);
  set_avail(chunk, chunk.avail + (effect.count << order_));
  return effect;
}

// An upper bound that costs O(1): every chunk passed, and the words of those that are not skipped
// by their avail.
std::uint64_t PoolModel::alloc_cost(const Place& place, std::uint64_t size) const {
  const std::uint64_t own =
      place.extra_steps + (place.found ? 1 + (place.granule + place.count) / 64 : 1);
  const std::uint64_t passed = chunks_.size() - (place.found ? place.chunk + 1 : 0);
  if (passed == 0) return own;
  const std::uint64_t words_passed =
      place.found ? total_words_ - chunks_[place.chunk].words_before - chunks_[place.chunk].words()
                  : total_words_;
  std::uint64_t searched = 0;
  for (auto width = std::bit_width(size); width < kBuckets; ++width)
    searched += words_by_avail_[width];
  return own + passed + std::min(words_passed, searched);
}

// Each run of taken granules is freed by address: on average half of the chunks are passed.
std::uint64_t PoolModel::destroy_cost() const {
  if (chunks_.empty()) return 0;
  const std::uint64_t runs = ranges_.size() + chunks_.size();
  return 2 * total_words_ + runs * (chunks_.size() / 2 + 1);
}

std::uint64_t PoolModel::avail() const {
  std::uint64_t sum = 0;
  for (const Chunk& chunk : chunks_) sum += chunk.avail;
  return sum;
}

bool PoolModel::matches_words(std::uint32_t index, const ChunkView& view) const {
  const Chunk& chunk = chunks_[index];
  std::uint64_t free_granules = 0;
  for (std::uint64_t word = 0; word < chunk.words(); ++word) {
    std::uint64_t bits = ~atomics::load(view.words[word]);
    if (word == chunk.words() - 1 && chunk.granules % 64 != 0)
      bits &= (std::uint64_t{1} << (chunk.granules % 64)) - 1;
    free_granules += static_cast<std::uint64_t>(std::popcount(bits));
  }
  FreeRange range;
  bool more = ranges_.at_or_below(index, 0, &range) || ranges_.above(index, 0, &range);
  while (more) {
    const std::uint64_t end = std::uint64_t{range.start} + range.length;
    for (std::uint64_t granule = range.start; granule < end;) {
      const std::uint64_t stop = std::min(end, (granule / 64 + 1) * 64);
      const std::uint64_t mask = ~std::uint64_t{0} >> (64 - (stop - granule)) << (granule % 64);
      if ((atomics::load(view.words[granule / 64]) & mask) != 0) return false;
      granule = stop;
    }
    if (free_granules < range.length) return false;
    free_granules -= range.length;
    more = ranges_.above(index, range.start, &range);
  }
  return free_granules == 0;
}

}  // namespace arenafuzz
