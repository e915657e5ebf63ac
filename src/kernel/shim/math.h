/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rounding, minima and maxima, arithmetic that saturates or reports a wrap.
 *
 * Purpose   Each argument of min, max and clamp is evaluated once, in its own type, and only then
 *           converted: max_t(u32, 4, bytes >> shift) must shift all the bits of `bytes`.
 * Source    include/linux/{math,minmax,overflow,kernel,align,log2}.h by what they promise.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_MATH_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_MATH_H_

#include "src/kernel/shim/types.h"

#define SHIM_PICK(a, sign, b)             \
  ({                                      \
    __auto_type shim_a = (a);             \
    __auto_type shim_b = (b);             \
    shim_a sign shim_b ? shim_a : shim_b; \
  })
#define SHIM_PICK_AS(type, a, sign, b)                \
  ({                                                  \
    __auto_type shim_a = (a);                         \
    __auto_type shim_b = (b);                         \
    const type shim_as_a = (type)shim_a;              \
    const type shim_as_b = (type)shim_b;              \
    shim_as_a sign shim_as_b ? shim_as_a : shim_as_b; \
  })
#define min(a, b) SHIM_PICK(a, <, b)
#define max(a, b) SHIM_PICK(a, >, b)
#define umin(a, b) SHIM_PICK_AS(u64, a, <, b)
#define umax(a, b) SHIM_PICK_AS(u64, a, >, b)
#define min_t(type, a, b) SHIM_PICK_AS(type, a, <, b)
#define max_t(type, a, b) SHIM_PICK_AS(type, a, >, b)
#define min3(a, b, c) min(min(a, b), c)
#define max3(a, b, c) max(max(a, b), c)
#define clamp(value, low, high) min(max(value, low), high)
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define clamp_val(value, low, high) clamp_t(typeof(value), value, low, high)
#define min_not_zero(a, b)                                               \
  ({                                                                     \
    __auto_type shim_x = (a);                                            \
    __auto_type shim_y = (b);                                            \
    shim_x == 0 ? shim_y : (shim_y == 0 ? shim_x : min(shim_x, shim_y)); \
  })
/* For constant expressions. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MIN_T(type, a, b) MIN((type)(a), (type)(b))
#define MAX_T(type, a, b) MAX((type)(a), (type)(b))

#define swap(a, b)             \
  do {                         \
    typeof(a) shim_swap = (a); \
    (a) = (b);                 \
    (b) = shim_swap;           \
  } while (0)
#define abs(value)                             \
  ({                                           \
    __auto_type shim_value = (value);          \
    shim_value < 0 ? -shim_value : shim_value; \
  })
#define in_range(value, start, length) \
  ((unsigned long)(value) - (unsigned long)(start) < (unsigned long)(length))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define container_of(pointer, type, member) ((type*)((char*)(pointer)-offsetof(type, member)))
#define container_of_const(pointer, type, member) container_of(pointer, type, member)

#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), d)
#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (d))
#define DIV_ROUND_CLOSEST(n, d) (((n) + (d) / 2) / (d))
/* Powers of two only. */
#define round_up(value, multiple) ((((value)-1) | ((typeof(value))((multiple)-1))) + 1)
#define round_down(value, multiple) ((value) & ~((typeof(value))((multiple)-1)))
#define roundup(value, multiple) (DIV_ROUND_UP(value, (typeof(value))(multiple)) * (multiple))
#define rounddown(value, multiple) ((value) - (value) % (multiple))
#define ALIGN(value, multiple) __ALIGN_MASK(value, (typeof(value))(multiple)-1)
#define __ALIGN_MASK(value, mask) (((value) + (mask)) & ~(mask))
#define ALIGN_DOWN(value, multiple) ((value) & ~((typeof(value))(multiple)-1))
#define PTR_ALIGN(pointer, multiple) ((typeof(pointer))ALIGN((unsigned long)(pointer), multiple))
#define IS_ALIGNED(value, multiple) (((value) & ((typeof(value))(multiple)-1)) == 0)

#define upper_32_bits(value) ((u32)(((value) >> 16) >> 16))
#define lower_32_bits(value) ((u32)((value)&0xffffffffU))

#define do_div(n, base)                           \
  ({                                              \
    const u32 shim_base = (base);                 \
    const u32 shim_rest = (u32)((n) % shim_base); \
    (n) /= shim_base;                             \
    shim_rest;                                    \
  })
static inline u64 div_u64(u64 n, u32 d) { return n / d; }
static inline u64 div64_u64(u64 n, u64 d) { return n / d; }
static inline u64 div64_ul(u64 n, unsigned long d) { return n / d; }
static inline u64 div_u64_rem(u64 n, u32 d, u32* rest) {
  *rest = (u32)(n % d);
  return n / d;
}
static inline u64 mul_u64_u32_shr(u64 a, u32 b, unsigned int shift) {
  return (u64)(((unsigned __int128)a * b) >> shift);
}

static inline bool __must_check shim_must_check(bool overflowed) { return unlikely(overflowed); }
#define check_add_overflow(a, b, d) shim_must_check(__builtin_add_overflow(a, b, d))
#define check_sub_overflow(a, b, d) shim_must_check(__builtin_sub_overflow(a, b, d))
#define check_mul_overflow(a, b, d) shim_must_check(__builtin_mul_overflow(a, b, d))
#define overflows_type(n, type) \
  ({                            \
    typeof(n) shim_n = (n);     \
    (type) shim_n != shim_n;    \
  })

#define SHIM_SATURATE(name, builtin)                           \
  static inline size_t __must_check name(size_t a, size_t b) { \
    size_t result;                                             \
    return builtin(a, b, &result) ? SIZE_MAX : result;         \
  }
SHIM_SATURATE(size_add, __builtin_add_overflow)
SHIM_SATURATE(size_mul, __builtin_mul_overflow)
#undef SHIM_SATURATE
static inline size_t __must_check size_sub(size_t a, size_t b) {
  return a == SIZE_MAX || b == SIZE_MAX || b > a ? SIZE_MAX : a - b;
}
#define array_size(count, bytes) size_mul(count, bytes)
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)
#define flex_array_size(pointer, member, count) size_mul(count, sizeof(*(pointer)->member))
#define struct_size(pointer, member, count) \
  size_add(sizeof(*(pointer)), flex_array_size(pointer, member, count))
#define struct_size_t(type, member, count) struct_size((type*)NULL, member, count)

/* log2.h; the argument must not be 0, except where noted. */
#define ilog2(n) ((int)(63 - __builtin_clzll((unsigned long long)(n))))
static inline bool is_power_of_2(unsigned long n) { return n && !(n & (n - 1)); }
static inline unsigned long roundup_pow_of_two(unsigned long n) {
  return n < 2 ? 1 : 1UL << (64 - __builtin_clzl(n - 1));
}
static inline unsigned long rounddown_pow_of_two(unsigned long n) { return 1UL << ilog2(n); }
static inline int order_base_2(unsigned long n) { return n > 1 ? ilog2(n - 1) + 1 : 0; }
/* Order of pages; 64 - PAGE_SHIFT for 0 bytes. */
static inline int get_order(unsigned long bytes) {
  const unsigned long last_page = (bytes - 1) >> PAGE_SHIFT;
  return last_page ? ilog2(last_page) + 1 : 0;
}

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_MATH_H_ */
