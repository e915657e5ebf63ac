// SPDX-License-Identifier: GPL-2.0-only
#include "tests/bench/ratios.h"

#include <algorithm>
#include <chrono>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/executor.h"
#include "tests/bench/bare_loop.h"

namespace arenafuzz::bench {
namespace {

using Work = std::function<void()>;

double seconds(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double operations_of(const std::vector<Program>& programs) {
  std::size_t operations = 0;
  for (const Program& program : programs) operations += program.operations.size();
  return static_cast<double>(operations);
}

struct Times {
  std::vector<double> first;  // seconds of a round of all programs, one entry a pair
  std::vector<double> second;
};

// Seven pairs, within each of them round by round in turn.
Times interleave(const Work& first, const Work& second, double target_seconds) {
  const double once = std::max(seconds(first) + seconds(second), 1e-6);
  const int repeats = std::max(1, static_cast<int>(target_seconds / kPairs / once));
  Times times;
  for (int pair = 0; pair < kPairs; ++pair) {
    double sums[2] = {};
    for (int i = 0; i < repeats; ++i) {
      sums[0] += seconds(first);
      sums[1] += seconds(second);
    }
    times.first.push_back(sums[0] / repeats);
    times.second.push_back(sums[1] / repeats);
  }
  return times;
}

}  // namespace

MakeBackend own_backend() {
  return [] { return std::make_unique<CppBackend>(); };
}

MakeBackend kernel_backend() {
  return [] { return std::make_unique<KernelBackend>(); };
}

Figures measure_harness(std::vector<Program> programs, double target_seconds,
                        const MakeBackend& make) {
  const auto backend = make();
  const auto bare_backend = make();
  Executor executor(*backend);
  BareLoop bare(*bare_backend);
  Figures figures;
  figures.left_out = std::erase_if(
      programs, [&executor](const Program& program) { return !executor.run(program).clean(); });
  const Times times = interleave(
      [&] {
        for (const Program& program : programs) executor.run(program);
      },
      [&] {
        for (const Program& program : programs) bare.run(program);
      },
      target_seconds);
  const double each = operations_of(programs) / 1e9;
  std::vector<double> ratios;
  std::vector<double> overheads;
  for (int pair = 0; pair < kPairs; ++pair) {
    const auto at = static_cast<std::size_t>(pair);
    ratios.push_back(times.second[at] / times.first[at]);
    overheads.push_back((times.first[at] - times.second[at]) / each);
  }
  figures.ratio = median(ratios);
  figures.harness_ns = median(times.first) / each;
  figures.bare_ns = median(times.second) / each;
  figures.overhead_ns = median(overheads);
  return figures;
}

double measure_own_over_kernel(const std::vector<Program>& programs, double target_seconds) {
  CppBackend own;
  KernelBackend kernel;
  BareLoop own_loop(own);
  BareLoop kernel_loop(kernel);
  const Times times = interleave(
      [&] {
        for (const Program& program : programs) own_loop.run(program);
      },
      [&] {
        for (const Program& program : programs) kernel_loop.run(program);
      },
      target_seconds);
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    const auto at = static_cast<std::size_t>(pair);
    ratios.push_back(times.second[at] / times.first[at]);
  }
  return median(ratios);
}

}  // namespace arenafuzz::bench
