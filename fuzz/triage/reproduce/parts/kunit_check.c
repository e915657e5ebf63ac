// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): checks, in KUnit.

static struct kunit *running;

static void check(const char *what, unsigned long got, unsigned long want)
{
	KUNIT_EXPECT_EQ_MSG(running, got, want, "%s", what);
}
