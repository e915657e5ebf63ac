// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to reproducer_kernel.cc: numbers as C, and the C that every reproducer has, in kernel
// style. Errors: none. Threads: none.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_TEXT_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_TEXT_H_

#include <cstdint>
#include <cstdio>
#include <string>

namespace arenafuzz {

inline std::string c_hex(std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llxUL", static_cast<unsigned long long>(value));
  return text;
}

inline std::string c_number(std::uint64_t value) {
  return value > 99999 ? c_hex(value) : std::to_string(value);
}

inline constexpr const char* kArena = R"(
/* The BPF arena: which pages are taken, and by whom. */
enum { FREE, POOL, OTHER, WAITING };
static unsigned char pages[ARENA_PAGES];
static long pages_held;		/* claimed by the pool and not given back */
static bool mapped = ARENA_MAPPED;

/* Which call of this operation fails, counted from 1, for each kind. */
enum { KMALLOC, PAGE, VZALLOC, SPAN, RELEASE, SITES };
static unsigned int calls[SITES];
static unsigned int fail_at[SITES][8];
static unsigned int fail_from[SITES];
static unsigned long claimed_page, claimed_count; /* by this operation */

static void begin(void)
{
	unsigned int i, k;

	claimed_count = 0;
	for (i = 0; i < SITES; i++) {
		calls[i] = 0;
		if (fail_from[i])
			fail_from[i] = 1;
		for (k = 0; k < 8; k++)
			fail_at[i][k] = 0;
	}
}

static void __maybe_unused fail(int site, unsigned int nth)
{
	unsigned int k;

	for (k = 0; k < 8; k++) {
		if (!fail_at[site][k]) {
			fail_at[site][k] = nth;
			return;
		}
	}
}

static bool fails(int site)
{
	unsigned int k, nth = ++calls[site];

	if (fail_from[site] && nth >= fail_from[site])
		return true;
	for (k = 0; k < 8; k++) {
		if (fail_at[site][k] == nth)
			return true;
	}
	return false;
}

/* The lowest gap that is long enough. */
static long find_gap(unsigned long count)
{
	unsigned long i, run = 0;

	if (!mapped || !count)
		return -1;
	for (i = 0; i < ARENA_PAGES; i++) {
		run = pages[i] == FREE ? run + 1 : 0;
		if (run == count)
			return i + 1 - count;
	}
	return -1;
}

static void set_pages(unsigned long page, unsigned long count, int owner)
{
	for (; count && page < ARENA_PAGES; page++, count--)
		pages[page] = owner;
}

static void *claim_pages(void *map, void *hint, u32 count, int node, u64 flags)
{
	long page;

	if (fails(PAGE) || flags || hint)
		return NULL;
	page = find_gap(count);
	if (page < 0)
		return NULL;
	set_pages(page, count, POOL);
	pages_held += count;
	claimed_page = page;
	claimed_count = count;
	return (void *)(ARENA_USER_START + page * PAGE_SIZE);
}

static void release_pages(void *map, void *address, u32 count)
{
	unsigned long low = (u32)(unsigned long)address;
	unsigned long page = (low - (u32)ARENA_USER_START) / PAGE_SIZE;
	unsigned long i;

	pages_held -= count;
	if (claimed_count && (page != claimed_page || count != claimed_count))
		check("a release of just what was claimed", 0, 1);
	for (i = page; i < page + count; i++) {
		if (!ARENA_ROBBED && (i >= ARENA_PAGES || pages[i] != POOL))
			check("a released page is the pool's", 0, 1);
	}
	if (ARENA_DEFERRED) {
		if (!fails(SPAN))
			set_pages(page, count, WAITING);
	} else if (!fails(RELEASE)) {
		set_pages(page, count, FREE);
	}
}
)";

inline constexpr const char* kWorker = R"(
/* The arena's worker gives back what was released. */
static void run_worker(void)
{
	unsigned long i;

	for (i = 0; i < ARENA_PAGES; i++) {
		if (pages[i] == WAITING && !fails(RELEASE))
			pages[i] = FREE;
	}
}
)";

inline constexpr const char* kPoolChecks = R"(
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
)";

inline constexpr const char* kSchedulers = R"(
static struct scx_sched schs[SCHEDULERS];
static void *blocks[256];

/* Where in the arena, or NONE. */
#define NONE	(~0UL)
static unsigned long __maybe_unused offset_of(void *block)
{
	if (!block)
		return NONE;
	return (unsigned long)block - KERN_VM_START - (u32)ARENA_USER_START;
}

/* A block's first page is the pool's. */
static bool __maybe_unused in_pool(void *block)
{
	unsigned long page = offset_of(block) / PAGE_SIZE;

	return ARENA_ROBBED || (page < ARENA_PAGES && pages[page] == POOL);
}

static int __maybe_unused enable(struct scx_sched *sch)
{
	static int map;

	sch->arena_map = (struct bpf_map *)&map;
@	return scx_arena_pool_init(sch);
}

static void __maybe_unused disable(struct scx_sched *sch)
{
	scx_arena_pool_destroy(sch);
	check("a destroyed pool is kept", !!sch->arena_pool, 0);
	sch->arena_map = NULL;
}
)";

inline constexpr const char* kMasks = R"(
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
)";

inline constexpr const char* kGenPool = R"(
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
)";

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_TEXT_H_
