// SPDX-License-Identifier: GPL-2.0-only
#ifndef ARENAFUZZ_TESTS_BENCH_BENCH_H_
#define ARENAFUZZ_TESTS_BENCH_BENCH_H_

#include <cstdint>

namespace arenafuzz::bench {

// Google Benchmark's own micro benchmarks; its arguments.
int run_micro(int argc, char** argv);

enum class SoakOn { kOwn, kKernel, kBoth };
struct SoakOptions {
  int profile = 0;  // 0 correct, 1 faults, 2 misuse
  std::uint64_t operations = 1000000;
  std::uint64_t seed = 1;
  bool use_model = true;
  SoakOn on = SoakOn::kOwn;
};
// Generated programs: exit code 0 if every verdict was clean, 1 with the first finding printed.
int run_soak(const SoakOptions& options);

}  // namespace arenafuzz::bench

#endif  // ARENAFUZZ_TESTS_BENCH_BENCH_H_
