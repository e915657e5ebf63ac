// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/books.h"

#include <algorithm>
#include <bit>

namespace arenafuzz {

void Books::discard() {
  chunks_.clear();
  has_overlap_ = false;
  leaves_ = 0;
  tree_.clear();
  hints_.discard();
}

bool Books::add(const ChunkView& view, int granule_order, const ArenaPages& arena,
                ShadowRegion& region) {
  order_ = granule_order;
  hints_.use(arena);
  Chunk chunk;
  chunk.view = view;
  const std::uint64_t bytes = view.end - view.start + 1;
  chunk.free_granules = view.granules;
  chunk.expected_avail = bytes;
  if (!chunk.shadow.create((view.granules + 63) / 64, region)) return false;
  enter(chunk);
  return true;
}

// Books the chunk under the next index.
void Books::enter(const Chunk& chunk) {
  const ChunkView& view = chunk.view;
  if (overlaps_chunk(view.start, view.end - view.start + 1)) has_overlap_ = true;
  const auto index = static_cast<std::uint32_t>(chunks_.size());
  chunks_.push_back(chunk);
  hints_.put(view.start, view.end, index);
  if (chunks_.size() > leaves_) {
    const std::vector<std::uint64_t> before(tree_);
    const std::size_t former = leaves_;
    leaves_ = std::max<std::size_t>(16, leaves_ * 2);
    tree_.assign(2 * leaves_, 0);
    for (std::uint32_t i = 0; i < former; ++i) set_bound(i, before[former + i]);
  }
  set_bound(index, view.granules);
}

void Books::keep(const std::vector<bool>& stays) {
  std::vector<Chunk> kept;
  std::vector<std::uint64_t> bounds;
  for (std::uint32_t i = 0; i < chunks_.size(); ++i) {
    if (!stays[i]) continue;
    kept.push_back(chunks_[i]);
    bounds.push_back(bound(i));
  }
  if (kept.size() == chunks_.size()) return;
  discard();
  for (std::uint32_t i = 0; i < kept.size(); ++i) {
    enter(kept[i]);
    set_bound(i, bounds[i]);
  }
}

std::uint32_t Books::find(std::uint64_t address) const {
  const std::uint32_t index = hints_.at(address);
  if (index >= chunks_.size()) return kNoChunk;
  const ChunkView& view = chunks_[index].view;
  return address >= view.start && address <= view.end ? index : kNoChunk;
}

bool Books::knows(const ChunkView& view) const {
  const auto same = [&view](const Chunk& chunk) { return chunk.view.words == view.words; };
  if (chunks_.empty()) return false;
  if (same(chunks_.back())) return true;
  const std::uint32_t index = find(view.start);
  if (index != kNoChunk && same(chunks_[index])) return true;
  return has_overlap_ && std::any_of(chunks_.begin(), chunks_.end(), same);
}

bool Books::overlaps_chunk(std::uint64_t start, std::uint64_t bytes) const {
  const std::uint64_t step = std::uint64_t{1} << hints_.arena().shift;
  for (std::uint64_t at = 0; at < bytes; at += step)
    if (find(start + at) != kNoChunk) return true;
  return false;
}

bool Books::span_of(const Chunk& chunk, std::uint64_t address, std::uint64_t size,
                    Span* span) const {
  const BookTraits::Marks marks = traits_.marks(address, size, order_);
  const std::uint64_t from = std::max(marks.address, chunk.view.start);
  const std::uint64_t last = std::min(marks.address + marks.bytes - 1, chunk.view.end);
  if (marks.bytes == 0 || from > last) return false;
  *span = {(from - chunk.view.start) >> order_, (last - chunk.view.start) >> order_};
  return true;
}

void Books::set_live(std::uint32_t index, std::uint64_t address, std::uint64_t size) {
  Chunk& chunk = chunks_[index];
  Span span{};
  if (!span_of(chunk, address, size, &span)) return;
  chunk.shadow.mark(span.first, span.last, true);
  chunk.free_granules -= span.last - span.first + 1;
  chunk.expected_avail -= (span.last - span.first + 1) << order_;
}

void Books::set_free(std::uint32_t index, std::uint64_t address, std::uint64_t size) {
  Span span{};
  if (has_overlap_) {
    // The block may have come from any of the chunks that hold its address.
    for (std::uint32_t i = 0; i < chunks_.size(); ++i) {
      if (!span_of(chunks_[i], address, size, &span)) continue;
      chunks_[i].shadow.mark(span.first, span.last, false);
      raise_bound(i);
    }
    return;
  }
  Chunk& chunk = chunks_[index];
  if (!span_of(chunk, address, size, &span)) return;
  chunk.shadow.mark(span.first, span.last, false);
  chunk.free_granules += span.last - span.first + 1;
  chunk.expected_avail += (span.last - span.first + 1) << order_;
  if (bound(index) < chunk.free_granules) set_bound(index, chunk.free_granules);
}

bool Books::words_agree(const Chunk& chunk, std::uint64_t address, std::uint64_t size) const {
  Span span{};
  if (!traits_.bits || !span_of(chunk, address, size, &span)) return true;
  for (std::uint64_t word = span.first / 64; word <= span.last / 64; ++word)
    if (atomics::load(chunk.view.words[word]) != chunk.shadow.word(word)) return false;
  return true;
}

bool Books::chunk_agrees(const Chunk& chunk) const {
  if (!avail_agrees(chunk)) return false;
  if (!traits_.bits) return true;
  for (std::uint64_t word = 0; word < (chunk.view.granules + 63) / 64; ++word)
    if (atomics::load(chunk.view.words[word]) != chunk.shadow.word(word)) return false;
  return true;
}

void Books::adopt_marks(Chunk& chunk) const {
  for (std::uint64_t at = 0; at < (chunk.view.granules + 63) / 64; ++at) {
    const std::uint64_t own = atomics::load(chunk.view.words[at]) & ~chunk.shadow.word(at);
    if (own == 0) continue;
    chunk.shadow.set(at, own);
    const auto granules = static_cast<std::uint64_t>(std::popcount(own));
    chunk.free_granules -= granules;
    chunk.expected_avail -= granules << order_;
  }
}

void Books::settle() {
  for (auto chunk = chunks_.rbegin(); chunk != chunks_.rend() && chunk->fresh; ++chunk) {
    if (traits_.own_marks) adopt_marks(*chunk);
    chunk->fresh = false;
  }
}

void Books::peer_set(std::uint32_t index, std::uint64_t word, std::uint64_t bit) {
  Chunk& chunk = chunks_[index];
  chunk.shadow.set(word, bit);
  --chunk.free_granules;
}

void Books::peer_cleared(std::uint32_t index, std::uint64_t word, std::uint64_t bit) {
  Chunk& chunk = chunks_[index];
  raise_bound(index);
  chunk.shadow.clear(word, bit);
  ++chunk.free_granules;
}

void Books::set_bound(std::uint32_t index, std::uint64_t granules) {
  std::size_t at = leaves_ + index;
  tree_[at] = granules;
  for (at /= 2; at >= 1; at /= 2) {
    const std::uint64_t highest = std::max(tree_[2 * at], tree_[2 * at + 1]);
    if (tree_[at] == highest) break;
    tree_[at] = highest;
  }
}

// Stops as soon as a hole of `enough` is seen.
std::uint64_t Books::longest_hole(const ChunkView& view, std::uint64_t enough) {
  std::uint64_t longest = 0;
  std::uint64_t current = 0;
  for (std::uint64_t word = 0; word * 64 < view.granules && longest < enough; ++word) {
    std::uint64_t bits = atomics::load(view.words[word]);
    std::uint64_t left = std::min<std::uint64_t>(64, view.granules - word * 64);
    while (left > 0) {
      const auto clear =
          std::min<std::uint64_t>(left, static_cast<std::uint64_t>(std::countr_zero(bits)));
      current += clear;
      left -= clear;
      longest = std::max(longest, current);
      if (left == 0) break;
      bits >>= clear;
      const auto set =
          std::min<std::uint64_t>(left, static_cast<std::uint64_t>(std::countr_one(bits)));
      current = 0;
      left -= set;
      if (left > 0) bits >>= set;
    }
  }
  return longest;
}

// A block at an aligned place of some hole. The bound says nothing of alignment: every chunk whose
// longest hole may be long enough is scanned.
bool Books::aligned_hole_fits(std::uint64_t align, std::uint64_t wanted) {
  const std::uint64_t step = std::max<std::uint64_t>(1, align >> order_);
  for (std::uint32_t i = 0; i < chunks_.size(); ++i) {
    if (bound(i) < wanted) continue;
    const ChunkView& view = chunks_[i].view;
    for (std::uint64_t at = 0; at < view.granules && wanted <= view.granules - at; at += step) {
      std::uint64_t free = 0;
      while (free < wanted &&
             (atomics::load(view.words[(at + free) / 64]) >> ((at + free) % 64) & 1) == 0)
        ++free;
      if (free == wanted) return true;
      at += free / step * step;
    }
  }
  return false;
}

bool Books::hole_fits(std::uint64_t size) {
  if (!traits_.holes || leaves_ == 0) return false;
  const std::uint64_t granule = std::uint64_t{1} << order_;
  if (size == 0 || size > ~std::uint64_t{0} - traits_.extra - traits_.unit - granule) return false;
  const std::uint64_t wanted = traits_.marks(0, size, order_).bytes >> order_;
  if (traits_.natural) return aligned_hole_fits(std::bit_ceil(size), wanted);
  if (traits_.alignment > std::max(granule, traits_.unit))
    return aligned_hole_fits(traits_.alignment, wanted);
  while (tree_[1] >= wanted) {
    std::size_t at = 1;
    while (at < leaves_) at = tree_[2 * at] >= wanted ? 2 * at : 2 * at + 1;
    const auto index = static_cast<std::uint32_t>(at - leaves_);
    const std::uint64_t longest = longest_hole(chunks_[index].view, wanted);
    // A pool may align what is as large as a page, of whatever size it does so.
    if (longest >= wanted)
      return size >> hints_.arena().shift == 0 || aligned_hole_fits(std::bit_ceil(size), wanted);
    set_bound(index, longest);
  }
  return false;
}

}  // namespace arenafuzz
