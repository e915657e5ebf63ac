// SPDX-License-Identifier: GPL-2.0-only
//
// Watches a pool's books while the measuring program runs (measure_books.h), and says what rule
// they follow.
//
//   before each operation: chunks, bitmaps, avail, pages held  -->  what the operation before it
//   did at the end                                                 -->  BookTraits
//
// Ownership Copies of every bitmap, for the one program.
// Units     bytes and pages of 4096.
// Threads   one.
// Source    docs/verdicts.md, Books.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_PROBE_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_PROBE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/harness/books/book_traits.h"
#include "fuzz/harness/judge/run_options.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

// The measuring program: blocks that come and go, then rounds that are all alike.
struct ProbeProgram {
  Program program;
  std::size_t rounds_begin = 0;  // position of the first round
  std::size_t round = 0;         // operations of each
};
inline constexpr std::size_t kProbeRounds = 6;

class BooksProbe final : public StateSink {
 public:
  explicit BooksProbe(const ProbeProgram& probe) : probe_(&probe) {}
  void before(std::size_t position, const Executor& executor) override;
  bool readable() const { return readable_; }
  BookTraits traits() const;

 private:
  struct Chunk {
    std::uint64_t start;
    std::uint64_t end;
    std::uint64_t avail;
    std::uint64_t granules;
    std::vector<std::uint64_t> words;
    bool holds(std::uint64_t address) const { return address >= start && address <= end; }
    bool taken(std::uint64_t granule) const {
      return (words[granule / 64] >> granule % 64 & 1) != 0;
    }
  };
  struct State {
    std::vector<Chunk> chunks;
    std::uint64_t held = 0;    // pages
    std::uint64_t claims = 0;  // granted so far
    std::uint64_t marked = 0;  // granules
    const Chunk* at(std::uint64_t start) const;
    const Chunk* around(std::uint64_t address) const;
    std::uint64_t covered() const;  // bytes that lie in chunks
  };
  // Bits that are set in one state and were not in another.
  struct Run {
    std::uint64_t chunk;
    std::uint64_t first;
    std::uint64_t bytes;
    bool is_around(std::uint64_t address, std::uint64_t size) const {
      return first <= address && address + size <= first + bytes;
    }
  };
  struct Alloc {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    Run run{};           // that covers the block; no bytes: none
    Run freed{};         // what its free cleared
    bool fresh = false;  // its chunk is new: the run may hold marks of the pool's own
    bool grew = false;
    std::uint64_t marked = 0;  // bytes in all
    std::int64_t avail = 0;    // taken from it
    State before;              // only if it grew
  };

  // A call in which the pool grew.
  struct Growth {
    std::uint64_t runs = 0;             // claimed
    std::uint64_t spare = 0;            // pages of them in no chunk
    std::vector<std::uint64_t> chunks;  // pages of each that is new
    std::uint64_t beside_chunks(const SparePages& rule) const;
  };

  // Watching (books_probe.cc).
  State take(const Executor& executor);
  std::vector<Run> gained(const State& from, const State& to, bool fresh_counts) const;
  void learn_alloc(const Operation& operation, const State& now, std::uint64_t address);
  void learn_marks(Alloc* alloc, const State& now);
  Growth growth_to(const State& now) const;
  void learn_free(const Operation& operation, const State& now);
  bool covers_all_live(const State& now) const;

  // Concluding (books_rule.cc).
  bool spare_fits(const SparePages& spare) const;
  bool find_spare(SparePages* spare) const;
  bool settles() const;
  bool marks_settle() const;
  bool fits(const BookTraits& traits, bool* own_marks) const;
  bool find_marks(BookTraits* traits) const;
  void find_alignment(BookTraits* traits) const;
  bool avail_follows() const;
  bool avail_is_of_its_own() const;
  bool grew_past_a_hole(const BookTraits& traits) const;
  BookTraits of_its_own() const;

  const ProbeProgram* probe_;
  State former_;
  int order_ = 3;
  bool readable_ = true;
  bool late_ = false;       // no pool, though init said 0
  bool several_ = false;    // runs claimed in one call
  bool outside_ = false;    // a chunk in no page that is held
  bool beside_ = false;     // blocks in no chunk
  bool merged_ = false;     // a chunk grew, took another's place, or shares a page with another
  bool uncovered_ = false;  // the pages held are not just those of the chunks
  bool odd_ = false;        // marks besides those of a block, in a chunk that is not new
  bool unlike_ = false;     // cleared bits that are not those of the block freed
  bool bare_ = false;       // a live block without marks
  bool kept_back_ = false;  // a free cleared nothing, or an alloc marked nothing
  bool any_marks_ = false;
  Growth first_growth_;  // of init, and of the masks that were made then
  std::vector<Growth> growths_;
  std::vector<Alloc> allocs_;
  std::vector<std::int64_t> returned_;  // avail, of a free: less what its alloc took
  std::size_t live_[256] = {};          // by slot: index of its alloc + 1; 0: none
  std::vector<std::uint64_t> held_;     // before each operation
  std::vector<std::uint64_t> marked_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_PROBE_H_
