/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * READ_ONCE, compare-and-swap, and the atomic counters: real atomics, so that TSan can judge them.
 *
 * Purpose   A compare-and-swap counts a step; on an unsigned long, which is what bitmaps are made
 *           of, it first calls the thread's before_compare_exchange, where a simulated peer may
 *           change the word (src/pool/atomics.h has the same).
 * Source    include/linux/atomic.h, compiler.h, refcount.h and Documentation/atomic_t.txt:
 *           operations that return a value are fully ordered, the others relaxed.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_ATOMIC_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_ATOMIC_H_

#include "src/kernel/shim/steps.h"

/* A step, so that a loop which only looks ends too. */
#define READ_ONCE(object)                         \
  ({                                              \
    shim_step(1);                                 \
    __atomic_load_n(&(object), __ATOMIC_RELAXED); \
  })
#define WRITE_ONCE(object, value)                              \
  do {                                                         \
    typeof(object) shim_value = (value);                       \
    __atomic_store_n(&(object), shim_value, __ATOMIC_RELAXED); \
  } while (0)
#define data_race(expression) (expression)
#define smp_load_acquire(pointer) __atomic_load_n(pointer, __ATOMIC_ACQUIRE)
#define smp_store_release(pointer, value) __atomic_store_n(pointer, value, __ATOMIC_RELEASE)
#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()

/* Only a word of a bitmap can be collided with. */
#define SHIM_IS_WORD(pointer) \
  _Generic((pointer), unsigned long* : 1, volatile unsigned long* : 1, default : 0)

/* The hook is C++'s, where its word is a std::atomic: to UBSan another type of function. */
#ifdef __clang__
#define SHIM_CALLS_CPP __attribute__((no_sanitize("function")))
#else
#define SHIM_CALLS_CPP
#endif

SHIM_CALLS_CPP static __always_inline void shim_before_compare_exchange(int is_word,
                                                                        volatile void* word,
                                                                        unsigned long change) {
  shim_step(1);
  if (is_word && unlikely(arenafuzz_thread_hooks.before_compare_exchange))
    arenafuzz_thread_hooks.before_compare_exchange(arenafuzz_thread_hooks.context, (void*)word,
                                                   change);
}

#define try_cmpxchg(pointer, expected, desired)                                                \
  ({                                                                                           \
    __auto_type shim_target = (pointer);                                                       \
    __auto_type shim_expected = (expected);                                                    \
    typeof(*shim_expected) shim_desired = (desired);                                           \
    shim_before_compare_exchange(SHIM_IS_WORD(shim_target), shim_target,                       \
                                 (unsigned long)*shim_expected ^ (unsigned long)shim_desired); \
    (bool)__atomic_compare_exchange_n(shim_target, shim_expected, shim_desired, 0,             \
                                      __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);                     \
  })
#define cmpxchg(pointer, old, desired)                   \
  ({                                                     \
    __auto_type shim_pointer = (pointer);                \
    typeof(*shim_pointer) shim_old = (old);              \
    (void)try_cmpxchg(shim_pointer, &shim_old, desired); \
    shim_old;                                            \
  })
#define xchg(pointer, value) __atomic_exchange_n(pointer, value, __ATOMIC_SEQ_CST)
#define try_cmpxchg_relaxed try_cmpxchg
#define try_cmpxchg_acquire try_cmpxchg
#define try_cmpxchg_release try_cmpxchg
#define try_cmpxchg64 try_cmpxchg
#define cmpxchg_relaxed cmpxchg
#define cmpxchg_acquire cmpxchg
#define cmpxchg_release cmpxchg
#define cmpxchg64 cmpxchg
#define xchg_relaxed xchg

typedef struct {
  int counter;
} atomic_t;
typedef struct {
  long counter;
} atomic_long_t;
typedef struct {
  s64 counter;
} atomic64_t;
#define ATOMIC_INIT(value) \
  { (value) }
#define ATOMIC_LONG_INIT(value) \
  { (value) }
#define ATOMIC64_INIT(value) \
  { (value) }

#define SHIM_ATOMIC_VOID(prefix, value_t, name, builtin)                      \
  static __always_inline void prefix##_##name(value_t value, prefix##_t* v) { \
    (void)builtin(&v->counter, value, __ATOMIC_RELAXED);                      \
  }
#define SHIM_ATOMIC_VALUE(prefix, value_t, name, builtin)                        \
  static __always_inline value_t prefix##_##name(value_t value, prefix##_t* v) { \
    return builtin(&v->counter, value, __ATOMIC_SEQ_CST);                        \
  }
