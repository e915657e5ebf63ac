/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/bench/peers/stub_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/kernel/seam.h"

__thread struct arenafuzz_thread_hooks arenafuzz_thread_hooks;
__thread struct arenafuzz_context_depth arenafuzz_context_depth;
unsigned int arenafuzz_page_shift = 12;
int arenafuzz_lock_epoch = 1;
int (*stub_should_fail)(void);

static struct {
  unsigned int pages;
  unsigned char claimed[STUB_MOST_PAGES];
} arena;
static unsigned int live_allocations;
static unsigned long failures;

static _Noreturn void die(const char* what, const char* where) {
  fprintf(stderr, "%s in %s\n", what, where);
  abort();
}

static int fails(void) {
  if (!stub_should_fail || !stub_should_fail()) return 0;
  ++failures;
  return 1;
}

static void might_sleep_here(const char* what) {
  if (arenafuzz_context_depth.rcu_read || arenafuzz_context_depth.spinlock)
    die("sleeping call in atomic context", what);
}

static void* allocate(size_t bytes, int zeroed) {
  void* memory = fails() ? NULL : malloc(bytes);
  if (!memory) return NULL;
  memset(memory, zeroed ? 0 : 0xa5, bytes);
  ++live_allocations;
  return memory;
}

void* arenafuzz_kernel_kmalloc(size_t bytes, int zeroed, int may_sleep) {
  if (may_sleep) might_sleep_here("kmalloc");
  return allocate(bytes, zeroed);
}

void* arenafuzz_kernel_vzalloc(size_t bytes) {
  might_sleep_here("vzalloc");
  return allocate(bytes, 1);
}

void arenafuzz_kernel_kfree(const void* memory) {
  if (memory) --live_allocations;
  free((void*)(uintptr_t)memory);
}
void arenafuzz_kernel_vfree(const void* memory) { arenafuzz_kernel_kfree(memory); }
void arenafuzz_kernel_kvfree(const void* memory) { arenafuzz_kernel_kfree(memory); }

void* arenafuzz_kernel_claim(void* map, void* hint, uint32_t pages, int node, uint64_t flags) {
  unsigned int first, run = 0;

  (void)map;
  (void)hint;
  (void)node;
  (void)flags;
  might_sleep_here("claim");
  if (pages == 0 || fails()) return NULL;
  for (first = 0; first < arena.pages; ++first) {
    run = arena.claimed[first] ? 0 : run + 1;
    if (run < pages) continue;
    first -= pages - 1;
    memset(arena.claimed + first, 1, pages);
    return (void*)(STUB_USER_START + first * STUB_PAGE_SIZE);
  }
  return NULL;
}

void arenafuzz_kernel_release(void* map, void* user_address, uint32_t pages) {
  const uint64_t offset = (uint64_t)(uintptr_t)user_address - STUB_USER_START;
  const uint64_t first = offset / STUB_PAGE_SIZE;
  uint64_t page;

  (void)map;
  if (offset % STUB_PAGE_SIZE || first >= arena.pages || pages > arena.pages - first)
    die("release outside of the arena", "bpf_arena_free_pages");
  for (page = first; page < first + pages; ++page) {
    if (!arena.claimed[page]) die("release of a page that is free", "bpf_arena_free_pages");
    arena.claimed[page] = 0;
  }
}

uint64_t arenafuzz_kernel_vm_start(void* map) {
  (void)map;
  return STUB_KERNEL_BASE;
}

void arenafuzz_kernel_bug(const struct arenafuzz_place* place, const char* condition) {
  (void)condition;
  die("BUG", place->function);
}
void arenafuzz_kernel_warn(const struct arenafuzz_place* place, const char* condition) {
  (void)condition;
  die("WARN", place->function);
}
void arenafuzz_kernel_arithmetic(void) { die("undefined arithmetic", "the arena pool"); }
void arenafuzz_kernel_sleeping_call(const char* what) {
  die("sleeping call in atomic context", what);
}

void stub_new_arena(unsigned int pages) {
  memset(&arena, 0, sizeof(arena));
  arena.pages = pages < STUB_MOST_PAGES ? pages : STUB_MOST_PAGES;
}

void* stub_map(void) { return &arena; }

unsigned int stub_claimed_pages(void) {
  unsigned int page, count = 0;

  for (page = 0; page < arena.pages; ++page) count += arena.claimed[page];
  return count;
}

unsigned int stub_longest_free_run(void) {
  unsigned int page, run = 0, longest = 0;

  for (page = 0; page < arena.pages; ++page) {
    run = arena.claimed[page] ? 0 : run + 1;
    if (run > longest) longest = run;
  }
  return longest;
}

int stub_is_claimed(uint64_t address, uint64_t bytes) {
  const uint64_t start = STUB_KERNEL_BASE + (uint32_t)STUB_USER_START;
  uint64_t page;

  if (address < start || bytes == 0 || bytes > arena.pages * STUB_PAGE_SIZE) return 0;
  for (page = (address - start) / STUB_PAGE_SIZE;
       page <= (address - start + bytes - 1) / STUB_PAGE_SIZE; ++page)
    if (page >= arena.pages || !arena.claimed[page]) return 0;
  return 1;
}

unsigned int stub_live_allocations(void) { return live_allocations; }

unsigned long stub_failures(void) { return failures; }
