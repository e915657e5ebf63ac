// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): what a pool must say of itself.

struct pool_state {
	unsigned long size;
	unsigned long used;	/* granules */
};

static void add_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	struct pool_state *state = data;
	unsigned long size = chunk->end_addr - chunk->start_addr + 1;
	unsigned long i, bits = size >> pool->min_alloc_order;

	state->size += size;
	for (i = 0; i < bits; i++) {
		if (chunk->bits[i / BITS_PER_LONG] >> i % BITS_PER_LONG & 1)
			state->used++;
	}
}

static void __maybe_unused check_pool(struct gen_pool *pool,
				      unsigned long size, unsigned long avail,
				      unsigned long used)
{
	struct pool_state state = {};

	check("a pool", !!pool, 1);
	if (!pool)
		return;
	gen_pool_for_each_chunk(pool, add_chunk, &state);
	check("bytes in the pool's chunks", state.size, size);
	check("bytes free", gen_pool_avail(pool), avail);
	check("granules allocated", state.used, used);
}
