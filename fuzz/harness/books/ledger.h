// SPDX-License-Identifier: GPL-2.0-only
//
// What safety and contract are judged by: the pages that a pool holds and the blocks that callers
// hold, kept from claims, releases, allocs and frees alone. Whatever pool it is, and however it
// keeps its own books (books.h): this is what its callers and its page source see of it.
//
//   pages     | 1 | 1 | 2 | 1 | 0 |    claims less releases: a page that a neighbour released
//   live      ##..#...                may be claimed again by the pool that still counts on it
//
// Ownership One mapping, made with the first arena and enlarged with larger ones.
// Units     kernel addresses and bytes; live bytes by granules of 8.
// Errors    open: false if there is no address space.
// Threads   one thread.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_LEDGER_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "fuzz/harness/books/shadow_bits.h"

namespace arenafuzz {

class Ledger {
 public:
  // Begins with a new pool over the arena of `pages` pages at `start`: nothing held, nothing live.
  bool open(std::uint64_t start, std::uint64_t pages, int page_shift);
  // The pool is gone.
  void close();

  void claimed(std::uint64_t address, std::uint64_t pages);
  // REQUIRES: holds_all.
  void released(std::uint64_t address, std::uint64_t pages);
  // True if the pool holds every page of [address, address + bytes).
  bool holds_all(std::uint64_t address, std::uint64_t bytes) const;
  bool holds_any(std::uint64_t address, std::uint64_t bytes) const;
  // Holds some page of them just once: a release of them leaves it none.
  bool holds_last(std::uint64_t address) const { return held(page_of(address)) == 1; }
  std::uint64_t held_pages() const { return held_pages_; }
  std::uint64_t held_words() const { return held_pages_ << page_shift_ >> 9; }  // at granules of 8
  std::uint64_t claims() const { return claims_; }                              // granted so far

  // REQUIRES, here and below: holds_all.
  bool any_live(std::uint64_t address, std::uint64_t size) const {
    const std::uint64_t offset = address - start_;
    return !live_.all_zero(offset / 8, (offset + size - 1) / 8);
  }
  void set_live(std::uint64_t address, std::uint64_t size);
  void set_free(std::uint64_t address, std::uint64_t size);

  // Live bytes, each block rounded up to `unit`; the highest that was ever live together, and the
  // smallest and largest block, all of them since open().
  struct Demand {
    std::uint64_t live = 0;
    std::uint64_t peak = 0;
    std::uint64_t smallest = ~std::uint64_t{0};
    std::uint64_t largest = 0;
  };
  const Demand& demand() const { return demand_; }
  static constexpr std::uint64_t kUnit = 64;
  static constexpr std::uint64_t rounded(std::uint64_t size) {
    return (size + kUnit - 1) / kUnit * kUnit;
  }

 private:
  static constexpr std::uint64_t kKeptWords = std::uint64_t{1} << 20;

  std::uint64_t page_of(std::uint64_t address) const { return (address - start_) >> page_shift_; }
  std::uint32_t held(std::uint64_t page) const {
    return page < pages_ && holds_[page] >> 8 == generation_ ? holds_[page] & 0xff : 0;
  }

  std::uint64_t start_ = 0;
  std::uint64_t pages_ = 0;  // of the arena; 0: closed
  int page_shift_ = 12;
  std::uint32_t generation_ = 0;      // of entries that count
  std::vector<std::uint32_t> holds_;  // by page: generation << 8 | claims less releases
  std::uint64_t held_pages_ = 0;
  std::uint64_t claims_ = 0;
  Demand demand_;
  std::optional<ShadowRegion> region_;
  std::uint64_t region_words_ = 0;
  ShadowBits live_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_LEDGER_H_
