// SPDX-License-Identifier: GPL-2.0-only
//
// Each fallible call F1 to F5 (docs/arena_pool.md, The fallible calls), plan lines, lasting faults
// and retries.
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

const Draft kFallibleCalls[] = {
    {kFaults | kRegression, "f1_kmalloc_of_the_pool_object_fails_at_enable",
     "F1: no pool object, enable fails with nothing kept; the next enable succeeds.", "pages:16",
     "enable s0 root m0 (fail kmalloc:1)\nenable s0 root m0\na0 = alloc s0 32\nfree a0\n"
     "disable s0\n"},
    {kFaults | kRegression | kProgram, "f2_page_claim_of_a_growth_fails",
     "F2: the arena gives no pages; the same alloc then succeeds.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 4097 (fail page:1)\na0 = alloc s0 4097\nfree a0\n"
     "disable s0\n"},
    {kFaults | kRegression | kProgram, "f3_vzalloc_of_a_growth_fails_and_its_pages_are_given_back",
     "F3: the grow-unwind path; the same pages serve the alloc that follows.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 16385 (fail vzalloc:1)\na0 = alloc s0 16385\nfree a0\n"
     "disable s0\n"},
    {kFaults | kRegression, "f4_span_record_of_a_deferred_unwind_fails_and_loses_the_pages",
     "F3, then F4 inside the unwind: pages 0 to 3 are lost until the map dies, the worker finds "
     "nothing.",
     "pages:16 release:deferred",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1, span:1)\nworker m0\na0 = alloc s0 32\n"
     "free a0\ndisable s0\nteardown m0\nenable s0 root m0\na1 = alloc s0 65536\ndisable s0\n"},
    {kFaults | kRegression, "f4_alone_span_record_fails_where_the_overlap_guard_unwinds",
     "F4 alone: the pool's pages come back to it, and the guard's release cannot be recorded.",
     "pages:8 release:deferred",
     "enable s0 root m0\na0 = alloc s0 16384\nrelease a0\na1 = alloc s0 16384 (fail span:1)\n"
     "worker m0\na2 = alloc s0 16384\ndisable s0\n"},
    {kFaults | kRegression, "f5_release_record_of_an_immediate_unwind_fails_and_loses_the_pages",
     "F3, then F5 inside the unwind: the range is lost until the map dies.", "pages:8",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1, release:1)\na0 = alloc s0 32\n"
     "a1 = alloc s0 16384\nfree a0\ndisable s0\n"},
    {kFaults | kRegression, "f5_release_record_fails_in_the_worker",
     "F3 in the alloc, F5 when the worker gives the pages back.", "pages:8 release:deferred",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1)\nworker m0 (fail release:1)\n"
     "a0 = alloc s0 32\na1 = alloc s0 16384\nfree a0\ndisable s0\n"},
    {kFaults | kRegression, "f5_alone_release_record_fails_where_the_overlap_guard_unwinds",
     "F5 alone: the guard gives the pages back, the record cannot be had, they are lost.",
     "pages:8",
     "enable s0 root m0\na0 = alloc s0 16384\nrelease a0\na1 = alloc s0 16384 (fail release:1)\n"
     "a2 = alloc s0 16384\ndisable s0\n"},
    {kFaults, "worker_gives_back_two_spans_newest_first_and_loses_one",
     "Two failed growths wait; the worker loses the older.", "pages:16 release:deferred",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1)\na0 = alloc s0 20000 (fail vzalloc:1)\n"
     "worker m0 (fail release:2)\na0 = alloc s0 20000\na1 = alloc s0 32\nfree a1\nfree a0\n"
     "disable s0\n"},
    {kFaults, "deferred_release_keeps_pages_until_the_worker_runs",
     "An arena of one growth: the retry is refused until the worker has run.",
     "pages:4 release:deferred",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1)\na0 = alloc s0 32\nworker m0\n"
     "a0 = alloc s0 32\nfree a0\ndisable s0\n"},
    {kFaults, "disable_with_a_span_still_waiting_for_the_worker",
     "The scheduler goes first, the worker runs after it.", "pages:8 release:deferred",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1)\ndisable s0\nworker m0\n"
     "enable s0 root m0\na0 = alloc s0 32768\ndisable s0\n"},
    {kFaults, "teardown_with_a_span_still_waiting_for_the_worker",
     "The map dies with a span record outstanding: it must be freed.", "pages:8 release:deferred",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1)\nteardown m0\nworker m0\ndisable s0\n"
     "worker m0\n"},
};

