/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every call from our side into the tree's arena pool. Where a patch changes a prototype, copy this
 * file, adapt the call, and pass the copy as --glue FILE. Included by arena_unit.c.
 */
#include "src/kernel/arena_glue.h"

static struct scx_sched arenafuzz_schedulers[ARENAFUZZ_ARENA_SCHEDULERS];

/* Also after a destroy that was left by a BUG. */
static void arenafuzz_hold_enable_mutex(void) { (void)mutex_trylock(&scx_enable_mutex); }

int arenafuzz_arena_init(int scheduler, void* map, uint64_t kern_base) {
  struct scx_sched* sch = &arenafuzz_schedulers[scheduler];
  struct bpf_map* map_before = sch->arena_map;
  uintptr_t base_before = sch->arena_kern_base;
  int error;

  arenafuzz_hold_enable_mutex();
  /* The kernel sets both once: a second init finds the first one's. */
  if (!map_before) {
    sch->arena_map = map;
    sch->arena_kern_base = kern_base;
  }
  error = scx_arena_pool_init(sch);
  if (error) {
    sch->arena_map = map_before;
    sch->arena_kern_base = base_before;
  }
  return error;
}

void arenafuzz_arena_destroy(int scheduler) {
  mutex_unlock(&scx_enable_mutex);
  scx_arena_pool_destroy(&arenafuzz_schedulers[scheduler]);
  arenafuzz_hold_enable_mutex();
  /* The kernel puts the map's reference here. */
  arenafuzz_schedulers[scheduler].arena_map = NULL;
  arenafuzz_schedulers[scheduler].arena_kern_base = 0;
}

void* arenafuzz_arena_alloc(int scheduler, size_t bytes) {
  return scx_arena_alloc(&arenafuzz_schedulers[scheduler], bytes);
}

void arenafuzz_arena_free(int scheduler, void* address, size_t bytes) {
  scx_arena_free(&arenafuzz_schedulers[scheduler], address, bytes);
}

struct gen_pool* arenafuzz_arena_gen_pool(int scheduler) {
  return arenafuzz_schedulers[scheduler].arena_pool;
}

void arenafuzz_arena_forget(int scheduler) {
  memset(&arenafuzz_schedulers[scheduler], 0, sizeof(arenafuzz_schedulers[scheduler]));
}
