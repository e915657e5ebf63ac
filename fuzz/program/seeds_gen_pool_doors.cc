// SPDX-License-Identifier: GPL-2.0-only
//
// gen_pool programs that race with simulated peers, that reach the end of the address space, and
// that call what gen_pool has besides alloc and free. Our own gen_pool does nothing where a
// function is not there.
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

constexpr unsigned kOfGenPool = kKernelGenPool;
constexpr const char* kOrder3 = "kind:gen_pool order:3";

const Draft kRaces[] = {
    {kOfGenPool | kRegression, "gen_pool_race_for_the_tail_word_is_rolled_back",
     "125 granules: the first word is had, a peer has one of the second; then the same at the end.",
     kOrder3,
     "create\nadd 65536 size:4096\na0 = alloc 1000 (collide:2 set+4)\na1 = alloc 512\n"
     "a2 = alloc 64 (collide:1 set+63)\nfree a0\na3 = alloc 1000 (collide:2 set) (collide:5 set)\n"
     "free a1\nfree a2\nfree a3\ndestroy\n"},
    {kOfGenPool | kRegression, "gen_pool_fixed_that_loses_its_race_is_refused",
     "Never another run: the search goes on behind the one that was asked for.", kOrder3,
     "create\nadd 65536 size:4096\na0 = alloc 64 fixed:64 (collide:1 set)\na1 = alloc 64 "
     "fixed:128\n"
     "a2 = alloc 1024 fixed:512 (collide:2 set+1)\na3 = alloc 64 fixed:1024 (collide:1 set+32)\n"
     "a4 = alloc 64 fixed:0 (collide:1 set) (collide:2 clear)\nfree a1\nfree a3\nfree "
     "a4\ndestroy\n"},
    {kOfGenPool, "gen_pool_fixed_that_loses_its_race_goes_to_an_older_chunk",
     "There the same offset is free.", kOrder3,
     "create\nadd 65536 size:256\nadd 131072 size:256\na0 = alloc 64 fixed:128 (collide:1 set+4)\n"
     "a1 = alloc 64 fixed:128\nfree a0\nfree a1\ndestroy\n"},
    {kOfGenPool, "gen_pool_align_goes_on_from_where_it_lost_a_race", "To the next aligned granule.",
     kOrder3,
     "create\nadd 65544 size:4096\na0 = alloc 8\na1 = alloc 64 align:6 (collide:1 set+2)\n"
     "a2 = alloc 600 align:7 (collide:2 set) (collide:4 set+1)\na3 = alloc 8 align:6\nfree a0\n"
     "free a1\nfree a2\nfree a3\ndestroy\n"},
    {kOfGenPool, "gen_pool_order_align_goes_on_from_where_it_lost_a_race",
     "To the next multiple of 16.", kOrder3,
     "create\nadd 65536 size:4096\na0 = alloc 72 order-align (collide:1 set+8)\n"
     "a1 = alloc 800 order-align (collide:2 set+16)\na2 = alloc 8 order-align (collide:1 set)\n"
     "free a0\nfree a1\nfree a2\ndestroy\n"},
    {kOfGenPool, "gen_pool_best_fit_that_lost_a_race_looks_no_lower",
     "The smallest hole is taken by a peer; the next best one above it counts, not the one below.",
     kOrder3,
     "create\nadd 65536 size:1024\na0 = alloc 32\na1 = alloc 8\na2 = alloc 16\na3 = alloc 8\n"
     "a4 = alloc 64\na5 = alloc 8\nfree a0\nfree a2\nfree a4\n"
     "a6 = alloc 16 best-fit (collide:1 set+1)\na7 = alloc 16 best-fit\nfree a1\nfree a3\nfree a5\n"
     "free a6\nfree a7\ndestroy\n"},
    {kOfGenPool, "gen_pool_race_for_the_last_room_is_lost",
     "The peer has the only granule that is left; the older chunk serves.", kOrder3,
     "create\nadd 65536 size:512\nadd 131072 size:512\na0 = alloc 504\na1 = alloc 8 (collide:1 "
     "set)\n"
     "a2 = alloc 512\na3 = alloc 504\nfree a0\nfree a1\nfree a3\ndestroy\n"},
    {kOfGenPool, "gen_pool_free_while_peers_take_and_give_back",
     "The words of the block change under the free.", kOrder3,
     "create\nadd 65536 size:4096\na0 = alloc 1000\na1 = alloc 200\n"
     "free a0 (collide:2 set+63) (collide:3 clear+63)\n"
     "free a1 (collide:1 set+63)\na2 = alloc 4096\na3 = alloc 64 (collide:1 set+1)\nfree a3\n"
     "destroy\n"},
};

