// SPDX-License-Identifier: GPL-2.0-only
//
// How a pool keeps its books: what its bitmaps and avail say of a block. Measured once per tree
// (measure_books.h); the default is the reference's way, and our own pool's.
//
//   block of 40 bytes in a pool that rounds to 64 and keeps 16 bytes in front:
//     address - before  |................|........................................|.......|
//                       <- before: 16  -> <- size: 40                            -> <- rest ->
//     marked            round_up(size + extra, unit) bytes from address - before
//
// Ownership Plain values.
// Units     bytes.
// Threads   none.
// Source    docs/verdicts.md, Books.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_BOOK_TRAITS_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_BOOK_TRAITS_H_

#include <cstdint>
#include <string>

namespace arenafuzz {

// Pages that a pool claims and leaves out of a chunk, such as guard pages: a fixed number, and one
// more for each `per` pages of the chunk (0: none). At least `least`.
struct SparePages {
  std::uint64_t constant = 0;
  std::uint64_t per = 0;
  std::uint64_t least = 0;
  bool rounded_up = false;

  std::uint64_t beside(std::uint64_t pages) const {
    const std::uint64_t share = per == 0 ? 0 : (pages + (rounded_up ? per - 1 : 0)) / per;
    return constant + share > least ? constant + share : least;
  }
  bool operator==(const SparePages&) const = default;
};

struct BookTraits {
  bool chunks = true;  // what a claim granted is covered by chunks, less the spare pages
  bool bits = true;    // just the marked bytes' bits are set, and a free clears them
  bool avail = true;   // what is not marked
  bool holes = true;   // grows and refuses only where no hole fits
  bool once = true;    // claims one run per call
  bool late = false;   // the pool is made by the first alloc, not by init
  std::uint64_t unit = 1;
  std::uint64_t extra = 0;
  std::uint64_t before = 0;
  std::uint64_t alignment = 1;  // of addresses
  bool natural = false;         // aligned to the power of two at or above the size, in its chunk
  bool own_marks = false;       // a new chunk has marks that are no block's
  SparePages spare;
  std::uint64_t init_pages = 0;  // that init claims in addition, for no chunk

  struct Marks {
    std::uint64_t address;
    std::uint64_t bytes;  // whole granules
  };
  Marks marks(std::uint64_t address, std::uint64_t size, int granule_order) const {
    const std::uint64_t granule = std::uint64_t{1} << granule_order;
    const std::uint64_t bytes = size + extra;
    // The reference's way, at every call: without a division.
    if (unit <= granule) return {address - before, (bytes + granule - 1) & ~(granule - 1)};
    return {address - before, (bytes + unit - 1) / unit * unit};
  }
  friend bool operator==(const BookTraits&, const BookTraits&) = default;
};

// "books: sizes rounded to 64 bytes; growth ahead of need: hole-fits off"; "" for the default.
std::string books_line(const BookTraits& traits);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_BOOK_TRAITS_H_
