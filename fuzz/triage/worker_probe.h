// SPDX-License-Identifier: GPL-2.0-only
//
// A probe whose programs run in a forked child, so that one that kills its process is a sighting
// like any other.
//
//   this process --program--> child (runs programs one after another) --what it showed-->
//        ^                       | dies: its report is read, and a new child is forked
//        +---"crash:heap-buffer-overflow:0x1d0c3:..."
//
// A child lives until a program kills it: what the executor returns costs no process, a crash costs
// one fork. The report holds module offsets if the process was started with symbolize=0 in
// ASAN_OPTIONS and UBSAN_OPTIONS; a crash's signature is then the same in every child.
//
// Ownership Borrows the inner probe, which must not have run anything here; owns the child.
// Units     milliseconds.
// Errors    problem() says why nothing can run: a caller exits with 2.
// Threads   one; children ignore SIGINT and end with their parent.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_WORKER_PROBE_H_
#define ARENAFUZZ_FUZZ_TRIAGE_WORKER_PROBE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/triage/probe.h"

namespace arenafuzz {

// Of a program that did not end in its time.
inline constexpr std::string_view kTimeoutSignature = "crash:timeout";

class WorkerProbe final : public Probe {
 public:
  WorkerProbe(Probe& inner, int milliseconds);
  ~WorkerProbe() override;
  WorkerProbe(const WorkerProbe&) = delete;
  WorkerProbe& operator=(const WorkerProbe&) = delete;

  const ProbeResult& run(const Program& program) override;
  // The next run has a child of its own.
  void restart() { stop(); }

  const std::string& problem() const { return problem_; }
  std::uint64_t deaths() const { return deaths_; }
  // What the child that died last had printed.
  const std::string& last_log() const { return log_; }

  static bool is_crash(std::string_view signature) { return signature.starts_with("crash:"); }

 private:
  bool start();
  void stop();
  [[noreturn]] void work(int channel);
  bool exchange(const Program& program);
  void bury(bool timed_out, std::size_t operations);

  Probe* inner_;
  int milliseconds_;
  pid_t child_ = -1;
  int channel_ = -1;
  int report_ = -1;  // a file without a name: the child's stderr
  std::uint64_t deaths_ = 0;
  std::string problem_;
  std::string log_;
  std::vector<std::uint8_t> bytes_;
  std::string answer_;
  ProbeResult result_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_WORKER_PROBE_H_
