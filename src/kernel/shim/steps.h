/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts steps, so that an endless loop of the tree ends by a count and never by a clock.
 *
 * Purpose   The C twin of step() in src/pool/atomics.h: bitmap words scanned, compare-and-swaps,
 *           cpu_relax and list entries visited.
 * Units     steps, of the calling thread.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_STEPS_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_STEPS_H_

#include "src/kernel/shim/types.h"

static noinline __cold __maybe_unused void shim_steps_exhausted(void) {
  if (arenafuzz_thread_hooks.steps_exhausted) arenafuzz_thread_hooks.steps_exhausted();
}

static __always_inline void shim_step(uint64_t count) {
  if (likely(arenafuzz_thread_hooks.steps_left >= count))
    arenafuzz_thread_hooks.steps_left -= count;
  else
    shim_steps_exhausted();
}

/* For the condition of a loop over a list. */
static __always_inline bool shim_visit(void) {
  shim_step(1);
  return true;
}

static __always_inline void cpu_relax(void) {
  shim_step(1);
  barrier();
}

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_STEPS_H_ */
