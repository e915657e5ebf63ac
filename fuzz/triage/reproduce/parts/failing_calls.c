// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): which calls fail.

/* Which call of this operation fails, counted from 1, for each kind. */
enum { KMALLOC, PAGE, VZALLOC, SPAN, RELEASE, SITES };
static unsigned int calls[SITES];
static unsigned int fail_at[SITES][8];
static unsigned int fail_from[SITES];
static unsigned long claimed_page, claimed_count; /* by this operation */

static void begin(void)
{
	unsigned int i, k;

	claimed_count = 0;
	for (i = 0; i < SITES; i++) {
		calls[i] = 0;
		if (fail_from[i])
			fail_from[i] = 1;
		for (k = 0; k < 8; k++)
			fail_at[i][k] = 0;
	}
}

static void __maybe_unused fail(int site, unsigned int nth)
{
	unsigned int k;

	for (k = 0; k < 8; k++) {
		if (!fail_at[site][k]) {
			fail_at[site][k] = nth;
			return;
		}
	}
}

static bool fails(int site)
{
	unsigned int k, nth = ++calls[site];

	if (fail_from[site] && nth >= fail_from[site])
		return true;
	for (k = 0; k < 8; k++) {
		if (fail_at[site][k] == nth)
			return true;
	}
	return false;
}
