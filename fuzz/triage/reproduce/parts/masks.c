// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): the masks that enabling a scheduler allocates.

/* As enabling a scheduler does it: a mask for each CPU and shard. */
static void *masks[SCHEDULERS][16384];
static unsigned int mask_counts[SCHEDULERS];
static size_t mask_sizes[SCHEDULERS][2];
static unsigned int cpu_masks[SCHEDULERS];

static void free_masks(int s)
{
	struct gen_pool *pool = schs[s].arena_pool;
	unsigned long before, bytes = 0;
	unsigned int i;

	if (!mask_counts[s])
		return;
	before = gen_pool_avail(pool);
	for (i = 0; i < mask_counts[s]; i++) {
		bytes += mask_sizes[s][i >= cpu_masks[s]];
		scx_arena_free(&schs[s], masks[s][i],
			       mask_sizes[s][i >= cpu_masks[s]]);
	}
	check("bytes given back", gen_pool_avail(pool) - before, bytes);
	mask_counts[s] = 0;
}

static int make_masks(int s, unsigned int cpus, size_t cpu_size,
		      unsigned int shards, size_t shard_size)
{
	unsigned int i;

	cpu_masks[s] = cpus;
	mask_sizes[s][0] = cpu_size;
	mask_sizes[s][1] = shard_size;
	for (i = 0; i < cpus + shards; i++) {
		masks[s][i] = scx_arena_alloc(&schs[s],
					      mask_sizes[s][i >= cpus]);
		if (!masks[s][i]) {
			free_masks(s);
			disable(&schs[s]);
			return -ENOMEM;
		}
		check("a mask is in the pool's pages", in_pool(masks[s][i]), 1);
		mask_counts[s]++;
	}
	return 0;
}
