// SPDX-License-Identifier: GPL-2.0-only
//
// Which chunk lies at a page of the arena: a hint for look-ups by address, checked at each use. So
// what an earlier program left there does no harm.
//
//   page of the arena    0 1 2 3 4 5 6 ...
//   chunk                0 0 0 0 2 2 1 ...
//
// Pages count from the arena's start, so that the table is as large as the arena's used part
// wherever it lies below 4 GiB.
//
// Ownership One vector, reused from program to program.
// Units     addresses in bytes.
// Threads   one thread.
// Source    docs/design.md, Bounds are counts, never a clock.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_PAGE_HINTS_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_PAGE_HINTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace arenafuzz {

// Where an arena begins, and log2 of its page size. Shift 0: not an arena, its chunks lie anywhere.
struct ArenaPages {
  std::uint64_t start = 0;
  int shift = 0;
};

class PageHints {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // A table that was larger than this is given back with the pool.
  void discard() {
    if (chunks_.size() > kKept) chunks_ = {};
  }
  void use(const ArenaPages& arena) { arena_ = arena; }
  const ArenaPages& arena() const { return arena_; }
  // REQUIRES: both addresses lie in the arena, the last not below the first.
  void put(std::uint64_t first, std::uint64_t last, std::uint32_t chunk) {
    const std::size_t end = page_of(last) + 1;
    if (chunks_.size() < end) chunks_.resize(end, kNone);
    std::fill(chunks_.begin() + static_cast<std::ptrdiff_t>(page_of(first)),
              chunks_.begin() + static_cast<std::ptrdiff_t>(end), chunk);
  }
  std::uint32_t at(std::uint64_t address) const {
    const std::size_t page = page_of(address);
    return page < chunks_.size() ? chunks_[page] : kNone;
  }
  std::size_t size() const { return chunks_.size(); }

 private:
  static constexpr std::size_t kKept = std::size_t{1} << 16;
  // For an address below the arena the result is far beyond the table.
  std::size_t page_of(std::uint64_t address) const {
    return (address - arena_.start) >> arena_.shift;
  }

  ArenaPages arena_;
  std::vector<std::uint32_t> chunks_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_PAGE_HINTS_H_
