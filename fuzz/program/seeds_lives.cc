// SPDX-License-Identifier: GPL-2.0-only
//
// Lives of blocks that an allocator with a policy of its own gets wrong: what size 0 gave, the last
// granule, a hole that fits exactly, and rounds in which a little is lost each time.
#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

const Draft kLives[] = {
    {kRegression, "free_of_what_size_0_gave",
     "NULL or ZERO_SIZE_PTR: a free of it does nothing, and what comes after it is sound.",
     "pages:16",
     "enable s0 root m0\na0 = alloc s0 0\nfree a0\na0 = alloc s0 64\na1 = alloc s0 0\nfree a0\n"
     "free a1\ndisable s0\n"},
    {kRegression, "last_granule_of_a_chunk_outlives_all_others",
     "A pool that gives empty chunks back must look at every granule.", "pages:64",
     "enable s0 root m0\na0 = alloc s0 16376\na1 = alloc s0 8\nfree a0\na2 = alloc s0 64\n"
     "free a2\nfree a1\ndisable s0\n"},
    {kRegression, "hole_below_a_live_block_is_filled_to_its_end",
     "What the pool writes beyond a block shows in its neighbour, in memory that is there.",
     "pages:64",
     "enable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 64\na2 = alloc s0 40\nfree a0\n"
     "a0 = alloc s0 64\nfree a0\na0 = alloc s0 57\nfree a1\na1 = alloc s0 64\nfree a0\nfree a2\n"
     "free a1\ndisable s0\n"},
    {kRegression, "destroy_leaves_the_page_of_the_bpf_program_behind_a_run",
     "The page next to the pool's run was never the pool's.", "pages:1024 base:small",
     "enable s0 root m0\np0 = claim m0 1 at:4\np1 = claim m0 1 at:9\na0 = alloc s0 64\n"
     "a1 = alloc s0 16384\nfree a0\nfree a1\ndisable s0\n"},
};

std::string repeated(const std::string& lines, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += lines;
  return all;
}

}  // namespace

void add_lives(Drafts& drafts) {
  drafts.insert(drafts.end(), std::begin(kLives), std::end(kLives));
  // A page lost in each round is beyond any proportion after some dozens.
  drafts.push_back({kRegression, "rounds_of_one_block_take_no_more_pages",
                    "One block that comes and goes: what the first round took serves all.",
                    "pages:4096",
                    "enable s0 root m0\n" + repeated("a0 = alloc s0 64\nfree a0\n", 100) +
                        repeated("a0 = alloc s0 20000\nfree a0\n", 20) + "disable s0\n"});
  drafts.push_back(
      {kRegression, "rounds_of_allocs_that_fail_lose_nothing",
       "A failed alloc between two that succeed, again and again: nothing is cut off and "
       "forgotten.",
       "pages:4096",
       "enable s0 root m0\n" +
           repeated("a0 = alloc s0 64 (fail kmalloc:1)\na0 = alloc s0 128\nfree a0\n", 100) +
           "disable s0\n"});
}

}  // namespace arenafuzz::seeds
