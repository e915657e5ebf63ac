// SPDX-License-Identifier: GPL-2.0-only
//
// Wrong frees of every kind, and enabling twice (docs/arena_pool.md, gen_pool and Sums that wrap).
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

// One wrong free of a0, with a neighbour on each side, then allocs that show what it did.
struct WrongFree {
  const char* name;
  const char* about;
  const char* words;  // behind "misuse free"
  bool regression;
};
constexpr WrongFree kWrongFrees[] = {
    {"shorter_size_leaks_the_tail", "Half the block stays allocated.", "a1 size:64", false},
    {"longer_size_frees_the_neighbour", "The next block's granules are cleared too.", "a1 size:256",
     false},
    {"size_zero_does_nothing", "No granule at all.", "a1 size:0", false},
    {"pointer_inside_a_granule_is_rounded_down", "Three bytes into the block.", "a1 offset:3",
     false},
    {"pointer_one_granule_on_meets_the_neighbour", "Shifted by a granule.", "a1 offset:8", false},
    {"pointer_before_the_block_takes_the_neighbours_last_granule", "Shifted down by a granule.",
     "a1 offset:-8", false},
    {"pointer_below_the_chunk_is_a_bug", "No chunk holds it.", "a0 offset:-4096", true},
    {"size_past_the_chunk_is_a_bug", "The end lies beyond the chunk's last byte.", "a1 size:16384",
     true},
    {"free_twice_is_a_bug", "The granules are clear already.", "a1 twice", true},
    {"size_over_a_free_granule_is_a_bug", "Runs on until a granule that is not allocated.",
     "a2 size:1000", true},
    {"size_of_2_64_minus_1_frees_nothing", "addr + size wraps to one below addr.", "a1 size:2^64-1",
     true},
    {"size_of_2_64_minus_7_frees_nothing", "The last size whose rounded sum is nothing.",
     "a1 size:2^64-7", true},
    {"size_of_2_64_minus_8_clears_forward_to_a_bug", "A sum that wraps below the chunk's end.",
     "a1 size:2^64-8", true},
    {"size_of_2_64_minus_16_clears_forward_to_a_bug", "Two granules below zero.", "a1 size:2^64-16",
     true},
    {"size_of_2_63_is_past_the_end", "Does not wrap: far past the chunk.", "a1 size:2^63", false},
    {"size_of_2_44_is_past_the_end", "Larger than any arena.", "a1 size:2^44", false},
    {"every_word_at_once", "Other size, other offset and twice in one free.",
     "a1 size:8 offset:16 twice", false},
};

