// SPDX-License-Identifier: GPL-2.0-only
//
// The model of one gen_pool: predicts addresses, BUG sites and avail from ordered free ranges.
//
//   alloc   place() finds the hole, commit() takes it: two steps, so that the cost can be judged
//           before the pool runs
//   free    the effect of any free, right or wrong, or the BUG site it hits
//
// With simulated collisions the order of compare-and-swaps matters; alloc_stepwise, free_stepwise
// and destroy_stepwise follow the bitmap's words, still on the ranges.
//
// Ownership Vectors reused from one program to the next.
// Units     addresses and sizes in bytes; granules otherwise. Cost in steps (docs/design.md, Bounds
//           are counts, never a clock).
// Threads   one thread.
// Source    docs/arena_pool.md, docs/format.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_MODEL_POOL_MODEL_H_
#define ARENAFUZZ_FUZZ_HARNESS_MODEL_POOL_MODEL_H_

#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/harness/books/page_hints.h"
#include "fuzz/harness/model/range_tree.h"
#include "fuzz/program/program.h"
#include "src/pool/bug.h"
#include "src/pool/seams.h"

namespace arenafuzz {

// The collisions of one operation, counted over all its compare-and-swaps.
struct CollisionState {
  std::span<const Collision> collisions;
  std::uint64_t swaps = 0;      // compare-and-swaps so far
  bool misuse_allowed = false;  // a peer may clear what no peer set
  bool any() const { return !collisions.empty() && collisions[0].ordinal != 0; }
};

class PoolModel {
 public:
  struct Chunk {
    std::uint64_t start = 0;
    std::uint64_t end = 0;  // inclusive
    std::uint32_t granules = 0;
    std::uint64_t avail = 0;
    std::uint64_t words_before = 0;  // bitmap words of all older chunks
    std::uint64_t words() const { return (std::uint64_t{granules} + 63) / 64; }
  };
  struct Place {
    bool found = false;
    std::uint32_t chunk = 0;
    std::uint32_t granule = 0;
    std::uint32_t count = 0;
    std::uint32_t room = 0;         // of the hole, if it begins at `granule`; else 0
    std::uint32_t warnings = 0;     // WARNs of the attempt
    std::uint64_t extra_steps = 0;  // of a search that looks at more than first fit does
  };

  void create(int granule_order);
  void discard();
  bool exists() const { return exists_; }

  // REQUIRES: the chunk is whole pages of the arena, if there is one.
  void add(std::uint64_t start, std::uint64_t size, const ArenaPages& arena = {});
  std::span<const Chunk> chunks() const { return chunks_; }  // oldest first
  bool overlaps(std::uint64_t start, std::uint64_t size) const;
  bool has_overlap() const { return has_overlap_; }
  bool has_addr(std::uint64_t start, std::uint64_t size) const;

  Place place(std::uint64_t size) const;
  // The same by any policy; `data` as Operation::policy_data, an exponent at most 30.
  Place place(std::uint64_t size, AllocPolicy policy, std::uint32_t data) const;
  // Takes the place; the block's address.
  std::uint64_t commit(const Place& place);
  // The effect of free(address, size): BugSite::kNone and done, or the site. `*cleared` granules
  // from `*first` of chunk `*chunk`. REQUIRES: not runs_off().
  struct FreeEffect {
    BugSite bug = BugSite::kNone;
    std::uint32_t chunk = 0;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
  };
  FreeEffect free(std::uint64_t address, std::uint64_t size);

  // The same, one compare-and-swap at a time. 0 and *bug for a BUG. `*warnings` as
  // Place::warnings.
  std::uint64_t alloc_stepwise(std::uint64_t size, CollisionState& collisions, BugSite* bug) {
    std::uint32_t warnings = 0;
    return alloc_stepwise(size, AllocPolicy::kFirstFit, 0, collisions, bug, &warnings);
  }
  std::uint64_t alloc_stepwise(std::uint64_t size, AllocPolicy policy, std::uint32_t data,
                               CollisionState& collisions, BugSite* bug, std::uint32_t* warnings);
  BugSite free_stepwise(std::uint64_t address, std::uint64_t size, CollisionState& collisions);
  BugSite destroy_stepwise(CollisionState& collisions);
  bool any_taken() const;

  // Steps of an alloc that ends at `place`, and of destroying what is there now.
  std::uint64_t alloc_cost(const Place& place, std::uint64_t size) const;
  std::uint64_t destroy_cost() const;
  std::uint64_t total_words() const { return total_words_; }

  // True if exactly the granules that the words say are taken.
  bool matches_words(std::uint32_t chunk, const ChunkView& view) const;
  std::uint64_t avail() const;

 private:
  static constexpr int kBuckets = 65;
  std::uint64_t granules_for(std::uint64_t size) const;
  bool chunk_holding(std::uint64_t address, std::uint32_t* chunk) const;
  void set_avail(Chunk& chunk, std::uint64_t avail);
  std::uint64_t word_bits(std::uint32_t chunk, std::uint64_t word) const;
  bool change_run(std::uint32_t chunk, std::uint64_t first, std::uint64_t count, bool set);
  void change_bits(std::uint32_t chunk, std::uint64_t word, std::uint64_t mask, bool set);
  bool swap_word(std::uint32_t chunk, std::uint64_t word, std::uint64_t mask, bool set,
                 CollisionState& collisions);
  std::uint64_t run_words(std::uint32_t chunk, std::uint64_t first, std::uint64_t count, bool set,
                          CollisionState& collisions);
  void collide(std::uint32_t chunk, std::uint64_t word, std::uint64_t mask,
               CollisionState& collisions);
  // Each looks in one chunk for place->count granules; a search that goes on after a lost race
  // looks at granule `from` and above (pool_model_policies.cc).
  bool place_in(std::uint32_t chunk, AllocPolicy policy, std::uint32_t data, std::uint32_t from,
                Place* place) const;
  bool place_aligned(std::uint32_t chunk, std::uint64_t step, std::uint64_t first,
                     std::uint32_t from, Place* place) const;
  bool place_best(std::uint32_t chunk, std::uint32_t from, Place* place) const;
  bool place_fixed(std::uint32_t chunk, std::uint32_t offset, std::uint32_t from,
                   Place* place) const;
  bool next_hole(std::uint32_t chunk, std::uint32_t from, std::uint32_t count,
                 FreeRange* hole) const;
  bool find_run(std::uint32_t chunk, std::uint64_t from, std::uint64_t count,
                std::uint64_t* start) const;

  bool exists_ = false;
  int order_ = 3;
  bool has_overlap_ = false;
  std::uint64_t total_words_ = 0;
  std::vector<Chunk> chunks_;
  PageHints hints_;
  std::uint64_t words_by_avail_[kBuckets] = {};  // bitmap words of chunks, by bit width of avail
  std::vector<std::uint64_t> peer_granules_;     // chunk << 32 | granule that a peer holds
  RangeTree ranges_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_MODEL_POOL_MODEL_H_
