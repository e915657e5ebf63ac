// SPDX-License-Identifier: GPL-2.0-only
#ifndef ARENAFUZZ_TESTS_BENCH_BENCH_H_
#define ARENAFUZZ_TESTS_BENCH_BENCH_H_

#include <cstdint>

namespace arenafuzz::bench {

// Google Benchmark's own micro benchmarks; its arguments.
int run_micro(int argc, char** argv);
// `operations` of generated programs of a profile (0 correct, 1 faults, 2 misuse): exit code 0 if
// every verdict was clean, 1 with the first finding printed.
int run_soak(int profile, std::uint64_t operations, std::uint64_t seed, bool use_model);

}  // namespace arenafuzz::bench

#endif  // ARENAFUZZ_TESTS_BENCH_BENCH_H_
