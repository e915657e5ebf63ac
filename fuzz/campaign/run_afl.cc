// SPDX-License-Identifier: GPL-2.0-only
//
// The part of FuzzRun that is about AFL++: it goes on after a crash and keeps the input alone, so
// the report comes from running the input once more, by itself.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "fuzz/base/quoting.h"
#include "fuzz/campaign/afl_files.h"
#include "fuzz/campaign/crash_file.h"
#include "fuzz/campaign/run.h"
#include "fuzz/session/sanitizer_report.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr int kSeedsSeconds = 60;
constexpr int kMostBadSeeds = 3;
constexpr int kMaxReplays = 100;
constexpr double kLookSeconds = 2;

std::string abort_line(const std::string& log) {
  const std::string_view mark = "PROGRAM ABORT : ";
  const std::size_t at = log.rfind(mark);
  if (at == std::string::npos) return "";
  std::string text;  // without the colours: ESC [ ... m
  for (std::size_t i = at + mark.size(); i < log.size() && log[i] != '\n'; ++i) {
    if (log[i] == '\x1b')
      i = std::min(log.find('m', i), log.size());
    else
      text += log[i];
  }
  return printable(text);
}

}  // namespace

// What ends the target among the seeds would be passed over by afl-fuzz in silence. All in one
// process first; if that dies, each by itself.
Status FuzzRun::check_afl_seeds() {
  const std::string log = plan_.out("logs/afl-seeds.log");
  std::vector<std::string> files;
  Status status = collect_files(plan_.out("afl-seeds"), &files);
  if (!status.ok()) return status;
  const SingleRun all =
      run_once(plan_.afl_replay_command(files), kSeedsSeconds, log, not_stopped());
  if (interrupts_ != 0) return {};
  if (!all.started || all.exit_code == kUnusable)
    return {fmt::format("the target does not start: see {}", shell_quoted(log))};
  if (all.exit_code == 0) return {};
  std::size_t left = files.size();
  int bad = 0;
  for (const std::string& file : files) {
    // If all do, afl-fuzz says so sooner than they could be tried one by one.
    if (bad == kMostBadSeeds) break;
    const SingleRun once =
        run_once(plan_.afl_replay_command({file}), plan_.options().timeout, log, not_stopped());
    if (interrupts_ != 0) return {};
    if (once.exit_code == 0) continue;
    keep_afl_input({file, plan_.out("crashes/afl-seed-" + fs::path(file).filename().string())},
                   once.output, once.timed_out);
    std::error_code ignored;
    fs::remove(file, ignored);
    --left;
    ++bad;
  }
  warn("seeds that end the target were set aside: the rest is in " +
       shell_quoted(plan_.out("afl-seeds")));
  if (left == files.size()) {  // only after others
    ++totals_.deaths;
    ++totals_.deaths_without_report;
    warn("the seeds end the target when run one after the other in one process");
  }
  return left != 0 ? Status{} : plan_.write_bare_seed();
}

Status FuzzRun::handle_afl_end(FuzzJob& job) {
  const std::string why = abort_line(job.log_of_this_life());
  if (!why.empty())
    return {fmt::format("afl-fuzz gave up ({}): see {}", why, shell_quoted(job.log_name()))};
  ++totals_.deaths;
  ++totals_.deaths_without_report;
  warn(fmt::format("afl-fuzz ended by itself and was started again: see {}",
                   shell_quoted(job.log_name())));
  deaths_.push_back(elapsed());
  waiting_.push_back(&job);
  return {};
}

void FuzzRun::keep_afl_input(const AflInput& input, const std::string& log, bool timed_out) {
  std::string content;
  Status status = read_file(input.file, std::size_t{1} << 20, &content);
  if (status.ok()) status = write_durably(input.copy, content);
  if (!status.ok()) warn(status.sentence);
  ++totals_.deaths;
  if (keep_alone(input.copy) == Alone::kShown) return;
  SanitizerReport report;
  if (!read_sanitizer_report(log, timed_out ? "timeout" : "", &report)) {
    ++totals_.deaths_without_report;
    if (afl_replays_ > kMaxReplays) {
      warn(
          fmt::format("only the first {} crashes of AFL++ were run once more: the others are in {}",
                      kMaxReplays, shell_quoted(plan_.out("crashes"))));
      return;
    }
    warn(fmt::format("an input ended the target under AFL++, and not when run by itself: {}",
                     shell_quoted(input.copy)));
    return;
  }
  report.artifact = input.copy;
  if (plan_.options().known.knows(report.signature)) {
    ++totals_.known_deaths;
  } else {
    findings_.add(crash_finding(plan_, report));
  }
}

void FuzzRun::take_afl_inputs(bool last) {
  if (!last && elapsed() < looked_at_ + kLookSeconds) return;
  for (const AflInput& input : new_afl_inputs(plan_.options().out)) {
    if (interrupts_ != 0) return;  // it is still there for the next run
    SingleRun once;
    if (++afl_replays_ <= kMaxReplays)
      once = run_once(plan_.afl_replay_command({input.file}), plan_.options().timeout,
                      plan_.out("logs/afl-replay.log"), not_stopped());
    if (interrupts_ != 0) return;
    if (input.hang && once.started && once.exit_code == 0) {
      std::error_code ignored;
      fs::copy_file(input.file, input.copy, ignored);
      continue;
    }
    keep_afl_input(input, once.output, once.timed_out);
  }
  if (plan_.options().engine == EngineChoice::kBoth)
    share_afl_queues(plan_.options().out, &shared_);
  looked_at_ = elapsed();
}

void FuzzRun::count_afl(const FuzzJob& job, FuzzTotals* sum) {
  const AflStatus& status = job.afl_status();
  sum->afl_executions += job.stats().executions.load();
  sum->afl_edges = std::max(sum->afl_edges, status.edges);
  sum->afl_corpus = std::max(sum->afl_corpus, status.corpus);
  sum->afl_imported += status.imported;
  if (status.stability > 0)
    sum->afl_stability =
        sum->afl_stability > 0 ? std::min(sum->afl_stability, status.stability) : status.stability;
}

}  // namespace arenafuzz
