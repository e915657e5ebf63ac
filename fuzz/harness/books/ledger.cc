// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/ledger.h"

#include <algorithm>

namespace arenafuzz {

bool Ledger::open(std::uint64_t start, std::uint64_t pages, int page_shift) {
  close();
  const std::uint64_t bits = (pages << page_shift) / 8;
  const std::uint64_t words = ShadowBits::words_for((bits + 63) / 64);
  if (words > region_words_) {
    region_.emplace(words);
    region_words_ = region_->valid() ? words : 0;
    if (region_words_ == 0) return false;
  } else {
    region_->reset_above(std::min(kKeptWords, region_words_), live_.written());
  }
  region_->rewind();
  if (!live_.create((bits + 63) / 64, *region_)) return false;
  if (holds_.size() < pages) holds_.resize(pages, 0);
  start_ = start;
  pages_ = pages;
  page_shift_ = page_shift;
  return true;
}

void Ledger::close() {
  pages_ = held_pages_ = claims_ = 0;
  demand_ = {};
  if (++generation_ >> 24 == 0) return;
  std::fill(holds_.begin(), holds_.end(), 0);
  generation_ = 1;
}

void Ledger::claimed(std::uint64_t address, std::uint64_t pages) {
  ++claims_;
  const std::uint64_t first = page_of(address);
  if (first >= pages_) return;
  for (std::uint64_t page = first; page < std::min(first + pages, pages_); ++page) {
    if (held(page) == 0) ++held_pages_;
    holds_[page] = generation_ << 8 | std::min<std::uint32_t>(held(page) + 1, 0xff);
  }
}

void Ledger::released(std::uint64_t address, std::uint64_t pages) {
  const std::uint64_t first = page_of(address);
  for (std::uint64_t page = first; page < first + pages; ++page)
    if ((--holds_[page] & 0xff) == 0) --held_pages_;
}

bool Ledger::holds_all(std::uint64_t address, std::uint64_t bytes) const {
  if (pages_ == 0 || bytes == 0 || bytes - 1 > ~address) return false;
  const std::uint64_t last = page_of(address + bytes - 1);
  if (address < start_ || last >= pages_) return false;
  for (std::uint64_t page = page_of(address); page <= last; ++page)
    if (held(page) == 0) return false;
  return true;
}

bool Ledger::holds_any(std::uint64_t address, std::uint64_t bytes) const {
  if (held_pages_ == 0 || bytes == 0 || address < start_) return false;
  const std::uint64_t last = std::min(page_of(address + bytes - 1), pages_ - 1);
  for (std::uint64_t page = page_of(address); page <= last; ++page)
    if (held(page) != 0) return true;
  return false;
}

void Ledger::set_live(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t offset = address - start_;
  live_.mark(offset / 8, (offset + size - 1) / 8, true);
  demand_.live += rounded(size);
  demand_.peak = std::max(demand_.peak, demand_.live);
  demand_.smallest = std::min(demand_.smallest, rounded(size));
  demand_.largest = std::max(demand_.largest, rounded(size));
}

void Ledger::set_free(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t offset = address - start_;
  live_.mark(offset / 8, (offset + size - 1) / 8, false);
  demand_.live -= rounded(size);
}

}  // namespace arenafuzz
