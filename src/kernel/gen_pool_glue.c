/* SPDX-License-Identifier: GPL-2.0-only */
#include "src/kernel/gen_pool_glue.h"

#include "src/kernel/shim/kernel.h"

/* After the shim. */
#include <linux/genalloc.h>

struct gen_pool* arenafuzz_gen_pool_create(int order) {
  return gen_pool_create(order, NUMA_NO_NODE);
}

int arenafuzz_gen_pool_add(struct gen_pool* pool, uint64_t start, uint64_t size) {
  return gen_pool_add(pool, start, size, NUMA_NO_NODE);
}

uint64_t arenafuzz_gen_pool_alloc(struct gen_pool* pool, uint64_t size,
                                  enum arenafuzz_policy policy, uint64_t argument) {
  struct genpool_data_align align = {.align = (int)argument};
  struct genpool_data_fixed fixed = {.offset = argument};

  switch (policy) {
    case ARENAFUZZ_POLICY_FIRST_FIT:
      return gen_pool_alloc(pool, size);
    case ARENAFUZZ_POLICY_ALIGN:
      return gen_pool_alloc_algo(pool, size, gen_pool_first_fit_align, &align);
    case ARENAFUZZ_POLICY_ORDER_ALIGN:
      return gen_pool_alloc_algo(pool, size, gen_pool_first_fit_order_align, NULL);
    case ARENAFUZZ_POLICY_BEST_FIT:
      return gen_pool_alloc_algo(pool, size, gen_pool_best_fit, NULL);
    case ARENAFUZZ_POLICY_FIXED:
      return gen_pool_alloc_algo(pool, size, gen_pool_fixed_alloc, &fixed);
  }
  return 0;
}

void arenafuzz_gen_pool_free(struct gen_pool* pool, uint64_t address, uint64_t size) {
  gen_pool_free(pool, address, size);
}

int arenafuzz_gen_pool_has_addr(struct gen_pool* pool, uint64_t start, uint64_t size) {
  return gen_pool_has_addr(pool, start, size);
}

uint64_t arenafuzz_gen_pool_avail(struct gen_pool* pool) { return gen_pool_avail(pool); }

uint64_t arenafuzz_gen_pool_size(struct gen_pool* pool) { return gen_pool_size(pool); }

int arenafuzz_gen_pool_order(const struct gen_pool* pool) { return pool->min_alloc_order; }

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

static int view_node(const struct gen_pool* pool, struct list_head* const* link,
                     struct arenafuzz_chunk_view* view) {
  struct list_head* node = __atomic_load_n(link, __ATOMIC_ACQUIRE);
  const struct gen_pool_chunk* chunk;

  if (node == &pool->chunks) return 0;
  chunk = list_entry(node, struct gen_pool_chunk, next_chunk);
  view->start = chunk->start_addr;
  view->end = chunk->end_addr;
  view->avail = &chunk->avail;
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
