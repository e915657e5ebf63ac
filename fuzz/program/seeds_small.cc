// SPDX-License-Identifier: GPL-2.0-only
//
// Short programs on small arenas: what a mutator changes best. One byte of a record away from most
// edges, over every page size, base, placement and release policy.
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

const Draft kSmall[] = {
    {kAll | kProgram, "small_one_block_each_way", "The least program that does something.",
     "pages:4", "enable s0 root m0\na0 = alloc s0 32\nfree a0\ndisable s0\n"},
    {kAll, "small_sizes_around_a_granule", "1, 7, 8 and 9 bytes.", "pages:4",
     "enable s0 root m0\na0 = alloc s0 1\na1 = alloc s0 7\na2 = alloc s0 8\na3 = alloc s0 9\n"
     "free a1\na4 = alloc s0 8\nfree a3\na5 = alloc s0 16\ndisable s0\n"},
    {kAll, "small_sizes_around_a_bitmap_word", "504, 512 and 520 bytes: 63 to 65 granules.",
     "pages:8",
     "enable s0 root m0\na0 = alloc s0 504\na1 = alloc s0 512\na2 = alloc s0 520\nfree a1\n"
     "a3 = alloc s0 520\na4 = alloc s0 511\nfree a0\nfree a2\ndisable s0\n"},
    {kAll, "small_sizes_around_a_page", "4095, 4096 and 4097 bytes.", "pages:8",
     "enable s0 root m0\na0 = alloc s0 4095\na1 = alloc s0 4096\na2 = alloc s0 4097\nfree a1\n"
     "a3 = alloc s0 4096\nfree a2\nfree a0\na4 = alloc s0 8192\ndisable s0\n"},
    {kAll, "small_sizes_around_a_chunk", "One byte less, exactly and one more than four pages.",
     "pages:16",
     "enable s0 root m0\na0 = alloc s0 16383\na1 = alloc s0 16384\na2 = alloc s0 16385\nfree a0\n"
     "a3 = alloc s0 16376\na4 = alloc s0 8\ndisable s0\n"},
    {kAll, "small_arena_filled_to_the_last_granule", "Then one byte more, then a hole.", "pages:4",
     "enable s0 root m0\na0 = alloc s0 16368\na1 = alloc s0 8\na2 = alloc s0 8\na3 = alloc s0 1\n"
     "free a1\na3 = alloc s0 1\nfree a0\na4 = alloc s0 16368\ndisable s0\n"},
    {kAll, "small_arena_of_three_pages_can_never_grow", "The least growth is four pages.",
     "pages:3", "enable s0 root m0\na0 = alloc s0 8\na1 = alloc s0 12288\ndisable s0\n"},
    {kAll, "small_holes_are_filled_lowest_first", "Three holes in one chunk.", "pages:4",
     "enable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 64\na2 = alloc s0 64\na3 = alloc s0 64\n"
     "a4 = alloc s0 64\nfree a3\nfree a1\na5 = alloc s0 40\na6 = alloc s0 64\na7 = alloc s0 24\n"
     "disable s0\n"},
    {kAll, "small_newest_chunk_is_tried_first", "A hole in the old chunk waits.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 16384\na1 = alloc s0 8192\nfree a0\na2 = alloc s0 8192\n"
     "a3 = alloc s0 8192\na4 = alloc s0 8192\nfree a1\na5 = alloc s0 8\ndisable s0\n"},
    {kAll, "small_slot_written_twice_forgets_its_block", "The first block lives until disable.",
     "pages:4",
     "enable s0 root m0\na0 = alloc s0 8192\na0 = alloc s0 4096\nfree a0\nfree a0\n"
     "a0 = alloc s0 12288\ndisable s0\n"},
    {kAll, "small_alloc_and_free_without_a_scheduler", "Nothing is enabled.", "pages:4",
     "a0 = alloc s0 8\nfree a0\ndisable s0\nworker m0\nheal\nenable s0 root m0\ndisable s0\n"
     "a0 = alloc s0 8\n"},
    {kAll, "small_sizes_beyond_the_arena_and_beyond_sense",
     "Larger than the arena, past 4 GiB, wrapping, nothing.", "pages:8",
     "enable s0 root m0\na0 = alloc s0 32769\na1 = alloc s0 2^32+1\na2 = alloc s0 2^64-1\n"
     "a3 = alloc s0 0\na4 = alloc s0 32768\nfree a4\ndisable s0\n"},
    {kAll, "small_alloc_of_4_gib_asks_the_arena", "The largest size that makes a claim.", "pages:8",
     "enable s0 root m0\na0 = alloc s0 2^32\na0 = alloc s0 8\ndisable s0\n"},
    {kFaults, "small_every_fault_once", "Each site in its own operation.",
     "pages:32 release:deferred",
     "enable s0 root m0 (fail kmalloc:1)\nenable s0 root m0\na0 = alloc s0 32 (fail page:1)\n"
     "a0 = alloc s0 32 (fail vzalloc:1)\na0 = alloc s0 32 (fail nth:2, span:1)\n"
     "worker m0 (fail release:1)\na0 = alloc s0 32\nfree a0\ndisable s0\n"},
    {kFaults, "small_every_neighbour_once", "Each act of the neighbours.", "pages:64",
     "p0 = claim m0 2 at:8\nuser_fault m0 0 count:3 stride:2\np1 = reserve m0 20+4\n"
     "enable s0 root m0\na0 = alloc s0 100\nrelease p0\nrelease a0\nrelease m0 20+2\n"
     "a1 = alloc s0 16384\nworker m0\nheal\nteardown m0\nmmap m0\nfree a0\ndisable s0\n"},
    {kCanary, "canary_allocs_and_frees_of_two_pages", "Large blocks, nothing fails.", "pages:64",
     "enable s0 root m0\na0 = alloc s0 8192\na1 = alloc s0 12000\nfree a0\na0 = alloc s0 9000\n"
     "free a1\nfree a0\ndisable s0\n"},
    {kCanary, "canary_growth_fails_and_small_blocks_follow", "A fault, but no large free.",
     "pages:64",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1)\na0 = alloc s0 32\na1 = alloc s0 64\n"
     "free a0\na2 = alloc s0 48\nfree a1\nfree a2\ndisable s0\n"},
    {kCanary, "canary_large_free_before_the_fault", "In the wrong order to see the bug.",
     "pages:64",
     "enable s0 root m0\na0 = alloc s0 8192\nfree a0\na1 = alloc s0 20000 (fail page:1)\n"
     "a2 = alloc s0 512\nfree a2\ndisable s0\n"},
};

