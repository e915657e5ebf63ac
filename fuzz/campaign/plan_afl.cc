// SPDX-License-Identifier: GPL-2.0-only
//
// The part of FuzzPlan that is about AFL++.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "fuzz/base/compilers.h"
#include "fuzz/base/quoting.h"
#include "fuzz/base/run_signals.h"
#include "fuzz/campaign/plan.h"
#include "fuzz/program/codec.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

// afl-fuzz wants to see the end by a signal, and no symbolizer's time in the input's.
constexpr const char* kFuzzAsan = "quarantine_size_mb=8:detect_leaks=0:allocator_may_return_null=1";
constexpr const char* kFuzzUbsan = "print_stacktrace=1";
constexpr const char* kFuzzSettled = "abort_on_error=1:symbolize=0";
// What takes afl-fuzz longer is run by itself, with all its time.
constexpr int kAflTimeout = 5;
constexpr const char* kReplayAsan =
    "quarantine_size_mb=8:detect_leaks=0:allocator_may_return_null=1";
constexpr const char* kReplaySettled = "handle_abort=1:symbolize=1";

}  // namespace

bool FuzzPlan::runs_afl(int job) const {
  if (options_.engine == EngineChoice::kBoth) return job % 2 == 1;
  return options_.engine == EngineChoice::kAfl;
}

std::string FuzzPlan::afl_name(int job) const {
  const int first = options_.engine == EngineChoice::kBoth ? 1 : 0;
  return job == first ? "main" : fmt::format("job-{}", job);
}

Status FuzzPlan::find_afl() {
  if (options_.engine == EngineChoice::kLibFuzzer) return {};
  const fs::path folder(context_.build_folder);
  // build/PRESET, or build/kernel/PRESET-TREE, which links against the former.
  const std::string name = folder.filename().string();
  const std::size_t dash = std::min(name.find('-'), name.size());
  const fs::path afl_folder = folder.parent_path() / ("afl" + name.substr(dash));
  const fs::path main_folder =
      dash == name.size() ? folder : folder.parent_path().parent_path() / name.substr(0, dash);
  afl_binary_ = (afl_folder / "fuzz/targets" / (options_.target->name)).string() + "_fuzzer";
  mutator_ = (main_folder / "fuzz/engines/libarenafuzz_afl_mutator.so").string();
  afl_fuzz_ = program_on_path("afl-fuzz");
  if (afl_fuzz_.empty())
    return {fmt::format("no afl-fuzz: apt-get install {}, or --engine libfuzzer", kAflPackages)};
  const std::string source = shell_quoted(context_.source_folder);
  if (access(afl_binary_.c_str(), X_OK) != 0)
    return {
        fmt::format("no binary {}: build it: cmake -S {} --preset afl && cmake --build "
                    "{}/build/afl --target {}_fuzzer",
                    shell_quoted(afl_binary_), source, source, options_.target->name)};
  if (access(mutator_.c_str(), R_OK) != 0)
    return {fmt::format("no mutator {}: build it: cmake --build {} --target arenafuzz_afl_mutator",
                        shell_quoted(mutator_), shell_quoted(context_.build_folder))};
  for (const std::string& word : target_options())
    if (word.find('\n') != std::string::npos)
      return {fmt::format("a line break in {}: AFL++ needs names without", shell_quoted(word))};
  return {};
}

// afl-fuzz reads one folder, and nothing below it.
Status FuzzPlan::copy_afl_seeds() {
  if (options_.engine == EngineChoice::kLibFuzzer) return {};
  const std::string folder = out("afl-seeds");
  std::error_code error;
  fs::remove_all(folder, error);
  Status status = make_folder(folder);
  if (status.ok()) status = make_folder(out("afl"));
  std::vector<std::string> files;
  for (const std::string& corpus : corpora_)
    if (!collect_files(corpus, &files).ok()) continue;
  std::size_t number = 0;
  for (const std::string& file : files) {
    std::string content;
    if (!status.ok() || stop_is_pending()) return status;
    if (!read_file(file, kMaxEngineInputBytes, &content).ok() || content.empty()) continue;
    status = write_scratch(
        fmt::format("{}/{:06}-{}", folder, number++, fs::path(file).filename().string()), content);
  }
  if (status.ok() && number == 0) status = write_bare_seed();
  return status;
}

