// SPDX-License-Identifier: GPL-2.0-only
//
// Micro benchmarks, for those who change one part: nanoseconds, never a verdict.
#include <benchmark/benchmark.h>

#include "faultinject/metadata_stand_in.h"
#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/executor.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/generator.h"
#include "tests/bench/bench.h"

namespace arenafuzz::bench {
namespace {

Program program_of(std::size_t operations) {
  GeneratorOptions options;
  options.operations = operations;
  options.weights = 0x00000099;
  Program program;
  generate(options, &program);
  return program;
}

void decode_program(benchmark::State& state) {
  std::vector<std::uint8_t> bytes;
  encode(program_of(static_cast<std::size_t>(state.range(0))), &bytes);
  Program program;
  for (auto _ : state) decode(bytes, &program);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(decode_program)->Arg(64)->Arg(4096);

void execute_program(benchmark::State& state) {
  const Program program = program_of(static_cast<std::size_t>(state.range(0)));
  CppBackend backend;
  Executor executor(backend);
  for (auto _ : state) benchmark::DoNotOptimize(executor.run(program).trace_hash);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(execute_program)->Arg(1)->Arg(64)->Arg(4096);

void metadata_block(benchmark::State& state) {
  MetadataStandIn stand_in;
  std::uint64_t count = 0;
  for (auto _ : state) {
    stand_in.free(MetadataSite::kVzalloc, stand_in.allocate(MetadataSite::kVzalloc, 312));
    if (++count % 1024 == 0) stand_in.reset();
  }
}
BENCHMARK(metadata_block);

}  // namespace

int run_micro(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace arenafuzz::bench
