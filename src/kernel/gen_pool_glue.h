/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's gen_pool as C++ sees it.
 *
 * Ownership Pools and chunks belong to the seam's MetadataSource.
 * Units     bytes; addresses; `end` is inclusive.
 * Errors    negative errno; 0 or NULL where an address or a pool is given. Misuse ends in
 *           arenafuzz_kernel_bug.
 * Threads   alloc, free, add and the sums from any thread; create, destroy, set_algo and managed
 *           exclusive. The chunk views count no steps and call no hook: they are for observers.
 * Source    include/linux/genalloc.h of Linux 4.5 to 6.12. What a tree lacks is found by
 *           cmake/gen_pool_features.cmake and left out; arenafuzz_gen_pool_features() tells.
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
  ARENAFUZZ_POLICY_FIRST_FIT,
  ARENAFUZZ_POLICY_ALIGN, /* `argument`: a power of two, in bytes, below 2^31 */
  ARENAFUZZ_POLICY_ORDER_ALIGN,
  ARENAFUZZ_POLICY_BEST_FIT,
  ARENAFUZZ_POLICY_FIXED, /* `argument`: bytes from the chunk's start */
};

/* The function that a block is asked of; as AllocDoor of fuzz/program/program.h. */
enum arenafuzz_door {
  ARENAFUZZ_DOOR_PLAIN,
  ARENAFUZZ_DOOR_OWNER,
  ARENAFUZZ_DOOR_DMA,
  ARENAFUZZ_DOOR_DMA_NO_ADDRESS,
  ARENAFUZZ_DOOR_DMA_ZEROED,
};

/* What the tree's gen_pool has, as bits; with 1 << policy, whether an alloc may name the policy. */
enum arenafuzz_gen_pool_feature {
  ARENAFUZZ_GEN_POOL_OWNERS = 1 << 8,
  ARENAFUZZ_GEN_POOL_DMA = 1 << 9,
  ARENAFUZZ_GEN_POOL_DMA_POLICIES = 1 << 10,
  ARENAFUZZ_GEN_POOL_DMA_ZEROED = 1 << 11,
  ARENAFUZZ_GEN_POOL_SET_ALGO = 1 << 12,
  ARENAFUZZ_GEN_POOL_PHYSICAL = 1 << 13,
  ARENAFUZZ_GEN_POOL_MANAGED = 1 << 14,
  ARENAFUZZ_GEN_POOL_HAS_ADDR = 1 << 15,
};
unsigned int arenafuzz_gen_pool_features(void);

struct gen_pool* arenafuzz_gen_pool_create(int order);

struct arenafuzz_chunk {
  uint64_t start;
  uint64_t size;
  uint64_t physical;
  uint64_t owner;   /* 0: none */
  int has_physical; /* 0: none, as gen_pool_add has it */
};
int arenafuzz_gen_pool_add(struct gen_pool* pool, const struct arenafuzz_chunk* chunk);

struct arenafuzz_request {
  uint64_t size;
  enum arenafuzz_policy policy;
  enum arenafuzz_door door;
  uint64_t argument; /* of the policy */
  int own_policy;    /* by the pool's own policy, `policy` does not count */
};
struct arenafuzz_block {
  uint64_t address;
  uint64_t owner;    /* by ARENAFUZZ_DOOR_OWNER, also without a block */
  uint64_t physical; /* by ARENAFUZZ_DOOR_DMA and _DMA_ZEROED, with a block */
};
/* REQUIRES: the features that it takes. */
struct arenafuzz_block arenafuzz_gen_pool_alloc(struct gen_pool* pool,
                                                const struct arenafuzz_request* request);
void arenafuzz_gen_pool_free(struct gen_pool* pool, uint64_t address, uint64_t size);
/* Returns the owner that it reports. */
uint64_t arenafuzz_gen_pool_free_owner(struct gen_pool* pool, uint64_t address, uint64_t size);
int arenafuzz_gen_pool_has_addr(struct gen_pool* pool, uint64_t start, uint64_t size);
uint64_t arenafuzz_gen_pool_virt_to_phys(struct gen_pool* pool, uint64_t address);
/* `by_default`: NULL in place of the policy. */
void arenafuzz_gen_pool_set_algo(struct gen_pool* pool, enum arenafuzz_policy policy,
                                 uint64_t argument, int by_default);
uint64_t arenafuzz_gen_pool_avail(struct gen_pool* pool);
uint64_t arenafuzz_gen_pool_size(struct gen_pool* pool);
int arenafuzz_gen_pool_order(const struct gen_pool* pool);
/* Chunks that gen_pool_for_each_chunk visits. */
uint64_t arenafuzz_gen_pool_visited(struct gen_pool* pool);
/* Frees every run that is allocated, by address, newest chunk first; then the pool itself. */
void arenafuzz_gen_pool_destroy(struct gen_pool* pool);
/* gen_pool_destroy alone. */
void arenafuzz_gen_pool_destroy_as_is(struct gen_pool* pool);

/* Pools that a device owns: one is made, looked for, made once more, and released with the device.
 */
struct arenafuzz_managed {
  int error;         /* of making it; the rest counts if 0 */
  int null;          /* success, but NULL */
  int found;         /* by its own name */
  int found_other;   /* by another name, which none has */
  int found_unnamed; /* by no name */
  int second_error;  /* of making another by the same name */
};
void arenafuzz_gen_pool_managed(int order, int named, struct arenafuzz_managed* result);

/* One chunk, as it lies in memory; 64-bit words, read them relaxed. */
struct arenafuzz_chunk_view {
  uint64_t start;
  uint64_t end;
  const void* avail; /* NULL if it has another width */
  const void* bits;
  uint64_t granules;
  const struct gen_pool_chunk* chunk;
};
/* 1 and the head of the list, or 0 if there is no chunk. */
int arenafuzz_gen_pool_first_chunk(const struct gen_pool* pool, struct arenafuzz_chunk_view* view);
/* From `view` to the chunk that follows: 1, or 0 at the end. */
int arenafuzz_gen_pool_next_chunk(const struct gen_pool* pool, struct arenafuzz_chunk_view* view);

/* 1 if `pool` is a gen_pool with sound chunks, as far as `readable` allows to look; 0 if something
 * else lies there, which must not be read as one. */
int arenafuzz_gen_pool_is_one(const struct gen_pool* pool,
                              int (*readable)(const void* context, const void* from, size_t bytes),
                              const void* context);

#ifdef __cplusplus
}
#endif

#endif /* ARENAFUZZ_SRC_KERNEL_GEN_POOL_GLUE_H_ */
