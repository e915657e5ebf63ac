// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/run.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <thread>

#include "fuzz/base/number_text.h"
#include "fuzz/base/quoting.h"
#include "fuzz/base/run_signals.h"
#include "fuzz/base/streams.h"
#include "fuzz/campaign/status_line.h"

namespace arenafuzz {
namespace {

constexpr int kTickMs = 100;
constexpr std::size_t kDeathsAMinute = 20;
constexpr double kStatusLineSeconds = 1;
constexpr double kPlainStatusSeconds = 10;
constexpr double kRateSeconds = 5;
// How long a job may take to read its seeds when time is up; to end when the user wants to go, who
// is not kept waiting for two seconds.
constexpr double kSeedsPatienceSeconds = 1;
constexpr double kInterruptedPatienceSeconds = 0.8;
constexpr double kLastPatienceSeconds = 5;
constexpr double kOneInterruptSeconds = 0.3;
constexpr double kKilledSeconds = 0.5;

std::string last_line(const std::string& log) {
  const std::size_t end = log.find_last_not_of("\n");
  if (end == std::string::npos) return "nothing";
  const std::size_t begin = log.rfind('\n', end) + 1;  // npos + 1 is 0
  return printable(log.substr(begin, end + 1 - begin));
}

}  // namespace

FuzzRun::FuzzRun(FuzzPlan& plan, Findings& findings, std::FILE* stream)
    : plan_(plan),
      findings_(findings),
      stream_(stream),
      terminal_(can_overwrite(stream)),
      judge_(plan, findings),
      shortener_(plan, findings),
      record_(plan.options().out),
      keeper_(plan) {}

double FuzzRun::elapsed() const {
  return std::chrono::duration<double>(Clock::now() - began_).count();
}

int FuzzRun::seconds_left() const {
  const int all = plan_.options().seconds;
  return all == 0 ? 0 : std::max(1, all - static_cast<int>(elapsed()));
}

bool FuzzRun::any_running() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->running(); });
}

void FuzzRun::warn(const std::string& text) {
  if (std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end())
    warnings_.push_back(text);
}

Status FuzzRun::start_all() {
  for (int i = 0; i < plan_.options().jobs; ++i) {
    jobs_.push_back(std::make_unique<FuzzJob>(plan_, i));
    const Status status = jobs_.back()->prepare();
    if (!status.ok()) return status;
  }
  wait_for_signal(0);  // one may have come before anything ran
  if (interrupts_ == 0 && plan_.options().engine != EngineChoice::kLibFuzzer) {
    const Status status = check_afl_seeds();
    if (!status.ok()) return status;
  }
  return interrupts_ == 0 ? start_some() : Status{};
}

// As many at once as there are processors: more would only keep each other, and this process, from
// making progress.
Status FuzzRun::start_some() {
  const std::size_t at_once = std::max(2u, std::thread::hardware_concurrency());
  const auto starting = [this] {
    return static_cast<std::size_t>(
        std::count_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->starting(); }));
  };
  for (; started_ < jobs_.size() && starting() < at_once; ++started_) {
    const Status status = jobs_[started_]->start(seconds_left());
    if (!status.ok()) return status;
  }
  return {};
}

Status FuzzRun::run() {
  signal(SIGPIPE, SIG_IGN);
  began_ = Clock::now();
  began_at_ = static_cast<std::uint64_t>(std::time(nullptr));
  record_.open();
  if (record_.sessions() > 1)
    fmt::print(stream_, "session {} in this folder: {} of run time, corpus and findings go on\n",
               record_.sessions(), time_text(record_.seconds_before()));
  Status status = start_all();
  while (status.ok() && !stopping_) {
    wait_for_signal(kTickMs);
    status = tick();
    if (interrupts_ != 0 || disk_full_) stopping_ = true;
    const int all = plan_.options().seconds;
    if (all != 0 && elapsed() >= all) stopping_ = true;
    if (plan_.options().stop_at_first && found_any()) stopping_ = true;
    if (!any_running() && waiting_.empty() && started_ == jobs_.size()) stopping_ = true;
  }
  if (status.ok()) {
    stop_all();
    if (plan_.options().engine != EngineChoice::kLibFuzzer) take_afl_inputs(true);
    status = problem_;
    findings_.close();
    judge_the_rest();
    tell_new_findings();
    if (!findings_.problem().ok()) warn(findings_.problem().sentence);
    show_status(true);
    seconds_ = elapsed();
    shorten_the_rest();
    keep_record(true);
    note_known();
  }
  jobs_.clear();
  return status;
}

