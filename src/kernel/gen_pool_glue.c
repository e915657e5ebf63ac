/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every call from our side into the tree's gen_pool. HAS_x: its header declares x
 * (cmake/gen_pool_features.cmake); trees from 4.5 on compile.
 */
#include "src/kernel/gen_pool_glue.h"

#include "src/kernel/shim/kernel.h"

/* After the shim. */
#include <linux/genalloc.h>

/* The search functions, and what they are given. */
struct policy {
  genpool_algo_t algo;
  void* data;
};

static int policy_there(enum arenafuzz_policy policy) {
  switch (policy) {
    case ARENAFUZZ_POLICY_FIRST_FIT:
#ifdef HAS_gen_pool_first_fit_align
    case ARENAFUZZ_POLICY_ALIGN:
#endif
#ifdef HAS_gen_pool_first_fit_order_align
    case ARENAFUZZ_POLICY_ORDER_ALIGN:
#endif
#ifdef HAS_gen_pool_best_fit
    case ARENAFUZZ_POLICY_BEST_FIT:
#endif
#ifdef HAS_gen_pool_fixed_alloc
    case ARENAFUZZ_POLICY_FIXED:
#endif
      return 1;
    default:
      return 0;
  }
}

unsigned int arenafuzz_gen_pool_features(void) {
  unsigned int features = 0;
  int policy;

  for (policy = ARENAFUZZ_POLICY_FIRST_FIT; policy <= ARENAFUZZ_POLICY_FIXED; ++policy)
    features |= policy_there((enum arenafuzz_policy)policy) << policy;
#if defined(HAS_gen_pool_add_owner) && defined(HAS_gen_pool_alloc_algo_owner) && \
    defined(HAS_gen_pool_alloc_owner) && defined(HAS_gen_pool_free_owner)
#define OWNERS_THERE
  features |= ARENAFUZZ_GEN_POOL_OWNERS;
#endif
#ifdef HAS_gen_pool_dma_alloc
  features |= ARENAFUZZ_GEN_POOL_DMA;
#endif
#if defined(HAS_gen_pool_dma_alloc_algo) && defined(HAS_gen_pool_dma_alloc_align)
#define DMA_POLICIES_THERE
  features |= ARENAFUZZ_GEN_POOL_DMA_POLICIES;
#endif
#if defined(HAS_gen_pool_dma_zalloc) && defined(HAS_gen_pool_dma_zalloc_algo) && \
    defined(HAS_gen_pool_dma_zalloc_align)
#define DMA_ZEROED_THERE
  features |= ARENAFUZZ_GEN_POOL_DMA_ZEROED;
#endif
#ifdef HAS_gen_pool_set_algo
  features |= ARENAFUZZ_GEN_POOL_SET_ALGO;
#endif
#if defined(HAS_gen_pool_virt_to_phys) && defined(HAS_gen_pool_add_virt)
#define PHYSICAL_THERE
  features |= ARENAFUZZ_GEN_POOL_PHYSICAL;
#endif
#ifdef HAS_devm_gen_pool_create_of_a_name
  features |= ARENAFUZZ_GEN_POOL_MANAGED;
#endif
#if defined(HAS_gen_pool_has_addr) || defined(HAS_addr_in_gen_pool)
  features |= ARENAFUZZ_GEN_POOL_HAS_ADDR;
#endif
  return features;
}

struct gen_pool* arenafuzz_gen_pool_create(int order) {
  return gen_pool_create(order, NUMA_NO_NODE);
}

static void* owner_of(uint64_t number) { return (void*)(uintptr_t)number; }

/* Through the simplest of its functions that takes all of this. */
int arenafuzz_gen_pool_add(struct gen_pool* pool, const struct arenafuzz_chunk* chunk) {
  const phys_addr_t physical = chunk->has_physical ? (phys_addr_t)chunk->physical : (phys_addr_t)-1;

#ifdef OWNERS_THERE
  if (chunk->owner)
    return gen_pool_add_owner(pool, chunk->start, physical, chunk->size, NUMA_NO_NODE,
                              owner_of(chunk->owner));
#endif
#ifdef PHYSICAL_THERE
  if (chunk->has_physical)
    return gen_pool_add_virt(pool, chunk->start, physical, chunk->size, NUMA_NO_NODE);
#endif
  (void)physical;
  return gen_pool_add(pool, chunk->start, chunk->size, NUMA_NO_NODE);
}

