/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's gen_pool as C++ sees it.
 *
 * Ownership Pools and chunks belong to the seam's MetadataSource.
 * Units     bytes; addresses; `end` is inclusive.
 * Errors    negative errno; 0 or NULL where an address or a pool is given. Misuse ends in
 *           arenafuzz_kernel_bug.
 * Threads   alloc, free, add and the sums from any thread; create and destroy exclusive. The chunk
 *           views count no steps and call no hook: they are for observers.
 * Source    include/linux/genalloc.h of Linux 6.12.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_GEN_POOL_GLUE_H_
#define ARENAFUZZ_SRC_KERNEL_GEN_POOL_GLUE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gen_pool;
struct gen_pool_chunk;

enum arenafuzz_policy {
  ARENAFUZZ_POLICY_FIRST_FIT, /* gen_pool_alloc: the pool's own policy, first fit unless changed */
  ARENAFUZZ_POLICY_ALIGN,     /* `argument`: a power of two, in bytes, below 2^31 */
  ARENAFUZZ_POLICY_ORDER_ALIGN,
  ARENAFUZZ_POLICY_BEST_FIT,
  ARENAFUZZ_POLICY_FIXED, /* `argument`: bytes from the chunk's start */
};

struct gen_pool* arenafuzz_gen_pool_create(int order);
int arenafuzz_gen_pool_add(struct gen_pool* pool, uint64_t start, uint64_t size);
uint64_t arenafuzz_gen_pool_alloc(struct gen_pool* pool, uint64_t size,
                                  enum arenafuzz_policy policy, uint64_t argument);
void arenafuzz_gen_pool_free(struct gen_pool* pool, uint64_t address, uint64_t size);
int arenafuzz_gen_pool_has_addr(struct gen_pool* pool, uint64_t start, uint64_t size);
uint64_t arenafuzz_gen_pool_avail(struct gen_pool* pool);
uint64_t arenafuzz_gen_pool_size(struct gen_pool* pool);
int arenafuzz_gen_pool_order(const struct gen_pool* pool);
/* Frees every run that is allocated, by address, newest chunk first; then the pool itself. */
void arenafuzz_gen_pool_destroy(struct gen_pool* pool);

/* One chunk, as it lies in memory; 64-bit words, read them relaxed. */
struct arenafuzz_chunk_view {
  uint64_t start;
  uint64_t end;
  const void* avail;
  const void* bits;
  uint64_t granules;
  const struct gen_pool_chunk* chunk;
};
/* 1 and the head of the list, or 0 if there is no chunk. */
int arenafuzz_gen_pool_first_chunk(const struct gen_pool* pool, struct arenafuzz_chunk_view* view);
/* From `view` to the chunk that follows: 1, or 0 at the end. */
int arenafuzz_gen_pool_next_chunk(const struct gen_pool* pool, struct arenafuzz_chunk_view* view);

#ifdef __cplusplus
}
#endif

#endif /* ARENAFUZZ_SRC_KERNEL_GEN_POOL_GLUE_H_ */
