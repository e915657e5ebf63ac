// SPDX-License-Identifier: GPL-2.0-only
//
// The benchmark's command line and its report.
#include "tests/bench/bench.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/bench/program_sets.h"
#include "tests/bench/ratios.h"

namespace arenafuzz::bench {
namespace {

struct Report {
  Figures small;      // 64 random allocs and frees of small blocks on a large arena
  Figures generated;  // programs of 64 operations with faults and neighbours
  Figures corpus;
  Figures large;  // as small, 65,536 operations
  double least() const { return std::min({small.ratio, generated.ratio, corpus.ratio}); }
  double scale() const { return large.overhead_ns / small.overhead_ns; }
};

Report measure_all(bool quick, const MakeBackend& make) {
  const double budget = quick ? 1.0 : 6.0;
  const std::vector<Program> corpus = corpus_programs();
  if (corpus.empty()) {
    std::fprintf(stderr, "arenafuzz bench: no corpus in %s/corpus\n", ARENAFUZZ_SOURCE_DIR);
    std::exit(2);
  }
  Report report;
  report.small = measure_harness(scale_programs(1024, 64), budget, make);
  report.large = measure_harness(scale_programs(1, 65536), budget, make);
  report.generated = measure_harness(generated_programs(quick ? 200 : 1000), budget, make);
  report.corpus = measure_harness(corpus, budget, make);
  return report;
}

// The least of three arenas, from a binary without sanitizers.
double own_over_kernel(bool quick) {
  const double budget = quick ? 0.5 : 3.0;
  const double small = measure_own_over_kernel(churn_programs(64, 256, false), budget);
  const double medium = measure_own_over_kernel(churn_programs(4096, 4096, false), budget);
  const double full = measure_own_over_kernel(churn_programs(256, 64, true), budget);
  std::fprintf(stderr, "our pool over the kernel's: small arena %.2f, medium %.2f, full %.2f\n",
               small, medium, full);
  return std::min({small, medium, full});
}

// The release build's own figure: sanitizers would measure themselves. Below 0: it says why.
double ask_release_build(const std::string& binary, bool quick) {
  if (binary.empty() || access(binary.c_str(), X_OK) != 0) return -1;
  const std::string command =
      "'" + binary + "' --own-over-kernel" + std::string(quick ? " --quick" : "");
  std::FILE* pipe = popen(command.c_str(), "r");
  double value = -1;
  if (pipe == nullptr || std::fscanf(pipe, "%lf", &value) != 1) value = -1;
  if (pipe != nullptr) pclose(pipe);
  return value;
}

void print_json(const Report& own, const Report& kernel, double over) {
  std::printf(
      "{\"build\": \"%s\", \"pairs\": %d, \"harness_over_bare\": %.3f, "
      "\"harness_over_bare_small\": %.3f, \"harness_over_bare_generated\": %.3f, "
      "\"harness_over_bare_corpus\": %.3f, \"small_harness_ns\": %.1f, \"small_bare_ns\": %.1f, "
      "\"scale_64_to_65536\": %.3f, \"overhead_ns_at_64\": %.1f, "
      "\"overhead_ns_at_65536\": %.1f, \"kernel_harness_over_bare\": %.3f, "
      "\"kernel_harness_over_bare_small\": %.3f, \"kernel_harness_over_bare_generated\": %.3f, "
      "\"kernel_harness_over_bare_corpus\": %.3f, \"cpp_over_kernel\": %s}\n",
      ARENAFUZZ_BUILD, kPairs, own.least(), own.small.ratio, own.generated.ratio, own.corpus.ratio,
      own.small.harness_ns, own.small.bare_ns, own.scale(), own.small.overhead_ns,
      own.large.overhead_ns, kernel.least(), kernel.small.ratio, kernel.generated.ratio,
      kernel.corpus.ratio, over < 0 ? "null" : std::to_string(over).c_str());
}

void print_row(const char* name, const Figures& figures) {
  std::printf("%-20s harness %6.0f ns, bare %6.0f ns an operation: ratio %.2f", name,
              figures.harness_ns, figures.bare_ns, figures.ratio);
  if (figures.left_out != 0)
    std::printf(" (%zu programs with a finding left out)", figures.left_out);
  std::printf("\n");
}

void print_rows(const Report& report) {
  print_row("small blocks", report.small);
  print_row("generated programs", report.generated);
  print_row("committed corpus", report.corpus);
  print_row("65536 operations", report.large);
}

int run_ratios(bool json, bool quick, const std::string& release) {
  const Report own = measure_all(quick, own_backend());
  const Report kernel = measure_all(quick, kernel_backend());
  const double over = ask_release_build(release, quick);
  if (json) {
    print_json(own, kernel, over);
    return 0;
  }
  std::printf("build                %s\n", ARENAFUZZ_BUILD);
  std::printf("our pool\n");
  print_rows(own);
  std::printf("the kernel's sources\n");
  print_rows(kernel);
  std::printf("harness_over_bare    %.2f (the least of our pool's first three; wanted: 0.67)\n",
              own.least());
  std::printf("scale_64_to_65536    %.2f (%.0f ns -> %.0f ns of overhead; wanted: at most 2.0)\n",
              own.scale(), own.small.overhead_ns, own.large.overhead_ns);
  std::printf("kernel_harness_over_bare  %.2f (wanted: 0.67)\n", kernel.least());
  if (over < 0)
    std::printf("cpp_over_kernel      not measured: ./arenafuzz bench builds what it needs\n");
  else
    std::printf("cpp_over_kernel      %.2f (-O2, no sanitizers; wanted: 1.0)\n", over);
  return 0;
}

int run_inputs(const std::string& folder) {
  const std::vector<Program> programs = folder_programs(folder);
  if (programs.empty()) {
    std::fprintf(stderr, "arenafuzz bench: no program in '%s': name a corpus\n", folder.c_str());
    return 2;
  }
  const Figures figures = measure_harness(programs, 6.0, own_backend());
  if (figures.left_out == programs.size()) {
    std::fprintf(stderr, "arenafuzz bench: every program in '%s' has a finding: triage it\n",
                 folder.c_str());
    return 2;
  }
  std::size_t operations = 0;
  for (const Program& program : programs) operations += program.operations.size();
  const double each = static_cast<double>(operations) / static_cast<double>(programs.size());
  std::printf(
      "{\"inputs\": %zu, \"operations\": %.1f, \"bare_ns\": %.0f, \"harness_ns\": %.0f, "
      "\"harness_over_bare\": %.3f}\n",
      programs.size(), each, figures.bare_ns * each, figures.harness_ns * each, figures.ratio);
  return 0;
}

const char kHelp[] =
    "arenafuzz bench: ratios against the bare loop, the median of 7 interleaved pairs\n\n"
    "  bench [--json] [--quick]        harness_over_bare, scale_64_to_65536,\n"
    "                                  kernel_harness_over_bare, cpp_over_kernel;\n"
    "                                  with --kernel-tree DIR on that tree's sources\n"
    "  bench --kills [--json] [--alone] [--seeds N] [--cap SECONDS] [NAME...]\n"
    "                                  processor seconds until planted defects are found, from an\n"
    "                                  empty corpus, against two plain harnesses; --alone: "
    "without\n"
    "  bench --fuzz [--json] [--quick] fuzz_rate, long_tail: where the time of a fuzz run goes\n"
    "  bench --inputs DIR              a folder's programs: mean operations, bare loop and\n"
    "                                  harness in ns per input, as one JSON object\n"
    "  bench --micro [ARGS]            Google Benchmark's micro benchmarks\n"
    "  bench --soak PROFILE [--operations N] [--seed S] [--no-model] [--on cpp|kernel|both]\n"
    "                                  generated programs of profile correct, faults or misuse:\n"
    "                                  exit 1 with the first finding; both: compared step by "
    "step\n\n"
    "examples\n"
    "  ./arenafuzz bench --json\n"
    "  ./arenafuzz bench --kills unwind_without_release --seeds 1\n"
    "  ./arenafuzz bench --soak misuse --operations 1000000 --on both\n";

int usage(const char* sentence, const char* word) {
  std::fprintf(stderr, "arenafuzz bench: %s '%s'; see ./arenafuzz bench --help\n", sentence, word);
  return 2;
}

struct Words {
  bool json = false;
  bool quick = false;
  bool own_over_kernel = false;
  std::string release;
  std::string inputs;
  bool soak = false;
  SoakOptions soak_options;
};

// An option with a value: false if the value cannot be used.
bool read_value(const std::string& name, const char* value, Words* words) {
  const std::string text = value;
  SoakOptions& soak = words->soak_options;
  if (name == "--soak") {
    words->soak = true;
    soak.profile = text == "correct" ? 0 : text == "faults" ? 1 : text == "misuse" ? 2 : -1;
    return soak.profile >= 0;
  }
  if (name == "--on") {
    soak.on = text == "cpp" ? SoakOn::kOwn : text == "kernel" ? SoakOn::kKernel : SoakOn::kBoth;
    return text == "cpp" || text == "kernel" || text == "both";
  }
  if (name == "--inputs") {
    words->inputs = text;
    return !text.empty();
  }
  if (name == "--release-bench") {
    words->release = text;
    return true;
  }
  if (name == "--backend" || name == "--kernel-tree" || name == "--glue")
    return true;  // the root script has seen to them
  // strtoull would take a sign, and wrap.
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool seed = name == "--seed";
  (seed ? soak.seed : soak.operations) = number;
  return error == std::errc() && end == text.data() + text.size() && (seed || number != 0);
}

bool takes_value(const std::string& name) {
  for (const char* known : {"--soak", "--on", "--inputs", "--release-bench", "--backend",
                            "--kernel-tree", "--glue", "--operations", "--seed"})
    if (name == known) return true;
  return false;
}

int run_main(int argc, char** argv) {
  Words words;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--kills" || word == "--fuzz")
      return usage("./arenafuzz, the script, has", argv[i]);
    if (word == "--micro") return run_micro(argc - i, argv + i);
    if (word == "--help" || word == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    const std::size_t sign = word.find('=');
    const bool joined = sign != std::string::npos && takes_value(word.substr(0, sign));
    if (word == "--no-arithmetic") continue;  // the root script has seen to it
    if (joined || (takes_value(word) && i + 1 < argc)) {
      const char* value = joined ? argv[i] + sign + 1 : argv[++i];
      if (joined) word.resize(sign);
      if (!read_value(word, value, &words)) return usage((word + " cannot use").c_str(), value);
    } else if (word == "--json") {
      words.json = true;
    } else if (word == "--quick") {
      words.quick = true;
    } else if (word == "--own-over-kernel") {
      words.own_over_kernel = true;
    } else if (word == "--no-model") {
      words.soak_options.use_model = false;
    } else {
      return usage("unknown option or missing value", argv[i]);
    }
  }
  if (words.own_over_kernel) {
    std::printf("%.4f\n", own_over_kernel(words.quick));
    return 0;
  }
  if (!words.inputs.empty()) return run_inputs(words.inputs);
  return words.soak ? run_soak(words.soak_options)
                    : run_ratios(words.json, words.quick, words.release);
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
