// SPDX-License-Identifier: GPL-2.0-only
//
// Ratios in one run: each the median of seven interleaved pairs; machines are shared and noisy, so
// nothing here is a verdict.
#ifndef ARENAFUZZ_TESTS_BENCH_RATIOS_H_
#define ARENAFUZZ_TESTS_BENCH_RATIOS_H_

#include <functional>
#include <memory>
#include <vector>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/program/program.h"

namespace arenafuzz::bench {

inline constexpr int kPairs = 7;

using MakeBackend = std::function<std::unique_ptr<Backend>()>;
MakeBackend own_backend();
MakeBackend kernel_backend();

struct Figures {
  double ratio = 0;       // harness over bare, operations a second
  double harness_ns = 0;  // an operation
  double bare_ns = 0;
  double overhead_ns = 0;    // harness - bare, pair by pair
  std::size_t left_out = 0;  // programs with a finding: a user's tree may have some
};

// The harness with all oracles against its own bare loop.
Figures measure_harness(std::vector<Program> programs, double target_seconds,
                        const MakeBackend& make);

// Bare loops: operations a second of our pool over those of the kernel's sources.
double measure_own_over_kernel(const std::vector<Program>& programs, double target_seconds);

}  // namespace arenafuzz::bench

#endif  // ARENAFUZZ_TESTS_BENCH_RATIOS_H_
