// SPDX-License-Identifier: GPL-2.0-only
//
// A shadow copy of a pool's own books: which chunks it has, and which bits and avail its blocks
// should have left there. It says nothing of safety: see ledger.h for what callers can see. Never
// consults the exact model.
//
//   chunk      the pool's own words      1111 0000 ...     read through the backend
//   books      shadow words              1111 0000 ...     kept from calls: must be equal
//
//   "A hole fits" is read from the pool's own bitmap in its own granules. An upper bound of each
//   chunk's longest hole, in a tree over the chunks, keeps that question cheap: a chunk is scanned
//   again only after something was freed in it.
//
// Ownership Shadow words live in one reserved region, reused from program to program.
// Units     granules of the pool, where nothing else is said.
// Threads   one thread.
// Source    docs/verdicts.md, Books.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_BOOKS_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_BOOKS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/harness/books/book_traits.h"
#include "fuzz/harness/books/page_hints.h"
#include "fuzz/harness/books/shadow_bits.h"
#include "src/pool/seams.h"

namespace arenafuzz {

class Books {
 public:
  struct Chunk {
    ChunkView view;
    ShadowBits shadow;
    std::uint64_t free_granules = 0;
    std::uint64_t expected_avail = 0;  // bytes
    bool fresh = true;                 // added in the call under way
  };
  static constexpr std::uint32_t kNoChunk = ~std::uint32_t{0};

  void discard();
  void use(const BookTraits& traits) { traits_ = traits; }
  // REQUIRES: the chunk lies in the arena. False: no room for a shadow.
  bool add(const ChunkView& view, int granule_order, const ArenaPages& arena, ShadowRegion& region);
  std::vector<Chunk>& chunks() { return chunks_; }
  std::uint32_t find(std::uint64_t address) const;
  // True if the chunk with these words is in the books.
  bool knows(const ChunkView& view) const;
  bool has_overlap() const { return has_overlap_; }
  // Drops the chunks that `stays` denies: the pool has given them up.
  template <typename Stays>
  void keep_if(const Stays& stays) {
    std::vector<bool> kept;
    for (const Chunk& chunk : chunks_) kept.push_back(stays(chunk.view));
    keep(kept);
  }

  // Marks a block live or free, and avail with it. What lies outside the chunk is cut off.
  // REQUIRES, here and below: the block begins inside chunk `index`.
  void set_live(std::uint32_t index, std::uint64_t address, std::uint64_t size);
  void set_free(std::uint32_t index, std::uint64_t address, std::uint64_t size);

  // What a simulated peer did to one bit; avail does not follow.
  void peer_set(std::uint32_t index, std::uint64_t word, std::uint64_t bit);
  void peer_cleared(std::uint32_t index, std::uint64_t word, std::uint64_t bit);

  // The words that hold the block, and avail, against the pool's own; true where the traits say
  // that they follow no rule.
  bool words_agree(const Chunk& chunk, std::uint64_t address, std::uint64_t size) const;
  bool avail_agrees(const Chunk& chunk) const {
    return !traits_.avail || atomics::load(*chunk.view.avail) == chunk.expected_avail;
  }
  bool chunk_agrees(const Chunk& chunk) const;
  // The call that added the newest chunks is over. What is taken there besides its block is the
  // pool's own from now on, where the traits say that a pool keeps such marks.
  void settle();
  // Something was freed in the chunk in a way that the books cannot follow (misuse, collisions).
  void raise_bound(std::uint32_t index) { set_bound(index, chunks_[index].view.granules); }

  // True if some chunk has a hole for `size` bytes where the pool would place a block.
  bool hole_fits(std::uint64_t size);

 private:
  struct Span {
    std::uint64_t first;
    std::uint64_t last;  // inclusive
  };
  // The granules that a block marks; false if none lies in the chunk.
  bool span_of(const Chunk& chunk, std::uint64_t address, std::uint64_t size, Span* span) const;
  void enter(const Chunk& chunk);
  void keep(const std::vector<bool>& stays);
  void adopt_marks(Chunk& chunk) const;
  bool overlaps_chunk(std::uint64_t start, std::uint64_t bytes) const;
  void set_bound(std::uint32_t index, std::uint64_t granules);
  std::uint64_t bound(std::uint32_t index) const { return tree_[leaves_ + index]; }
  bool aligned_hole_fits(std::uint64_t align, std::uint64_t wanted);
  static std::uint64_t longest_hole(const ChunkView& view, std::uint64_t enough);

  BookTraits traits_;
  std::vector<Chunk> chunks_;
  PageHints hints_;
  std::vector<std::uint64_t> tree_;  // highest bound below each node; leaves last
  std::size_t leaves_ = 0;
  int order_ = 3;
  bool has_overlap_ = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_BOOKS_H_
