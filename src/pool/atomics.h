// SPDX-License-Identifier: GPL-2.0-only
//
// How the pool reads and changes bitmap words, in a way that a harness can watch.
//
// Purpose   Every load and compare-and-swap of a bitmap word, and every visit of a chunk, goes
//           through the functions below. A harness can therefore count steps (so that an endless
//           loop ends by a count, never by a clock), play a colliding peer just before the k-th
//           compare-and-swap, and later put a scheduler between two atomic steps. avail and
//           the head of the chunk list are plain atomics of gen_pool.cc.
// Ownership The hooks belong to the calling thread; nobody else reads or writes them.
// Units     steps: one per bitmap word searched, compare-and-swap, and chunk visited by alloc, free
//           and free_all.
// Threads   Safe from any thread. With the default hooks nothing is ever called.
// Source    set_bits_ll and clear_bits_ll of lib/genalloc.c (val = READ_ONCE; try_cmpxchg).
#ifndef ARENAFUZZ_SRC_POOL_ATOMICS_H_
#define ARENAFUZZ_SRC_POOL_ATOMICS_H_

#include <atomic>
#include <cstdint>

namespace arenafuzz::atomics {

using Word = std::atomic<std::uint64_t>;
static_assert(sizeof(Word) == 8, "a bitmap word is 64 bits on every build, 32-bit ones too");

struct ThreadHooks {
  // Counts down; when it would pass zero `steps_exhausted` is called, which must not return.
  std::uint64_t steps_left = ~std::uint64_t{0};
  void (*steps_exhausted)() = nullptr;
  // Called before each compare-and-swap with the word and the bits it is about to change.
  void (*before_compare_exchange)(void* context, Word* word, std::uint64_t mask) = nullptr;
  void* context = nullptr;
};

// Under a C name: the kernel's C files count and collide through the same hooks (src/kernel).
extern constinit thread_local ThreadHooks hooks __asm__("arenafuzz_thread_hooks");

inline void step(std::uint64_t count) {
  if (hooks.steps_left >= count) {
    hooks.steps_left -= count;
    return;
  }
  if (hooks.steps_exhausted != nullptr) hooks.steps_exhausted();
}

// Relaxed: the bitmap is only a hint until the compare-and-swap confirms it.
inline std::uint64_t load(const Word& word) { return word.load(std::memory_order_relaxed); }

// True if `word` held `expected` and now holds `desired`; else `expected` has what it holds.
// Full ordering on success, as the kernel's try_cmpxchg: what the owner of a granule wrote before
// freeing it is visible to the one who allocates it next.
inline bool compare_exchange(Word& word, std::uint64_t& expected, std::uint64_t desired) {
  step(1);
  if (hooks.before_compare_exchange != nullptr)
    hooks.before_compare_exchange(hooks.context, &word, expected ^ desired);
  return word.compare_exchange_strong(expected, desired, std::memory_order_seq_cst,
                                      std::memory_order_relaxed);
}

}  // namespace arenafuzz::atomics

#endif  // ARENAFUZZ_SRC_POOL_ATOMICS_H_
