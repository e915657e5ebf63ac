// SPDX-License-Identifier: GPL-2.0-only
//
// Long runs of generated programs: no false alarm, no growth of memory.
#include <sys/resource.h>

#include <cstdio>

#include "fuzz/harness/cpp_backend.h"
#include "fuzz/harness/executor.h"
#include "fuzz/harness/report.h"
#include "fuzz/program/generator.h"
#include "fuzz/program/text.h"
#include "tests/bench/bench.h"

namespace arenafuzz::bench {

namespace {

long peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace

int run_soak(int profile, std::uint64_t operations, std::uint64_t seed, bool use_model) {
  CppBackend backend;
  Executor executor(backend);
  if (executor.error() != nullptr) {
    std::fprintf(stderr, "arenafuzz bench: %s\n", executor.error());
    return 2;
  }
  Options options;
  options.use_model = use_model;
  Program program;
  GeneratorOptions generator;
  generator.profile = static_cast<Profile>(profile);
  std::uint64_t done = 0;
  std::uint64_t programs = 0;
  std::uint64_t bugs = 0;
  std::uint64_t over_budget = 0;
  for (generator.seed = seed; done < operations; ++generator.seed) {
    // Most programs without the long enable path, so that the operations are not all masks.
    generator.weights = generator.seed % 16 == 0 ? 0 : 0x21130199u ^ (generator.seed % 8);
    generator.operations = generator.seed % 64 == 0 ? 1000 : 64;
    generate(generator, &program);
    if (generator.seed % 16 != 0) {
      // And most on a small arena, or half of the time goes into bitmaps of huge blocks.
      program.header.page_size_code = 0;
      program.header.arena_pages = 1 + program.header.arena_pages % 64;
      repair(program);
    }
    const Verdict& verdict = executor.run(program, options);
    done += verdict.operations;
    bugs += verdict.end == EndReason::kBug ? 1 : 0;
    over_budget += verdict.end == EndReason::kOutOfBudget ? 1 : 0;
    if (!verdict.clean()) {
      std::printf("seed %llu\n%s%s", static_cast<unsigned long long>(generator.seed),
                  format_report(program, verdict.findings[0], backend.name()).c_str(),
                  print_program(program).c_str());
      return 1;
    }
    if (++programs % 200000 == 0)
      std::fprintf(stderr, "%llu operations, %ld MiB\n", static_cast<unsigned long long>(done),
                   peak_mib());
  }
  std::printf(
      "profile %d: %llu programs, %llu operations, %llu ended in a predicted BUG, %llu out "
      "of budget, no finding, peak %ld MiB\n",
      profile, static_cast<unsigned long long>(programs), static_cast<unsigned long long>(done),
      static_cast<unsigned long long>(bugs), static_cast<unsigned long long>(over_budget),
      peak_mib());
  return 0;
}

}  // namespace arenafuzz::bench
