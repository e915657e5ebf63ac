// SPDX-License-Identifier: GPL-2.0-only
//
// What a running target publishes: counters in a file that the command maps and reads.
// Written without a system call; a reader may see a value that is a moment old.
#ifndef ARENAFUZZ_FUZZ_TARGETS_STATS_H_
#define ARENAFUZZ_FUZZ_TARGETS_STATS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "faultinject/fault_plan.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/limits.h"

namespace arenafuzz {

struct TargetStats {
  static constexpr std::uint64_t kMagic = 0x33736674616e6572;
  std::atomic<std::uint64_t> magic;
#define ARENAFUZZ_TARGET_COUNTER(name, ...) std::atomic<std::uint64_t> name;
#include "fuzz/targets/counters.def"
  std::atomic<std::uint64_t> faults_fired[kFaultSiteCount];
  std::atomic<std::uint64_t> fault_outcomes[kFaultSiteCount][kFaultOutcomeCount];
  // Which entries of the known findings were met; those beyond this number are not recorded.
  static constexpr std::size_t kKnownTracked = 4096;
  std::atomic<bool> known_met[kKnownTracked];
  // The input under way, for a parent whose child is gone without a message: its size plus one, or
  // 0.
  std::atomic<std::uint64_t> input_size_and_one;
  std::uint8_t input[limits::kMaxProgramBytes];
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_STATS_H_
