// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): checks, in user space.

static int failed;
static void *way_out[5];

static void __noreturn give_up(void)
{
	failed = 1;
	__builtin_longjmp(way_out, 1);
}

static void check(const char *what, unsigned long got, unsigned long want)
{
	if (got == want)
		return;
	failed = 1;
	__builtin_printf("%s: got %#lx, wanted %#lx\n", what, got, want);
}
