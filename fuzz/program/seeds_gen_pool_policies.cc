// SPDX-License-Identifier: GPL-2.0-only
//
// gen_pool programs that take each of gen_pool's policies to its edges (docs/format.md, What
// operations mean). A gen_pool with first fit alone does nothing where another policy is asked for.
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

constexpr unsigned kHere = kRegression | kKernelGenPool;

const Draft kAligned[] = {
    {kHere, "gen_pool_align_counts_from_the_address_of_the_chunk",
     "The chunk begins three granules behind a multiple of 64; 4096 fits once, near its end.",
     "kind:gen_pool order:3",
     "create\nadd 65560 size:4096\na0 = alloc 8 align:6\na1 = alloc 8 align:6\n"
     "a2 = alloc 8 align:12\na3 = alloc 8 align:12\na4 = alloc 32 align:4\na5 = alloc 24\n"
     "free a0\na6 = alloc 8 align:6\nfree a1\nfree a2\nfree a4\nfree a5\nfree a6\ndestroy\n"},
    {kHere, "gen_pool_align_in_a_chunk_that_starts_inside_a_granule",
     "Aligned is the granule, counted from where it would begin: 65536, not 65549.",
     "kind:gen_pool order:4",
     "create\nadd 65549 size:1000\na0 = alloc 16 align:0\na1 = alloc 16 align:5\n"
     "a2 = alloc 16 align:8\na3 = alloc 40 align:8\nfree a0\nfree a1\na4 = alloc 32 align:4\n"
     "free a2\nfree a3\nfree a4\ndestroy\n"},
    {kHere, "gen_pool_align_up_to_a_granule_is_first_fit",
     "Alignments of 1, 32 and 64 bytes ask for nothing more at order 6; 128 does.",
     "kind:gen_pool order:6",
     "create\nadd 65600 size:1024\na0 = alloc 64 align:0\na1 = alloc 64 align:5\n"
     "a2 = alloc 64 align:6\na3 = alloc 64 align:7\na4 = alloc 64 align:7\nfree a0\nfree a1\n"
     "free a2\nfree a3\nfree a4\ndestroy\n"},
    {kHere, "gen_pool_align_passes_holes_that_are_long_enough_but_not_aligned",
     "Seven granules before each aligned one; freeing the first granule makes room.",
     "kind:gen_pool order:3",
     "create\nadd 65536 size:256\na0 = alloc 8\na1 = alloc 64 align:6\na2 = alloc 64 align:6\n"
     "a3 = alloc 64 align:6\na4 = alloc 64 align:6\na5 = alloc 56\nfree a5\nfree a0\n"
     "a4 = alloc 64 align:6\nfree a1\nfree a2\nfree a3\nfree a4\ndestroy\n"},
    {kHere, "gen_pool_align_goes_on_to_an_older_chunk",
     "The newer chunk has room, but no multiple of 256; the third is skipped by its avail.",
     "kind:gen_pool order:3",
     "create\nadd 65536 size:4096\nadd 1048584 size:128\nadd 2097152 size:32\n"
     "a0 = alloc 64 align:8\na1 = alloc 64 align:8\na2 = alloc 64\nfree a0\nfree a1\nfree a2\n"
     "destroy\n"},
    {kHere, "gen_pool_align_of_more_than_an_int_holds_is_not_executed",
     "The kernel's alignment is an int: 2^30 is the most.", "kind:gen_pool order:3",
     "create\nadd 1073741816 size:64\na0 = alloc 8 align:30\na1 = alloc 8 align:30\n"
     "a1 = alloc 8 align:31\na1 = alloc 8 align:40\nfree a0\nfree a1\ndestroy\n"},
    {kHere, "gen_pool_align_over_the_edges_of_bitmap_words",
     "Aligned to 64 granules, in runs of 63, 64, 65 and 129.", "kind:gen_pool order:3",
     "create\nadd 65536 size:8192\na0 = alloc 8\na1 = alloc 504 align:9\na2 = alloc 512 align:9\n"
     "a3 = alloc 520 align:9\na4 = alloc 1032 align:9\nfree a2\na5 = alloc 512 align:9\n"
     "a6 = alloc 448 align:9\nfree a0\nfree a1\nfree a3\nfree a4\nfree a5\nfree a6\ndestroy\n"},
    {kHere, "gen_pool_order_align_around_powers_of_two",
     "1, 3, 4, 5, 7, 8, 9, 63, 64 and 65 granules.", "kind:gen_pool order:3",
     "create\nadd 65536 size:16384\na0 = alloc 8 order-align\na1 = alloc 24 order-align\n"
     "a2 = alloc 32 order-align\na3 = alloc 40 order-align\na4 = alloc 56 order-align\n"
     "a5 = alloc 64 order-align\na6 = alloc 72 order-align\na7 = alloc 504 order-align\n"
     "a8 = alloc 512 order-align\na9 = alloc 520 order-align\na10 = alloc 1 order-align\n"
     "free a0\nfree a1\nfree a2\nfree a3\nfree a4\nfree a5\nfree a6\nfree a7\nfree a8\nfree a9\n"
     "free a10\ndestroy\n"},
    {kHere, "gen_pool_order_align_counts_from_the_chunk_not_from_the_address",
     "Granule 2 of a chunk from 65544 is no multiple of 16 in memory.", "kind:gen_pool order:3",
     "create\nadd 65544 size:256\na0 = alloc 8\na1 = alloc 16 order-align\n"
     "a2 = alloc 16 align:4\nfree a0\nfree a1\nfree a2\ndestroy\n"},
    {kHere, "gen_pool_order_align_finds_no_room_in_the_last_part",
     "Nine granules may begin at 0 and 16 of 24; eight fit at 8 and 16.", "kind:gen_pool order:3",
     "create\nadd 65536 size:192\na0 = alloc 8\na1 = alloc 72 order-align\n"
     "a1 = alloc 64 order-align\na2 = alloc 64 order-align\na3 = alloc 64 order-align\nfree a0\n"
     "a3 = alloc 64 order-align\nfree a1\nfree a2\nfree a3\ndestroy\n"},
};