static struct policy make_policy(enum arenafuzz_policy policy, uint64_t argument,
                                 struct genpool_data_align* align, void* fixed) {
  struct policy made = {gen_pool_first_fit, NULL};

#ifdef HAS_gen_pool_first_fit_align
  align->align = (int)argument;
  if (policy == ARENAFUZZ_POLICY_ALIGN) made = (struct policy){gen_pool_first_fit_align, align};
#endif
#ifdef HAS_gen_pool_first_fit_order_align
  if (policy == ARENAFUZZ_POLICY_ORDER_ALIGN)
    made = (struct policy){gen_pool_first_fit_order_align, NULL};
#endif
#ifdef HAS_gen_pool_best_fit
  if (policy == ARENAFUZZ_POLICY_BEST_FIT) made = (struct policy){gen_pool_best_fit, NULL};
#endif
#ifdef HAS_gen_pool_fixed_alloc
  ((struct genpool_data_fixed*)fixed)->offset = argument;
  if (policy == ARENAFUZZ_POLICY_FIXED) made = (struct policy){gen_pool_fixed_alloc, fixed};
#endif
  return made;
}

/* What data of either kind fits into. */
#ifndef HAS_gen_pool_first_fit_align
struct genpool_data_align {
  int align;
};
#endif
#ifdef HAS_gen_pool_fixed_alloc
typedef struct genpool_data_fixed fixed_data;
#else
typedef unsigned long fixed_data;
#endif

static unsigned long alloc_by(struct gen_pool* pool, size_t size, struct policy by) {
#ifdef HAS_gen_pool_alloc_algo
  return gen_pool_alloc_algo(pool, size, by.algo, by.data);
#else
  const struct policy own = {pool->algo, pool->data};
  unsigned long address;

  gen_pool_set_algo(pool, by.algo, by.data);
  address = gen_pool_alloc(pool, size);
  gen_pool_set_algo(pool, own.algo, own.data);
  return address;
#endif
}

/* `address`: where the physical address goes, or NULL. */
static void* dma_by(struct gen_pool* pool, const struct arenafuzz_request* request,
                    struct policy by, dma_addr_t* address) {
  const size_t size = request->size;
  const int aligned = !request->own_policy && request->policy == ARENAFUZZ_POLICY_ALIGN;
  const int zeroed = request->door == ARENAFUZZ_DOOR_DMA_ZEROED;

  (void)by;
  (void)aligned;
#ifdef DMA_ZEROED_THERE
  if (zeroed && request->own_policy) return gen_pool_dma_zalloc(pool, size, address);
  if (zeroed && aligned)
    return gen_pool_dma_zalloc_align(pool, size, address, (int)request->argument);
  if (zeroed) return gen_pool_dma_zalloc_algo(pool, size, address, by.algo, by.data);
#endif
#ifdef DMA_POLICIES_THERE
  if (!zeroed && aligned)
    return gen_pool_dma_alloc_align(pool, size, address, (int)request->argument);
  if (!zeroed && !request->own_policy)
    return gen_pool_dma_alloc_algo(pool, size, address, by.algo, by.data);
#endif
#ifdef HAS_gen_pool_dma_alloc
  if (!zeroed) return gen_pool_dma_alloc(pool, size, address);
#endif
  return NULL;
}

