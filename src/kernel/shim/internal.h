/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the "internal.h" next to the moved arena pool's file.
 *
 * Purpose   The kernel's own holds all of sched_ext. Here: the scheduler and the two conversions
 *           between what the BPF program and what the kernel sees. Define
 *           ARENAFUZZ_TREE_CONVERTS_ADDRESSES for a tree whose own files define them.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_INTERNAL_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_INTERNAL_H_

#include "src/kernel/shim/kernel.h"

#ifndef ARENAFUZZ_TREE_CONVERTS_ADDRESSES
static inline void* scx_arena_to_kaddr(struct scx_sched* sch, const void* bpf_ptr) {
  return (void*)(sch->arena_kern_base + (u32)(uintptr_t)bpf_ptr);
}
/* The low 32 bits of the user's address, which is all that the arena looks at. */
static inline void* scx_kaddr_to_arena(struct scx_sched* sch, const void* kaddr) {
  return (void*)(uintptr_t)(u32)((uintptr_t)kaddr - sch->arena_kern_base);
}
#endif

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_INTERNAL_H_ */
