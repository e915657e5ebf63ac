// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): main(), in user space.

int main(void)
{
	arenafuzz_thread_hooks.steps_left = 1UL << 30;
	arenafuzz_thread_hooks.steps_exhausted = hang;
	if (!__builtin_setjmp(way_out))
		reproduce();
	__builtin_printf(failed ? "the bug is there\n" : "clean\n");
	return failed;
}
