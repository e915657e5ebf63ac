// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): schedulers and their blocks. The line of arena_kern_base stays where the tree has it.

static struct scx_sched schs[SCHEDULERS];
static void *blocks[256];

/* Where in the arena, or NONE. */
#define NONE	(~0UL)
static unsigned long __maybe_unused offset_of(void *block)
{
	if (!block)
		return NONE;
	return (unsigned long)block - KERN_VM_START - (u32)ARENA_USER_START;
}

/* A block's first page is the pool's. */
static bool __maybe_unused in_pool(void *block)
{
	unsigned long page = offset_of(block) / PAGE_SIZE;

	return ARENA_ROBBED || (page < ARENA_PAGES && pages[page] == POOL);
}

static int __maybe_unused enable(struct scx_sched *sch)
{
	static int map;

	sch->arena_map = (struct bpf_map *)&map;
	sch->arena_kern_base = KERN_VM_START;
	return scx_arena_pool_init(sch);
}

static void __maybe_unused disable(struct scx_sched *sch)
{
	scx_arena_pool_destroy(sch);
	check("a destroyed pool is kept", !!sch->arena_pool, 0);
	sch->arena_map = NULL;
}
