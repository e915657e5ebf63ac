// SPDX-License-Identifier: GPL-2.0-only
// Part of a reproducer (parts.h): a gen_pool alone.

static struct gen_pool *pool;
static unsigned long blocks[256];

static void __maybe_unused free_runs(struct gen_pool *from,
				     struct gen_pool_chunk *chunk, void *unused)
{
	int order = from->min_alloc_order;
	unsigned long bits = (chunk->end_addr - chunk->start_addr + 1) >> order;
	unsigned long begin = find_next_bit(chunk->bits, bits, 0);
	unsigned long end;

	while (begin < bits) {
		end = find_next_zero_bit(chunk->bits, bits, begin);
		gen_pool_free(from, chunk->start_addr + (begin << order),
			      (end - begin) << order);
		begin = find_next_bit(chunk->bits, bits, end);
	}
}

static void __maybe_unused destroy_pool(void)
{
	gen_pool_for_each_chunk(pool, free_runs, NULL);
	gen_pool_destroy(pool);
	pool = NULL;
}
