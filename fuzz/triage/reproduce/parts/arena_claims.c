// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): claims and releases of the arena's pages.

/* The lowest gap that is long enough. */
static long find_gap(unsigned long count)
{
	unsigned long i, run = 0;

	if (!mapped || !count)
		return -1;
	for (i = 0; i < ARENA_PAGES; i++) {
		run = pages[i] == FREE ? run + 1 : 0;
		if (run == count)
			return i + 1 - count;
	}
	return -1;
}

static void set_pages(unsigned long page, unsigned long count, int owner)
{
	for (; count && page < ARENA_PAGES; page++, count--)
		pages[page] = owner;
}

static void *claim_pages(void *map, void *hint, u32 count, int node, u64 flags)
{
	long page;

	if (fails(PAGE) || flags || hint)
		return NULL;
	page = find_gap(count);
	if (page < 0)
		return NULL;
	set_pages(page, count, POOL);
	pages_held += count;
	claimed_page = page;
	claimed_count = count;
	return (void *)(ARENA_USER_START + page * PAGE_SIZE);
}

static void release_pages(void *map, void *address, u32 count)
{
	unsigned long low = (u32)(unsigned long)address;
	unsigned long page = (low - (u32)ARENA_USER_START) / PAGE_SIZE;
	unsigned long i;

	pages_held -= count;
	if (claimed_count && (page != claimed_page || count != claimed_count))
		check("a release of just what was claimed", 0, 1);
	for (i = page; i < page + count; i++) {
		if (!ARENA_ROBBED && (i >= ARENA_PAGES || pages[i] != POOL))
			check("a released page is the pool's", 0, 1);
	}
	if (ARENA_DEFERRED) {
		if (!fails(SPAN))
			set_pages(page, count, WAITING);
	} else if (!fails(RELEASE)) {
		set_pages(page, count, FREE);
	}
}
