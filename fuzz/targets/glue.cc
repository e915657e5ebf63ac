// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/targets/glue.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/harness/program_runner.h"
#include "fuzz/harness/verdict/known_signature.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/limits.h"
#include "fuzz/program/mutator.h"
#include "fuzz/program/round_trip.h"
#include "fuzz/targets/finding_files.h"
#include "fuzz/targets/finding_traps.h"
#include "fuzz/targets/input_times.h"
#include "fuzz/targets/mapped_file.h"
#include "fuzz/targets/stats.h"

namespace arenafuzz {
namespace {

struct Runner {
  const TargetInfo* info = nullptr;
  std::unique_ptr<ProgramRunner> programs;
  std::vector<std::uint8_t> input;  // where its first byte is not the engine's
  Options options;
  bool strict = false;
  Program program;
  std::vector<Finding> findings;  // of the program under way
  FindingFiles files;
  bool keep_going = false;
  std::vector<std::string> known;  // no set: the C++ library's trees are not instrumented for MSan
  std::string old_file;
  struct stat old_state{};
  std::vector<std::string> old;
  TargetStats own_stats{};
  TargetStats* stats = &own_stats;
};

Runner* runner = nullptr;

// OSS-Fuzz has no place for options of ours: what they would say is decided here.
#ifdef ARENAFUZZ_OSS_FUZZ
constexpr bool kOssFuzz = true;
#else
constexpr bool kOssFuzz = false;
#endif

[[noreturn]] void refuse(const std::string& sentence) {
  std::fprintf(stderr, "arenafuzz: %s\n", sentence.c_str());
  std::exit(2);
}

void read_signatures(const std::string& path, std::vector<std::string>* signatures) {
  std::ifstream file(path, std::ios::binary);
  std::string content(kMaxKnownBytes, '\0');
  if (!file || !file.read(content.data(), static_cast<std::streamsize>(content.size())).eof())
    refuse("cannot read the known findings in " + path + ": name a readable file of signatures");
  content.resize(static_cast<std::size_t>(file.gcount()));
  for (KnownLines lines(content); lines.next();) {
    const std::string problem = signature_problem(lines.text());
    if (!problem.empty())
      refuse(path + " line " + std::to_string(lines.number()) + ": " + problem +
             ": write signatures as reports have them, or their first parts");
    signatures->emplace_back(lines.text());
  }
}

bool is_known(const std::string& name) {
  bool known = false;
  for (std::size_t i = 0; i < runner->known.size(); ++i) {
    if (!names_signature(runner->known[i], name)) continue;
    known = true;
    if (i < TargetStats::kKnownTracked)
      runner->stats->known_met[i].store(true, std::memory_order_relaxed);
  }
  return known;
}

// It is renamed into place, so that another state is another file.
bool is_old(const std::string& name) {
  if (runner->old_file.empty()) return false;
  struct stat state{};
  const struct stat& before = runner->old_state;
  if (stat(runner->old_file.c_str(), &state) == 0 &&
      (state.st_ino != before.st_ino || state.st_size != before.st_size ||
       state.st_mtim.tv_sec != before.st_mtim.tv_sec ||
       state.st_mtim.tv_nsec != before.st_mtim.tv_nsec)) {
    runner->old.clear();
    read_signatures(runner->old_file, &runner->old);
    runner->old_state = state;
  }
  return std::find(runner->old.begin(), runner->old.end(), name) != runner->old.end();
}

void map_stats(const std::string& path) {
  void* memory = map_file(path, sizeof(TargetStats));
  if (memory == nullptr)
    refuse("cannot write the statistics to " + path + ": choose a writable folder");
  runner->stats = static_cast<TargetStats*>(memory);
  runner->stats->magic = TargetStats::kMagic;
}

std::uint64_t read_steps(const std::string& text) {
  std::uint64_t steps = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (error != std::errc() || *end != 0 || steps == 0 || steps > limits::kMaxSteps)
    refuse("--steps=" + text + ": give it a whole number from 1 to " +
           std::to_string(limits::kMaxSteps));
  return steps;
}

void read_option(std::string_view word) {
  const auto value = [&word](std::string_view name, std::string* out) {
    if (!word.starts_with(name)) return false;
    *out = word.substr(name.size());
    return true;
  };
  std::string text;
  if (value("--findings=", &text)) {
    runner->files.set_folder(text);
  } else if (value("--stats=", &text)) {
    map_stats(text);
  } else if (value("--times=", &text)) {
    if (!measure_times(text))
      refuse("cannot write the times to " + text + ": name a writable file");
  } else if (value("--known=", &text)) {
    read_signatures(text, &runner->known);
  } else if (value("--old=", &text)) {
    runner->old_file = text;
  } else if (word == "--domain=callers") {
    runner->options.domain = Domain::kCallers;
  } else if (word == "--domain=api") {
    runner->options.domain = Domain::kApi;
  } else if (word == "--domain=misuse") {
    runner->options.domain = Domain::kMisuse;
  } else if (value("--steps=", &text)) {
    runner->options.most_steps = read_steps(text);
  } else if (word == "--no-model") {
    runner->options.use_model = false;
  } else if (word == "--strict") {
    runner->strict = true;
  } else if (word == "--keep-going") {
    runner->keep_going = true;
  } else if (word.starts_with("--") && word != "--" && !kOssFuzz) {
    // "--" alone, which OSS-Fuzz puts before the engine's options, is nothing to libFuzzer either.
    refuse("unknown option " + std::string(word) +
           ": use --findings=, --stats=, --times=, --known=, --old=, --domain=, --steps=, "
           "--no-model, --strict or --keep-going");
  }
}

// Reporting runs the program again, so only what is kept is reported.
void keep(const Finding& finding) {
  if (!runner->files.wants(signature(finding), runner->program.operations.size())) return;
  runner->files.keep(runner->programs->reported(runner->program, finding, runner->options).record);
}

// Under OSS-Fuzz a neighbour's act that breaks a kernel's pool is a known fact: the pool as merged
// for 7.2 does not guard against a BPF program that releases the pool's pages, and that may show in
// any operation after it.
bool is_passed_over(const Finding& finding) {
  return kOssFuzz && runner->info->kernel() && finding.oracle == Oracle::kNeighbour;
}

void print(const Finding& finding) {
  std::string report = runner->programs->report(runner->program, finding, runner->options);
  if (kOssFuzz && finding.tier() != Tier::kSafety)
    report.replace(0, report.find('\n'), check_line(signature(finding)));
  std::fputs(report.c_str(), stderr);
}

void act_on(const Verdict& verdict) {
  // Reporting a finding may run the program again, which overwrites the verdict.
  std::vector<Finding>& findings = runner->findings;
  findings = verdict.findings;
  bool any_failing = false;
  bool any_change = false;
  bool any_old = false;
  for (const Finding& finding : findings) {
    if (is_passed_over(finding) || is_known(signature(finding))) continue;
    if (is_old(signature(finding))) {
      any_old = true;
      if (runner->files.used()) keep(finding);
      continue;
    }
    const bool fails = runner->programs->fails(finding, runner->strict);
    (fails ? any_failing : any_change) = true;
    if (runner->files.used()) {
      keep(finding);
      continue;
    }
    if (!fails) continue;
    print(finding);
    if (!runner->keep_going) assert_finding(finding.oracle);
  }
  TargetStats& stats = *runner->stats;
  (any_failing  ? stats.programs_with_findings
   : any_change ? stats.programs_with_changes
   : any_old    ? stats.programs_with_old
                : stats.programs_with_known)
      .fetch_add(1);
}

void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

void run_program() {
  runner->program.header.profile = runner->info->profile;
  const Verdict& verdict = runner->programs->run(runner->program, runner->options);
  TargetStats& stats = *runner->stats;
  bump(stats.operations, verdict.operations);
  bump(stats.skipped, verdict.skipped);
  if (verdict.end == EndReason::kOutOfBudget) bump(stats.out_of_budget, 1);
  if (verdict.end == EndReason::kSkipped) bump(stats.not_run, 1);
  if (verdict.end == EndReason::kDocumented) bump(stats.documented, 1);
  for (int site = 0; site < kFaultSiteCount; ++site) {
    if (verdict.faults_fired[site] == 0) continue;
    bump(stats.faults_fired[site], verdict.faults_fired[site]);
    for (int outcome = 0; outcome < kFaultOutcomeCount; ++outcome)
      bump(stats.fault_outcomes[site][outcome], verdict.fault_outcomes[site][outcome]);
  }
  if (!verdict.clean()) act_on(verdict);
}

void check_format(const std::uint8_t* data, std::size_t size) {
  std::string why;
  const bool good = check_bytes({data, size}, &why) &&
                    check_text({reinterpret_cast<const char*>(data), size}, &why);
  if (good) return;
  bump(runner->stats->programs_with_findings, 1);
  const std::string line = kOssFuzz ? check_line("codec.program.none")
                                    : std::string("ASSERTION FAILED: codec.program.none");
  std::fprintf(stderr, "%s\n%s\n", line.c_str(), why.c_str());
  if (!runner->keep_going) assert_format();
}

void read_environment() {
  const char* words = std::getenv("ARENAFUZZ_TARGET_OPTIONS");
  if (words == nullptr) return;
  std::istringstream lines(words);
  for (std::string word; std::getline(lines, word);) read_option(word);
}

// Under AFL++ this process is the fork server or one of its forks, which stop between two inputs:
// without this a killed afl-fuzz leaves them behind for ever. A fork does not inherit it.
void end_with_parent() {
  static pid_t parent = 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto before = [] { parent = getpid(); };
  pthread_atfork(before, nullptr, [] {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(1);  // it is dead
  });
}

Runner& begin(const TargetInfo& info, int argc, char** argv) {
  static Runner only;
  runner = &only;
  only.info = &info;
  // The pool as merged breaks at sizes that no caller in the tree uses.
  if (kOssFuzz && info.kernel()) only.options.domain = Domain::kCallers;
  if (info.runs_programs()) engine_target().profile = info.profile;
  if (info.kind == TargetKind::kKernelGenPool) engine_target().kind = ProgramKind::kGenPool;
  read_environment();
  for (int i = 1; i < argc; ++i) read_option(argv[i]);
  if (std::getenv("__AFL_SHM_ID") != nullptr) end_with_parent();
  return only;
}

// No finding says so: the books are judged in the way of the reference from then on.
void prepare_programs() {
  if (!runner->programs->prepare() && kOssFuzz)
    std::fprintf(stderr, "arenafuzz: the tree ended the process that measured its books\n");
}

// Under OSS-Fuzz the first line of a kernel target's log says which tree it is.
void introduce_tree(const Backend& backend) {
  if (kOssFuzz && runner->info->kernel())
    std::fprintf(stderr, "arenafuzz: %s\n", backend.sources_line().c_str());
}

}  // namespace

void initialize_target(const TargetInfo& info, Backend& backend, int argc, char** argv) {
  Runner& only = begin(info, argc, argv);
  if (!info.runs_programs()) return;
  introduce_tree(backend);
  only.programs = std::make_unique<ProgramRunner>(backend);
  if (only.programs->error() != nullptr) refuse(only.programs->error());
  prepare_programs();
}

void initialize_differential_target(const TargetInfo& info, Backend& ours, Backend& other, int argc,
                                    char** argv) {
  Runner& only = begin(info, argc, argv);
  introduce_tree(other);
  only.programs = std::make_unique<ProgramRunner>(ours, other);
  if (only.programs->error() != nullptr) refuse(only.programs->error());
  prepare_programs();
}

namespace {

void run_any(const std::uint8_t* data, std::size_t size) {
  if (!runner->info->runs_programs()) {
    check_format(data, size);
    return;
  }
  if (runner->info->kind == TargetKind::kKernelGenPool && size != 0) {
    runner->input.assign(data, data + size);
    runner->input[0] = static_cast<std::uint8_t>(ProgramKind::kGenPool);
    data = runner->input.data();
  }
  decode({data, size}, &runner->program);
  run_program();
}

}  // namespace

int run_input(const std::uint8_t* data, std::size_t size) {
  const InputTimer timer;
  TargetStats& stats = *runner->stats;
  bump(stats.executions, 1);
  if (size != 0 && size <= sizeof stats.input) std::memcpy(stats.input, data, size);
  stats.input_size_and_one.store(size <= sizeof stats.input ? size + 1 : 0);
  run_any(data, size);
  stats.input_size_and_one.store(0);
  return 0;
}

std::uint64_t findings_so_far() { return runner->stats->programs_with_findings.load(); }

}  // namespace arenafuzz