void FuzzRun::wait_for_signal(int milliseconds) {
  const int got = take_stop_signal(milliseconds);
  if (got == 0) return;
  // A terminal sends it to all, and the script passes on what it is sent: twice at once is once.
  if (interrupts_ != 0 && elapsed() - interrupted_at_ < kOneInterruptSeconds) return;
  interrupted_at_ = elapsed();
  stop_signal_ = got;
  if (++interrupts_ == 1) return;
  for (const auto& job : jobs_) job->send(SIGKILL);
}

base::Process::GoOn FuzzRun::not_stopped() {
  return [this] {
    wait_for_signal(0);
    return interrupts_ == 0;
  };
}

Status FuzzRun::tick() {
  for (const auto& job : jobs_) {
    job->poll();
    if (const auto end = job->reap()) {
      const Status status = handle_end(*job, *end);
      if (!status.ok()) return status;
    }
  }
  findings_.collect();
  judge_.poll(kJudgeMs);
  if (first_seen_.size() != findings_.found_count()) tell_new_findings();
  if (!stopping_) shortener_.poll(elapsed());
  if (!stopping_ && plan_.options().engine != EngineChoice::kLibFuzzer) take_afl_inputs(false);
  if (!stopping_) restart_dead();
  const Status status = stopping_ ? Status{} : start_some();
  if (!status.ok()) return status;
  show_status(false);
  if (!stopping_) keep_record(false);
  return {};
}

Status FuzzRun::handle_end(FuzzJob& job, const FuzzJob::End& end) {
  if (!end.died) {
    if (!end.ran_inputs && !stopping_ && interrupts_ == 0)
      warn(fmt::format("the engine ended without running an input: see {}", job.log_name()));
    if (end.ran_inputs && ended_early(job)) {
      deaths_.push_back(elapsed());
      waiting_.push_back(&job);
    }
    return {};
  }
  if (stopping_ && interrupts_ > 1) return {};  // we killed it
  // A signal of ours, early in its life, is an error to afl-fuzz.
  if (job.afl()) return stopping_ || interrupts_ != 0 ? Status{} : handle_afl_end(job);
  const bool refused = end.exit_code == kUnusable || end.exit_code == 127;
  if (refused && !end.ran_inputs)
    return {fmt::format("the target does not start: {}", last_line(job.log_of_this_life()))};
  waiting_.push_back(&job);
  // libFuzzer ends where it cannot list a folder.
  if (!end.ran_inputs && end.signal == 0 && plan_.seeds_are_gone()) {
    deaths_.push_back(elapsed());
    warn("a folder of seeds is gone: the run continues with what it has read");
    return {};
  }
  ++totals_.deaths;
  keep_report(job, end);
  return {};
}

void FuzzRun::restart_dead() {
  while (!deaths_.empty() && deaths_.front() < elapsed() - 60) deaths_.pop_front();
  while (!waiting_.empty() && deaths_.size() < kDeathsAMinute) {
    FuzzJob& job = *waiting_.back();
    waiting_.pop_back();
    const Status status = job.start(seconds_left());
    if (!status.ok()) warn(status.sentence);
  }
  if (!waiting_.empty())
    warn(fmt::format("jobs died {} times in a minute and were held back: see the findings",
                     kDeathsAMinute));
}

// True once no job runs.
bool FuzzRun::wait_for_jobs(double seconds) {
  const double until = elapsed() + seconds;
  const int interrupts = interrupts_;
  while (any_running() && elapsed() < until) {
    wait_for_signal(kTickMs);
    const Status status = tick();
    if (problem_.ok()) problem_ = status;
    if (interrupts == 0 && interrupts_ != 0) break;  // a shorter patience now
  }
  return !any_running();
}

