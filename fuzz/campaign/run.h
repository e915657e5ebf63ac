// SPDX-License-Identifier: GPL-2.0-only
//
// A fuzz run from its first process to its summary.
//
//   start jobs -> each tick: signals, ends, findings, status line -> stop jobs -> result
//
// A job that dies leaves a sanitizer's report in its log: it becomes a finding, and the job starts
// again. Jobs are asked to stop between two inputs (SIGUSR1), then interrupted, then killed.
//
// Ownership Borrows the plan.
// Errors    a sentence if the engine cannot be run at all.
// Threads   one. REQUIRES: block_run_signals() was called.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_RUN_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_RUN_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fuzz/campaign/corpus_keeper.h"
#include "fuzz/campaign/finding_causes.h"
#include "fuzz/campaign/finding_judge.h"
#include "fuzz/campaign/finding_shortener.h"
#include "fuzz/campaign/findings.h"
#include "fuzz/campaign/fuzz_totals.h"
#include "fuzz/campaign/job.h"
#include "fuzz/campaign/plan.h"
#include "fuzz/campaign/record.h"
#include "fuzz/session/sanitizer_report.h"

namespace arenafuzz {

class FuzzRun {
 public:
  FuzzRun(FuzzPlan& plan, Findings& findings, std::FILE* stream);

  Status run();
  const FuzzTotals& totals() const { return totals_; }
  bool interrupted() const { return interrupts_ != 0; }
  int stop_signal() const { return stop_signal_; }  // 0: none came
  // Things to say in the summary: jobs that were killed, files that could not be written.
  const std::vector<std::string>& warnings() const { return warnings_; }
  // What minimizing found out about the findings, by signature: fields as in triage's report.json.
  const std::map<std::string, nlohmann::ordered_json>& details() const {
    return shortener_.details();
  }
  // When a signature was first met, in seconds of the run.
  const std::map<std::string, double>& first_seen() const { return first_seen_; }

 private:
  struct JobFigures {
    std::uint64_t operations = 0;  // at the last look
    double operations_per_second = 0;
    std::uint64_t resident_mib = 0;
  };
  using Clock = std::chrono::steady_clock;

  Status start_all();
  Status start_some();
  Status tick();
  void wait_for_signal(int milliseconds);
  // While a process is awaited: whether the user still wants to wait.
  base::Process::GoOn not_stopped();
  Status handle_end(FuzzJob& job, const FuzzJob::End& end);
  // run_deaths.cc
  void keep_report(FuzzJob& job, const FuzzJob::End& end);
  // Of a job that ended without a word, by _exit(): the engine kept no input. Empty if there is
  // none.
  std::string keep_input(const FuzzJob& job);
  // Replays an input that ended a job, or hung it, in a process of its own. kShown: it is a
  // finding, which is kept; kNothing: by itself it does nothing of the kind; kUnknown: nobody can
  // tell.
  enum class Alone : std::uint8_t { kShown, kNothing, kUnknown };
  Alone keep_alone(const std::string& artifact);
  // True if the job died of a seed that is now set aside.
  bool set_seed_aside(const std::string& log, const std::string& artifact);
  void restart_dead();
  // run_afl.cc
  Status check_afl_seeds();
  Status handle_afl_end(FuzzJob& job);
  void keep_afl_input(const AflInput& input, const std::string& log, bool timed_out);
  void take_afl_inputs(bool last);
  static void count_afl(const FuzzJob& job, FuzzTotals* sum);
  void stop_all();
  void give_up_on_seeds();
  void kill_stuck(const std::vector<std::uint64_t>& before);
  bool wait_for_jobs(double seconds);
  bool any_running() const;
  double elapsed() const;
  int seconds_left() const;
  void count();
  void note_known();
  // run_findings.cc
  // How long a lane is waited for between two looks at the jobs.
  static constexpr int kJudgeMs = 50;
  // With a baseline only what is new counts, and it is not known at once.
  bool found_any() const;
  void judge_the_rest();
  void shorten_the_rest();
  // One line for each finding that no earlier one resembles.
  void tell_new_findings();
  void show_status(bool last);
  void warn(const std::string& text);

  // run_record.cc: figures on disk, limits, the merge of the corpus.
  void keep_record(bool last);
  void look_at_jobs();
  void look_at_disk();
  void record_to(CampaignStatus* status) const;
  // A job that ended early because the clock was set, or that was recycled.
  bool ended_early(const FuzzJob& job) const;

  FuzzPlan& plan_;
  Findings& findings_;
  std::FILE* stream_;
  bool terminal_;
  std::vector<std::unique_ptr<FuzzJob>> jobs_;
  std::size_t started_ = 0;        // of them, the first so many
  std::vector<FuzzJob*> waiting_;  // dead, to be started again
  std::deque<double> deaths_;      // times of the last minute
  Clock::time_point began_;
  FuzzTotals totals_;
  std::set<std::string> shared_;  // AFL++ inputs that libFuzzer was given
  FindingJudge judge_;
  FindingShortener shortener_;
  std::map<std::string, double> first_seen_;
  nlohmann::ordered_json causes_;                             // for the page
  std::pair<std::size_t, std::size_t> told_causes_ = {0, 0};  // findings and details, then
  Record record_;
  CorpusKeeper keeper_;
  std::vector<JobFigures> figures_;  // of each job
  double looked_at_jobs_ = -1e9;
  double looked_at_disk_ = -1e9;
  std::uint64_t corpus_files_ = 0;
  std::uint64_t corpus_bytes_ = 0;
  double disk_mib_ = 0;
  bool disk_short_ = false;
  bool disk_full_ = false;
  std::uint64_t began_at_ = 0;  // time of day, for people
  double seconds_ = 0;          // that it took, once it is over
  int interrupts_ = 0;
  double interrupted_at_ = 0;
  int stop_signal_ = 0;
  bool stopping_ = false;
  std::set<const FuzzJob*> stuck_;  // killed in an input that did not end
  Status problem_;                  // met while the jobs were stopped
  double shown_at_ = -1e9;
  double looked_at_ = -1e9;  // into AFL++'s folder
  int afl_replays_ = 0;
  std::deque<std::pair<double, std::uint64_t>> rates_;  // time, operations
  std::vector<std::string> warnings_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_RUN_H_
