// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/afl_files.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "fuzz/base/run_signals.h"
#include "fuzz/campaign/engine_process.h"
#include "fuzz/corpus/content_hash.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

// Bounds a process that sleeps and wakes again and again: this many timeouts in total.
constexpr double kTimeoutsAsleep = 10;
constexpr std::size_t kMaxStatus = std::size_t{1} << 16;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error))
    entries.push_back(it->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool is_input(const fs::path& file) { return file.filename().string().starts_with("id"); }

void add_inputs(const std::string& out, const fs::path& instance, const fs::path& folder,
                std::vector<AflInput>* inputs) {
  for (const fs::path& file : entries_of(folder)) {
    if (!is_input(file)) continue;
    const std::string copy =
        out + "/crashes/afl-" + instance.filename().string() + "-" + file.filename().string();
    std::error_code error;
    if (fs::exists(copy, error)) continue;
    inputs->push_back({file.string(), copy, folder.filename().string().starts_with("hangs")});
  }
}

}  // namespace

AflStatus read_afl_status(const std::string& file) {
  AflStatus status;
  std::string content;
  if (!read_file(file, kMaxStatus, &content).ok()) return status;
  std::istringstream lines(content);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, line.find(' '));
    const char* value = line.c_str() + colon + 1;
    if (name == "edges_found") status.edges = std::strtoull(value, nullptr, 10);
    if (name == "corpus_count") status.corpus = std::strtoull(value, nullptr, 10);
    if (name == "corpus_imported") status.imported = std::strtoull(value, nullptr, 10);
    if (name == "stability") status.stability = std::strtod(value, nullptr);
  }
  return status;
}

std::vector<AflInput> new_afl_inputs(const std::string& out) {
  std::vector<AflInput> inputs;
  for (const fs::path& instance : entries_of(out + "/afl")) {
    // A run that continues an earlier one renames its folders: crashes.2026-...
    for (const fs::path& folder : entries_of(instance)) {
      const std::string name = folder.filename().string();
      if (name.starts_with("crashes") || name.starts_with("hangs"))
        add_inputs(out, instance, folder, &inputs);
    }
  }
  return inputs;
}

void share_afl_queues(const std::string& out, std::set<std::string>* shared) {
  for (const fs::path& instance : entries_of(out + "/afl")) {
    for (const fs::path& file : entries_of(instance / "queue")) {
      // As libFuzzer names them: numbers start at 0 again in a folder that a later run continues.
      std::error_code error;
      std::string content;
      if (stop_is_pending()) return;
      if (!is_input(file) || shared->contains(file.string()) ||
          !read_file(file.string(), kMaxStatus, &content).ok())
        continue;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(content.data());
      const std::string copy = out + "/corpus/" + content_hash({bytes, content.size()});
      if (!fs::exists(copy, error) && !write_scratch(copy, content).ok()) return;
      shared->insert(file.string());
    }
  }
}

SingleRun run_once(const EngineCommand& command, int seconds, const std::string& log,
                   const base::Process::GoOn& go_on) {
  constexpr double kLastWordsSeconds = 5;
  SingleRun run;
  base::ProcessOptions options;
  options.words = command.words;
  options.environment = command.environment;
  options.output = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (options.output < 0) return run;
  base::Process process;
  const bool started = process.start(options);
  close(options.output);
  if (!started) return run;
  base::Limits limits;
  limits.processor_seconds = limits.idle_seconds = seconds;
  limits.waiting_seconds = kTimeoutsAsleep * seconds;
  base::Excess excess = base::Excess::kNone;
  const base::ProcessEnd end = process.wait(limits, &excess, go_on, SIGABRT, kLastWordsSeconds);
  run.exit_code = end.exit_code >= 0 ? end.exit_code : 128 + end.signal;
  run.timed_out = excess != base::Excess::kNone;
  run.started = read_file(log, kMaxLog, &run.output).ok() && end.exit_code != 127;
  return run;
}

}  // namespace arenafuzz
