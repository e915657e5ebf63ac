// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/gen_ledger.h"

#include <algorithm>
#include <bit>

#include "fuzz/harness/books/shadow_bits.h"

namespace arenafuzz {

void GenLedger::create(int granule_order) {
  discard();
  order_ = granule_order;
}

void GenLedger::discard() {
  trusted_ = true;
  has_overlap_ = false;
  avail_ = size_ = 0;
  chunks_.clear();
  by_start_.clear();
  shadow_.clear();
  raced_.clear();
}

void GenLedger::add(const GenChunk& added) {
  const std::uint64_t start = added.start;
  const std::uint64_t size = added.size;
  Chunk chunk;
  chunk.start = start;
  chunk.size = size;
  chunk.physical = added.has_physical ? added.physical : ~std::uint64_t{0};
  chunk.owner = added.owner;
  chunk.granules = size >> order_;
  chunk.avail = size;
  chunk.shadow = shadow_.size();
  shadow_.resize(shadow_.size() + (chunk.granules + 63) / 64, 0);
  avail_ += size;
  size_ += size;
  if (size != 0) {
    const auto behind = std::upper_bound(
        by_start_.begin(), by_start_.end(), start,
        [](std::uint64_t address, const Place& place) { return address < place.start; });
    // Compares differences: the last chunk may end at the last address there is.
    const bool meets_next = behind != by_start_.end() && behind->start - start < size;
    bool meets_former = false;
    if (behind != by_start_.begin()) {
      const Chunk& former = chunks_[(behind - 1)->chunk];
      meets_former = start - former.start < former.size;
    }
    has_overlap_ |= meets_next || meets_former;
    trusted_ &= !has_overlap_;
    by_start_.insert(behind, {start, static_cast<std::uint32_t>(chunks_.size())});
  }
  chunks_.push_back(chunk);
}

std::uint32_t GenLedger::find(std::uint64_t address) const {
  const auto behind = std::upper_bound(
      by_start_.begin(), by_start_.end(), address,
      [](std::uint64_t wanted, const Place& place) { return wanted < place.start; });
  if (behind == by_start_.begin()) return kNoChunk;
  const std::uint32_t index = (behind - 1)->chunk;
  return address - chunks_[index].start < chunks_[index].size ? index : kNoChunk;
}

// The sum wraps as in the kernel: sizes 0 and 2^64-1 end below their start.
bool GenLedger::has_addr(std::uint64_t start, std::uint64_t size) const {
  const std::uint32_t index = find(start);
  return index != kNoChunk && start + size - 1 <= chunks_[index].start + chunks_[index].size - 1;
}

// Where a chunk has none, the sum wraps as the kernel's does.
std::uint64_t GenLedger::physical_of(std::uint64_t address) const {
  const std::uint32_t index = find(address);
  if (index == kNoChunk) return ~std::uint64_t{0};
  return chunks_[index].physical + (address - chunks_[index].start);
}

std::uint64_t GenLedger::granules_for(std::uint64_t size) const {
  const std::uint64_t granule = std::uint64_t{1} << order_;
  return size / granule + (size % granule != 0 ? 1 : 0);
}

bool GenLedger::on_granule(std::uint32_t chunk, std::uint64_t address) const {
  return ((address - chunks_[chunk].start) & ((std::uint64_t{1} << order_) - 1)) == 0;
}

std::uint64_t GenLedger::granule_of(std::uint32_t chunk, std::uint64_t address) const {
  return (address - chunks_[chunk].start) >> order_;
}

// By addresses: what is aligned is the granule's address less what the chunk starts inside of one.
GenLedger::Steps GenLedger::steps(const Chunk& chunk, const Wish& wish) const {
  if (wish.policy == AllocPolicy::kOrderAlign) return {std::bit_ceil(granules_for(wish.size)), 0};
  const std::uint64_t granule = std::uint64_t{1} << order_;
  const std::uint64_t align = std::uint64_t{1} << wish.data % 64;
  if (wish.policy != AllocPolicy::kAlign || align <= granule) return {1, 0};
  const std::uint64_t base = chunk.start - chunk.start % granule;
  const std::uint64_t over = base % align;
  return {align / granule, over == 0 ? 0 : (align - over) / granule};
}

bool GenLedger::aligned(std::uint32_t chunk, std::uint64_t first, const Wish& wish) const {
  const Steps steps = this->steps(chunks_[chunk], wish);
  return first % steps.step == steps.first;
}

bool GenLedger::at_offset(std::uint32_t chunk, std::uint64_t address, const Wish& wish) const {
  return wish.policy != AllocPolicy::kFixed || address - chunks_[chunk].start == wish.data;
}

bool GenLedger::in_smallest_hole(std::uint32_t index, std::uint64_t first, const Wish& wish) const {
  if (wish.policy != AllocPolicy::kBestFit || above_races(index) != 0) return true;
  const Chunk& chunk = chunks_[index];
  const std::uint64_t count = granules_for(wish.size);
  std::uint64_t smallest = kAllOnes;
  std::uint64_t own = 0;
  for (std::uint64_t at = next(chunk, 0, false); at < chunk.granules;) {
    const std::uint64_t stop = next(chunk, at, true);
    if (stop - at >= count) smallest = std::min(smallest, stop - at);
    if (at <= first && first < stop) own = stop - at;
    at = next(chunk, stop, false);
  }
  return own == smallest;
}

std::uint64_t GenLedger::next(const Chunk& chunk, std::uint64_t at, bool live) const {
  while (at < chunk.granules) {
    const std::uint64_t word = shadow_[chunk.shadow + at / 64];
    const std::uint64_t wanted = (live ? word : ~word) & kAllOnes << (at % 64);
    if (wanted != 0)
      return std::min(chunk.granules,
                      at / 64 * 64 + static_cast<std::uint64_t>(std::countr_zero(wanted)));
    at = (at / 64 + 1) * 64;
  }
  return chunk.granules;
}

// All of a word goes by one compare-and-swap, so what raced in it raced with its lowest granule.
std::uint64_t GenLedger::above_races(std::uint32_t index) const {
  std::uint64_t above = 0;
  for (const Raced& raced : raced_)
    if (raced.chunk == index) above = std::max(above, (raced.granule / 64 + 1) * 64);
  return above;
}

// A peer that had some of the run, if only for a moment, is cause enough to be refused.
bool GenLedger::fixed_fits(std::uint32_t index, const Wish& wish) const {
  const Chunk& chunk = chunks_[index];
  const std::uint64_t count = granules_for(wish.size);
  const std::uint64_t first = wish.data >> order_;
  const bool lost = std::any_of(raced_.begin(), raced_.end(), [&](const Raced& raced) {
    return raced.chunk == index && raced.granule - first < count;
  });
  return !lost && first << order_ == wish.data && first < chunk.granules &&
         count <= chunk.granules - first && next(chunk, first, true) >= first + count;
}

bool GenLedger::hole_in(std::uint32_t index, const Wish& wish) const {
  if (wish.policy == AllocPolicy::kFixed) return fixed_fits(index, wish);
  const Chunk& chunk = chunks_[index];
  const std::uint64_t count = granules_for(wish.size);
  const Steps steps = this->steps(chunk, wish);
  for (std::uint64_t at = next(chunk, above_races(index), false); at < chunk.granules;) {
    const std::uint64_t stop = next(chunk, at, true);
    const std::uint64_t over = (at + steps.step - steps.first) % steps.step;
    const std::uint64_t from = over == 0 ? at : at + steps.step - over;
    if (from < stop && count <= stop - from) return true;
    at = next(chunk, stop, false);
  }
  return false;
}

// A chunk is skipped by its avail, against the size as it was asked for: no more is scanned than
// the pool itself has to scan before it may say no.
bool GenLedger::hole_fits(const Wish& wish) const {
  if (wish.size == 0) return false;
  for (std::uint32_t index = 0; index < chunks_.size(); ++index)
    if (wish.size <= chunks_[index].avail && hole_in(index, wish)) return true;
  return false;
}

void GenLedger::peer_changed(std::uint32_t index, std::uint64_t granule, bool taken) {
  mark(chunks_[index], granule, 1, taken);
  raced_.push_back({index, granule});
}

bool GenLedger::any_live(std::uint32_t index, std::uint64_t first, std::uint64_t count) const {
  return next(chunks_[index], first, true) < first + count;
}

bool GenLedger::all_live(std::uint32_t index, std::uint64_t first, std::uint64_t count) const {
  return next(chunks_[index], first, false) >= first + count;
}

bool GenLedger::any_live() const {
  return std::any_of(chunks_.begin(), chunks_.end(),
                     [&](const Chunk& chunk) { return next(chunk, 0, true) < chunk.granules; });
}

void GenLedger::mark(const Chunk& chunk, std::uint64_t first, std::uint64_t count, bool live) {
  for (std::uint64_t word = first / 64; word <= (first + count - 1) / 64; ++word) {
    const std::uint64_t mask = mask_of(word, first, first + count - 1);
    std::uint64_t& bits = shadow_[chunk.shadow + word];
    bits = live ? bits | mask : bits & ~mask;
  }
}

void GenLedger::set_live(std::uint32_t index, std::uint64_t first, std::uint64_t count) {
  mark(chunks_[index], first, count, true);
  chunks_[index].avail -= count << order_;
  avail_ -= count << order_;
}

void GenLedger::set_free(std::uint32_t index, std::uint64_t first, std::uint64_t count) {
  mark(chunks_[index], first, count, false);
  chunks_[index].avail += count << order_;
  avail_ += count << order_;
}

bool GenLedger::words_agree(std::uint32_t index, std::uint64_t first, std::uint64_t count) const {
  const Chunk& chunk = chunks_[index];
  for (std::uint64_t word = first / 64; word <= (first + count - 1) / 64; ++word)
    if (atomics::load(chunk.view.words[word]) != shadow_[chunk.shadow + word]) return false;
  return true;
}

bool GenLedger::avail_agrees(std::uint32_t index) const {
  const auto* avail = chunks_[index].view.avail;
  return avail == nullptr || atomics::load(*avail) == chunks_[index].avail;
}

bool GenLedger::agrees(const ChunkView& view) const {
  if (view.end - view.start + 1 == 0) return view.granules == 0;
  const std::uint32_t index = find(view.start);
  if (index == kNoChunk) return false;
  const Chunk& chunk = chunks_[index];
  return view.start == chunk.start && view.end == chunk.start + chunk.size - 1 &&
         view.words == chunk.view.words && view.granules == chunk.granules && avail_agrees(index) &&
         (chunk.granules == 0 || words_agree(index, 0, chunk.granules));
}

}  // namespace arenafuzz
