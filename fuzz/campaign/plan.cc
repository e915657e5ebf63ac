// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/plan.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <sstream>

#include "fuzz/base/compilers.h"
#include "fuzz/base/quoting.h"
#include "fuzz/base/run_signals.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"
#include "fuzz/session/program_file.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

// Little kept of what was freed, and given back soon: a target stays under 200 MiB. What a program
// frees is poisoned by the metadata stand-in, whatever the quarantine.
constexpr const char* kAsanOptions =
    "quarantine_size_mb=2:allocator_release_to_os_interval_ms=100:detect_leaks=0:"
    "allocator_may_return_null=1";
// The stack of each allocation took a tenth of the time. Running an input by itself shows it.
constexpr const char* kFewStacks = ":malloc_context_size=1";
constexpr const char* kUbsanOptions = "print_stacktrace=1";
constexpr const char* kSettled = "symbolize=1";
// The mutator keeps programs short itself. libFuzzer's own control of lengths begins at four bytes,
// less than a header: from an empty corpus no program came about for thousands of executions.
constexpr const char* kLengthControl = "-len_control=0";
// Without this the programs with thousands of masks, which cost a thousand times as much, take most
// of the time: five times the executions, and more coverage, when inputs are chosen by their time
// as well.
constexpr const char* kQuickFirst = "-entropic_scale_per_exec_time=1";
constexpr int kRssLimitMb = 512;

bool is_folder(const std::string& name) {
  std::error_code error;
  return fs::is_directory(name, error);
}

// The last -seed= of the user's engine words, else a fresh one.
std::uint32_t choose_seed(const Words& engine_words) {
  std::uint32_t seed = 0;
  for (const std::string& word : engine_words)
    if (word.starts_with("-seed="))
      std::from_chars(word.data() + 6, word.data() + word.size(), seed);
  while (seed == 0) seed = std::random_device()() & 0x7fffffff;
  return seed;
}

}  // namespace

std::string sanitizer_options(const char* name, const char* ours, const char* settled) {
  const char* users = std::getenv(name);
  const bool any = users != nullptr && *users != '\0';
  return fmt::format("{}={}{}{}:log_path=stderr:halt_on_error=1:print_stacktrace=1:{}", name, ours,
                     any ? ":" : "", any ? users : "", settled);
}

std::string program_on_path(const char* program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    std::string name = std::string(rest.substr(0, end)) + "/" + program;
    if (access(name.c_str(), X_OK) == 0) return name;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "";
}

std::string versioned_symbolizer() {
  if (std::getenv("ASAN_SYMBOLIZER_PATH") != nullptr || !program_on_path("llvm-symbolizer").empty())
    return "";
  for (const char* name : kSymbolizers)
    if (access(name, X_OK) == 0) return name;
  return "";
}

std::string command_line(const EngineCommand& command) {
  std::string line;
  for (const std::string& setting : command.environment) {
    const std::size_t sign = setting.find('=');
    line += setting.substr(0, sign + 1) + shell_quoted(setting.substr(sign + 1)) + " ";
  }
  return line + shell_line(command.words);
}

FuzzPlan::FuzzPlan(const Context& context, FuzzOptions options)
    : context_(context), options_(std::move(options)), seed_(choose_seed(options_.engine_words)) {
  binary_ = fmt::format("{}/fuzz/targets/{}_fuzzer", context.build_folder, options_.target->name);
  while (options_.out.size() > 1 && options_.out.back() == '/') options_.out.pop_back();
  // The default domain is `api`, but a target of misuse is there for misuse.
  domain_ = options_.domain.domain;
  if (!options_.domain.given && options_.target->profile == Profile::kMisuse)
    domain_ = Domain::kMisuse;
}

FuzzPlan::~FuzzPlan() {
  if (lock_ >= 0) close(lock_);
}

Status FuzzPlan::prepare() {
  const std::string how = fmt::format(
      "cmake -S {} --preset fuzz && cmake --build {}/build/fuzz "
      "--target {}_fuzzer",
      shell_quoted(context_.source_folder), shell_quoted(context_.source_folder),
      options_.target->name);
  if (std::string_view(ARENAFUZZ_ENGINE).empty())
    return {"this build has no engine: use the preset fuzz: " + how};
  if (options_.engine != EngineChoice::kAfl && access(binary_.c_str(), X_OK) != 0)
    return {fmt::format("no binary {}: build it: {}", shell_quoted(binary_), how)};
  if (options_.kernel.kernel) tree_.begin();
  Status status = find_afl();
  if (status.ok()) status = find_corpora();
  if (status.ok()) status = claim_out_folder(options_.out, stamp());
  for (const char* name : {"corpus", "findings", "findings.new", "crashes", "logs", "stats"})
    if (status.ok()) status = make_folder(out(name));
  if (status.ok()) status = lock();
  if (status.ok()) status = write_durably(out(kPassedOver), options_.known.content());
  if (status.ok()) status = encode_text_seeds();
  return status.ok() ? copy_afl_seeds() : status;
}

