// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to the seeds: how one of them is written down, and where each kind of them stands.
//
// Source    seeds.h.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_SEEDS_PARTS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_SEEDS_PARTS_H_

#include <string>
#include <vector>

namespace arenafuzz::seeds {

// Where a seed goes, as bits.
inline constexpr unsigned kPool = 1;
inline constexpr unsigned kFaults = 2;
inline constexpr unsigned kMisuse = 4;
inline constexpr unsigned kProgram = 8;
inline constexpr unsigned kCanary = 16;
inline constexpr unsigned kRegression = 32;
// Every gen_pool that profile faults can run. Its folder is made once kPlaces (seeds.cc) and the
// table of targets have kernel_gen_pool.
inline constexpr unsigned kKernelGenPool = 64;
// What uses the pool correctly is a starting point for the wilder targets too.
inline constexpr unsigned kAll = kPool | kFaults | kMisuse;

struct Draft {
  unsigned targets;
  std::string name;
  std::string about;       // why it is there: one line
  std::string header;      // words of the header, without the profile
  std::string operations;  // a plan line may come first
};
using Drafts = std::vector<Draft>;

// Each appends its own.
void add_enable_paths(Drafts& drafts);
void add_faults(Drafts& drafts);
void add_recoveries(Drafts& drafts);
void add_neighbours(Drafts& drafts);
void add_schedulers(Drafts& drafts);
void add_misuses(Drafts& drafts);
void add_gen_pools(Drafts& drafts);
void add_gen_pool_policies(Drafts& drafts);
void add_gen_pool_doors(Drafts& drafts);
void add_small_programs(Drafts& drafts);
void add_lives(Drafts& drafts);

}  // namespace arenafuzz::seeds

#endif  // ARENAFUZZ_FUZZ_PROGRAM_SEEDS_PARTS_H_
