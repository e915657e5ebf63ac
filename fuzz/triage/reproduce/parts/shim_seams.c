// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): what the shim's calls come down to, in user space.

/* What the shim's kmalloc(), vzalloc(), BUG() and their kin come down to. */
static long outstanding;

unsigned int arenafuzz_page_shift = 12;
int arenafuzz_lock_epoch = 1;
__thread struct arenafuzz_thread_hooks arenafuzz_thread_hooks;
__thread struct arenafuzz_context_depth arenafuzz_context_depth;

void arenafuzz_kernel_sleeping_call(const char *what)
{
	failed = 1;
	__builtin_printf("%s may sleep, under a lock or in an RCU section\n",
			 what);
}

static void sleeps(const char *what)
{
	if (arenafuzz_context_depth.rcu_read ||
	    arenafuzz_context_depth.spinlock)
		arenafuzz_kernel_sleeping_call(what);
}

static void *allocate(int site, size_t bytes)
{
	void *memory = fails(site) ? NULL : __builtin_calloc(1, bytes);

	outstanding += !!memory;
	return memory;
}

static void give_back(const void *memory)
{
	outstanding--;
	__builtin_free((void *)memory);
}

void *arenafuzz_kernel_kmalloc(size_t bytes, int zeroed, int may_sleep)
{
	if (may_sleep)
		sleeps("kmalloc");
	return allocate(KMALLOC, bytes);
}

void *arenafuzz_kernel_vzalloc(size_t bytes)
{
	sleeps("vzalloc");
	return allocate(VZALLOC, bytes);
}

void arenafuzz_kernel_kfree(const void *memory)
{
	give_back(memory);
}

void arenafuzz_kernel_vfree(const void *memory)
{
	give_back(memory);
}

void arenafuzz_kernel_kvfree(const void *memory)
{
	give_back(memory);
}
