// SPDX-License-Identifier: GPL-2.0-only
//
// The books that safety and contract are judged by in gen_pool programs: the chunks of one
// gen_pool and which of its granules are live, kept from what was asked and answered alone. Never
// consults the exact model.
//
//   chunk of 27 bytes from 4100, granule 8:   [ g0 ][ g1 ][ g2 ] 3 bytes that are no granule
//     avail       27 - 8 for each live granule: whole granules, though the chunk is not
//     alignment   counted from 4096: where a granule would begin that the chunk starts inside of
//
// A granule that a simulated peer holds counts as live here and not in avail, as in the pool.
// docs/format.md says what a call that lost a race may answer.
//
// The books can be trusted while no two chunks overlap and no block was freed wrongly; after that
// only the model knows what is right, until the pool is destroyed.
//
// Ownership Vectors reused from one program to the next. Views belong to the pool.
// Units     bytes; granules of the pool, whose order the program names.
// Errors    none.
// Threads   one thread.
// Source    docs/arena_pool.md, docs/format.md, docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_GEN_LEDGER_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_GEN_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/program/program.h"
#include "src/pool/seams.h"

namespace arenafuzz {

class GenLedger {
 public:
  struct Chunk {
    std::uint64_t start = 0;
    std::uint64_t size = 0;
    std::uint64_t granules = 0;  // whole ones
    std::uint64_t avail = 0;
    std::size_t shadow = 0;      // first of its words: 1 = live
    ChunkView view;              // the pool's own
    std::uint64_t physical = 0;  // all ones if it has none
    std::uint8_t owner = 0;
  };
  // What a policy asks of a block's place.
  struct Wish {
    std::uint64_t size = 0;
    AllocPolicy policy = AllocPolicy::kFirstFit;
    std::uint32_t data = 0;  // Operation::policy_data; an exponent at most 30
  };
  static constexpr std::uint32_t kNoChunk = ~std::uint32_t{0};
  // A granule that a peer changed while the call under way was at work.
  struct Raced {
    std::uint32_t chunk;
    std::uint64_t granule;
  };

  void create(int granule_order);
  void discard();
  bool trusted() const { return trusted_; }
  void distrust() { trusted_ = false; }
  bool has_overlap() const { return has_overlap_; }

  // Books a chunk as it was asked for.
  void add(const GenChunk& chunk);
  const std::vector<Chunk>& chunks() const { return chunks_; }  // oldest first
  // The chunk added last is this one.
  void adopt(const ChunkView& view) { chunks_.back().view = view; }
  // The chunk that holds the address. REQUIRES, here and below: trusted().
  std::uint32_t find(std::uint64_t address) const;
  bool has_addr(std::uint64_t start, std::uint64_t size) const;
  // As virt_to_phys has to say it: all ones if no chunk holds the address.
  std::uint64_t physical_of(std::uint64_t address) const;

  std::uint64_t granules_for(std::uint64_t size) const;
  bool on_granule(std::uint32_t chunk, std::uint64_t address) const;
  std::uint64_t granule_of(std::uint32_t chunk, std::uint64_t address) const;
  // Granule `first` of the chunk is where the wish allows a block to begin, free or not.
  bool aligned(std::uint32_t chunk, std::uint64_t first, const Wish& wish) const;
  bool at_offset(std::uint32_t chunk, std::uint64_t address, const Wish& wish) const;
  // Best fit: no hole of this chunk that fits is smaller than the one that holds `first`. True for
  // any other policy, and where a race was on. REQUIRES: the block is not booked yet.
  bool in_smallest_hole(std::uint32_t chunk, std::uint64_t first, const Wish& wish) const;
  // Some chunk has room for it, where the policy allows it and no race of this call was lost: a
  // search goes on from where it was, and never lower.
  bool hole_fits(const Wish& wish) const;

  // A call begins: what raced with the former one is forgotten.
  void begin_call() { raced_.clear(); }
  // A simulated peer takes a granule, or gives it back.
  void peer_changed(std::uint32_t chunk, std::uint64_t granule, bool taken);

  // REQUIRES: the granules lie inside the chunk.
  bool any_live(std::uint32_t chunk, std::uint64_t first, std::uint64_t count) const;
  bool all_live(std::uint32_t chunk, std::uint64_t first, std::uint64_t count) const;
  bool any_live() const;
  void set_live(std::uint32_t chunk, std::uint64_t first, std::uint64_t count);
  void set_free(std::uint32_t chunk, std::uint64_t first, std::uint64_t count);

  // The pool's words that hold these granules, and the chunk's avail, are as booked.
  bool words_agree(std::uint32_t chunk, std::uint64_t first, std::uint64_t count) const;
  bool avail_agrees(std::uint32_t chunk) const;
  // A chunk that the pool shows is one of the books, with all of its words.
  bool agrees(const ChunkView& view) const;
  std::uint64_t avail() const { return avail_; }
  std::uint64_t size() const { return size_; }

 private:
  struct Place {
    std::uint64_t start;
    std::uint32_t chunk;
  };
  // Granules at which a block may begin: first, below step, then first + step, and so on.
  struct Steps {
    std::uint64_t step;
    std::uint64_t first;
  };
  Steps steps(const Chunk& chunk, const Wish& wish) const;
  bool hole_in(std::uint32_t chunk, const Wish& wish) const;
  bool fixed_fits(std::uint32_t chunk, const Wish& wish) const;
  // The first granule above all that raced in this chunk; 0 if nothing did.
  std::uint64_t above_races(std::uint32_t chunk) const;
  // The first granule from `at` that is live, or free; chunk.granules if none.
  std::uint64_t next(const Chunk& chunk, std::uint64_t at, bool live) const;
  void mark(const Chunk& chunk, std::uint64_t first, std::uint64_t count, bool live);

  int order_ = 3;
  bool trusted_ = true;
  bool has_overlap_ = false;
  std::uint64_t avail_ = 0;
  std::uint64_t size_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<Place> by_start_;  // chunks that hold a byte
  std::vector<std::uint64_t> shadow_;
  std::vector<Raced> raced_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_GEN_LEDGER_H_