const Draft kEdges[] = {
    {kOfGenPool | kRegression, "gen_pool_chunk_that_ends_at_the_last_address_there_is",
     "Its end is 2^64-1: sums that go one further wrap to 0.", kOrder3,
     "create\nadd 2^64-4096 size:4096\na0 = alloc 4096\nhas_addr 2^64-1 size:1\n"
     "has_addr 2^64-1 size:2\nhas_addr 2^64-4096 size:4096\nhas_addr 2^64-4096 size:4097\n"
     "virt_to_phys 2^64-1\nfree a0\na1 = alloc 8\na2 = alloc 4088\nfree a2\nfree a1\ndestroy\n"},
    {kOfGenPool, "gen_pool_chunks_on_both_sides_of_the_last_granule",
     "One ends a granule early, the other has a tail up to the last byte.", kOrder3,
     "create\nadd 2^64-4096 size:2040\nadd 2^64-2053 size:2053\na0 = alloc 2048\na1 = alloc 2048\n"
     "a2 = alloc 2040 align:0\na3 = alloc 8 order-align\nfree a0\na3 = alloc 512 align:9\nfree a1\n"
     "free a2\nfree a3\ndestroy\n"},
    {kOfGenPool, "gen_pool_chunk_of_more_than_four_gib",
     "Offsets, sums and avail pass 2^31 and 2^32.", "kind:gen_pool order:12",
     "create\nadd 2^40 size:12884905984 phys:0\na0 = alloc 2^31\na1 = alloc 2^31\n"
     "a2 = alloc 2^31 align:12\na3 = alloc 2^32 best-fit\na4 = alloc 4096 order-align via:dma\n"
     "has_addr 2^40 size:12884905984\nhas_addr 2^40 size:12884905985\n"
     "virt_to_phys 1112396529663\nfree a1\nfree a3\na1 = alloc 2^31 via:dma\nfree a0\nfree a1\n"
     "free a2\nfree a4\ndestroy as-is\n"},
    {kOfGenPool, "gen_pool_chunk_in_the_upper_half_of_the_addresses", "As kernel addresses lie.",
     kOrder3,
     "create\nadd 18446612682170007552 size:8192 phys:4096\na0 = alloc 4097 via:dma\n"
     "a1 = alloc 64 align:12\nvirt_to_phys 18446612682170007553\nfree a0\nfree a1\ndestroy\n"},
    {kOfGenPool | kRegression, "gen_pool_destroyed_as_it_is_with_nothing_allocated",
     "Also after a collision that gave its granule back.", kOrder3,
     "create\nadd 65536 size:4096\nadd 131072 size:7\na0 = alloc 64\nfree a0\ndestroy "
     "as-is\ncreate\n"
     "destroy as-is\n"},
    {kOfGenPool | kRegression, "gen_pool_destroyed_as_it_is_with_a_block_left_is_a_bug",
     "The last granule of the older chunk is still out.", kOrder3,
     "create\nadd 65536 size:512\nadd 131072 size:8\na0 = alloc 8\na1 = alloc 8 fixed:504\nfree "
     "a0\n"
     "destroy as-is\n"},
    {kOfGenPool, "gen_pool_destroyed_as_it_is_with_the_first_granule_left_is_a_bug",
     "One bit, bit 0.", kOrder3, "create\nadd 65536 size:1024\na0 = alloc 8\ndestroy as-is\n"},
};

