// SPDX-License-Identifier: GPL-2.0-only
//
// The kernel's enable path: one cmask per possible CPU, then one per shard (docs/arena_pool.md, The
// picture).
#include <algorithm>
#include <cstdint>

#include "fuzz/program/seeds_parts.h"

namespace arenafuzz::seeds {
namespace {

constexpr std::uint32_t kChunkPages = 4;  // the least growth
constexpr std::uint32_t kChunkBytes = kChunkPages * 4096;

constexpr std::uint32_t mask_bytes(std::uint32_t bits) { return 16 + 8 * ((bits + 63) / 64 + 1); }
constexpr std::uint32_t growths(std::uint32_t cpus) {
  const std::uint32_t a_chunk = kChunkBytes / mask_bytes(cpus);
  return (cpus + a_chunk - 1) / a_chunk;
}
static_assert(growths(8192) == 547, "as the kernel developers count it: 2188 pages");

std::string number(std::uint32_t value) { return std::to_string(value); }

std::string enable_path(std::uint32_t cpus, const std::string& clause) {
  return "enable_path s0 root m0 cpus:" + number(cpus) + " shards:0 cids:0" + clause + "\n";
}

// A fault at growth `at`, then the same path again without it.
void add_unwinding(Drafts& drafts, std::uint32_t cpus, const char* when, std::uint32_t at) {
  const std::string machine = "enable_path_" + number(cpus) + "_cpus_";
  // What the failed path claimed stays with the map, so the second one needs pages of its own.
  const std::string header = "pages:" + number(2 * kChunkPages * growths(cpus)) + " base:small";
  const std::string which = "growth " + number(at) + " of " + number(growths(cpus));
  drafts.push_back(
      {kFaults | (cpus == 8192 ? kRegression : 0), machine + "unwinds_at_" + when + "_growth",
       "The bitmap of " + which + " cannot be had: pages given back, masks freed.", header,
       enable_path(cpus, " (fail vzalloc:" + number(at) + ")") + enable_path(cpus, "") +
           "disable s0\n"});
  drafts.push_back({kFaults, machine + "is_refused_pages_at_" + when + "_growth",
                    "The arena refuses the pages of " + which + ".", header,
                    enable_path(cpus, " (fail page:" + number(at) + ")") + enable_path(cpus, "") +
                        "disable s0\n"});
}

void add_machine(Drafts& drafts, std::uint32_t cpus) {
  const std::uint32_t count = growths(cpus);
  const std::string pages = number(kChunkPages * count);
  const std::string machine = "enable_path_" + number(cpus) + "_cpus_";
  drafts.push_back({kAll | (cpus == 8192 ? kRegression : 0), machine + "succeeds",
                    number(cpus) + " masks of " + number(mask_bytes(cpus)) + " bytes in " +
                        number(count) + " chunks, " + pages + " pages: none to spare.",
                    "pages:" + pages, enable_path(cpus, "") + "disable s0\n"});
  drafts.push_back({kPool, machine + "fails_one_page_short",
                    "The last growth finds one page too few: all masks freed, then cpu-form.",
                    "pages:" + number(kChunkPages * count - 1),
                    enable_path(cpus, "") + "enable s0 root none\ndisable s0\n"});
  add_unwinding(drafts, cpus, "first", 1);
  if (count > 2) add_unwinding(drafts, cpus, "middle", (count + 1) / 2);
  if (count > 1) add_unwinding(drafts, cpus, "last", count);
}

void add_shards(Drafts& drafts, std::uint32_t cids) {
  const std::string shards = " shards:8 cids:" + number(cids);
  const std::string name = "sub_scheduler_with_shards_of_" + number(cids) + "_cids";
  const std::string operations = "enable s0 root m0\nenable_path s1 sub m0 cpus:192" + shards;
  drafts.push_back({kAll, name, "A sub-scheduler's masks: one a CPU, then one a shard.",
                    "pages:64 schedulers:2",
                    operations + "\na0 = alloc s0 40\ndisable s1\nfree a0\ndisable s0\n"});
  drafts.push_back({kFaults, name + "_unwinds_and_tries_again",
                    "The first chunk's bitmap cannot be had; the root scheduler does not notice.",
                    "pages:64 schedulers:2 release:deferred",
                    operations + " (fail vzalloc:1)\nworker m0\nenable_path s1 sub m0 cpus:192" +
                        shards + "\ndisable s1\ndisable s0\n"});
}

const Draft kOthers[] = {
    {kAll, "enable_path_512_cpus_in_pages_of_16_kib", "Four pages are 64 KiB here: one chunk.",
     "pages:64 page:16384", "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"},
    {kAll, "enable_path_512_cpus_in_pages_of_64_kib", "Four pages are 256 KiB here: one chunk.",
     "pages:64 page:65536", "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"},
    {kAll, "enable_path_without_an_arena_makes_no_pool",
     "A scheduler in cpu-form: no map, no pool, no masks.", "pages:16",
     "enable_path s0 root none cpus:512 shards:2 cids:24\na0 = alloc s0 32\nfree a0\ndisable s0\n"},
    {kFaults, "enable_path_fails_at_pool_object", "F1 at the very start of the enable path.",
     "pages:64",
     "enable_path s0 root m0 cpus:64 shards:4 cids:24 (fail kmalloc:1)\n"
     "enable_path s0 root m0 cpus:64 shards:4 cids:24\ndisable s0\n"},
    {kFaults, "enable_path_fails_at_third_fallible_call",
     "nth counts all sites: kmalloc, page, then vzalloc.", "pages:64",
     "enable_path s0 root m0 cpus:64 shards:4 cids:24 (fail nth:3)\ndisable s0\n"},
    {kAll, "re_enable_on_a_long_lived_map_uses_fresh_pages",
     "Pages stay with the map at destroy; eight lives later the arena is full.",
     "pages:64 base:high",
     "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"
     "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"
     "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"
     "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"
     "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"
     "enable_path s0 root m0 cpus:512 shards:0 cids:0\ndisable s0\n"},
    {kFaults, "enable_path_2048_cpus_in_an_arena_fragmented_by_user_faults",
     "Every seventh page is taken by user space: runs of six, four of them used at a time.",
     "pages:512",
     "user_fault m0 0 count:74 stride:7\n"
     "enable_path s0 root m0 cpus:2048 shards:0 cids:0\ndisable s0\n"},
};

}  // namespace

void add_enable_paths(Drafts& drafts) {
  for (const std::uint32_t cpus : {1u, 64u, 65u, 128u, 512u, 1024u, 4096u, 8192u})
    add_machine(drafts, cpus);
  for (const std::uint32_t cids : {24u, 512u}) add_shards(drafts, cids);
  drafts.insert(drafts.end(), std::begin(kOthers), std::end(kOthers));
}

}  // namespace arenafuzz::seeds
