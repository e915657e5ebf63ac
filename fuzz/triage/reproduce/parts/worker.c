// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the worker of an arena that releases late.

/* The arena's worker gives back what was released. */
static void run_worker(void)
{
	unsigned long i;

	for (i = 0; i < ARENA_PAGES; i++) {
		if (pages[i] == WAITING && !fails(RELEASE))
			pages[i] = FREE;
	}
}