OutStamp FuzzPlan::stamp() const {
  const KernelChoice& kernel = options_.kernel;
  std::error_code ignored;
  return {"fuzz", options_.target->name, backend_name(options_.target, kernel),
          kernel.tree.empty() ? "" : fs::canonical(kernel.tree, ignored).string()};
}

Status FuzzPlan::find_corpora() {
  std::error_code error;
  if (!options_.corpus.empty()) {
    corpora_ = {options_.corpus};
    for (const char* written : {"corpus", "corpus.merged", "seeds", "afl", "afl-seeds"})
      if (fs::equivalent(options_.corpus, out(written), error))
        return {
            fmt::format("{} is written by this very run, which goes on with its own corpus by "
                        "itself: leave out --corpus, or choose another --out",
                        shell_quoted(options_.corpus))};
    if (fs::is_directory(options_.corpus, error) &&
        access(options_.corpus.c_str(), R_OK | X_OK) == 0)
      return {};
    return {fmt::format("no folder {} to read seeds from: name another one with --corpus",
                        shell_quoted(options_.corpus))};
  }
  std::istringstream names(options_.target->seeds);
  for (std::string name; names >> name;) {
    const std::string folder = fmt::format("{}/corpus/{}", context_.source_folder, name);
    if (fs::is_directory(folder, error))
      corpora_.push_back(folder);
    else
      note_ = fmt::format("no seeds in {}", shell_quoted(folder));
  }
  if (corpora_.empty()) note_ += ": starting from nothing";
  return {};
}

// Two runs in one folder would take each other's findings for their own.
Status FuzzPlan::lock() {
  const std::string name = out(".lock");
  lock_ = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0)
    return {fmt::format("cannot write in {} ({}): choose another folder with --out",
                        shell_quoted(options_.out), std::strerror(errno))};
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
  return {fmt::format("another run writes in {}: choose another folder with --out",
                      shell_quoted(options_.out))};
}

bool FuzzPlan::copy_seeds() {
  const std::string folder = out("seeds");
  std::error_code error;
  if (corpora_.empty()) return false;
  if (corpora_[0] == folder) return true;
  fs::remove_all(folder, error);
  fs::create_directory(folder, error);
  for (std::size_t i = 0; i < corpora_.size() && !error; ++i)
    fs::copy(corpora_[i], folder + "/" + std::to_string(i), fs::copy_options::recursive, error);
  if (!error) corpora_ = {folder};
  return !error;
}

