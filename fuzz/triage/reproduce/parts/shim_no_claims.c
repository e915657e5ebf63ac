// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the shim's claims, where there is no arena.

void *arenafuzz_kernel_claim(void *map, void *hint, uint32_t count, int node,
			     uint64_t flags)
{
	return NULL;
}

void arenafuzz_kernel_release(void *map, void *address, uint32_t count)
{
}

uint64_t arenafuzz_kernel_vm_start(void *map)
{
	return 0;
}