// The mutator goes by its profile.
Status FuzzPlan::write_bare_seed() const {
  Program program;
  program.header.profile = options_.target->profile;
  if (options_.target->kind == TargetKind::kKernelGenPool)
    program.header.kind = ProgramKind::kGenPool;
  std::vector<std::uint8_t> bytes;
  encode(program, &bytes);
  return write_durably(out("afl-seeds/no-operations"), std::string(bytes.begin(), bytes.end()));
}

Words FuzzPlan::target_options() const {
  Words words = {"--findings=" + out("findings.new"),
                 fmt::format("--domain={}", domain_name(domain_))};
  if (!options_.known.empty()) words.push_back("--known=" + out(kPassedOver));
  if (!options_.kernel.baseline.empty()) words.push_back("--old=" + out("old.txt"));
  if (options_.strict) words.emplace_back("--strict");
  return words;
}

EngineCommand FuzzPlan::afl_command(int job, int seconds) const {
  EngineCommand command;
  std::string lines = fmt::format("--stats={}/stats/job-{}", options_.out, job);
  for (const std::string& word : target_options()) lines += "\n" + word;
  lines += std::string("\n") + kFuzzSteps;
  command.environment = {sanitizer_options("ASAN_OPTIONS", kFuzzAsan, kFuzzSettled),
                         sanitizer_options("UBSAN_OPTIONS", kFuzzUbsan, kFuzzSettled),
                         "AFL_NO_UI=1",
                         "AFL_SKIP_CPUFREQ=1",
                         "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
                         "AFL_NO_AFFINITY=1",
                         "AFL_IGNORE_SEED_PROBLEMS=1",
                         "AFL_AUTORESUME=1",
                         "AFL_SYNC_TIME=1",
                         "ARENAFUZZ_TARGET_OPTIONS=" + lines};
  // As for libFuzzer: the target `program` is about bytes that are not canonical.
  if (options_.target->runs_programs())
    command.environment.push_back("AFL_CUSTOM_MUTATOR_LIBRARY=" + mutator_);
  Words& words = command.words;
  const std::string name = afl_name(job);
  words = {afl_fuzz_, "-i", out("afl-seeds"), "-o", out("afl"), name == "main" ? "-M" : "-S", name};
  if (name == "main") words.insert(words.end(), {"-F", out("corpus")});
  if (seconds > 0) words.insert(words.end(), {"-V", std::to_string(seconds)});
  words.insert(words.end(), {"-t", std::to_string(std::min(options_.timeout, kAflTimeout) * 1000),
                             "-m", "none", "-G", std::to_string(kMaxEngineInputBytes), "-s",
                             std::to_string(seed_ + static_cast<std::uint32_t>(job))});
  words.insert(words.end(), options_.engine_words.begin(), options_.engine_words.end());
  words.insert(words.end(), {"--", afl_binary_});
  return command;
}

EngineCommand FuzzPlan::afl_replay_command(const Words& files) const {
  EngineCommand command;
  std::string lines;
  for (const std::string& word : target_options()) lines += word + "\n";
  command.environment = {sanitizer_options("ASAN_OPTIONS", kReplayAsan, kReplaySettled),
                         sanitizer_options("UBSAN_OPTIONS", "print_stacktrace=1", kReplaySettled),
                         "ARENAFUZZ_TARGET_OPTIONS=" + lines};
  const std::string symbolizer = versioned_symbolizer();
  if (!symbolizer.empty()) command.environment.push_back("ASAN_SYMBOLIZER_PATH=" + symbolizer);
  command.words = {afl_binary_};
  command.words.insert(command.words.end(), files.begin(), files.end());
  return command;
}

}  // namespace arenafuzz