// An engine takes every file for bytes. Seeds of text become bytes in OUT/seeds, next to the
// others.
Status FuzzPlan::encode_text_seeds() {
  if (options_.corpus.empty() || !options_.target->runs_programs()) return {};
  std::vector<std::string> files;
  std::size_t passed_over = 0;
  Status status = collect_files(options_.corpus, &files, &passed_over);
  const auto is_text = [](const std::string& file) {
    std::string begin;
    return !stop_is_pending() && read_file(file, kMaxEngineInputBytes, &begin).ok() &&
           (looks_like_text(file, begin) || is_unmarked_text(file, begin));
  };
  const bool any = std::any_of(files.begin(), files.end(), is_text);
  if (!status.ok() || (!any && passed_over == 0)) return {};
  const std::string folder = out("seeds");
  std::error_code error;
  fs::remove_all(folder, error);
  status = make_folder(folder);
  std::size_t encoded = 0;
  for (std::size_t i = 0; i < files.size() && status.ok() && !stop_is_pending(); ++i) {
    const std::string name = fmt::format("{}/{:06}", folder, i);
    if (!is_text(files[i])) {
      fs::copy_file(files[i], name, error);
      continue;
    }
    ProgramFile file;
    std::vector<std::uint8_t> bytes;
    status = load_program(files[i], &file);
    if (!status.ok()) break;
    encode(file.program, &bytes);
    status = write_scratch(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    ++encoded;
  }
  corpora_ = {folder};
  if (encoded != 0) note_ = fmt::format("{} seeds of text were encoded", encoded);
  if (passed_over != 0)
    note_ += fmt::format("{}{} files that are no programs were passed over",
                         note_.empty() ? "" : "; ", passed_over);
  return status;
}

bool FuzzPlan::drop_seed(const std::string& artifact) {
  std::string crashed;
  std::vector<std::string> seeds;
  if (!read_file(artifact, kMaxEngineInputBytes, &crashed).ok() || !copy_seeds()) return false;
  bool dropped = false;
  if (!collect_files(corpora_[0], &seeds).ok()) return false;
  for (const std::string& name : seeds) {
    std::string content;
    if (!read_file(name, kMaxEngineInputBytes, &content).ok() || content != crashed) continue;
    std::error_code error;
    dropped |= fs::remove(name, error);
  }
  return dropped;
}

bool FuzzPlan::seeds_are_gone() const {
  return !std::all_of(corpora_.begin(), corpora_.end(), is_folder);
}

EngineCommand FuzzPlan::command(int job, int seconds) const {
  if (runs_afl(job)) return afl_command(job, seconds);
  EngineCommand command;
  const std::string asan = std::string(kAsanOptions) + kFewStacks;
  command.environment = {sanitizer_options("ASAN_OPTIONS", asan.c_str(), kSettled),
                         sanitizer_options("UBSAN_OPTIONS", kUbsanOptions, kSettled)};
  const std::string symbolizer = versioned_symbolizer();
  if (!symbolizer.empty()) command.environment.push_back("ASAN_SYMBOLIZER_PATH=" + symbolizer);
  Words& words = command.words;
  words = {binary_, fmt::format("--stats={}/stats/job-{}", options_.out, job)};
  const Words ours = target_options();
  words.insert(words.end(), ours.begin(), ours.end());
  words.push_back(kFuzzSteps);
  words.insert(
      words.end(),
      {"-artifact_prefix=" + out("crashes/"), fmt::format("-max_total_time={}", seconds),
       fmt::format("-max_len={}", kMaxEngineInputBytes), kLengthControl, kQuickFirst, "-reload=1",
       "-print_final_stats=1", "-print_funcs=0", "-detect_leaks=0",
       fmt::format("-rss_limit_mb={}", kRssLimitMb), fmt::format("-timeout={}", options_.timeout),
       fmt::format("-report_slow_units={}", options_.timeout)});
  words.insert(words.end(), options_.engine_words.begin(), options_.engine_words.end());
  words.push_back(fmt::format("-seed={}", seed_ + static_cast<std::uint32_t>(job)));
  words.push_back(out("corpus"));
  std::copy_if(corpora_.begin(), corpora_.end(), std::back_inserter(words), is_folder);
  return command;
}

EngineCommand FuzzPlan::replay_command(const std::string& file) const {
  EngineCommand command = this->command(0, 0);
  command.environment[0] = sanitizer_options("ASAN_OPTIONS", kAsanOptions, kSettled);
  command.words = {binary_};
  const Words options = target_options();
  command.words.insert(command.words.end(), options.begin(), options.end());
  // The engine's clock for an input is the time of day: who runs it once watches its processor
  // time.
  command.words.insert(command.words.end(),
                       {fmt::format("-rss_limit_mb={}", kRssLimitMb), "-timeout=0", file});
  return command;
}

RunChoice FuzzPlan::run_choice() const {
  RunChoice choice;
  choice.kernel = options_.kernel;
  choice.target = options_.target;
  choice.domain = {true, domain_};
  choice.strict = options_.strict;
  choice.timeout = options_.timeout;
  return choice;
}

// `corpus` knows the default tree alone, and never the canary.
bool FuzzPlan::can_merge() const {
  return !options_.target->canary() && options_.kernel.tree.empty() && options_.corpus.empty();
}

EngineCommand FuzzPlan::merge_command() const {
  EngineCommand command;
  std::error_code ignored;
  command.words = {"/usr/bin/nice",
                   fs::read_symlink(kSelf, ignored).string(),
                   "--source-dir=" + context_.source_folder,
                   "--bin-dir=" + context_.build_folder,
                   "corpus",
                   "merge",
                   out("corpus.merged"),
                   out("corpus"),
                   "--no-reduce",
                   "--aside",
                   out("crashes"),
                   "--target",
                   options_.target->name,
                   "--domain",
                   domain_name(domain_)};
  return command;
}

Words FuzzPlan::replay_words() const {
  Words words = options_.kernel.words();
  const TargetInfo& target = *options_.target;
  if (target.canary() || !target.runs_programs() || target.kind == TargetKind::kDifferential)
    words.insert(words.end(), {"--target", target.name});
  // Replay allows all that a profile allows; a narrower domain skipped operations.
  if (domain_ == Domain::kCallers ||
      (domain_ == Domain::kApi && target.profile == Profile::kMisuse))
    words.insert(words.end(), {"--domain", domain_name(domain_)});
  return words;
}

std::string FuzzPlan::replay_line(const std::string& file) const {
  Words words = {context_.called_as, "replay", file};
  const Words more = replay_words();
  words.insert(words.end(), more.begin(), more.end());
  return shell_line(words);
}

}  // namespace arenafuzz
