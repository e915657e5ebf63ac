// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the kernel's claims, of an arena of ours, in KUnit.

static u64 repro_vm_start(struct bpf_map *map)
{
	return KERN_VM_START;
}

#define bpf_arena_alloc_pages_sleepable claim_pages
#define bpf_arena_free_pages_non_sleepable release_pages
#define bpf_arena_map_kern_vm_start repro_vm_start