void FuzzRun::stop_all() {
  stopping_ = true;
  if (started_ < jobs_.size() && interrupts_ == 0)
    warn(
        fmt::format("{} of {} jobs were not started when the run ended: use fewer --jobs or more "
                    "--time",
                    jobs_.size() - started_, jobs_.size()));
  std::vector<std::uint64_t> before;
  for (const auto& job : jobs_) {
    before.push_back(job->stats().executions.load());
    job->ask_to_stop();
  }
  if (interrupts_ == 0 && !wait_for_jobs(kSeedsPatienceSeconds)) give_up_on_seeds();
  // An input that was begun may still take its time.
  if (interrupts_ == 0 && !wait_for_jobs(plan_.options().timeout + 1)) kill_stuck(before);
  if (wait_for_jobs(interrupts_ != 0 ? kInterruptedPatienceSeconds : kLastPatienceSeconds)) return;
  if (interrupts_ == 0) {
    for (const auto& job : jobs_) job->send(SIGINT);
    if (wait_for_jobs(kLastPatienceSeconds)) return;
  }
  interrupts_ = std::max(interrupts_, 2);
  for (const auto& job : jobs_) job->send(SIGKILL);
  wait_for_jobs(kKilledSeconds);
}

// libFuzzer reads all its seeds before it looks whether it was asked to stop. With more jobs than
// cores that may take longer than the run was to last, and what the seeds show is known.
void FuzzRun::give_up_on_seeds() {
  std::size_t count = 0;
  for (const auto& job : jobs_) {
    if (job->afl() || !job->running() || job->has_read_seeds()) continue;
    job->give_up();
    ++count;
  }
  if (count != 0)
    warn(
        fmt::format("{} jobs had not read their seeds when time was up: use fewer --jobs or more "
                    "--time",
                    count));
}

// A job that has not ended its input hangs in it: let it say where, and keep the input.
void FuzzRun::kill_stuck(const std::vector<std::uint64_t>& before) {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (jobs_[i]->afl()) continue;  // has its own clock for inputs
    if (!jobs_[i]->running() || jobs_[i]->stats().executions.load() != before[i]) continue;
    stuck_.insert(jobs_[i].get());
    jobs_[i]->send(SIGABRT);
  }
}

void FuzzRun::count() {
  FuzzTotals sum;
  sum.deaths = totals_.deaths;
  sum.deaths_without_report = totals_.deaths_without_report;
  sum.known_deaths = totals_.known_deaths;
  sum.seconds = seconds_ > 0 ? seconds_ : elapsed();
  for (const auto& job : jobs_) {
    add_published(job->stats(), &sum);
    if (job->afl()) count_afl(*job, &sum);
    sum.coverage = std::max(sum.coverage, job->coverage());
    sum.corpus = std::max(sum.corpus, job->corpus());
    sum.peak_kib = std::max(sum.peak_kib, job->peak_kib());
  }
  if (plan_.options().engine == EngineChoice::kAfl) {
    sum.coverage = sum.afl_edges;
    sum.corpus = sum.afl_corpus;
  }
  sum.programs_with_known += sum.known_deaths;
  totals_ = sum;
}

void FuzzRun::show_status(bool last) {
  const double now = elapsed();
  const double pause = terminal_ ? kStatusLineSeconds : kPlainStatusSeconds;
  count();
  if (rates_.empty() || now - rates_.back().first >= kStatusLineSeconds)
    rates_.emplace_back(now, totals_.operations);
  while (rates_.size() > 2 && rates_.front().first < now - kRateSeconds) rates_.pop_front();
  if (!last && now - shown_at_ < pause) return;
  if (!last && shown_at_ < 0 && !terminal_) {  // nothing to say yet
    shown_at_ = now;
    return;
  }
  shown_at_ = now;
  const double span = now - rates_.front().first;
  const double rate =
      span > 0 ? static_cast<double>(totals_.operations - rates_.front().second) / span : 0;
  print_status(stream_, terminal_, last, status_line(totals_, rate, findings_.found_count()));
}

}  // namespace arenafuzz
