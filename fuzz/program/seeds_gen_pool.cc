// SPDX-License-Identifier: GPL-2.0-only
//
// gen_pool programs: a gen_pool alone, with chunks anywhere (docs/format.md, What operations mean).
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

const Draft kGenPools[] = {
    {kAll | kProgram, "gen_pool_first_fit_takes_the_newest_chunk_first",
     "Two chunks: the newer is tried first, the older when it is full.", "kind:gen_pool order:3",
     "create\nadd 65536 size:4096\nadd 1048576 size:256\na0 = alloc 128\na1 = alloc 128\n"
     "a2 = alloc 128\nfree a0\na3 = alloc 64\nfree a1\nfree a2\nfree a3\ndestroy\n"},
    {kAll, "gen_pool_chunk_with_a_tail_shorter_than_a_granule",
     "4103 bytes hold 512 granules; avail counts the tail all the same.", "kind:gen_pool order:3",
     "create\nadd 65536 size:4103\na0 = alloc 4096\na1 = alloc 8\na2 = alloc 7\nfree a0\n"
     "a3 = alloc 4097\nhas_addr 65536 size:4103\nhas_addr 65536 size:4104\ndestroy\n"},
    {kAll, "gen_pool_chunk_of_no_granule",
     "Sizes 0, 7 and 8 at order 3: nothing, nothing, one granule.", "kind:gen_pool order:3",
     "create\nadd 65536 size:0\nadd 131072 size:7\nadd 196608 size:8\na0 = alloc 1\na1 = alloc 1\n"
     "free a0\na1 = alloc 8\nfree a1\ndestroy\n"},
    {kAll, "gen_pool_of_order_0_counts_single_bytes", "One bit a byte.", "kind:gen_pool order:0",
     "create\nadd 4096 size:130\na0 = alloc 1\na1 = alloc 63\na2 = alloc 64\na3 = alloc 2\n"
     "a4 = alloc 3\nfree a1\na5 = alloc 62\nfree a0\nfree a2\nfree a3\nfree a5\ndestroy\n"},
    {kAll, "gen_pool_of_order_12_counts_pages", "One bit a page.", "kind:gen_pool order:12",
     "create\nadd 1048576 size:266240\na0 = alloc 1\na1 = alloc 4096\na2 = alloc 4097\n"
     "a3 = alloc 245760\na4 = alloc 8192\nfree a1\nfree a2\na5 = alloc 12288\nfree a0\nfree a5\n"
     "destroy\n"},
    {kAll, "gen_pool_blocks_at_the_edges_of_bitmap_words", "63, 64 and 65 granules, and 129.",
     "kind:gen_pool order:3",
     "create\nadd 65536 size:8192\na0 = alloc 504\na1 = alloc 512\na2 = alloc 520\n"
     "a3 = alloc 1032\nfree a1\na4 = alloc 512\nfree a0\nfree a2\na5 = alloc 520\nfree a3\n"
     "free a4\nfree a5\ndestroy\n"},
    {kFaults | kMisuse | kRegression, "gen_pool_overlapping_chunks_free_into_the_newest",
     "A free goes by address: to the newest chunk that holds it.", "kind:gen_pool order:3",
     "create\nadd 65536 size:1024\na0 = alloc 1024\nadd 66048 size:1024\na1 = alloc 512\n"
     "a2 = alloc 512\nfree a1\nfree a2\ndestroy\n"},
    {kFaults | kMisuse | kRegression, "gen_pool_overlapping_chunks_make_a_correct_free_a_bug",
     "The newest chunk that holds the address never gave it out.", "kind:gen_pool order:3",
     "create\nadd 65536 size:1024\na0 = alloc 512\nadd 65536 size:1024\nfree a0\ndestroy\n"},
    {kFaults, "gen_pool_add_fails_and_leaves_the_pool_untouched",
     "F3 of a bare gen_pool; F1 before it.", "kind:gen_pool order:3",
     "create (fail kmalloc:1)\ncreate\nadd 65536 size:4096 (fail vzalloc:1)\na0 = alloc 8\n"
     "add 65536 size:4096\na0 = alloc 8\nfree a0\ndestroy\n"},
    {kFaults | kMisuse | kRegression, "gen_pool_destroyed_with_a_block_left",
     "As in the arena pool's destroy, what is left is freed first.", "kind:gen_pool order:3",
     "create\nadd 65536 size:4096\na0 = alloc 8\ndestroy\n"},
    {kAll, "gen_pool_has_addr_at_and_around_the_edges_of_a_chunk",
     "Containment, with sizes that wrap.", "kind:gen_pool order:3",
     "create\nadd 65536 size:4096\nhas_addr 65536 size:4096\nhas_addr 65536 size:4097\n"
     "has_addr 65535 size:1\nhas_addr 69632 size:1\nhas_addr 69632 size:0\nhas_addr 65536 size:0\n"
     "has_addr 65544 size:2^64-1\nhas_addr 0 size:2^64-1\ndestroy\n"},
    {kAll, "gen_pool_chunk_that_ends_at_the_highest_address", "The last byte is 2^46 - 1.",
     "kind:gen_pool order:3",
     "create\nadd 70368744173568 size:4096\na0 = alloc 4096\na1 = alloc 1\nfree a0\n"
     "a1 = alloc 4088\nfree a1\ndestroy\n"},
    {kFaults | kProgram, "gen_pool_every_policy_once",
     "Our own gen_pool has first fit alone; the kernel's has them all.", "kind:gen_pool order:3",
     "create\nadd 65544 size:4096\na0 = alloc 64\na1 = alloc 64 align:7\na2 = alloc 48 "
     "order-align\n"
     "a3 = alloc 64 best-fit\na4 = alloc 8 fixed:2048\nfree a0\nfree a1\nfree a2\nfree a3\n"
     "free a4\ndestroy\n"},
    {kFaults, "gen_pool_collision_rolls_back_and_goes_on",
     "A peer takes a granule of the second word.", "kind:gen_pool order:3",
     "create\nadd 65536 size:4096\na0 = alloc 1024 (collide:2 set)\na1 = alloc 512\n"
     "free a0 (collide:1 set+63)\nfree a1\n"},
    {kMisuse, "gen_pool_wrong_frees", "Shorter, inside a granule, then twice.",
     "kind:gen_pool order:3",
     "create\nadd 65536 size:4096\na0 = alloc 128\na1 = alloc 128\nmisuse free a0 size:64\n"
     "a2 = alloc 64\nmisuse free a2 offset:5\nmisuse free a1 twice\n"},
    {kMisuse, "gen_pool_free_with_sizes_that_wrap", "Sums are modulo 2^64.",
     "kind:gen_pool order:3",
     "create\nadd 65536 size:4096\na0 = alloc 128\na1 = alloc 128\nmisuse free a0 size:2^64-1\n"
     "a0 = alloc 64\nmisuse free a0 size:2^64-9\n"},
    {kMisuse, "gen_pool_free_below_every_chunk_is_a_bug", "No chunk holds it.",
     "kind:gen_pool order:6",
     "create\nadd 65536 size:4096\na0 = alloc 64\nmisuse free a0 offset:-64\n"},
    {kAll, "gen_pool_made_and_destroyed_three_times", "Nothing is left of a former life.",
     "kind:gen_pool order:4",
     "create\ncreate\nadd 65536 size:512\ndestroy\na0 = alloc 16\ncreate\nadd 65536 size:512\n"
     "a0 = alloc 512\nfree a0\ndestroy\ncreate\na1 = alloc 16\ndestroy\ndestroy\n"},
};

}  // namespace

void add_gen_pools(Drafts& drafts) {
  for (const Draft& draft : kGenPools) {
    drafts.push_back(draft);
    if ((draft.targets & kFaults) != 0) drafts.back().targets |= kKernelGenPool;
  }
}

}  // namespace arenafuzz::seeds