const Draft kDoors[] = {
    {kOfGenPool, "gen_pool_owners_of_two_chunks",
     "Alloc and free say whose chunk it is, and nobody's where there is no block.", kOrder3,
     "create\nadd 65536 size:64 owner:7\nadd 131072 size:64\nadd 262144 size:64 phys:8192 "
     "owner:255\n"
     "a0 = alloc 64 via:owner\na1 = alloc 64 via:owner\na2 = alloc 64 best-fit via:owner\n"
     "a3 = alloc 64 via:owner\na3 = alloc 0 via:owner\nfree a0 via:owner\nfree a1 via:owner\n"
     "free a2 via:owner\na0 = alloc 8 order-align via:owner (collide:1 set)\n"
     "free a0 via:owner (collide:1 set+1)\ndestroy\n"},
    {kOfGenPool, "gen_pool_physical_addresses_at_the_edges_of_chunks",
     "First and last byte, one before and one behind, and a chunk that has none.", kOrder3,
     "create\nadd 65536 size:4096 phys:1044480\nadd 131072 size:4103 phys:17523466567680\n"
     "add 262144 size:64\nvirt_to_phys 65535\nvirt_to_phys 65536\nvirt_to_phys 69631\n"
     "virt_to_phys 69632\nvirt_to_phys 131073\nvirt_to_phys 135174\nvirt_to_phys 135175\n"
     "virt_to_phys 262144\nvirt_to_phys 262145\nvirt_to_phys 0\nvirt_to_phys 2^64-1\ndestroy\n"},
    {kOfGenPool, "gen_pool_dma_alloc_by_each_policy",
     "The pool's own, one that the call names, an alignment; with a place for the address and "
     "without.",
     kOrder3,
     "create\nadd 65544 size:4096 phys:68719476736\na0 = alloc 64 via:dma\n"
     "a1 = alloc 64 align:7 via:dma\na2 = alloc 48 order-align via:dma\n"
     "a3 = alloc 24 best-fit via:dma\na4 = alloc 8 fixed:2048 via:dma\n"
     "a5 = alloc 8 fixed:2048 via:dma\na6 = alloc 64 via:dma-no-address\n"
     "a7 = alloc 64 align:8 via:dma-no-address\na8 = alloc 8192 via:dma\nfree a0\nfree a1\nfree "
     "a2\n"
     "free a3\nfree a4\nfree a6\nfree a7\ndestroy\n"},
    {kOfGenPool, "gen_pool_dma_zalloc_writes_its_block_and_no_more",
     "Blocks beside each other, by each policy, in chunks that have memory behind them.", kOrder3,
     "create\nadd 0x7ec000000000 size:4096 phys:4096\nadd 0x7ec000001000 size:2055\n"
     "a0 = alloc 64\na1 = alloc 65 via:dma-zeroed\na2 = alloc 64\na3 = alloc 1 via:dma-zeroed\n"
     "free a1\na1 = alloc 72 best-fit via:dma-zeroed\na4 = alloc 100 align:7 via:dma-zeroed\n"
     "a5 = alloc 24 order-align via:dma-zeroed\na6 = alloc 8 fixed:2040 via:dma-zeroed\n"
     "a7 = alloc 4096 via:dma-zeroed\na8 = alloc 0 via:dma-zeroed\nfree a7\n"
     "a7 = alloc 512 via:dma-zeroed (collide:2 set)\nfree a0\nfree a1\nfree a2\nfree a3\nfree a4\n"
     "free a5\nfree a6\nfree a7\ndestroy\n"},
    {kOfGenPool, "gen_pool_dma_zalloc_at_order_6",
     "The tail of the last granule is the block's too.", "kind:gen_pool order:6",
     "create\nadd 0x7ec000000000 size:8192\na0 = alloc 65 via:dma-zeroed\n"
     "a1 = alloc 64 via:dma-zeroed\na2 = alloc 1 align:8 via:dma-zeroed\nfree a0\n"
     "a0 = alloc 128 via:dma-zeroed\nfree a0\nfree a1\nfree a2\ndestroy\n"},
    {kOfGenPool, "gen_pool_dma_zalloc_needs_memory_behind_every_chunk",
     "The second chunk has none: nothing is done.", kOrder3,
     "create\nadd 0x7ec000000000 size:64\nadd 65536 size:64\na0 = alloc 8 via:dma-zeroed\n"
     "a0 = alloc 8\nfree a0\ndestroy\n"},
    {kOfGenPool, "gen_pool_changes_its_own_policy",
     "Each policy and back to none; what an alloc names itself goes before it.", kOrder3,
     "create\nadd 65544 size:4096\nset_algo align:6\na0 = alloc 8\na1 = alloc 8 via:dma\n"
     "set_algo order-align\na2 = alloc 24\na3 = alloc 72 via:owner\nset_algo fixed:1024\n"
     "a4 = alloc 16\na5 = alloc 16\na6 = alloc 16 via:dma\na5 = alloc 16 best-fit\nfree a1\n"
     "set_algo best-fit\na1 = alloc 48\nset_algo first-fit\na7 = alloc 8\nset_algo default\n"
     "a8 = alloc 8\nfree a0\nfree a1\nfree a2\nfree a3\nfree a4\nfree a5\nfree a7\nfree a8\n"
     "destroy\ncreate\nadd 65544 size:64\na0 = alloc 8\nfree a0\ndestroy\n"},
    {kOfGenPool, "gen_pool_own_policy_with_a_misaligned_offset_warns_in_each_alloc",
     "Also in one that asks for a physical address.", kOrder3,
     "create\nadd 65536 size:64\nset_algo fixed:4\na0 = alloc 8\na1 = alloc 8 via:dma\n"
     "set_algo default\na0 = alloc 8\nfree a0\ndestroy\n"},
    {kOfGenPool, "gen_pool_of_a_device",
     "Found by its name alone, not made twice, gone with the device; F1 at each of its three "
     "calls.",
     kOrder3,
     "managed\nmanaged named\nmanaged named (fail kmalloc:1)\nmanaged named (fail kmalloc:2)\n"
     "managed named (fail kmalloc:3)\nmanaged (fail kmalloc:1)\nmanaged (fail kmalloc:2)\n"
     "managed named (fail nth:4)\ncreate\nmanaged named\nadd 65536 size:64\na0 = alloc 8\nfree a0\n"
     "destroy\nmanaged\n"},
};

}  // namespace

void add_gen_pool_doors(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kRaces), std::end(kRaces));
  drafts.insert(drafts.end(), std::begin(kEdges), std::end(kEdges));
  drafts.insert(drafts.end(), std::begin(kDoors), std::end(kDoors));
}

}  // namespace arenafuzz::seeds
