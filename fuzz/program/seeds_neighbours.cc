// SPDX-License-Identifier: GPL-2.0-only
//
// What else moves pages: user faults, the BPF program, the map's life; and several schedulers.
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

const Draft kNeighbours[] = {
    {kFaults | kRegression | kProgram, "user_faults_of_stride_2_leave_no_room_for_a_growth",
     "Half the arena is free and no two pages of it adjoin.", "pages:64",
     "user_fault m0 0 count:32 stride:2\nenable s0 root m0\na0 = alloc s0 8\n"
     "release m0 8+1\nrelease m0 10+1\na0 = alloc s0 8\nfree a0\ndisable s0\n"},
    {kFaults, "user_faults_of_stride_5_leave_room_for_small_growths_only",
     "Runs of four pages: one growth each, and nothing larger.", "pages:64",
     "user_fault m0 4 count:12 stride:5\nenable s0 root m0\na0 = alloc s0 16384\n"
     "a1 = alloc s0 16385\na2 = alloc s0 16384\nfree a0\nfree a2\ndisable s0\n"},
    {kFaults, "user_faults_between_growths_split_the_arena", "A page is touched after each growth.",
     "pages:64 base:zero",
     "enable s0 root m0\na0 = alloc s0 16384\nuser_fault m0 4\na1 = alloc s0 16384\n"
     "user_fault m0 12 count:3\na2 = alloc s0 40000\nuser_fault m0 63\na3 = alloc s0 100000\n"
     "free a1\nfree a0\ndisable s0\n"},
    {kFaults, "best_fit_takes_the_smallest_gap",
     "Gaps of 4, 6 and 5 pages: a growth takes the first, then the last.",
     "pages:32 placement:best",
     "user_fault m0 4\nuser_fault m0 11\nuser_fault m0 17 count:15\nenable s0 root m0\n"
     "a0 = alloc s0 16384\na1 = alloc s0 16384\na2 = alloc s0 24576\nfree a0\ndisable s0\n"},
    {kFaults, "lowest_gap_takes_the_first_gap", "The same gaps, in the order of their addresses.",
     "pages:32 placement:lowest",
     "user_fault m0 4\nuser_fault m0 11\nuser_fault m0 17 count:15\nenable s0 root m0\n"
     "a0 = alloc s0 16384\na1 = alloc s0 16384\na2 = alloc s0 24576\nfree a0\ndisable s0\n"},
    {kFaults, "best_fit_prefers_the_gap_that_changed_last",
     "Three gaps of four pages, the middle one released last.", "pages:24 placement:best",
     "p0 = claim m0 4 at:2\np1 = claim m0 4 at:8\np2 = claim m0 4 at:14\np3 = claim m0 2 at:0\n"
     "p4 = claim m0 2 at:6\np5 = claim m0 2 at:12\np6 = claim m0 6 at:18\nrelease p0\nrelease p2\n"
     "release p1\nenable s0 root m0\na0 = alloc s0 16384\na1 = alloc s0 16384\ndisable s0\n"},
    {kFaults | kRegression | kProgram, "overlap_guard_refuses_pages_that_the_pool_still_uses",
     "The BPF program releases the pool's pages; the arena hands them out again.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 16384\nrelease a0\na1 = alloc s0 16384\n"
     "a2 = alloc s0 8\nfree a0\na3 = alloc s0 16384\ndisable s0\n"},
    {kFaults | kRegression, "overlap_guard_refuses_a_run_that_overlaps_a_chunk_by_one_page",
     "One page in the middle of a chunk is released, with free pages around a larger claim.",
     "pages:16",
     "enable s0 root m0\na0 = alloc s0 32768\nrelease m0 7+1\na1 = alloc s0 16384\n"
     "a2 = alloc s0 16384\nfree a0\ndisable s0\n"},
    {kFaults | kRegression, "overlap_guard_under_deferred_release_waits_for_the_worker",
     "The guard's own release is deferred: pages move on only when the worker has run.",
     "pages:8 release:deferred",
     "enable s0 root m0\na0 = alloc s0 16384\nrelease m0 0+4\na1 = alloc s0 16384\n"
     "a1 = alloc s0 16384\nworker m0\na2 = alloc s0 16384\nfree a0\ndisable s0\n"},
    {kFaults, "bpf_program_releases_the_whole_arena_under_the_pool",
     "All pages at once, then allocs that grow and allocs that fit.", "pages:32",
     "enable s0 root m0\na0 = alloc s0 16384\na1 = alloc s0 16384\nrelease m0 0+32\n"
     "a2 = alloc s0 16384\nfree a0\na3 = alloc s0 8192\nfree a3\ndisable s0\n"},
    {kFaults, "bpf_program_takes_the_pages_it_stole",
     "Released from under the pool, then claimed at the same place by the thief.", "pages:32",
     "enable s0 root m0\na0 = alloc s0 16384\nrelease a0\np0 = claim m0 4 at:0\n"
     "a1 = alloc s0 16384\nfree a0\nfree a1\nrelease p0\na2 = alloc s0 16384\ndisable s0\n"},
    {kFaults, "bpf_program_claims_and_releases_its_own_pages",
     "With a hint, without one, and with a hint that is taken.", "pages:32",
     "p0 = claim m0 3\np1 = claim m0 2 at:16\np2 = claim m0 2 at:17\nenable s0 root m0\n"
     "a0 = alloc s0 50000\nrelease p0\nrelease p1\na1 = alloc s0 30000\nfree a0\nfree a1\n"
     "disable s0\n"},
    {kFaults, "release_past_the_end_of_the_arena_is_cut",
     "Runs that begin inside and end outside, begin outside, and are empty.", "pages:16",
     "enable s0 root m0\np0 = claim m0 8 at:8\nrelease m0 12+100\nrelease m0 16+4\n"
     "release m0 4+0\na0 = alloc s0 16384\na1 = alloc s0 16384\ndisable s0\n"},
    {kFaults, "reserved_pages_are_never_given_to_the_pool",
     "Reserve in the middle; a second reserve over it is refused.", "pages:16",
     "p0 = reserve m0 4+8\np1 = reserve m0 6+1\np2 = reserve m0 15+2\nenable s0 root m0\n"
     "a0 = alloc s0 32768\na0 = alloc s0 16384\nrelease p0\na1 = alloc s0 32768\nfree a1\n"
     "disable s0\n"},
    {kAll | kRegression | kProgram, "arena_without_a_base_has_no_pages_until_mmap",
     "Every claim is refused before the user maps the arena.", "pages:16 base:high unmapped",
     "enable s0 root m0\na0 = alloc s0 32\nmmap m0\na0 = alloc s0 32\nmmap m0\nfree a0\n"
     "disable s0\n"},
    {kFaults, "user_fault_before_mmap_changes_nothing", "Neighbours of an arena without a base.",
     "pages:16 unmapped",
     "user_fault m0 0 count:16\np0 = claim m0 4\np1 = reserve m0 0+4\nrelease m0 0+4\nmmap m0\n"
     "user_fault m0 0 count:2\nenable s0 root m0\na0 = alloc s0 32\nfree a0\ndisable s0\n"},
    {kFaults | kRegression, "teardown_while_a_scheduler_still_holds_the_map",
     "The arena lives on for the scheduler; neighbours act no more.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 16384\nteardown m0\nuser_fault m0 4 count:12\n"
     "a1 = alloc s0 16384\nfree a0\ndisable s0\nenable s0 root m0\na2 = alloc s0 65536\n"
     "disable s0\n"},
    {kFaults | kRegression, "release_of_a_dead_maps_run_does_nothing",
     "The run's slot outlives its map; after the next enable it names pages of a fresh arena.",
     "pages:16",
     "p0 = claim m0 8\nteardown m0\nrelease p0\nrelease m0 0+16\np0 = claim m0 4\nworker m0\n"
     "enable s0 root m0\na0 = alloc s0 65536\ndisable s0\n"},
    {kFaults | kRegression, "release_of_a_block_after_its_scheduler_is_gone",
     "The slot is empty: nothing to release.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 16384\ndisable s0\nrelease a0\nenable s0 root m0\n"
     "a0 = alloc s0 16384\nrelease a0\ndisable s0\n"},
    {kFaults, "teardown_twice_and_mmap_after_it", "The second teardown finds nothing.",
     "pages:16 unmapped",
     "teardown m0\nteardown m0\nmmap m0\nenable s0 root m0\nmmap m0\na0 = alloc s0 8\n"
     "disable s0\n"},
};

