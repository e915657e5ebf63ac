// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): BUG, WARN and contexts, in user space.

void arenafuzz_kernel_bug(const struct arenafuzz_place *place,
			  const char *condition)
{
	__builtin_printf("BUG at %s:%d in %s %s\n", place->file, place->line,
			 place->function, condition);
	give_up();
}

void arenafuzz_kernel_warn(const struct arenafuzz_place *place,
			   const char *condition)
{
	failed = 1;
	__builtin_printf("WARN at %s:%d in %s %s\n", place->file, place->line,
			 place->function, condition);
}

void arenafuzz_kernel_arithmetic(void)
{
	give_up();
}

static void hang(void)
{
	__builtin_printf("an endless loop\n");
	give_up();
}

static void check_context(void)
{
	check("RCU sections left open", arenafuzz_context_depth.rcu_read, 0);
	check("spinlocks left taken", arenafuzz_context_depth.spinlock, 0);
}