const Draft kBestAndFixed[] = {
    {kHere, "gen_pool_best_fit_takes_the_lowest_of_equal_holes",
     "Holes of 8, 8, 4 and 4 granules, and the rest.", "kind:gen_pool order:3",
     "create\nadd 65536 size:1024\na0 = alloc 64\na1 = alloc 8\na2 = alloc 64\na3 = alloc 8\n"
     "a4 = alloc 32\na5 = alloc 8\na6 = alloc 32\na7 = alloc 8\nfree a0\nfree a2\nfree a4\n"
     "free a6\na8 = alloc 32 best-fit\na9 = alloc 24 best-fit\na10 = alloc 64 best-fit\n"
     "a11 = alloc 40 best-fit\na12 = alloc 72 best-fit\nfree a1\nfree a3\nfree a5\nfree a7\n"
     "free a8\nfree a9\nfree a10\nfree a11\nfree a12\ndestroy\n"},
    {kHere, "gen_pool_best_fit_stays_in_the_first_chunk_with_a_hole",
     "The older chunk would fit exactly.", "kind:gen_pool order:3",
     "create\nadd 65536 size:8\nadd 131072 size:4096\na0 = alloc 8 best-fit\n"
     "a1 = alloc 4088 best-fit\na2 = alloc 8 best-fit\na3 = alloc 8 best-fit\nfree a0\nfree a1\n"
     "free a2\ndestroy\n"},
    {kHere, "gen_pool_best_fit_takes_the_hole_at_the_end_of_a_chunk_with_a_tail",
     "65 granules are left at the end, 66 before them; 7 bytes are none.", "kind:gen_pool order:3",
     "create\nadd 65536 size:1063\na0 = alloc 528\na1 = alloc 8\nfree a0\n"
     "a2 = alloc 512 best-fit\na3 = alloc 512 best-fit\na4 = alloc 8 best-fit\nfree a1\nfree a2\n"
     "free a3\nfree a4\ndestroy\n"},
    {kHere, "gen_pool_fixed_free_taken_and_behind_the_end",
     "Only the run that is asked for: taken, half taken, the last, over the end, behind it.",
     "kind:gen_pool order:3",
     "create\nadd 65544 size:256\na0 = alloc 64 fixed:64\na1 = alloc 8 fixed:64\n"
     "a1 = alloc 64 fixed:32\na1 = alloc 64 fixed:192\na2 = alloc 8 fixed:256\n"
     "a2 = alloc 64 fixed:200\na2 = alloc 8 fixed:16777208\na2 = alloc 0 fixed:0\n"
     "a2 = alloc 64 fixed:0\nfree a0\na0 = alloc 128 fixed:64\nfree a0\nfree a1\nfree a2\n"
     "destroy\n"},
    {kHere, "gen_pool_fixed_goes_to_the_chunk_where_it_is_free",
     "Taken in the newest, behind the end of the second, free in the oldest.",
     "kind:gen_pool order:3",
     "create\nadd 65536 size:256\nadd 131072 size:64\nadd 262144 size:256\n"
     "a0 = alloc 64 fixed:128\na1 = alloc 64 fixed:128\na2 = alloc 64 fixed:128\n"
     "a3 = alloc 64 fixed:0\na4 = alloc 64 fixed:0\na5 = alloc 64 fixed:0\na6 = alloc 8 fixed:0\n"
     "free a0\nfree a1\nfree a3\nfree a4\nfree a5\ndestroy\n"},
    {kHere, "gen_pool_fixed_misaligned_warns_in_each_chunk_that_is_tried",
     "Twice at first; once when one chunk is full, and never where nothing is tried.",
     "kind:gen_pool order:4",
     "create\nadd 65536 size:64\nadd 131072 size:64\na0 = alloc 16 fixed:8\n"
     "a0 = alloc 64 fixed:0\na1 = alloc 16 fixed:1\na1 = alloc 0 fixed:1\na1 = alloc 65 fixed:1\n"
     "a1 = alloc 64 fixed:0\na2 = alloc 16 fixed:17\nfree a0\nfree a1\ndestroy\n"},
    {kHere, "gen_pool_every_policy_at_order_0", "A granule is a byte: no offset is misaligned.",
     "kind:gen_pool order:0",
     "create\nadd 4099 size:130\na0 = alloc 1 align:3\na1 = alloc 3 order-align\n"
     "a2 = alloc 5 best-fit\na3 = alloc 7 fixed:61\na4 = alloc 64 align:6\n"
     "a5 = alloc 33 order-align\nfree a0\nfree a1\nfree a2\nfree a3\nfree a4\nfree a5\n"
     "destroy\n"},
    {kHere, "gen_pool_every_policy_at_order_12", "A granule is a page, the chunk begins in one.",
     "kind:gen_pool order:12",
     "create\nadd 1050000 size:266240\na0 = alloc 4096 align:13\na1 = alloc 12288 order-align\n"
     "a2 = alloc 4096 best-fit\na3 = alloc 8192 fixed:40960\na4 = alloc 4096 fixed:40961\n"
     "a5 = alloc 1 align:16\nfree a0\nfree a1\nfree a2\nfree a3\nfree a5\ndestroy\n"},
    {kHere, "gen_pool_every_policy_in_a_chunk_with_a_tail",
     "avail counts the tail, so that a full chunk is searched all the same.",
     "kind:gen_pool order:3",
     "create\nadd 65536 size:71\na0 = alloc 56\na1 = alloc 9 align:3\na1 = alloc 8 fixed:64\n"
     "a1 = alloc 15 best-fit\na1 = alloc 8 fixed:56\na2 = alloc 7 align:3\n"
     "a2 = alloc 7 order-align\na2 = alloc 7 best-fit\na2 = alloc 7 fixed:56\nfree a0\nfree a1\n"
     "destroy\n"},
    {kHere, "gen_pool_every_policy_with_chunks_that_overlap",
     "Each chunk has a bitmap of its own: one address comes from both.", "kind:gen_pool order:3",
     "create\nadd 65536 size:256\na0 = alloc 64 align:7\nadd 65536 size:256\n"
     "a1 = alloc 64 fixed:0\na2 = alloc 64 best-fit\na3 = alloc 64 order-align\nfree a0\nfree a1\n"
     "destroy\n"},
};

}  // namespace

void add_gen_pool_policies(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kAligned), std::end(kAligned));
  drafts.insert(drafts.end(), std::begin(kBestAndFixed), std::end(kBestAndFixed));
}

}  // namespace arenafuzz::seeds
