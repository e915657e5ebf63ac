/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the arena pool's file sees of sched_ext and of the BPF arena.
 *
 * Purpose   The claim's hint, node and flags reach the page source as the tree passes them.
 * Units     pages; user addresses, but for the map's kernel start.
 * Source    kernel/bpf/arena.c and kernel/sched/ext by what they promise. Extend struct scx_sched
 *           here when a tree under review keeps more in it; its members start as zero. Locks that the
 *           tree's files use in it are there already: cmake/kernel_tree_members.cmake finds them.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_ARENA_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_ARENA_H_

#include "src/kernel/shim/atomic.h"
#include "src/kernel/shim/bug.h"
#include "src/kernel/shim/list.h"
#include "src/kernel/shim/locks.h"
#include "src/kernel/shim/types.h"

struct bpf_map;
struct gen_pool;

struct scx_sched {
  struct bpf_map* arena_map;
  struct gen_pool* arena_pool;
  uintptr_t arena_kern_base;
#if __has_include(<arenafuzz_scx_sched_members.h>)
#include <arenafuzz_scx_sched_members.h>
#endif
};

/* Schedulers are enabled under it: init and the allocations of the enable path find it held, the
 * teardown, a work of its own, does not. */
static struct mutex scx_enable_mutex __maybe_unused = {1};

/* An error that disables the scheduler later, and says so in the kernel's log: neither is part of
 * the call's result. */
#define scx_error(sch, format...) ((void)(sch), (void)shim_log(format))
#define scx_exit(sch, kind, code, format...) ((void)(sch), (void)(code), (void)shim_log(format))

static inline void* bpf_arena_alloc_pages_sleepable(void* map, void* address, u32 page_count,
                                                    int node, u64 flags) {
  return arenafuzz_kernel_claim(map, address, page_count, node, flags);
}
static inline void bpf_arena_free_pages_non_sleepable(void* map, void* address, u32 page_count) {
  arenafuzz_kernel_release(map, address, page_count);
}
static inline u64 bpf_arena_map_kern_vm_start(struct bpf_map* map) {
  return arenafuzz_kernel_vm_start(map);
}

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_ARENA_H_ */
