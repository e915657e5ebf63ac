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
  static constexpr std::uint64_t kMagic = 0x32736674616e6572;
  std::atomic<std::uint64_t> magic;
  std::atomic<std::uint64_t> executions;
  std::atomic<std::uint64_t> operations;
  std::atomic<std::uint64_t> skipped;        // operations outside the profile or domain
  std::atomic<std::uint64_t> out_of_budget;  // programs
  std::atomic<std::uint64_t> findings;       // programs with a finding that fails and is not known
  std::atomic<std::uint64_t> changes;        // programs with changes alone, where those do not fail
  std::atomic<std::uint64_t> not_run;        // programs that the backend cannot run
  std::atomic<std::uint64_t> documented;     // programs ended by a documented difference
  std::atomic<std::uint64_t> known;          // programs with a known finding
  std::atomic<std::uint64_t> faults_fired[kFaultSiteCount];
  std::atomic<std::uint64_t> fault_outcomes[kFaultSiteCount][kFaultOutcomeCount];
  std::atomic<std::uint64_t> old;  // programs with a finding that is old and none that is new
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
