// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the kernel's allocations, counted and failing, in KUnit.

static long outstanding;

static void *repro_kmalloc_node(size_t bytes, gfp_t flags, int node)
{
	void *memory = fails(KMALLOC) ? NULL : kzalloc_node(bytes, flags, node);

	outstanding += !!memory;
	return memory;
}

static void *repro_vzalloc_node(size_t bytes, int node)
{
	void *memory = fails(VZALLOC) ? NULL : vzalloc_node(bytes, node);

	outstanding += !!memory;
	return memory;
}

static void repro_kfree(const void *memory)
{
	outstanding -= !!memory;
	kfree(memory);
}

static void repro_vfree(const void *memory)
{
	outstanding -= !!memory;
	vfree(memory);
}

static void check_context(void)
{
}

/* From here on the pool's files meet the seams above. */
#undef kmalloc_node
#undef kzalloc_node
#undef vzalloc_node
#undef vmalloc_node
#undef kfree_const
#define kmalloc_node repro_kmalloc_node
#define kzalloc_node repro_kmalloc_node
#define vzalloc_node repro_vzalloc_node
#define vmalloc_node repro_vzalloc_node
#define vfree repro_vfree
#define kfree repro_kfree
#define kfree_const repro_kfree
