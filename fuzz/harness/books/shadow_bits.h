// SPDX-License-Identifier: GPL-2.0-only
//
// A bit for each granule of a chunk, as the books have it.
//
// Chunks of 4 GiB have bitmaps of 64 MiB, and one block may fill them. So the words stand in groups
// of 4 KiB, and a group that is all zero or all one has a state alone: its words are not touched,
// and not resident.
//
// Ownership A ShadowRegion owns the memory; ShadowBits borrow it until its reset().
// Units     words of 64 bits.
// Errors    ShadowBits::create: false if the region is used up.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BOOKS_SHADOW_BITS_H_
#define ARENAFUZZ_FUZZ_HARNESS_BOOKS_SHADOW_BITS_H_

#include <cstddef>
#include <cstdint>

namespace arenafuzz {

inline constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};

// What of the word `at` lies in the bits [first, last]. REQUIRES: one does.
inline std::uint64_t mask_of(std::uint64_t at, std::uint64_t first, std::uint64_t last) {
  std::uint64_t mask = kAllOnes;
  if (at == first / 64) mask &= kAllOnes << (first % 64);
  if (at == last / 64) mask &= kAllOnes >> (63 - last % 64);
  return mask;
}

// Bump memory for shadow words; everything is taken back at once.
class ShadowRegion {
 public:
  explicit ShadowRegion(std::uint64_t words = kMostWords);
  ~ShadowRegion();
  ShadowRegion(const ShadowRegion&) = delete;
  ShadowRegion& operator=(const ShadowRegion&) = delete;

  bool valid() const { return words_ != nullptr; }
  // Words with arbitrary content; nullptr when the region is used up.
  std::uint64_t* allocate(std::uint64_t words);
  void reset();
  // As reset(), but the memory is kept.
  void rewind() { used_ = 0; }
  // Gives back the memory of the words from `kept` to `end`.
  void reset_above(std::uint64_t kept, std::uint64_t end);

 private:
  static constexpr std::uint64_t kMostWords = std::uint64_t{1} << (sizeof(void*) == 8 ? 26 : 23);
  static constexpr std::uint64_t kKeepWords = std::uint64_t{1} << 20;
  std::uint64_t* words_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t used_ = 0;
};

class ShadowBits {
 public:
  // Words of a region that a bitmap of `words` needs.
  static constexpr std::uint64_t words_for(std::uint64_t words) {
    return (words / kGroup + 1 + 7) / 8 + words;
  }
  // All zero.
  bool create(std::uint64_t words, ShadowRegion& region);

  std::uint64_t word(std::uint64_t at) const {
    const std::uint8_t state = states_[at / kGroup];
    return state == kMixed ? words_[at] : state == kOnes ? kAllOnes : 0;
  }
  void set(std::uint64_t at, std::uint64_t mask) {
    mix(at);
    words_[at] |= mask;
  }
  void clear(std::uint64_t at, std::uint64_t mask) {
    mix(at);
    words_[at] &= ~mask;
  }
  // [first, last], in bits. Most blocks lie in one word.
  void mark(std::uint64_t first, std::uint64_t last, bool value) {
    const std::uint64_t at = first / 64;
    if (at != last / 64) return mark_words(first, last, value);
    if (value) {
      set(at, mask_of(at, first, last));
    } else {
      clear(at, mask_of(at, first, last));
    }
  }
  bool all_zero(std::uint64_t first, std::uint64_t last) const {
    const std::uint64_t at = first / 64;
    return at == last / 64 ? (word(at) & mask_of(at, first, last)) == 0
                           : all_words_zero(first, last);
  }
  // Words of its region that may be resident, from the region's first.
  std::uint64_t written() const { return written_; }

 private:
  static constexpr std::uint64_t kGroup = 512;  // words
  enum State : std::uint8_t { kZero, kOnes, kMixed };

  void mix(std::uint64_t at) {
    if (states_[at / kGroup] != kMixed) write_out(at / kGroup);
  }
  void write_out(std::uint64_t group);
  void mark_words(std::uint64_t first, std::uint64_t last, bool value);
  bool all_words_zero(std::uint64_t first, std::uint64_t last) const;

  std::uint64_t* words_ = nullptr;
  std::uint8_t* states_ = nullptr;
  std::uint64_t count_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BOOKS_SHADOW_BITS_H_
