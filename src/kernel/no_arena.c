/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In place of arena_unit.c for a tree without the arena pool's file: its gen_pool alone can run,
 * and none of these is ever called (KernelBackend::can_run).
 */
#include "src/kernel/arena_glue.h"

int arenafuzz_arena_init(int scheduler, void* map, uint64_t kern_base) {
  (void)scheduler;
  (void)map;
  (void)kern_base;
  return -1;
}

void arenafuzz_arena_destroy(int scheduler) { (void)scheduler; }

void* arenafuzz_arena_alloc(int scheduler, size_t bytes) {
  (void)scheduler;
  (void)bytes;
  return 0;
}

void arenafuzz_arena_free(int scheduler, void* address, size_t bytes) {
  (void)scheduler;
  (void)address;
  (void)bytes;
}

struct gen_pool* arenafuzz_arena_gen_pool(int scheduler) {
  (void)scheduler;
  return 0;
}

void arenafuzz_arena_forget(int scheduler) { (void)scheduler; }