const Draft kMisuses[] = {
    {kMisuse | kRegression, "misuse_free_of_the_block_that_the_slot_held_last_is_a_bug",
     "A correct free, then the same block again.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 64\nfree a0\nmisuse free a0 twice\n"
     "disable s0\n"},
    {kMisuse, "misuse_double_free_of_a_block_that_was_given_out_again",
     "The second free hits the new owner.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 64\nfree a0\na1 = alloc s0 64\nmisuse free a0 twice\n"
     "a2 = alloc s0 64\nfree a2\nmisuse free a1\ndisable s0\n"},
    {kMisuse | kRegression, "misuse_free_through_another_scheduler_is_a_bug",
     "The other pool has no chunk there.", "pages:32 schedulers:2",
     "enable s0 root m0\nenable s1 sub m0\na0 = alloc s0 64\na1 = alloc s1 64\n"
     "misuse free a0 via:s1\ndisable s1\ndisable s0\n"},
    {kMisuse, "misuse_free_through_a_scheduler_without_a_pool_does_nothing",
     "cpu-form and disabled schedulers free nothing.", "pages:32 schedulers:3",
     "enable s0 root m0\nenable s1 sub none\na0 = alloc s0 64\nmisuse free a0 via:s1\n"
     "a1 = alloc s0 64\nmisuse free a1 via:s2\na2 = alloc s0 64\nfree a2\ndisable s0\n"},
    {kMisuse, "misuse_free_in_the_other_map_is_a_bug", "Two maps, two pools.",
     "pages:16 schedulers:2 maps:2",
     "enable s0 root m0\nenable s1 root m1\na0 = alloc s0 64\na1 = alloc s1 64\n"
     "misuse free a1 via:s0\n"},
    {kMisuse | kRegression | kProgram, "misuse_enabling_twice_is_busy",
     "A second init without destroy: -EBUSY, and the first pool goes on.",
     "pages:16 schedulers:2 maps:2",
     "enable s0 root m0\na0 = alloc s0 64\nenable s0 root m0\nenable s0 root m1\n"
     "enable s0 sub none\nenable s0 root m0+m1\na1 = alloc s0 64\nfree a0\nfree a1\ndisable s0\n"},
    {kMisuse, "misuse_enabling_a_cpu_form_scheduler_twice_is_busy", "No pool is there to say it.",
     "pages:16",
     "enable s0 root none\nenable s0 root none\nenable s0 root m0\na0 = alloc s0 64\n"
     "disable s0\n"},
    {kMisuse, "misuse_enable_path_on_an_enabled_scheduler_is_busy",
     "The masks of the first one stay.", "pages:32",
     "enable_path s0 root m0 cpus:64 shards:2 cids:24\n"
     "enable_path s0 root m0 cpus:64 shards:2 cids:24\na0 = alloc s0 8\ndisable s0\n"},
    {kMisuse, "misuse_wrong_free_after_a_failed_growth",
     "A fault, then a free that takes the neighbour along.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 64\n"
     "a2 = alloc s0 16384 (fail vzalloc:1)\nmisuse free a0 size:128\na3 = alloc s0 128\n"
     "disable s0\n"},
    {kMisuse, "misuse_free_with_a_peer_that_clears_the_bits_first",
     "Outside correct use a peer may clear what it never set: BUG in the free.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 520\nfree a0 (collide:2 clear)\ndisable s0\n"},
    {kMisuse, "misuse_alloc_rolls_back_over_a_peer_that_cleared_its_bits",
     "The roll-back of the first word finds a bit clear: BUG.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 520 (collide:2 set) (collide:3 clear)\ndisable s0\n"},
    {kMisuse | kRegression, "misuse_free_that_runs_off_the_bitmap_is_not_executed",
     "Every granule up to the chunk's end is allocated: undefined in C, traced as such.",
     "pages:16",
     "enable s0 root m0\na0 = alloc s0 16384\nmisuse free a0 size:2^64-8\na1 = alloc s0 8\n"
     "disable s0\n"},
    {kMisuse, "misuse_absurd_sizes_fail_without_touching_anything",
     "0 and what passes 4 GiB are refused without a call; 4 GiB asks the arena.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 0\na1 = alloc s0 2^32\na2 = alloc s0 2^32+1\n"
     "a3 = alloc s0 2^44\na4 = alloc s0 2^63\na5 = alloc s0 2^64-1\na6 = alloc s0 2^64-7\n"
     "a7 = alloc s0 2^64-4096\na8 = alloc s0 8\nfree a8\ndisable s0\n"},
};

}  // namespace

void add_misuses(Drafts& drafts) {
  for (const WrongFree& wrong : kWrongFrees)
    drafts.push_back({kMisuse | (wrong.regression ? kRegression : 0),
                      std::string("misuse_") + wrong.name, wrong.about, "pages:16",
                      std::string("enable s0 root m0\na0 = alloc s0 128\na1 = alloc s0 128\n"
                                  "a2 = alloc s0 128\nmisuse free ") +
                          wrong.words +
                          "\na3 = alloc s0 64\na4 = alloc s0 128\nfree a3\nfree a4\ndisable s0\n"});
  drafts.insert(drafts.end(), std::begin(kMisuses), std::end(kMisuses));
}

}  // namespace arenafuzz::seeds
