// SPDX-License-Identifier: GPL-2.0-only
//
// The books that safety and contract are judged by: which chunks a pool has and which granules are
// live, kept from what was asked and answered alone. Never consults the exact model.
//
//   chunk      the pool's own words      1111 0000 ...     read through the backend
//   ledger     shadow words              1111 0000 ...     kept from calls: must be equal
//
//   "A hole fits" is read from the pool's own bitmap in its own granules (fine print 22a). An upper
//   bound of each chunk's longest hole, in a tree over the chunks, keeps that question cheap: a
//   chunk is scanned again only after something was freed in it.
//
// Ownership Shadow words live in one reserved region, reused from program to program.
// Units     shadow: 8-byte granules, whatever the pool's granule is.
// Threads   one thread.
// Source    spec section 6; design.md, Verdicts.
#ifndef ARENAFUZZ_FUZZ_HARNESS_LEDGER_H_
#define ARENAFUZZ_FUZZ_HARNESS_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/harness/shadow_bits.h"
#include "src/pool/seams.h"

namespace arenafuzz {

class Ledger {
 public:
  struct Chunk {
    ChunkView view;
    ShadowBits shadow;
    std::uint64_t granules = 0;        // 8-byte granules of the shadow
    std::uint64_t free_granules = 0;   // of them
    std::uint64_t expected_avail = 0;  // bytes
    std::uint64_t peer_taken = 0;      // bits that a simulated peer set, and its avail did not pay
  };
  static constexpr std::uint32_t kNoChunk = ~std::uint32_t{0};
  // A table by page that was larger is given back with the pool.
  static constexpr std::size_t kKeptPages = std::size_t{1} << 16;

  void discard();
  // `page_shift`: chunks begin at multiples of 2^page_shift. False: no room for a shadow.
  bool add(const ChunkView& view, int granule_order, int page_shift, ShadowRegion& region);
  std::vector<Chunk>& chunks() { return chunks_; }
  std::uint32_t find(std::uint64_t address) const;
  // True if the chunk with these words is in the books.
  bool knows(const ChunkView& view) const;
  bool overlaps_chunk(std::uint64_t start, std::uint64_t bytes) const;
  bool has_overlap() const { return has_overlap_; }

  // True if a granule of [address, address + size) is live, in any chunk if chunks overlap.
  // REQUIRES, here and below: the block lies inside chunk `index`.
  bool any_live(std::uint32_t index, std::uint64_t address, std::uint64_t size) const;
  // Marks a block live or free, and avail with it.
  void set_live(std::uint32_t index, std::uint64_t address, std::uint64_t size);
  void set_free(std::uint32_t index, std::uint64_t address, std::uint64_t size);

  // What a simulated peer did to one bit; avail does not follow (fine print 15).
  void peer_set(std::uint32_t index, std::uint64_t word, std::uint64_t bit);
  void peer_cleared(std::uint32_t index, std::uint64_t word, std::uint64_t bit);

  // The words that hold the block, and avail, against the pool's own.
  bool words_agree(const Chunk& chunk, std::uint64_t address, std::uint64_t size) const;
  bool avail_agrees(const Chunk& chunk) const;
  bool chunk_agrees(const Chunk& chunk) const;
  // Something was freed in the chunk in a way that the books cannot follow (misuse, collisions).
  void raise_bound(std::uint32_t index) { set_bound(index, chunks_[index].view.granules); }

  // True if some chunk has a hole for `size` bytes, in the pool's own granules.
  bool hole_fits(std::uint64_t size);

 private:
  // What of the block lies in the chunk, for chunks that overlap; false if nothing does.
  static bool cut(const Chunk& chunk, std::uint64_t* address, std::uint64_t* size);
  static bool all_free(const Chunk& chunk, std::uint64_t address, std::uint64_t size);
  static void mark(Chunk& chunk, std::uint64_t address, std::uint64_t size, bool live);
  void set_bound(std::uint32_t index, std::uint64_t granules);
  std::uint64_t bound(std::uint32_t index) const { return tree_[leaves_ + index]; }
  static std::uint64_t longest_hole(const ChunkView& view, std::uint64_t enough);

  std::vector<Chunk> chunks_;
  std::vector<std::uint32_t> chunk_of_page_;  // a hint, checked at each use
  std::vector<std::uint64_t> tree_;           // highest bound below each node; leaves last
  std::size_t leaves_ = 0;
  int order_ = 3;
  int page_shift_ = 12;
  bool has_overlap_ = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_LEDGER_H_
