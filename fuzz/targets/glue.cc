// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/targets/glue.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "fuzz/harness/executor.h"
#include "fuzz/harness/report.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/round_trip.h"
#include "fuzz/targets/stats.h"

namespace arenafuzz {
namespace {

struct Runner {
  const TargetInfo* info = nullptr;
  Backend* backend = nullptr;
  std::unique_ptr<Executor> executor;
  Options options;
  Program program;
  std::string findings_folder;
  bool keep_going = false;
  std::set<std::string> known;
  std::map<std::string, std::size_t> kept;  // signature -> operations of the program on disk
  TargetStats own_stats{};
  TargetStats* stats = &own_stats;
};

Runner* runner = nullptr;

[[noreturn]] void refuse(const std::string& sentence) {
  std::fprintf(stderr, "arenafuzz: %s\n", sentence.c_str());
  std::exit(2);
}

void read_known(const std::string& path) {
  std::ifstream file(path);
  if (!file) refuse("cannot read the known findings in " + path + ": name a readable file");
  std::string line;
  while (std::getline(file, line)) {
    line = line.substr(0, line.find('#'));
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0)
      line.pop_back();
    if (!line.empty()) runner->known.insert(line);
  }
}

void map_stats(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0 || ftruncate(file, sizeof(TargetStats)) != 0)
    refuse("cannot write the statistics to " + path + ": choose a writable folder");
  void* memory = mmap(nullptr, sizeof(TargetStats), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) refuse("cannot map the statistics in " + path);
  runner->stats = static_cast<TargetStats*>(memory);
  runner->stats->magic = TargetStats::kMagic;
}

void read_option(std::string_view word) {
  const auto value = [&word](std::string_view name, std::string* out) {
    if (!word.starts_with(name)) return false;
    *out = word.substr(name.size());
    return true;
  };
  std::string text;
  if (value("--findings=", &text)) {
    runner->findings_folder = text;
  } else if (value("--stats=", &text)) {
    map_stats(text);
  } else if (value("--known=", &text)) {
    read_known(text);
  } else if (word == "--domain=callers") {
    runner->options.domain = Domain::kCallers;
  } else if (word == "--domain=api") {
    runner->options.domain = Domain::kApi;
  } else if (word == "--domain=misuse") {
    runner->options.domain = Domain::kMisuse;
  } else if (word == "--no-model") {
    runner->options.use_model = false;
  } else if (word == "--keep-going") {
    runner->keep_going = true;
  } else if (word.starts_with("--")) {
    refuse("unknown option " + std::string(word) +
           ": use --findings=, --stats=, --known=, --domain=, --no-model or --keep-going");
  }
}

// Written beside, flushed and renamed: a kill at any moment leaves the old file or the new one.
bool write_durably(const std::string& path, const std::string& content) {
  const std::string beside = path + ".tmp" + std::to_string(getpid());
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const char* at = content.data();
  std::size_t left = content.size();
  while (left > 0) {
    const ssize_t done = write(file, at, left);
    if (done <= 0) break;
    at += done;
    left -= static_cast<std::size_t>(done);
  }
  const bool written = left == 0 && fsync(file) == 0;
  close(file);
  if (written && rename(beside.c_str(), path.c_str()) == 0) return true;
  unlink(beside.c_str());
  return false;
}

// How many operations the program in the file has, by its lines; none if there is no file.
std::size_t operations_on_disk(const std::string& path) {
  std::ifstream file(path);
  if (!file) return ~std::size_t{0};
  std::size_t lines = 0;
  std::string line;
  while (std::getline(file, line))
    if (!line.empty() && line[0] != '#' && !line.starts_with("header") && !line.starts_with("plan"))
      ++lines;
  return lines;
}

void keep(const Finding& finding) {
  const std::string name = signature(finding);
  const std::string path = runner->findings_folder + "/" + name + ".txt";
  auto [it, fresh] = runner->kept.try_emplace(name, ~std::size_t{0});
  const std::size_t operations = runner->program.operations.size();
  if (operations >= it->second) return;
  it->second = std::min(it->second, operations_on_disk(path));
  if (operations >= it->second) return;
  if (!write_durably(path,
                     format_finding_file(runner->program, finding, runner->backend->name()))) {
    // Never lost in silence: what cannot be kept is printed.
    std::fprintf(stderr, "arenafuzz: cannot write %s; the finding follows\n%s", path.c_str(),
                 format_finding_file(runner->program, finding, runner->backend->name()).c_str());
  }
  it->second = operations;
}

void act_on(const Verdict& verdict) {
  bool any_new = false;
  for (const Finding& finding : verdict.findings) {
    if (runner->known.contains(signature(finding))) continue;
    any_new = true;
    if (!runner->findings_folder.empty()) {
      keep(finding);
      continue;
    }
    std::fputs(format_report(runner->program, finding, runner->backend->name()).c_str(), stderr);
    if (!runner->keep_going) std::abort();
  }
  (any_new ? runner->stats->findings : runner->stats->known).fetch_add(1);
}

void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

void run_program() {
  runner->program.header.profile = runner->info->profile;
  const Verdict& verdict = runner->executor->run(runner->program, runner->options);
  TargetStats& stats = *runner->stats;
  bump(stats.operations, verdict.operations);
  bump(stats.skipped, verdict.skipped);
  if (verdict.end == EndReason::kOutOfBudget) bump(stats.out_of_budget, 1);
  for (int site = 0; site < kFaultSiteCount; ++site)
    bump(stats.faults_fired[site], verdict.faults_fired[site]);
  if (!verdict.clean()) act_on(verdict);
}

void check_format(const std::uint8_t* data, std::size_t size) {
  std::string why;
  const bool good = check_bytes({data, size}, &why) &&
                    check_text({reinterpret_cast<const char*>(data), size}, &why);
  if (good) return;
  bump(runner->stats->findings, 1);
  std::fprintf(stderr, "ASSERTION FAILED: codec.program.none\n%s\n", why.c_str());
  if (!runner->keep_going) std::abort();
}

}  // namespace

const TargetInfo& target_named(const char* name) {
  for (const TargetInfo& info : kTargets)
    if (std::strcmp(info.name, name) == 0) return info;
  std::abort();
}

void initialize_target(const TargetInfo& info, Backend& backend, int argc, char** argv) {
  static Runner only;
  runner = &only;
  only.info = &info;
  only.backend = &backend;
  for (int i = 1; i < argc; ++i) read_option(argv[i]);
  if (!info.runs_programs) return;
  only.executor = std::make_unique<Executor>(backend);
  if (only.executor->error() != nullptr) refuse(only.executor->error());
}

int run_input(const std::uint8_t* data, std::size_t size) {
  bump(runner->stats->executions, 1);
  if (!runner->info->runs_programs) {
    check_format(data, size);
    return 0;
  }
  decode({data, size}, &runner->program);
  run_program();
  return 0;
}

std::uint64_t findings_so_far() { return runner->stats->findings.load(); }

}  // namespace arenafuzz