struct arenafuzz_block arenafuzz_gen_pool_alloc(struct gen_pool* pool,
                                                const struct arenafuzz_request* request) {
  struct genpool_data_align align;
  fixed_data fixed;
  struct arenafuzz_block block = {0, 0, 0};
  const struct policy by = make_policy(request->policy, request->argument, &align, &fixed);
  dma_addr_t physical = 0;
  void* owner = owner_of(~0UL); /* must be written in any case */

  (void)owner;
  switch (request->door) {
    case ARENAFUZZ_DOOR_PLAIN:
      block.address = request->own_policy ? gen_pool_alloc(pool, request->size)
                                          : alloc_by(pool, request->size, by);
      break;
    case ARENAFUZZ_DOOR_OWNER:
#ifdef OWNERS_THERE
      block.address = request->own_policy ? gen_pool_alloc_owner(pool, request->size, &owner)
                                          : gen_pool_alloc_algo_owner(pool, request->size, by.algo,
                                                                      by.data, &owner);
      block.owner = (uintptr_t)owner;
#endif
      break;
    default:
      block.address = (uintptr_t)dma_by(
          pool, request, by, request->door == ARENAFUZZ_DOOR_DMA_NO_ADDRESS ? NULL : &physical);
      block.physical = physical;
  }
  return block;
}

void arenafuzz_gen_pool_free(struct gen_pool* pool, uint64_t address, uint64_t size) {
  gen_pool_free(pool, address, size);
}

uint64_t arenafuzz_gen_pool_free_owner(struct gen_pool* pool, uint64_t address, uint64_t size) {
  void* owner = owner_of(~0UL);

#ifdef OWNERS_THERE
  gen_pool_free_owner(pool, address, size, &owner);
#endif
  return (uintptr_t)owner;
}

int arenafuzz_gen_pool_has_addr(struct gen_pool* pool, uint64_t start, uint64_t size) {
#if defined(HAS_gen_pool_has_addr)
  return gen_pool_has_addr(pool, start, size);
#elif defined(HAS_addr_in_gen_pool)
  return addr_in_gen_pool(pool, start, size);
#else
  return 0;
#endif
}

uint64_t arenafuzz_gen_pool_virt_to_phys(struct gen_pool* pool, uint64_t address) {
#ifdef PHYSICAL_THERE
  return gen_pool_virt_to_phys(pool, address);
#else
  return 0;
#endif
}

void arenafuzz_gen_pool_set_algo(struct gen_pool* pool, enum arenafuzz_policy policy,
                                 uint64_t argument, int by_default) {
  /* The pool keeps them; there is one pool at a time. */
  static struct genpool_data_align align;
  static fixed_data fixed;
  const struct policy by = make_policy(policy, argument, &align, &fixed);

#ifdef HAS_gen_pool_set_algo
  gen_pool_set_algo(pool, by_default ? NULL : by.algo, by_default ? NULL : by.data);
#endif
}

uint64_t arenafuzz_gen_pool_avail(struct gen_pool* pool) { return gen_pool_avail(pool); }

uint64_t arenafuzz_gen_pool_size(struct gen_pool* pool) { return gen_pool_size(pool); }

int arenafuzz_gen_pool_order(const struct gen_pool* pool) { return pool->min_alloc_order; }

static void count_chunk(struct gen_pool* pool, struct gen_pool_chunk* chunk, void* count) {
  (void)pool;
  (void)chunk;
  ++*(uint64_t*)count;
}

uint64_t arenafuzz_gen_pool_visited(struct gen_pool* pool) {
  uint64_t count = 0;

  gen_pool_for_each_chunk(pool, count_chunk, &count);
  return count;
}

static uint64_t granules_of(const struct gen_pool* pool, const struct gen_pool_chunk* chunk) {
  return (chunk->end_addr - chunk->start_addr + 1) >> pool->min_alloc_order;
}

static void free_runs(struct gen_pool* pool, struct gen_pool_chunk* chunk, void* unused) {
  const unsigned long granules = granules_of(pool, chunk);
  const int order = pool->min_alloc_order;
  unsigned long begin = find_next_bit(chunk->bits, granules, 0);

  (void)unused;
  while (begin < granules) {
    const unsigned long end = find_next_zero_bit(chunk->bits, granules, begin);
    gen_pool_free(pool, chunk->start_addr + (begin << order), (end - begin) << order);
    begin = find_next_bit(chunk->bits, granules, end);
  }
}