const Draft kPlans[] = {
    {kFaults | kProgram, "plan_fails_the_third_vzalloc",
     "fail_nth of a site counts over the whole program.", "pages:64",
     "plan vzalloc:fail_nth=3\nenable s0 root m0\na0 = alloc s0 16384\na1 = alloc s0 16384\n"
     "a2 = alloc s0 16384\na2 = alloc s0 16384\nfree a1\nfree a0\ndisable s0\n"},
    {kFaults | kProgram, "plan_fails_every_second_page_claim",
     "interval=2 with probability=100 and no limit of times.", "pages:64",
     "plan page:probability=100,interval=2,times=-1\nenable s0 root m0\na0 = alloc s0 16384\n"
     "a1 = alloc s0 16384\na2 = alloc s0 16384\na3 = alloc s0 16384\nfree a0\ndisable s0\n"},
    {kFaults | kProgram, "plan_lets_some_space_pass_first",
     "space counts pages for a page claim: the third growth is the first to be asked.", "pages:64",
     "plan page:probability=100,times=1,space=9\nenable s0 root m0\na0 = alloc s0 16384\n"
     "a1 = alloc s0 16384\na2 = alloc s0 16384\na3 = alloc s0 16384\ndisable s0\n"},
    {kFaults | kProgram, "plan_fails_half_of_all_vzallocs_by_dice",
     "probability=50 with a seed of its own.", "pages:128",
     "plan seed:7 vzalloc:probability=50,times=-1\nenable s0 root m0\na0 = alloc s0 16384\n"
     "a1 = alloc s0 16384\na2 = alloc s0 16384\na3 = alloc s0 16384\na4 = alloc s0 16384\n"
     "a5 = alloc s0 16384\nfree a0\nfree a3\ndisable s0\n"},
    {kFaults, "plan_loses_every_page_that_is_given_back",
     "F3 and F4 for ever: each failed growth costs the arena four pages.",
     "pages:32 release:deferred",
     "plan vzalloc:probability=100,times=3 span:probability=100,times=-1\nenable s0 root m0\n"
     "a0 = alloc s0 32\na0 = alloc s0 32\na0 = alloc s0 32\na0 = alloc s0 32\nworker m0\nfree a0\n"
     "disable s0\n"},
    {kFaults | kProgram, "plan_with_every_site_and_every_attribute",
     "The longest plan line that means something.", "pages:64 release:deferred",
     "plan seed:4294967295 kmalloc:probability=10,interval=3,times=2,space=4096 "
     "page:fail_nth=5 vzalloc:probability=99,interval=2,times=-1,space=1024,fail_nth=2 "
     "span:probability=100,times=1 release:probability=50,interval=2,times=4,space=24\n"
     "enable s0 root m0\na0 = alloc s0 100\na0 = alloc s0 100\na1 = alloc s0 30000\n"
     "a1 = alloc s0 30000\nworker m0\nfree a0\nfree a1\ndisable s0\n"},
};

const Draft kRecoveries[] = {
    {kFaults | kRegression, "lasting_vzalloc_fault_is_healed_and_the_alloc_succeeds",
     "Every vzalloc fails until the heal.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1+)\na0 = alloc s0 32\na0 = alloc s0 64\n"
     "heal\na0 = alloc s0 32\nfree a0\ndisable s0\n"},
    {kFaults, "lasting_page_fault_spares_what_fits_into_a_chunk",
     "Without new pages the pool lives on its holes.", "pages:64",
     "enable s0 root m0\na0 = alloc s0 16384\na1 = alloc s0 32 (fail page:1+)\nfree a0\n"
     "a1 = alloc s0 8192\na2 = alloc s0 8192\na3 = alloc s0 8\nheal\na3 = alloc s0 8\nfree a1\n"
     "free a2\nfree a3\ndisable s0\n"},
    {kFaults, "lasting_fault_of_any_site_refuses_enable_until_healed",
     "nth:1+ makes every fallible call fail.", "pages:16",
     "enable s0 root m0 (fail nth:1+)\nenable s0 root m0\nheal\nenable s0 root m0\n"
     "a0 = alloc s0 32\nfree a0\ndisable s0\n"},
    {kFaults, "lasting_span_fault_drains_the_arena",
     "Each unwind loses its pages: after four the arena is empty, until the map dies.",
     "pages:16 release:deferred",
     "enable s0 root m0\na0 = alloc s0 32 (fail vzalloc:1+, span:1+)\na0 = alloc s0 32\n"
     "a0 = alloc s0 32\na0 = alloc s0 32\nheal\nworker m0\na0 = alloc s0 32\ndisable s0\n"
     "teardown m0\nenable s0 root m0\na0 = alloc s0 32\ndisable s0\n"},
    {kFaults, "retry_after_a_fault_takes_the_same_pages",
     "Immediate release, lowest gap: the unwound pages are the next ones given.", "pages:64",
     "enable s0 root m0\na0 = alloc s0 40000 (fail vzalloc:1)\na0 = alloc s0 40000\n"
     "a1 = alloc s0 40000 (fail page:1)\na1 = alloc s0 40000\nfree a0\nfree a1\ndisable s0\n"},
    {kFaults, "failed_growth_leaves_older_blocks_alone",
     "A hole that is too small, a growth that fails, and the hole is still there.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 8192\na1 = alloc s0 8192\nfree a0\n"
     "a2 = alloc s0 8200 (fail vzalloc:1)\na3 = alloc s0 8192\nfree a1\nfree a3\ndisable s0\n"},
    {kFaults, "failed_alloc_empties_its_slot",
     "A block in the slot is forgotten and lives until disable.", "pages:16",
     "enable s0 root m0\na0 = alloc s0 16384\na0 = alloc s0 16384 (fail page:1)\nfree a0\n"
     "a1 = alloc s0 8\nfree a1\ndisable s0\n"},
    {kFaults, "both_halves_of_a_growth_fail_one_after_the_other",
     "page:1, then vzalloc:1 in the next alloc, then success.", "pages:8",
     "enable s0 root m0\na0 = alloc s0 24 (fail page:1)\na0 = alloc s0 24 (fail vzalloc:1)\n"
     "a0 = alloc s0 24\nfree a0\ndisable s0\n"},
};

}  // namespace

void add_faults(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kFallibleCalls), std::end(kFallibleCalls));
  drafts.insert(drafts.end(), std::begin(kPlans), std::end(kPlans));
}

void add_recoveries(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kRecoveries), std::end(kRecoveries));
}

}  // namespace arenafuzz::seeds
