/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for harnesses that know nothing of arenafuzz's: an arena of pages, and an allocator of
 * exact sizes, whose calls fail when the harness says so.
 *
 *   tree's C files --shim headers--> src/kernel/seam.h --> stub_kernel.c --> stub_should_fail()
 *
 * Ownership The arena is static; memory is malloc's, so that ASan watches it.
 * Errors    What a kernel would end with (BUG, WARN, a sleeping call in atomic context, a release
 * of pages that are not claimed) is abort(). Threads   one.
 */
#ifndef ARENAFUZZ_TESTS_BENCH_PEERS_STUB_KERNEL_H_
#define ARENAFUZZ_TESTS_BENCH_PEERS_STUB_KERNEL_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STUB_PAGE_SIZE 4096UL
#define STUB_MOST_PAGES 256U
/* The kernel's side of the arena, and where user space has it, as mmap places such things. */
#define STUB_KERNEL_BASE 0xffffc90010000000UL
#define STUB_USER_START 0x7f3a9c400000UL

/* Asked once at each call that can fail: kmalloc, vzalloc and the claim of pages. */
extern int (*stub_should_fail)(void);

/* An arena of so many pages, all free; what was allocated stays so. */
void stub_new_arena(unsigned int pages);
/* What init takes for its map. */
void* stub_map(void);
unsigned int stub_claimed_pages(void);
/* The most pages in a row that a claim could get. */
unsigned int stub_longest_free_run(void);
/* Whether all of [address, address + bytes) is in claimed pages; kernel addresses. */
int stub_is_claimed(uint64_t address, uint64_t bytes);
/* kmalloc's and vzalloc's that were not freed. */
unsigned int stub_live_allocations(void);
/* Calls that stub_should_fail() made fail, ever. */
unsigned long stub_failures(void);

#ifdef __cplusplus
}
#endif

#endif /* ARENAFUZZ_TESTS_BENCH_PEERS_STUB_KERNEL_H_ */
