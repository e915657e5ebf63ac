// SPDX-License-Identifier: GPL-2.0-only
//
// What a fuzz run has done so far: the rows of counters.def, and what is no plain count.
// Ownership: plain values. Units: seconds, KiB, counts of this session. Errors, threads: none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_TOTALS_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_TOTALS_H_

#include <cstdint>

#include "fuzz/targets/stats.h"

namespace arenafuzz {

struct FuzzTotals {
  double seconds = 0;
#define ARENAFUZZ_TARGET_COUNTER(name, ...) std::uint64_t name = 0;
#define ARENAFUZZ_RUN_COUNTER(name, ...) std::uint64_t name = 0;
#include "fuzz/targets/counters.def"
  std::uint64_t faults_fired[kFaultSiteCount] = {};
  std::uint64_t fault_outcomes[kFaultSiteCount][kFaultOutcomeCount] = {};
  double afl_stability = 0;  // percent, the lowest; 0: not known
};

enum class Shown : std::uint8_t { kInside, kJson, kLasting };

struct Counter {
  const char* name;
  std::uint64_t FuzzTotals::* total;
  std::atomic<std::uint64_t> TargetStats::* published;  // nullptr: the run counts it itself
  Shown shown;
  const char* line;
};

inline constexpr Counter kCounters[] = {
#define ARENAFUZZ_TARGET_COUNTER(name, where, line) \
  {#name, &FuzzTotals::name, &TargetStats::name, Shown::where, line},
#define ARENAFUZZ_RUN_COUNTER(name, where, line) \
  {#name, &FuzzTotals::name, nullptr, Shown::where, line},
#include "fuzz/targets/counters.def"
};

// What one job's target has counted so far, on top of that of others.
void add_published(const TargetStats& stats, FuzzTotals* sum);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_TOTALS_H_
