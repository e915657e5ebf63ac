// SPDX-License-Identifier: GPL-2.0-only
//
// Long runs of generated programs: no false alarm, no growth of memory.
#include <sys/resource.h>

#include <cstdio>
#include <optional>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/program_runner.h"
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

void draw(GeneratorOptions* generator, Program* program) {
  // Most programs without the long enable path, so that the operations are not all masks.
  generator->weights =
      generator->seed % 16 == 0 ? 0 : 0x21130199u ^ static_cast<std::uint32_t>(generator->seed % 8);
  generator->operations = generator->seed % 64 == 0 ? 1000 : 64;
  generate(*generator, program);
  if (generator->seed % 16 == 0) return;
  // And most on a small arena, or half of the time goes into bitmaps of huge blocks.
  program->header.page_size_code = 0;
  program->header.arena_pages = 1 + program->header.arena_pages % 64;
  repair(*program);
}

}  // namespace

int run_soak(const SoakOptions& soak) {
  CppBackend own;
  KernelBackend kernel;
  std::optional<ProgramRunner> runner;
  if (soak.on == SoakOn::kBoth)
    runner.emplace(own, kernel);
  else
    runner.emplace(soak.on == SoakOn::kOwn ? static_cast<Backend&>(own) : kernel);
  if (runner->error() != nullptr) {
    std::fprintf(stderr, "arenafuzz bench: %s\n", runner->error());
    return 2;
  }
  Options options;
  options.use_model = soak.use_model;
  Program program;
  GeneratorOptions generator;
  generator.profile = static_cast<Profile>(soak.profile);
  generator.all_policies = soak.on != SoakOn::kOwn;
  std::uint64_t done = 0;
  std::uint64_t programs = 0;
  std::uint64_t ends[kEndReasonCount] = {};
  for (generator.seed = soak.seed; done < soak.operations; ++generator.seed) {
    draw(&generator, &program);
    const Verdict& verdict = runner->run(program, options);
    done += verdict.operations;
    ++ends[static_cast<int>(verdict.end)];
    if (!verdict.clean()) {
      const Finding finding = verdict.findings[0];
      std::printf("seed %llu\n%s%s", static_cast<unsigned long long>(generator.seed),
                  runner->report(program, finding, options).c_str(),
                  print_program(program).c_str());
      return 1;
    }
    if (++programs % 200000 == 0)
      std::fprintf(stderr, "%llu operations, %ld MiB\n", static_cast<unsigned long long>(done),
                   peak_mib());
  }
  std::printf("%s, profile %d: %llu programs, %llu operations, no finding, peak %ld MiB; ended:",
              runner->name(), soak.profile, static_cast<unsigned long long>(programs),
              static_cast<unsigned long long>(done), peak_mib());
  for (int end = 0; end < kEndReasonCount; ++end)
    if (ends[end] != 0)
      std::printf(" %s %llu", end_reason_name(static_cast<EndReason>(end)),
                  static_cast<unsigned long long>(ends[end]));
  std::printf("\n");
  return 0;
}

}  // namespace arenafuzz::bench