const Draft kCollisions[] = {
    {kFaults | kRegression | kProgram, "collision_in_a_fresh_chunk_makes_a_second_growth",
     "A peer takes a granule of the new chunk first: the block no longer fits, one more growth.",
     "pages:16", "enable s0 root m0\na0 = alloc s0 16384 (collide:1 set)\nfree a0\ndisable s0\n"},
    {kFaults | kRegression, "collision_in_the_second_word_rolls_the_first_back",
     "65 granules: the second word's swap fails, the first is undone, the search goes on.",
     "pages:16",
     "enable s0 root m0\na0 = alloc s0 520 (collide:2 set)\na1 = alloc s0 512\nfree a0\nfree a1\n"
     "disable s0\n"},
    {kFaults, "collision_at_the_last_bit_of_a_word", "The peer's bit is far from ours.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 8 (collide:1 set+63)\na1 = alloc s0 504\n"
     "a2 = alloc s0 8 (collide:1 set+1) (collide:2 set+1)\nfree a0\nfree a1\nfree a2\n"
     "disable s0\n"},
    {kFaults, "collision_in_a_free_makes_it_try_again",
     "A peer sets a bit of the word that is being cleared.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 1024\nfree a0 (collide:1 set+63) (collide:2 set+63)\n"
     "a1 = alloc s0 1024\nfree a1\ndisable s0\n"},
    {kFaults, "collision_set_and_cleared_by_the_same_peer",
     "A bit that a peer took and gives back while we retry.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 64 (collide:1 set+16) (collide:2 clear+16)\n"
     "a1 = alloc s0 64 (collide:1 set) (collide:2 clear)\nfree a0\nfree a1\ndisable s0\n"},
    {kFaults, "collisions_in_the_enable_path_cost_one_mask_its_place",
     "The enable path under contention.", "pages:32",
     "enable_path s0 root m0 cpus:128 shards:4 cids:24 (collide:3 set) (collide:9 set+8)\n"
     "disable s0 (collide:2 set+32)\n"},
    {kFaults, "collision_and_a_failing_vzalloc_in_one_alloc",
     "The second growth after the collision fails and unwinds.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 16384 (fail vzalloc:2) (collide:1 set)\n"
     "a0 = alloc s0 16384\nfree a0\ndisable s0\n"},
};

