// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/shadow_bits.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace arenafuzz {

ShadowRegion::ShadowRegion(std::uint64_t words) : size_(words) {
  void* memory = mmap(nullptr, size_ * 8, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  words_ = memory == MAP_FAILED ? nullptr : static_cast<std::uint64_t*>(memory);
}

ShadowRegion::~ShadowRegion() {
  if (words_ != nullptr) munmap(words_, size_ * 8);
}

std::uint64_t* ShadowRegion::allocate(std::uint64_t words) {
  if (words > size_ - used_) return nullptr;
  std::uint64_t* found = words_ + used_;
  used_ += words;
  return found;
}

void ShadowRegion::reset() {
  if (used_ > kKeepWords) madvise(words_ + kKeepWords, (used_ - kKeepWords) * 8, MADV_DONTNEED);
  used_ = 0;
}

void ShadowRegion::reset_above(std::uint64_t kept, std::uint64_t end) {
  if (end > kept) madvise(words_ + kept, (end - kept) * 8, MADV_DONTNEED);
}

bool ShadowBits::create(std::uint64_t words, ShadowRegion& region) {
  const std::uint64_t state_words = words_for(words) - words;
  std::uint64_t* memory = region.allocate(words_for(words));
  if (memory == nullptr) return false;
  states_ = reinterpret_cast<std::uint8_t*>(memory);
  words_ = memory + state_words;
  count_ = words;
  written_ = 0;
  std::memset(states_, kZero, state_words * 8);
  return true;
}

void ShadowBits::write_out(std::uint64_t group) {
  const std::uint64_t first = group * kGroup;
  const std::uint64_t words = std::min(kGroup, count_ - first);
  std::memset(words_ + first, states_[group] == kOnes ? 0xff : 0, words * 8);
  states_[group] = kMixed;
  written_ = std::max(written_, words_for(count_) - count_ + first + words);
}

void ShadowBits::mark_words(std::uint64_t first, std::uint64_t last, bool value) {
  for (std::uint64_t at = first / 64; at <= last / 64; ++at) {
    const bool whole_group = at % kGroup == 0 && at * 64 >= first && (at + kGroup) * 64 <= last + 1;
    if (whole_group) {
      states_[at / kGroup] = value ? kOnes : kZero;
      at += kGroup - 1;
    } else if (value) {
      set(at, mask_of(at, first, last));
    } else {
      clear(at, mask_of(at, first, last));
    }
  }
}

bool ShadowBits::all_words_zero(std::uint64_t first, std::uint64_t last) const {
  for (std::uint64_t at = first / 64; at <= last / 64; ++at) {
    if (states_[at / kGroup] == kZero)
      at |= kGroup - 1;
    else if ((word(at) & mask_of(at, first, last)) != 0)
      return false;
  }
  return true;
}

}  // namespace arenafuzz
