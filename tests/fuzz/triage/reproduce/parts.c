// SPDX-License-Identifier: GPL-2.0-only
//
// The parts of reproducers, compiled without a program, once for an arena and once
// (ARENAFUZZ_GEN_POOL) for a gen_pool alone. Warnings are errors.
// The order is that of a reproducer, and the style a kernel's.
// clang-format off
#include <linux/bpf.h>
#include <linux/genalloc.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#ifndef ARENAFUZZ_GEN_POOL
#include "internal.h"
#include "kernel/sched/ext_arena.h"
#endif

#include "fuzz/triage/reproduce/parts/shim_check.c"

#ifndef ARENAFUZZ_GEN_POOL
#define ARENA_PAGES 8
#define ARENA_USER_START 0x10000UL
#define KERN_VM_START 0x550000000000UL
#define ARENA_MAPPED true
#define ARENA_DEFERRED 0
#define ARENA_ROBBED 0
#define SCHEDULERS 1
#include "fuzz/triage/reproduce/parts/arena_pages.c"
#endif
#include "fuzz/triage/reproduce/parts/failing_calls.c"
#ifndef ARENAFUZZ_GEN_POOL
#include "fuzz/triage/reproduce/parts/arena_claims.c"
#endif

#include "fuzz/triage/reproduce/parts/shim_seams.c"
#ifdef ARENAFUZZ_GEN_POOL
#include "fuzz/triage/reproduce/parts/shim_no_claims.c"
#else
#include "fuzz/triage/reproduce/parts/shim_claims.c"

#include "kernel/sched/ext_arena.c"
#endif
#include "fuzz/triage/reproduce/parts/shim_reports.c"

#include "fuzz/triage/reproduce/parts/pool_checks.c"
#ifdef ARENAFUZZ_GEN_POOL
#include "fuzz/triage/reproduce/parts/gen_pool.c"

static void reproduce(void)
{
	pool = NULL;
	blocks[0] = 0;
	begin();
	check_context();
}
#else
#include "fuzz/triage/reproduce/parts/schedulers.c"
#include "fuzz/triage/reproduce/parts/masks.c"
#include "fuzz/triage/reproduce/parts/worker.c"

static void reproduce(void)
{
	begin();
	make_masks(0, 1, 32, 0, 0);
	free_masks(0);
	run_worker();
	blocks[0] = NULL;
	check("pages held", pages_held, 0);
	check_context();
}
#endif
#include "fuzz/triage/reproduce/parts/shim_main.c"