const Draft kSchedulers[] = {
    {kAll, "four_schedulers_share_one_map", "Each has its own pool; pages come from one arena.",
     "pages:64 schedulers:4",
     "enable s0 root m0\nenable s1 sub m0\nenable s2 sub m0\nenable s3 sub m0\n"
     "a0 = alloc s0 100\na1 = alloc s1 100\na2 = alloc s2 20000\na3 = alloc s3 8\n"
     "disable s1\na4 = alloc s0 16384\nfree a2\ndisable s0\nfree a3\nenable s1 sub m0\n"
     "a1 = alloc s1 16384\ndisable s3\ndisable s2\ndisable s1\n"},
    {kAll, "two_schedulers_on_two_maps", "Pages of one arena never serve the other.",
     "pages:16 schedulers:2 maps:2",
     "enable s0 root m0\nenable s1 root m1\na0 = alloc s0 65536\na1 = alloc s1 65536\n"
     "a2 = alloc s0 8\nfree a1\na3 = alloc s1 8\nfree a0\ndisable s0\ndisable s1\n"},
    {kAll | kRegression | kProgram, "scheduler_with_two_different_arenas_is_refused",
     "Exactly one arena may be used by a scheduler's programs.", "pages:16 schedulers:2 maps:2",
     "enable s0 root m0+m1\na0 = alloc s0 8\nenable s0 root m1\na0 = alloc s0 8\nfree a0\n"
     "enable s1 sub m0+m1 validation-fails\ndisable s0\n"},
    {kAll, "cpu_form_scheduler_has_no_pool", "Without an arena alloc gives NULL.",
     "pages:16 schedulers:2",
     "enable s0 root none\na0 = alloc s0 32\nfree a0\nenable s1 sub m0\na1 = alloc s1 32\n"
     "free a1\ndisable s0\ndisable s1\n"},
    {kAll, "validation_fails_after_the_pool_was_made",
     "A pool without allocations is torn down again; then the enable that works.", "pages:16",
     "enable s0 root m0 validation-fails\nenable s0 root m0 init-fails\n"
     "enable s0 sub m0 validation-fails\nenable s0 root m0\na0 = alloc s0 8\ndisable s0\n"},
    {kFaults, "pool_object_and_validation_fail_together",
     "kmalloc comes first, so its error is the one reported.", "pages:16",
     "enable s0 root m0 validation-fails (fail kmalloc:1)\n"
     "enable s0 root m0 init-fails (fail kmalloc:1)\nenable s0 root m0\ndisable s0\n"},
    {kFaults, "one_scheduler_keeps_the_map_that_the_other_leaves",
     "Three references: the program's and two schedulers'.", "pages:32 schedulers:2",
     "enable s0 root m0\nenable s1 sub m0\na0 = alloc s0 16384\na1 = alloc s1 16384\n"
     "teardown m0\ndisable s0\na2 = alloc s1 16384\nfree a1\ndisable s1\nenable s0 root m0\n"
     "a0 = alloc s0 131072\ndisable s0\n"},
    {kFaults, "fault_in_one_scheduler_leaves_the_other_alone",
     "A lasting fault meets whoever grows next.", "pages:64 schedulers:2 maps:2",
     "enable s0 root m0\nenable s1 root m1\na0 = alloc s0 16384\n"
     "a1 = alloc s1 16384 (fail vzalloc:1+)\nfree a0\na0 = alloc s0 16384\na2 = alloc s0 8\nheal\n"
     "a1 = alloc s1 16384\na2 = alloc s0 8\ndisable s1\ndisable s0\n"},
    {kAll, "pools_of_three_schedulers_interleave_their_chunks",
     "Chunks of one pool are not adjacent.", "pages:64 schedulers:3 placement:best",
     "enable s0 root m0\nenable s1 sub m0\nenable s2 sub m0\na0 = alloc s0 16384\n"
     "a1 = alloc s1 16384\na2 = alloc s2 16384\na3 = alloc s0 16384\na4 = alloc s1 16384\n"
     "a5 = alloc s2 16384\nfree a0\na6 = alloc s0 8\nfree a4\na7 = alloc s1 8200\ndisable s1\n"
     "disable s2\ndisable s0\n"},
};

}  // namespace

void add_neighbours(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kNeighbours), std::end(kNeighbours));
  drafts.insert(drafts.end(), std::begin(kCollisions), std::end(kCollisions));
}

void add_schedulers(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kSchedulers), std::end(kSchedulers));
}

}  // namespace arenafuzz::seeds
