/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bits of a word, and bitmaps: arrays of unsigned long, bit 0 lowest.
 *
 * Purpose   Scans load each word once, relaxed, since other threads may change it (find_next_bit of
 *           the kernel is such a hint too), and count one step a word. The setters of whole bitmaps
 *           (bitmap_set, __set_bit) are plain stores as in the kernel: on a shared bitmap TSan
 *           shall see the race.
 * Source    include/linux/{bits,bitops,find,bitmap}.h by what they promise. A scan that finds
 *           nothing gives a value >= the bitmap's size.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_BITS_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_BITS_H_

#include "src/kernel/shim/atomic.h"
#include "src/kernel/shim/math.h"

#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64
#define BITS_PER_LONG_LONG 64
#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)
#define BITS_TO_LONGS(bits) DIV_ROUND_UP(bits, BITS_PER_LONG)
#define BITS_TO_BYTES(bits) DIV_ROUND_UP(bits, BITS_PER_BYTE)
#define BITS_TO_U64(bits) DIV_ROUND_UP(bits, 64)
#define BIT(bit) (1UL << (bit))
#define BIT_ULL(bit) (1ULL << (bit))
#define BIT_WORD(bit) ((bit) / BITS_PER_LONG)
#define BIT_MASK(bit) (1UL << ((bit) % BITS_PER_LONG))
#define GENMASK(high, low) ((~0UL << (low)) & (~0UL >> (BITS_PER_LONG - 1 - (high))))
#define GENMASK_ULL(high, low) ((~0ULL << (low)) & (~0ULL >> (63 - (high))))
#define BITMAP_FIRST_WORD_MASK(start) (~0UL << ((start) & (BITS_PER_LONG - 1)))
#define BITMAP_LAST_WORD_MASK(bits) (~0UL >> (-(bits) & (BITS_PER_LONG - 1)))
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

static inline unsigned long __ffs(unsigned long word) {
  return (unsigned long)__builtin_ctzl(word);
}
static inline unsigned long __fls(unsigned long word) {
  return 63 - (unsigned long)__builtin_clzl(word);
}
static inline unsigned long ffz(unsigned long word) { return __ffs(~word); }
static inline int fls(unsigned int word) { return word ? 32 - __builtin_clz(word) : 0; }
static inline int fls64(u64 word) { return word ? 64 - __builtin_clzll(word) : 0; }
#define fls_long(word) fls64(word)
#define ffs(word) __builtin_ffs(word)
#define hweight8(word) ((unsigned int)__builtin_popcount((u8)(word)))
#define hweight32(word) ((unsigned int)__builtin_popcount(word))
#define hweight64(word) ((unsigned long)__builtin_popcountll(word))
#define hweight_long(word) ((unsigned long)__builtin_popcountl(word))

static __always_inline unsigned long shim_word(const unsigned long* map, unsigned long index) {
  return __atomic_load_n(map + index, __ATOMIC_RELAXED);
}

/* Lowest bit >= start that is set in (word ^ flip); size if there is none below it. */
static __always_inline unsigned long shim_scan(const unsigned long* map, unsigned long size,
                                               unsigned long start, unsigned long flip) {
  if (unlikely(start >= size)) {
    shim_step(1);
    return size;
  }
  const unsigned long first = start / BITS_PER_LONG;
  const unsigned long last = (size - 1) / BITS_PER_LONG;
  unsigned long index = first;
  unsigned long word = (shim_word(map, index) ^ flip) & BITMAP_FIRST_WORD_MASK(start);
  while (!word && index < last) word = shim_word(map, ++index) ^ flip;
  shim_step(index - first + 1);
  if (!word) return size;
  const unsigned long bit = index * BITS_PER_LONG + __ffs(word);
  return bit < size ? bit : size;
}

static inline unsigned long find_next_bit(const unsigned long* map, unsigned long size,
                                          unsigned long start) {
  return shim_scan(map, size, start, 0);
}
static inline unsigned long find_next_zero_bit(const unsigned long* map, unsigned long size,
                                               unsigned long start) {
  return shim_scan(map, size, start, ~0UL);
}
static inline unsigned long find_first_bit(const unsigned long* map, unsigned long size) {
  return shim_scan(map, size, 0, 0);
}
static inline unsigned long find_first_zero_bit(const unsigned long* map, unsigned long size) {
  return shim_scan(map, size, 0, ~0UL);
}
static inline unsigned long find_last_bit(const unsigned long* map, unsigned long size) {
  if (!size) return size;
  unsigned long index = (size - 1) / BITS_PER_LONG;
  unsigned long word = shim_word(map, index) & BITMAP_LAST_WORD_MASK(size);
  shim_step(index + 1);
  while (!word && index) word = shim_word(map, --index);
  return word ? index * BITS_PER_LONG + __fls(word) : size;
}

/*
 * Lowest run of `count` clear bits whose (start + align_offset) is a multiple of align_mask + 1.
 * Every candidate that fails moves the search past the set bit that spoilt it.
 */
static inline unsigned long bitmap_find_next_zero_area_off(unsigned long* map, unsigned long size,
                                                           unsigned long start, unsigned int count,
                                                           unsigned long align_mask,
                                                           unsigned long align_offset) {
  while (true) {
    const unsigned long hole = find_next_zero_bit(map, size, start);
    const unsigned long run = __ALIGN_MASK(hole + align_offset, align_mask) - align_offset;
    const unsigned long end = run + count;
    if (end > size) return end;
    const unsigned long taken = find_next_bit(map, end, run);
    if (taken >= end) return run;
    start = taken + 1;
  }
}
static inline unsigned long bitmap_find_next_zero_area(unsigned long* map, unsigned long size,
                                                       unsigned long start, unsigned int count,
                                                       unsigned long align_mask) {
  return bitmap_find_next_zero_area_off(map, size, start, count, align_mask, 0);
}

