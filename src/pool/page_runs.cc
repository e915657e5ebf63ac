// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/page_runs.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace arenafuzz {
namespace {

constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};

template <typename T>
T* map_array(std::uint64_t count) {
  void* memory = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<T*>(memory);
}

template <typename T>
void unmap_array(T* array, std::uint64_t count) {
  if (array != nullptr) munmap(array, count * sizeof(T));
}

// Bits [from, to) of one word; to <= 64.
std::uint64_t mask_of(std::uint64_t from, std::uint64_t to) {
  return (kAllOnes << from) & (to == 64 ? kAllOnes : ~(kAllOnes << to));
}

}  // namespace

PageRunStorage::PageRunStorage(std::uint64_t max_pages) : capacity_(max_pages) {
  taken_ = map_array<std::uint64_t>(max_pages / 64 + 1);
  length_ = map_array<std::uint32_t>(max_pages);
  age_ = map_array<std::uint32_t>(max_pages);
  first_of_ = map_array<std::uint32_t>(max_pages);
  if (taken_ != nullptr && length_ != nullptr && age_ != nullptr && first_of_ != nullptr) return;
  // Unmapped with the capacity that they were mapped for.
  unmap_array(taken_, capacity_ / 64 + 1);
  for (std::uint32_t* array : {length_, age_, first_of_}) unmap_array(array, capacity_);
  capacity_ = 0;
}

PageRunStorage::~PageRunStorage() {
  if (capacity_ == 0) return;
  unmap_array(taken_, capacity_ / 64 + 1);
  for (std::uint32_t* array : {length_, age_, first_of_}) unmap_array(array, capacity_);
}

void PageRuns::reset(PageRunStorage& storage, std::uint64_t pages) {
  storage_ = &storage;
  pages_ = pages;
  free_pages_ = pages;
  lowest_free_ = 0;
  clock_ = 0;
  std::memset(storage.taken_, 0, storage.dirty_words_ * sizeof(std::uint64_t));
  storage.dirty_words_ = 0;
  write_run(0, pages);
}

bool PageRuns::is_taken(std::uint64_t page) const {
  return (storage_->taken_[page / 64] >> (page % 64) & 1) != 0;
}

// The first page in [page, end) that is taken (or free); `end` if none. REQUIRES: end <= pages_.
std::uint64_t PageRuns::next(std::uint64_t page, std::uint64_t end, bool taken) const {
  if (page >= end) return end;
  const std::uint64_t invert = taken ? 0 : kAllOnes;
  std::uint64_t index = page / 64;
  const std::uint64_t last = (end - 1) / 64;
  std::uint64_t bits = (storage_->taken_[index] ^ invert) & (kAllOnes << (page % 64));
  // Long searches pass over four words at a time, by one comparison.
  const std::uint64_t* words = storage_->taken_;
  while (bits == 0 && last - index > 4 &&
         ((words[index + 1] ^ invert) | (words[index + 2] ^ invert) | (words[index + 3] ^ invert) |
          (words[index + 4] ^ invert)) == 0)
    index += 4;
  while (bits == 0 && index < last) bits = storage_->taken_[++index] ^ invert;
  if (bits == 0) return end;
  return std::min(end, index * 64 + static_cast<std::uint64_t>(std::countr_zero(bits)));
}

void PageRuns::mark(std::uint64_t first, std::uint64_t count, bool taken) {
  const std::uint64_t end = first + count;
  for (std::uint64_t index = first / 64; index <= (end - 1) / 64; ++index) {
    const std::uint64_t base = index * 64;
    const std::uint64_t mask =
        mask_of(first > base ? first - base : 0, std::min<std::uint64_t>(64, end - base));
    std::uint64_t& word = storage_->taken_[index];
    const auto before = static_cast<std::uint64_t>(std::popcount(word));
    word = taken ? word | mask : word & ~mask;
    free_pages_ += before - static_cast<std::uint64_t>(std::popcount(word));
  }
  if (taken) storage_->dirty_words_ = std::max(storage_->dirty_words_, (end - 1) / 64 + 1);
}

// [first, first + count) is now a maximal free run, the one that changed last.
void PageRuns::write_run(std::uint64_t first, std::uint64_t count) {
  storage_->length_[first] = static_cast<std::uint32_t>(count);
  storage_->age_[first] = ++clock_;
  storage_->first_of_[first + count - 1] = static_cast<std::uint32_t>(first);
}

std::uint64_t PageRuns::find(std::uint64_t count, Placement placement) const {
  std::uint64_t best = kNone;
  if (count == 0 || count > free_pages_) return best;
  for (std::uint64_t at = next(lowest_free_, pages_, false); at < pages_;) {
    const std::uint32_t length = storage_->length_[at];
    if (length >= count) {
      if (placement == Placement::kLowestGap) return at;
      if (best == kNone || length < storage_->length_[best] ||
          (length == storage_->length_[best] && storage_->age_[at] > storage_->age_[best]))
        best = at;
    }
    at = next(at + length, pages_, false);
  }
  return best;
}

bool PageRuns::all_free(std::uint64_t first, std::uint64_t count) const {
  return next(first, first + count, true) == first + count;
}

bool PageRuns::all_taken(std::uint64_t first, std::uint64_t count) const {
  return next(first, first + count, false) == first + count;
}

// The first page of the free run that holds `page`, by a search backwards.
std::uint64_t PageRuns::run_start(std::uint64_t page) const {
  std::uint64_t index = page / 64;
  std::uint64_t bits = storage_->taken_[index] & mask_of(0, page % 64 + 1);
  while (bits == 0 && index > 0) bits = storage_->taken_[--index];
  return bits == 0 ? 0 : index * 64 + static_cast<std::uint64_t>(std::bit_width(bits));
}

void PageRuns::take(std::uint64_t first, std::uint64_t count) {
  const std::uint64_t run = run_start(first);
  const std::uint64_t run_end = run + storage_->length_[run];
  mark(first, count, true);
  if (run < first) write_run(run, first - run);
  if (first + count < run_end) write_run(first + count, run_end - first - count);
  if (first == lowest_free_) lowest_free_ = first + count;
}

void PageRuns::give(std::uint64_t first, std::uint64_t count) {
  if (all_free(first, count)) return;
  std::uint64_t start = first;
  std::uint64_t end = first + count;
  if (!is_taken(first)) {
    start = run_start(first);
  } else if (first > 0 && !is_taken(first - 1)) {
    start = storage_->first_of_[first - 1];
  }
  if (end < pages_ && !is_taken(end)) {
    // The tag is at the first page of the run, which may begin inside what is given.
    const std::uint64_t run = is_taken(end - 1) ? end : run_start(end);
    end = run + storage_->length_[run];
  }
  mark(first, count, false);
  write_run(start, end - start);
  lowest_free_ = std::min(lowest_free_, start);
}

}  // namespace arenafuzz
