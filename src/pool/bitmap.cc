// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/bitmap.h"

#include <algorithm>
#include <bit>

namespace arenafuzz::bitmap {
namespace {

constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};

std::uint64_t position_of(std::uint64_t index, std::uint64_t bits) {
  return index * kBitsPerWord + static_cast<std::uint64_t>(std::countr_zero(bits));
}

// Long searches pass over four words at a time, by one comparison.
constexpr std::uint64_t kBlock = 4;

bool block_is(const atomics::Word* words, std::uint64_t value) {
  return ((atomics::load(words[0]) ^ value) | (atomics::load(words[1]) ^ value) |
          (atomics::load(words[2]) ^ value) | (atomics::load(words[3]) ^ value)) == 0;
}

// `invert` is kAllOnes to look for clear bits, 0 to look for set ones.
std::uint64_t find(const atomics::Word* words, std::uint64_t end, std::uint64_t from,
                   std::uint64_t invert) {
  if (from >= end) return end;
  std::uint64_t index = from / kBitsPerWord;
  const std::uint64_t last = (end - 1) / kBitsPerWord;
  std::uint64_t bits = (atomics::load(words[index]) ^ invert) & (kAllOnes << (from % kBitsPerWord));
  const std::uint64_t first = index;
  while (bits == 0 && last - index > kBlock && block_is(words + index + 1, invert)) index += kBlock;
  while (bits == 0 && index < last) bits = atomics::load(words[++index]) ^ invert;
  atomics::step(index - first + 1);
  return bits == 0 ? end : std::min(end, position_of(index, bits));
}

// The bits from which on `count` bits of `free` are set, all in this word. REQUIRES: count > 0.
std::uint64_t run_starts(std::uint64_t free, std::uint64_t count) {
  while (count > 1 && free != 0) {
    const std::uint64_t half = count / 2;
    free &= free >> half;
    count -= half;
  }
  return free;
}

// Changes the bits of one word, all or none; false if one is already as wanted.
bool set_bits(atomics::Word& word, std::uint64_t mask) {
  std::uint64_t value = atomics::load(word);
  do {
    if ((value & mask) != 0) return false;
  } while (!atomics::compare_exchange(word, value, value | mask));
  return true;
}

bool clear_bits(atomics::Word& word, std::uint64_t mask) {
  std::uint64_t value = atomics::load(word);
  do {
    if ((value & mask) != mask) return false;
  } while (!atomics::compare_exchange(word, value, value & ~mask));
  return true;
}

template <bool (*change)(atomics::Word&, std::uint64_t)>
std::uint64_t change_run(atomics::Word* words, std::uint64_t start, std::uint64_t count) {
  atomics::Word* word = words + start / kBitsPerWord;
  std::uint64_t shift = start % kBitsPerWord;
  while (count > 0) {
    const std::uint64_t room = kBitsPerWord - shift;
    std::uint64_t mask = kAllOnes << shift;
    if (count < room) mask &= ~(kAllOnes << (shift + count));
    if (!change(*word, mask)) return count;
    count -= std::min(count, room);
    shift = 0;
    ++word;
  }
  return 0;
}

}  // namespace

std::uint64_t find_set(const atomics::Word* words, std::uint64_t end, std::uint64_t from) {
  return find(words, end, from, 0);
}

std::uint64_t find_clear(const atomics::Word* words, std::uint64_t end, std::uint64_t from) {
  return find(words, end, from, kAllOnes);
}

// Each word at most once: a run either goes on from the words before, or lies in this one, or
// begins in its highest bits. A run of 127 bits or more holds the lowest bit of the word `far`
// words behind the one that it begins in: where that bit is taken, so many words need not be looked
// at.
std::uint64_t find_clear_run(const atomics::Word* words, std::uint64_t end, std::uint64_t from,
                             std::uint64_t count) {
  if (from >= end || count > end - from) return end;
  std::uint64_t index = from / kBitsPerWord;
  const std::uint64_t last = (end - 1) / kBitsPerWord;
  const bool leaps = count >= 2 * kBitsPerWord - 1;
  const std::uint64_t far = leaps ? (count - (kBitsPerWord - 1)) / kBitsPerWord : 0;
  std::uint64_t visited = 1;
  std::uint64_t run = 0;  // clear bits just below this word
  std::uint64_t found = end;
  std::uint64_t bits = atomics::load(words[index]) | ~(kAllOnes << (from % kBitsPerWord));
  while (true) {
    if (index == last && end % kBitsPerWord != 0) bits |= kAllOnes << (end % kBitsPerWord);
    const auto low = static_cast<std::uint64_t>(std::countr_zero(bits));
    if (run + low >= count) {
      found = index * kBitsPerWord - run;
      break;
    }
    const std::uint64_t starts = count < kBitsPerWord ? run_starts(~bits, count) : 0;
    if (starts != 0) {
      found = position_of(index, starts);
      break;
    }
    run = bits == 0 ? run + kBitsPerWord : static_cast<std::uint64_t>(std::countl_zero(bits));
    if (leaps && run == 0) {
      while (last - index > far && (atomics::load(words[index + 1 + far]) & 1) != 0) {
        index += far;
        ++visited;
      }
    } else {
      while (run == 0 && last - index > kBlock && block_is(words + index + 1, kAllOnes)) {
        index += kBlock;
        visited += kBlock;
      }
    }
    if (index == last) break;
    bits = atomics::load(words[++index]);
    ++visited;
  }
  atomics::step(visited);
  return found;
}

std::uint64_t set_run(atomics::Word* words, std::uint64_t start, std::uint64_t count) {
  return change_run<set_bits>(words, start, count);
}

std::uint64_t clear_run(atomics::Word* words, std::uint64_t start, std::uint64_t count) {
  return change_run<clear_bits>(words, start, count);
}

}  // namespace arenafuzz::bitmap
