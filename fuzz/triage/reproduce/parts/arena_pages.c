// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the arena's pages.

/* The BPF arena: which pages are taken, and by whom. */
enum { FREE, POOL, OTHER, WAITING };
static unsigned char pages[ARENA_PAGES];
static long pages_held;		/* claimed by the pool and not given back */
static bool mapped = ARENA_MAPPED;