#define for_each_set_bit(bit, map, size)                        \
  for ((bit) = find_next_bit((map), (size), 0); (bit) < (size); \
       (bit) = find_next_bit((map), (size), (bit) + 1))
#define for_each_set_bit_from(bit, map, size)                       \
  for ((bit) = find_next_bit((map), (size), (bit)); (bit) < (size); \
       (bit) = find_next_bit((map), (size), (bit) + 1))
#define for_each_clear_bit(bit, map, size)                           \
  for ((bit) = find_next_zero_bit((map), (size), 0); (bit) < (size); \
       (bit) = find_next_zero_bit((map), (size), (bit) + 1))
#define for_each_set_bitrange_from(begin, end, map, size)                                  \
  for ((begin) = find_next_bit((map), (size), (begin));                                    \
       (begin) < (size) && ((end) = find_next_zero_bit((map), (size), (begin) + 1), true); \
       (begin) = find_next_bit((map), (size), (end) + 1))
#define for_each_clear_bitrange_from(begin, end, map, size)                           \
  for ((begin) = find_next_zero_bit((map), (size), (begin));                          \
       (begin) < (size) && ((end) = find_next_bit((map), (size), (begin) + 1), true); \
       (begin) = find_next_zero_bit((map), (size), (end) + 1))
#define for_each_set_bitrange(begin, end, map, size)                                       \
  for ((begin) = find_next_bit((map), (size), 0);                                          \
       (begin) < (size) && ((end) = find_next_zero_bit((map), (size), (begin) + 1), true); \
       (begin) = find_next_bit((map), (size), (end) + 1))
#define for_each_clear_bitrange(begin, end, map, size)                                \
  for ((begin) = find_next_zero_bit((map), (size), 0);                                \
       (begin) < (size) && ((end) = find_next_bit((map), (size), (begin) + 1), true); \
       (begin) = find_next_zero_bit((map), (size), (end) + 1))

/* Atomic: one bit of a word. */
static inline bool test_bit(unsigned long bit, const unsigned long* map) {
  return (shim_word(map, BIT_WORD(bit)) & BIT_MASK(bit)) != 0;
}
static inline void set_bit(unsigned long bit, unsigned long* map) {
  (void)__atomic_fetch_or(map + BIT_WORD(bit), BIT_MASK(bit), __ATOMIC_RELAXED);
}
static inline void clear_bit(unsigned long bit, unsigned long* map) {
  (void)__atomic_fetch_and(map + BIT_WORD(bit), ~BIT_MASK(bit), __ATOMIC_RELAXED);
}
static inline bool test_and_set_bit(unsigned long bit, unsigned long* map) {
  shim_step(1);
  return (__atomic_fetch_or(map + BIT_WORD(bit), BIT_MASK(bit), __ATOMIC_SEQ_CST) &
          BIT_MASK(bit)) != 0;
}
static inline bool test_and_clear_bit(unsigned long bit, unsigned long* map) {
  shim_step(1);
  return (__atomic_fetch_and(map + BIT_WORD(bit), ~BIT_MASK(bit), __ATOMIC_SEQ_CST) &
          BIT_MASK(bit)) != 0;
}

/* Not atomic. */
static inline void __set_bit(unsigned long bit, unsigned long* map) {
  map[BIT_WORD(bit)] |= BIT_MASK(bit);
}
static inline void __clear_bit(unsigned long bit, unsigned long* map) {
  map[BIT_WORD(bit)] &= ~BIT_MASK(bit);
}
static inline void bitmap_set(unsigned long* map, unsigned int start, unsigned int count) {
  for (unsigned long bit = start; bit < (unsigned long)start + count; ++bit) __set_bit(bit, map);
}
static inline void bitmap_clear(unsigned long* map, unsigned int start, unsigned int count) {
  for (unsigned long bit = start; bit < (unsigned long)start + count; ++bit) __clear_bit(bit, map);
}
static inline void bitmap_zero(unsigned long* map, unsigned int bits) {
  memset(map, 0, BITS_TO_LONGS((size_t)bits) * sizeof(long));
}
static inline void bitmap_fill(unsigned long* map, unsigned int bits) {
  memset(map, 0xff, BITS_TO_LONGS((size_t)bits) * sizeof(long));
}
static inline void bitmap_copy(unsigned long* to, const unsigned long* from, unsigned int bits) {
  memcpy(to, from, BITS_TO_LONGS((size_t)bits) * sizeof(long));
}
static inline bool bitmap_empty(const unsigned long* map, unsigned int bits) {
  return find_first_bit(map, bits) >= bits;
}
static inline bool bitmap_full(const unsigned long* map, unsigned int bits) {
  return find_first_zero_bit(map, bits) >= bits;
}
static inline unsigned int bitmap_weight(const unsigned long* map, unsigned int bits) {
  unsigned long weight = 0;
  unsigned long index = 0;
  for (; index < bits / BITS_PER_LONG; ++index) weight += hweight_long(shim_word(map, index));
  if (bits % BITS_PER_LONG)
    weight += hweight_long(shim_word(map, index) & BITMAP_LAST_WORD_MASK((unsigned long)bits));
  shim_step(index + 1);
  return (unsigned int)weight;
}

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_BITS_H_ */
