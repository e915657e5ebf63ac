// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the shim's claims, of an arena.

void *arenafuzz_kernel_claim(void *map, void *hint, uint32_t count, int node,
			     uint64_t flags)
{
	sleeps("bpf_arena_alloc_pages_sleepable");
	return claim_pages(map, hint, count, node, flags);
}

void arenafuzz_kernel_release(void *map, void *address, uint32_t count)
{
	release_pages(map, address, count);
}

uint64_t arenafuzz_kernel_vm_start(void *map)
{
	return KERN_VM_START;
}