void arenafuzz_gen_pool_destroy(struct gen_pool* pool) {
  gen_pool_for_each_chunk(pool, free_runs, NULL);
  gen_pool_destroy(pool);
}

void arenafuzz_gen_pool_destroy_as_is(struct gen_pool* pool) { gen_pool_destroy(pool); }

#ifdef HAS_devm_gen_pool_create_of_a_name
static void release_resources(struct device* device) {
  while (device->resources) {
    struct shim_resource* resource = device->resources;

    device->resources = resource->next;
    resource->release(device, resource->data);
    kfree(resource);
  }
}

void arenafuzz_gen_pool_managed(int order, int named, struct arenafuzz_managed* result) {
  struct device device = {NULL, NULL};
  const char* name = named ? "own" : NULL;
  const struct gen_pool* pool = devm_gen_pool_create(&device, order, NUMA_NO_NODE, name);
  const struct gen_pool* second;

  memset(result, 0, sizeof(*result));
  result->error = IS_ERR(pool) ? (int)PTR_ERR(pool) : 0;
  result->null = !pool;
  if (!IS_ERR_OR_NULL(pool)) {
    result->found = gen_pool_get(&device, name) == pool;
    result->found_other = gen_pool_get(&device, "other") != NULL;
    result->found_unnamed = gen_pool_get(&device, NULL) != NULL;
    second = devm_gen_pool_create(&device, order, NUMA_NO_NODE, name);
    result->second_error = IS_ERR(second) ? (int)PTR_ERR(second) : 0;
  }
  release_resources(&device);
}
#else
void arenafuzz_gen_pool_managed(int order, int named, struct arenafuzz_managed* result) {
  (void)order;
  (void)named;
  memset(result, 0, sizeof(*result));
}
#endif

/* Until 4.14 an int with zeroed padding behind it: where bytes go little end first, a word too. */
static const void* avail_word(const struct gen_pool_chunk* chunk) {
  int whole = sizeof(chunk->avail) == sizeof(uint64_t);

#ifdef PHYSICAL_THERE
  if (!whole)
    whole = offsetof(struct gen_pool_chunk, phys_addr) ==
            offsetof(struct gen_pool_chunk, avail) + sizeof(uint64_t);
#endif
  return whole ? &chunk->avail : NULL;
}

static int view_node(const struct gen_pool* pool, struct list_head* const* link,
                     struct arenafuzz_chunk_view* view) {
  struct list_head* node = __atomic_load_n(link, __ATOMIC_ACQUIRE);
  const struct gen_pool_chunk* chunk;

  if (node == &pool->chunks) return 0;
  chunk = list_entry(node, struct gen_pool_chunk, next_chunk);
  view->start = chunk->start_addr;
  view->end = chunk->end_addr;
  view->avail = avail_word(chunk);
  view->bits = chunk->bits;
  view->granules = granules_of(pool, chunk);
  view->chunk = chunk;
  return 1;
}

int arenafuzz_gen_pool_first_chunk(const struct gen_pool* pool, struct arenafuzz_chunk_view* view) {
  return view_node(pool, &pool->chunks.next, view);
}

int arenafuzz_gen_pool_next_chunk(const struct gen_pool* pool, struct arenafuzz_chunk_view* view) {
  return view_node(pool, &view->chunk->next_chunk.next, view);
}

int arenafuzz_gen_pool_is_one(const struct gen_pool* pool,
                              int (*readable)(const void* context, const void* from, size_t bytes),
                              const void* context) {
  const struct list_head* node;

  if (!readable(context, pool, sizeof(*pool))) return 0;
  if (pool->min_alloc_order < 0 || pool->min_alloc_order > 32) return 0;
  for (node = pool->chunks.next; node != &pool->chunks; node = node->next) {
    const struct gen_pool_chunk* chunk = list_entry(node, struct gen_pool_chunk, next_chunk);

    if (!readable(context, chunk, sizeof(*chunk)) || chunk->end_addr < chunk->start_addr) return 0;
    if (!readable(context, chunk->bits, (granules_of(pool, chunk) + 63) / 64 * 8)) return 0;
  }
  return 1;
}