#define SHIM_ATOMIC(prefix, value_t)                                                           \
  static __always_inline value_t prefix##_read(const prefix##_t* v) {                          \
    return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);                                     \
  }                                                                                            \
  static __always_inline value_t prefix##_read_acquire(const prefix##_t* v) {                  \
    return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);                                     \
  }                                                                                            \
  static __always_inline void prefix##_set(prefix##_t* v, value_t value) {                     \
    __atomic_store_n(&v->counter, value, __ATOMIC_RELAXED);                                    \
  }                                                                                            \
  static __always_inline void prefix##_set_release(prefix##_t* v, value_t value) {             \
    __atomic_store_n(&v->counter, value, __ATOMIC_RELEASE);                                    \
  }                                                                                            \
  SHIM_ATOMIC_VOID(prefix, value_t, add, __atomic_fetch_add)                                   \
  SHIM_ATOMIC_VOID(prefix, value_t, sub, __atomic_fetch_sub)                                   \
  SHIM_ATOMIC_VOID(prefix, value_t, or, __atomic_fetch_or)                                     \
  SHIM_ATOMIC_VOID(prefix, value_t, and, __atomic_fetch_and)                                   \
  SHIM_ATOMIC_VOID(prefix, value_t, xor, __atomic_fetch_xor)                                   \
  SHIM_ATOMIC_VALUE(prefix, value_t, add_return, __atomic_add_fetch)                           \
  SHIM_ATOMIC_VALUE(prefix, value_t, sub_return, __atomic_sub_fetch)                           \
  SHIM_ATOMIC_VALUE(prefix, value_t, fetch_add, __atomic_fetch_add)                            \
  SHIM_ATOMIC_VALUE(prefix, value_t, fetch_sub, __atomic_fetch_sub)                            \
  SHIM_ATOMIC_VALUE(prefix, value_t, fetch_or, __atomic_fetch_or)                              \
  SHIM_ATOMIC_VALUE(prefix, value_t, fetch_and, __atomic_fetch_and)                            \
  static __always_inline void prefix##_inc(prefix##_t* v) { prefix##_add(1, v); }              \
  static __always_inline void prefix##_dec(prefix##_t* v) { prefix##_sub(1, v); }              \
  static __always_inline value_t prefix##_inc_return(prefix##_t* v) {                          \
    return prefix##_add_return(1, v);                                                          \
  }                                                                                            \
  static __always_inline value_t prefix##_dec_return(prefix##_t* v) {                          \
    return prefix##_sub_return(1, v);                                                          \
  }                                                                                            \
  static __always_inline value_t prefix##_fetch_inc(prefix##_t* v) {                           \
    return prefix##_fetch_add(1, v);                                                           \
  }                                                                                            \
  static __always_inline bool prefix##_inc_and_test(prefix##_t* v) {                           \
    return prefix##_add_return(1, v) == 0;                                                     \
  }                                                                                            \
  static __always_inline bool prefix##_dec_and_test(prefix##_t* v) {                           \
    return prefix##_sub_return(1, v) == 0;                                                     \
  }                                                                                            \
  static __always_inline bool prefix##_sub_and_test(value_t value, prefix##_t* v) {            \
    return prefix##_sub_return(value, v) == 0;                                                 \
  }                                                                                            \
  static __always_inline value_t prefix##_xchg(prefix##_t* v, value_t value) {                 \
    return __atomic_exchange_n(&v->counter, value, __ATOMIC_SEQ_CST);                          \
  }                                                                                            \
  static __always_inline bool prefix##_try_cmpxchg(prefix##_t* v, value_t* old, value_t new) { \
    return try_cmpxchg(&v->counter, old, new);                                                 \
  }                                                                                            \
  static __always_inline value_t prefix##_cmpxchg(prefix##_t* v, value_t old, value_t new) {   \
    (void)prefix##_try_cmpxchg(v, &old, new);                                                  \
    return old;                                                                                \
  }                                                                                            \
  static inline bool prefix##_add_unless(prefix##_t* v, value_t value, value_t unless) {       \
    value_t old = prefix##_read(v);                                                            \
    do {                                                                                       \
      if (old == unless) return false;                                                         \
    } while (!prefix##_try_cmpxchg(v, &old, old + value));                                     \
    return true;                                                                               \
  }                                                                                            \
  static inline bool prefix##_inc_not_zero(prefix##_t* v) { return prefix##_add_unless(v, 1, 0); }

SHIM_ATOMIC(atomic, int)
SHIM_ATOMIC(atomic_long, long)
SHIM_ATOMIC(atomic64, s64)
#undef SHIM_ATOMIC
#undef SHIM_ATOMIC_VALUE
#undef SHIM_ATOMIC_VOID

typedef struct {
  atomic_t refs;
} refcount_t;
#define REFCOUNT_INIT(value) \
  { ATOMIC_INIT(value) }
static inline void refcount_set(refcount_t* r, int value) { atomic_set(&r->refs, value); }
static inline unsigned int refcount_read(const refcount_t* r) {
  return (unsigned int)atomic_read(&r->refs);
}
static inline void refcount_inc(refcount_t* r) { atomic_inc(&r->refs); }
static inline bool refcount_inc_not_zero(refcount_t* r) { return atomic_inc_not_zero(&r->refs); }
static inline void refcount_dec(refcount_t* r) { atomic_dec(&r->refs); }
static inline bool refcount_dec_and_test(refcount_t* r) { return atomic_dec_and_test(&r->refs); }

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_ATOMIC_H_ */
