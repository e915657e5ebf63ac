// SPDX-License-Identifier: GPL-2.0-only
//
// Ratios in one run: the harness against its own bare loop. A figure is the median of seven
// interleaved pairs; machines are shared and noisy, so nothing here is a verdict.
#include "tests/bench/bench.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/harness/bare_loop.h"
#include "fuzz/harness/cpp_backend.h"
#include "fuzz/harness/executor.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/generator.h"

namespace arenafuzz::bench {
namespace {

namespace fs = std::filesystem;
constexpr int kPairs = 7;

struct Figures {
  double ratio = 0;       // harness over bare, operations a second
  double harness_ns = 0;  // an operation
  double bare_ns = 0;
  double overhead_ns = 0;  // harness - bare, pair by pair
};

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <typename T>
T median(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Figures measure(const std::vector<Program>& programs, double target_seconds) {
  CppBackend own;
  CppBackend bare_backend;
  Executor executor(own);
  BareLoop bare(bare_backend);
  std::uint64_t operations = 0;
  for (const Program& program : programs) operations += program.operations.size();
  const auto with_harness = [&] {
    for (const Program& program : programs) {
      if (executor.run(program).clean()) continue;
      std::fprintf(stderr, "arenafuzz bench: a program of the set has a finding\n");
      std::exit(1);
    }
  };
  const auto without = [&] {
    for (const Program& program : programs) bare.run(program);
  };
  const double once = std::max(seconds(with_harness), 1e-6);
  seconds(without);
  const int repeats = std::max(1, static_cast<int>(target_seconds / kPairs / 2 / once));
  std::vector<double> ratios;
  std::vector<double> harness_ns;
  std::vector<double> bare_ns;
  std::vector<double> overhead_ns;
  for (int pair = 0; pair < kPairs; ++pair) {
    double harness_time = 0;
    double bare_time = 0;
    for (int i = 0; i < repeats; ++i) {
      harness_time += seconds(with_harness);
      bare_time += seconds(without);
    }
    ratios.push_back(bare_time / harness_time);
    const double each = static_cast<double>(operations) * repeats / 1e9;
    harness_ns.push_back(harness_time / each);
    bare_ns.push_back(bare_time / each);
    overhead_ns.push_back((harness_time - bare_time) / each);
  }
  return {median(ratios), median(harness_ns), median(bare_ns), median(overhead_ns)};
}

std::vector<Program> corpus_programs() {
  std::vector<std::string> names;
  for (const char* target : {"pool", "pool_faults"}) {
    std::error_code error;
    const fs::path folder = fs::path(ARENAFUZZ_SOURCE_DIR) / "corpus" / target;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      if (it->is_regular_file()) names.push_back(it->path().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<Program> programs;
  for (const std::string& name : names) {
    std::ifstream file(name, std::ios::binary);
    const std::vector<char> content((std::istreambuf_iterator<char>(file)), {});
    Program program;
    decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, &program);
    if (program.header.kind == ProgramKind::kArena) programs.push_back(program);
  }
  return programs;
}

std::vector<Program> generated_programs(std::size_t count) {
  std::vector<Program> programs(count);
  GeneratorOptions options;
  for (std::size_t i = 0; i < count; ++i) {
    options.seed = i;
    options.profile = i % 2 == 0 ? Profile::kCorrect : Profile::kFaults;
    options.weights = options.profile == Profile::kCorrect ? 0x00000099 : 0x01110199;
    generate(options, &programs[i]);
  }
  return programs;
}

// Only what the bare loop can follow: a collision or a robbed pool may legally hit BUG there.
void make_followable(std::vector<Program>* programs) {
  for (Program& program : *programs) {
    for (Operation& operation : program.operations)
      for (Collision& collision : operation.collisions) collision = {};
    std::erase_if(program.operations, [](const Operation& operation) {
      return operation.kind == OperationKind::kMisuseFree ||
             (operation.kind == OperationKind::kRelease &&
              operation.target != ReleaseTarget::kOwnRun);
    });
  }
}

struct Report {
  Figures small;      // 64 random allocs and frees of small blocks on a large arena
  Figures generated;  // programs of 64 operations with faults and neighbours
  Figures corpus;
  Figures large;  // as small, 65,536 operations
  double least() const { return std::min({small.ratio, generated.ratio, corpus.ratio}); }
  double small_overhead_ns() const { return small.overhead_ns; }
  double large_overhead_ns() const { return large.overhead_ns; }
};

Report measure_all(bool quick) {
  const double budget = quick ? 1.0 : 6.0;
  Report report;
  std::vector<Program> small(1024);
  for (std::size_t i = 0; i < small.size(); ++i) generate_scale(i, 64, &small[i]);
  report.small = measure(small, budget);
  std::vector<Program> large(1);
  generate_scale(1, 65536, large.data());
  report.large = measure(large, budget);
  std::vector<Program> generated = generated_programs(quick ? 200 : 1000);
  make_followable(&generated);
  report.generated = measure(generated, budget);
  std::vector<Program> corpus = corpus_programs();
  make_followable(&corpus);
  if (corpus.empty()) {
    std::fprintf(stderr, "arenafuzz bench: no corpus in %s/corpus\n", ARENAFUZZ_SOURCE_DIR);
    std::exit(2);
  }
  report.corpus = measure(corpus, budget);
  return report;
}

void print_json(const Report& report) {
  std::printf(
      "{\"build\": \"%s\", \"pairs\": %d, \"harness_over_bare\": %.3f, "
      "\"harness_over_bare_small\": %.3f, \"harness_over_bare_generated\": %.3f, "
      "\"harness_over_bare_corpus\": %.3f, \"small_harness_ns\": %.1f, \"small_bare_ns\": %.1f, "
      "\"scale_64_to_65536\": %.3f, \"overhead_ns_at_64\": %.1f, "
      "\"overhead_ns_at_65536\": %.1f}\n",
      ARENAFUZZ_BUILD, kPairs, report.least(), report.small.ratio, report.generated.ratio,
      report.corpus.ratio, report.small.harness_ns, report.small.bare_ns,
      report.large_overhead_ns() / report.small_overhead_ns(), report.small_overhead_ns(),
      report.large_overhead_ns());
}

void print_row(const char* name, const Figures& figures) {
  std::printf("%-20s harness %6.0f ns, bare %6.0f ns an operation: ratio %.2f\n", name,
              figures.harness_ns, figures.bare_ns, figures.ratio);
}

int run_ratios(bool json, bool quick) {
  const Report report = measure_all(quick);
  if (json) {
    print_json(report);
    return 0;
  }
  std::printf("build                %s\n", ARENAFUZZ_BUILD);
  print_row("small blocks", report.small);
  print_row("generated programs", report.generated);
  print_row("committed corpus", report.corpus);
  print_row("65536 operations", report.large);
  std::printf("harness_over_bare    %.2f (the least of the first three; wanted: at least 0.67)\n",
              report.least());
  std::printf("scale_64_to_65536    %.2f (%.0f ns -> %.0f ns of overhead; wanted: at most 2.0)\n",
              report.large_overhead_ns() / report.small_overhead_ns(), report.small_overhead_ns(),
              report.large_overhead_ns());
  return 0;
}

const char kHelp[] =
    "arenafuzz bench: ratios against the bare loop, the median of 7 interleaved pairs\n\n"
    "  bench [--json] [--quick]        harness_over_bare, scale_64_to_65536\n"
    "  bench --micro [ARGS]            Google Benchmark's micro benchmarks\n"
    "  bench --soak PROFILE [--operations N] [--seed S] [--no-model]\n"
    "                                  generated programs of profile correct, faults or misuse:\n"
    "                                  exit 1 with the first finding\n\n"
    "examples\n"
    "  ./arenafuzz bench --json\n"
    "  ./arenafuzz bench --soak misuse --operations 1000000\n";

int usage(const char* sentence, const char* word) {
  std::fprintf(stderr, "arenafuzz bench: %s '%s'; see ./arenafuzz bench --help\n", sentence, word);
  return 2;
}

int run_main(int argc, char** argv) {
  bool json = false;
  bool quick = false;
  bool model = true;
  int soak = -1;
  std::uint64_t operations = 1000000;
  std::uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--micro") return run_micro(argc - i, argv + i);
    if (word == "--help" || word == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    if (word == "--json") {
      json = true;
    } else if (word == "--quick") {
      quick = true;
    } else if (word == "--no-model") {
      model = false;
    } else if (word == "--soak" && has_value) {
      const std::string name = argv[++i];
      soak = name == "correct" ? 0 : name == "faults" ? 1 : name == "misuse" ? 2 : -1;
      if (soak < 0) return usage("--soak takes correct, faults or misuse, not", argv[i]);
    } else if ((word == "--operations" || word == "--seed") && has_value) {
      char* end = nullptr;
      const std::uint64_t value = std::strtoull(argv[++i], &end, 10);
      if (*end != '\0' || end == argv[i]) return usage("a number is wanted, not", argv[i]);
      (word == "--seed" ? seed : operations) = value;
    } else {
      return usage("unknown option or missing value", argv[i]);
    }
  }
  return soak >= 0 ? run_soak(soak, operations, seed, model) : run_ratios(json, quick);
}

}  // namespace
}  // namespace arenafuzz::bench

#ifdef ARENAFUZZ_BENCH_IN_ENGINE
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  std::exit(arenafuzz::bench::run_main(*argc, *argv));
}
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return 0; }
#else
int main(int argc, char** argv) { return arenafuzz::bench::run_main(argc, argv); }
#endif