constexpr const char* kPageSizes[] = {"4096", "16384", "65536"};
constexpr const char* kBases[] = {"zero", "small", "high", "end"};

// The same short life in arenas of every shape.
void add_shapes(Drafts& drafts) {
  int shape = 0;
  for (const std::string page : kPageSizes) {
    for (const std::string base : kBases) {
      const bool best = shape % 2 != 0;
      const bool deferred = shape / 2 % 2 != 0;
      ++shape;
      const std::string header = "pages:32 base:" + base + " page:" + page +
                                 " placement:" + (best ? "best" : "lowest") +
                                 " release:" + (deferred ? "deferred" : "immediate");
      const std::string name = "small_life_in_pages_of_" + page + "_with_base_" + base;
      drafts.push_back({kAll, name, "A growth, a hole, a larger growth.", header,
                        "enable s0 root m0\na0 = alloc s0 " + page +
                            "\na1 = alloc s0 32\n"
                            "a2 = alloc s0 300000\nfree a0\na3 = alloc s0 1048\nfree a2\nfree a1\n"
                            "disable s0\n"});
      drafts.push_back({kFaults, name + "_under_faults",
                        "A page stolen, a growth unwound, the same again.", header,
                        "user_fault m0 5\nenable s0 root m0\na0 = alloc s0 " + page +
                            "\n"
                            "a1 = alloc s0 300000 (fail vzalloc:1)\nworker m0\nrelease a0\n"
                            "a1 = alloc s0 300000\na2 = alloc s0 " +
                            page + "\nfree a0\ndisable s0\n"});
    }
  }
}

}  // namespace

void add_small_programs(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kSmall), std::end(kSmall));
  add_shapes(drafts);
}

}  // namespace arenafuzz::seeds
