// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/seeds.h"

#include <algorithm>
#include <tuple>

#include "fuzz/program/seeds_parts.h"

namespace arenafuzz {
namespace {

struct Place {
  unsigned bit;
  const char* target;
  const char* profile;
  bool as_text;
};
constexpr Place kPlaces[] = {
    {seeds::kPool, "pool", "correct", false},
    {seeds::kFaults, "pool_faults", "faults", false},
    {seeds::kMisuse, "pool_misuse", "misuse", false},
    {seeds::kProgram, "program", "misuse", false},
    {seeds::kProgram, "program", "misuse", true},
    {seeds::kCanary, "canary", "faults", false},
    {seeds::kKernelGenPool, "kernel_gen_pool", "faults", false},
    {seeds::kRegression, "regression", "faults", true},
};

// A regression that belongs to misuse keeps that profile.
const char* profile_of(const Place& place, const seeds::Draft& draft) {
  const bool misuse = place.bit == seeds::kRegression && (draft.targets & seeds::kMisuse) != 0 &&
                      (draft.targets & seeds::kFaults) == 0;
  return misuse ? "misuse" : place.profile;
}

}  // namespace

std::vector<Seed> make_seeds() {
  seeds::Drafts drafts;
  seeds::add_enable_paths(drafts);
  seeds::add_faults(drafts);
  seeds::add_recoveries(drafts);
  seeds::add_neighbours(drafts);
  seeds::add_schedulers(drafts);
  seeds::add_misuses(drafts);
  seeds::add_gen_pools(drafts);
  seeds::add_gen_pool_policies(drafts);
  seeds::add_gen_pool_doors(drafts);
  seeds::add_small_programs(drafts);
  seeds::add_lives(drafts);
  std::vector<Seed> made;
  for (const Place& place : kPlaces) {
    for (const seeds::Draft& draft : drafts) {
      if ((draft.targets & place.bit) == 0) continue;
      std::string text = "# arenafuzz\n# " + draft.about + "\nheader profile:";
      text += std::string(profile_of(place, draft)) + " " + draft.header + "\n" + draft.operations;
      made.push_back({place.target, draft.name, std::move(text), place.as_text});
    }
  }
  std::sort(made.begin(), made.end(), [](const Seed& a, const Seed& b) {
    return std::tuple(std::string(a.target), a.name, a.as_text) <
           std::tuple(std::string(b.target), b.name, b.as_text);
  });
  return made;
}

}  // namespace arenafuzz
