// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/ledger.h"

#include <algorithm>
#include <bit>

namespace arenafuzz {
namespace {

struct Span {
  std::uint64_t first;  // granule
  std::uint64_t last;   // inclusive
};

Span span_of(const Ledger::Chunk& chunk, std::uint64_t address, std::uint64_t size) {
  const std::uint64_t offset = address - chunk.view.start;
  return {offset / 8, (offset + size - 1) / 8};
}

}  // namespace

void Ledger::discard() {
  chunks_.clear();
  has_overlap_ = false;
  leaves_ = 0;
  tree_.clear();
  if (chunk_of_page_.size() > kKeptPages) chunk_of_page_ = {};
}

bool Ledger::add(const ChunkView& view, int granule_order, int page_shift, ShadowRegion& region) {
  order_ = granule_order;
  page_shift_ = page_shift;
  Chunk chunk;
  chunk.view = view;
  const std::uint64_t bytes = view.end - view.start + 1;
  chunk.granules = bytes / 8;
  chunk.free_granules = chunk.granules;
  chunk.expected_avail = bytes;
  if (!chunk.shadow.create((chunk.granules + 63) / 64, region)) return false;
  if (overlaps_chunk(view.start, bytes)) has_overlap_ = true;
  const auto index = static_cast<std::uint32_t>(chunks_.size());
  chunks_.push_back(chunk);
  const std::uint64_t first = (view.start & 0xffffffff) >> page_shift;
  const std::uint64_t last = ((view.end & 0xffffffff) >> page_shift) + 1;
  if (chunk_of_page_.size() < last) chunk_of_page_.resize(last);
  std::fill(chunk_of_page_.begin() + static_cast<std::ptrdiff_t>(first),
            chunk_of_page_.begin() + static_cast<std::ptrdiff_t>(last), index);
  if (chunks_.size() > leaves_) {
    const std::vector<std::uint64_t> before(tree_);
    const std::size_t former = leaves_;
    leaves_ = std::max<std::size_t>(16, leaves_ * 2);
    tree_.assign(2 * leaves_, 0);
    for (std::uint32_t i = 0; i < former; ++i) set_bound(i, before[former + i]);
  }
  set_bound(index, view.granules);
  return true;
}

std::uint32_t Ledger::find(std::uint64_t address) const {
  const std::uint64_t page = (address & 0xffffffff) >> page_shift_;
  if (page >= chunk_of_page_.size()) return kNoChunk;
  const std::uint32_t index = chunk_of_page_[page];
  if (index >= chunks_.size()) return kNoChunk;
  const ChunkView& view = chunks_[index].view;
  return address >= view.start && address <= view.end ? index : kNoChunk;
}

bool Ledger::knows(const ChunkView& view) const {
  const auto same = [&view](const Chunk& chunk) { return chunk.view.words == view.words; };
  if (chunks_.empty()) return false;
  if (same(chunks_.back())) return true;
  const std::uint32_t index = find(view.start);
  if (index != kNoChunk && same(chunks_[index])) return true;
  return has_overlap_ && std::any_of(chunks_.begin(), chunks_.end(), same);
}

bool Ledger::overlaps_chunk(std::uint64_t start, std::uint64_t bytes) const {
  const std::uint64_t step = std::uint64_t{1} << page_shift_;
  for (std::uint64_t at = 0; at < bytes; at += step)
    if (find(start + at) != kNoChunk) return true;
  return false;
}

bool Ledger::cut(const Chunk& chunk, std::uint64_t* address, std::uint64_t* size) {
  const std::uint64_t last = std::min(*address + *size - 1, chunk.view.end);
  *address = std::max(*address, chunk.view.start);
  if (*address > last) return false;
  *size = last - *address + 1;
  return true;
}

bool Ledger::all_free(const Chunk& chunk, std::uint64_t address, std::uint64_t size) {
  const Span span = span_of(chunk, address, size);
  return chunk.shadow.all_zero(span.first, span.last);
}

bool Ledger::any_live(std::uint32_t index, std::uint64_t address, std::uint64_t size) const {
  if (!has_overlap_) return !all_free(chunks_[index], address, size);
  return std::any_of(chunks_.begin(), chunks_.end(), [address, size](const Chunk& chunk) {
    std::uint64_t from = address;
    std::uint64_t bytes = size;
    return cut(chunk, &from, &bytes) && !all_free(chunk, from, bytes);
  });
}

void Ledger::mark(Chunk& chunk, std::uint64_t address, std::uint64_t size, bool live) {
  const Span span = span_of(chunk, address, size);
  chunk.shadow.mark(span.first, span.last, live);
}

void Ledger::set_live(std::uint32_t index, std::uint64_t address, std::uint64_t size) {
  Chunk& chunk = chunks_[index];
  mark(chunk, address, size, true);
  chunk.free_granules -= (size + 7) / 8;
  const std::uint64_t granule = std::uint64_t{1} << order_;
  chunk.expected_avail -= (size + granule - 1) / granule * granule;
}

void Ledger::set_free(std::uint32_t index, std::uint64_t address, std::uint64_t size) {
  Chunk& chunk = chunks_[index];
  if (has_overlap_) {
    // The block may have come from any of the chunks that hold its address.
    for (std::uint32_t i = 0; i < chunks_.size(); ++i) {
      std::uint64_t from = address;
      std::uint64_t bytes = size;
      if (!cut(chunks_[i], &from, &bytes)) continue;
      mark(chunks_[i], from, bytes, false);
      raise_bound(i);
    }
    return;
  }
  mark(chunk, address, size, false);
  chunk.free_granules += (size + 7) / 8;
  const std::uint64_t granule = std::uint64_t{1} << order_;
  chunk.expected_avail += (size + granule - 1) / granule * granule;
  const std::uint64_t possible = chunk.free_granules * 8 / granule;
  if (bound(index) < possible) set_bound(index, possible);
}

bool Ledger::words_agree(const Chunk& chunk, std::uint64_t address, std::uint64_t size) const {
  if (order_ != 3) return true;
  const Span span = span_of(chunk, address, size);
  for (std::uint64_t word = span.first / 64; word <= span.last / 64; ++word)
    if (atomics::load(chunk.view.words[word]) != chunk.shadow.word(word)) return false;
  return true;
}

bool Ledger::avail_agrees(const Chunk& chunk) const {
  return atomics::load(*chunk.view.avail) == chunk.expected_avail;
}

bool Ledger::chunk_agrees(const Chunk& chunk) const {
  if (!avail_agrees(chunk)) return false;
  if (order_ == 3) {
    for (std::uint64_t word = 0; word < (chunk.granules + 63) / 64; ++word)
      if (atomics::load(chunk.view.words[word]) != chunk.shadow.word(word)) return false;
    return true;
  }
  std::uint64_t taken = 0;
  for (std::uint64_t word = 0; word < (chunk.view.granules + 63) / 64; ++word)
    taken += static_cast<std::uint64_t>(std::popcount(atomics::load(chunk.view.words[word])));
  return ((chunk.view.granules - taken) << order_) + (chunk.peer_taken << order_) ==
         chunk.expected_avail;
}

void Ledger::peer_set(std::uint32_t index, std::uint64_t word, std::uint64_t bit) {
  Chunk& chunk = chunks_[index];
  ++chunk.peer_taken;
  if (order_ != 3) return;
  chunk.shadow.set(word, bit);
  --chunk.free_granules;
}

void Ledger::peer_cleared(std::uint32_t index, std::uint64_t word, std::uint64_t bit) {
  Chunk& chunk = chunks_[index];
  --chunk.peer_taken;
  raise_bound(index);
  if (order_ != 3) return;
  chunk.shadow.clear(word, bit);
  ++chunk.free_granules;
}

void Ledger::set_bound(std::uint32_t index, std::uint64_t granules) {
  std::size_t at = leaves_ + index;
  tree_[at] = granules;
  for (at /= 2; at >= 1; at /= 2) {
    const std::uint64_t highest = std::max(tree_[2 * at], tree_[2 * at + 1]);
    if (tree_[at] == highest) break;
    tree_[at] = highest;
  }
}

// Stops as soon as a hole of `enough` is seen.
std::uint64_t Ledger::longest_hole(const ChunkView& view, std::uint64_t enough) {
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

bool Ledger::hole_fits(std::uint64_t size) {
  const std::uint64_t granule = std::uint64_t{1} << order_;
  const std::uint64_t wanted = size / granule + (size % granule != 0 ? 1 : 0);
  if (wanted == 0 || leaves_ == 0) return false;
  while (tree_[1] >= wanted) {
    std::size_t at = 1;
    while (at < leaves_) at = tree_[2 * at] >= wanted ? 2 * at : 2 * at + 1;
    const auto index = static_cast<std::uint32_t>(at - leaves_);
    const std::uint64_t longest = longest_hole(chunks_[index].view, wanted);
    if (longest >= wanted) return true;
    set_bound(index, longest);
  }
  return false;
}

}  // namespace arenafuzz
