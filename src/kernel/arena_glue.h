/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arena pool of a kernel tree as C++ sees it: schedulers by number.
 *
 * Ownership Each scheduler's state is static storage; its pool's metadata belongs to the seam's
 *           MetadataSource, and `map` to the caller.
 * Units     bytes; kernel addresses.
 * Threads   alloc and free of one scheduler from any thread; init, destroy and forget exclusive.
 * Source    scx_arena_pool_init, scx_arena_alloc, scx_arena_free, scx_arena_pool_destroy.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_ARENA_GLUE_H_
#define ARENAFUZZ_SRC_KERNEL_ARENA_GLUE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gen_pool;

enum { ARENAFUZZ_ARENA_SCHEDULERS = 4 };

/* 0 or a negative errno, after which the scheduler has the map and the pool it had before. A NULL
 * map makes no pool. */
int arenafuzz_arena_init(int scheduler, void* map, uint64_t kern_base);
void arenafuzz_arena_destroy(int scheduler);
void* arenafuzz_arena_alloc(int scheduler, size_t bytes);
void arenafuzz_arena_free(int scheduler, void* address, size_t bytes);
/* NULL without a pool. */
struct gen_pool* arenafuzz_arena_gen_pool(int scheduler);
/* Drops the state without calling the tree: for what a BUG left behind. */
void arenafuzz_arena_forget(int scheduler);

#ifdef __cplusplus
}
#endif

#endif /* ARENAFUZZ_SRC_KERNEL_ARENA_GLUE_H_ */
