// SPDX-License-Identifier: GPL-2.0-only
//
// One engine process: started, watched, stopped, started again.
//
//   start() -> running -> reap() says how it ended -> start() ...
//
// Its log is appended to over all its lives; counters in its stats file go on counting.
//
// Ownership Owns the process (its own process group, killed if we die) and the mapped counters.
// Errors    a sentence.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_JOB_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_JOB_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/base/files.h"
#include "fuzz/base/process.h"
#include "fuzz/campaign/afl_files.h"
#include "fuzz/campaign/engine_process.h"
#include "fuzz/campaign/plan.h"
#include "fuzz/targets/stats.h"

namespace arenafuzz {

class FuzzJob {
 public:
  struct End {
    bool died = false;  // neither done nor asked to stop
    int exit_code = 0;  // -1: by a signal
    int signal = 0;
    bool ran_inputs = false;  // in this life
  };

  FuzzJob(const FuzzPlan& plan, int number);
  ~FuzzJob();
  FuzzJob(const FuzzJob&) = delete;
  FuzzJob& operator=(const FuzzJob&) = delete;

  // Fresh log and counters, room for them included.
  Status prepare();
  Status start(int seconds);
  bool running() const { return process_.running(); }
  // How the process ended, once.
  std::optional<End> reap();
  void send(int signal);
  // Ends it between two inputs, to be started again: it holds too much memory.
  void recycle();
  bool recycled() const { return recycled_; }
  // Kills it; its end is no death.
  void give_up();
  // libFuzzer's, in this life.
  bool has_read_seeds() const { return has_read_seeds_; }
  std::uint64_t starts() const { return starts_; }
  // A log of kMaxLog is started over; what it said was read.
  void cut_log();
  // Memory of the process and all below it, now.
  std::uint64_t resident_mib() const;
  // Between two inputs.
  void ask_to_stop();
  bool afl() const { return plan_.runs_afl(number_); }
  const AflStatus& afl_status() const { return afl_status_; }

  // Reads what was logged since.
  void poll();
  const TargetStats& stats() const { return *stats_; }
  std::uint64_t coverage() const { return coverage_; }
  std::uint64_t corpus() const { return corpus_; }
  // Times that the corpus on disk brought coverage from elsewhere.
  std::uint64_t imported() const { return imported_; }
  std::uint64_t peak_kib() const { return peak_kib_; }
  const std::string& log_name() const { return log_; }
  std::string log_of_this_life() const;
  // It runs, and has not come to its first input.
  bool starting() const { return running() && stats_->executions.load() == executions_before_; }
  // The input that it was at when it ended.
  std::optional<std::string> input_under_way() const;

 private:
  void read_line(std::string_view line);

  const FuzzPlan& plan_;
  int number_;
  std::string log_;
  std::string stats_name_;
  TargetStats* stats_ = nullptr;
  base::Process process_;
  std::uint64_t starts_ = 0;
  bool recycled_ = false;
  bool given_up_ = false;
  bool has_read_seeds_ = false;
  std::size_t life_at_ = 0;  // offset of this life in the log
  std::size_t read_at_ = 0;
  std::uint64_t executions_before_ = 0;
  std::uint64_t coverage_ = 0;
  std::uint64_t corpus_ = 0;
  std::uint64_t imported_ = 0;
  std::uint64_t peak_kib_ = 0;
  AflStatus afl_status_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_JOB_H_
