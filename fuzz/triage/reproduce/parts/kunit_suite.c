// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the suite, in KUnit.

static void arena_pool_reproducer(struct kunit *test)
{
	running = test;
	reproduce();
}

static struct kunit_case arena_pool_cases[] = {
	KUNIT_CASE(arena_pool_reproducer),
	{}
};

static struct kunit_suite arena_pool_suite = {
	.name = "arena_pool_reproducer",
	.test_cases = arena_pool_cases,
};

kunit_test_suite(arena_pool_suite);

MODULE_DESCRIPTION("Reproducer of a finding in the arena pool");
MODULE_LICENSE("GPL");
