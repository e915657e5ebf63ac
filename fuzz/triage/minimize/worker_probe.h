// SPDX-License-Identifier: GPL-2.0-only
//
// A probe whose programs run in a forked child, so that one that kills its process is a sighting
// like any other.
//
//   program --> base::Worker: the probe inside, in a child --> what it showed
//                  | dies --> "crash:heap-buffer-overflow:0x1d0c3:..."
//
// A child lives until a program kills it, breaks a limit or leaves by exit(). The report holds
// module offsets if the process was started with symbolize=0 in ASAN_OPTIONS and UBSAN_OPTIONS; a
// crash's signature is then the same in every child.
//
// Ownership Borrows the inner probe, which must not have run anything here; owns the child.
// Errors    problem() says why nothing can run: a caller exits with 2.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_WORKER_PROBE_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_WORKER_PROBE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/base/worker.h"
#include "fuzz/triage/minimize/probe.h"

namespace arenafuzz {

// Signatures of programs that ran out of time, took more memory than it may, or left by exit().
inline constexpr std::string_view kTimeoutSignature = "crash:timeout";
inline constexpr std::string_view kMemorySignature = "crash:out-of-memory";
inline constexpr std::string_view kExitSignature = "crash:exit";

class WorkerProbe final : public Probe {
 public:
  WorkerProbe(Probe& inner, const base::Limits& limits);

  const ProbeResult& run(const Program& program) override;
  // The next run has a child of its own.
  void restart() { worker_.restart(); }
  void set_limits(const base::Limits& limits) { worker_.set_limits(limits); }
  // False ends a run that is under way: it shows nothing then.
  void set_go_on(base::Process::GoOn go_on) { worker_.set_go_on(std::move(go_on)); }

  const Status& problem() const { return worker_.problem(); }
  std::uint64_t deaths() const { return worker_.deaths(); }
  // What the child that died last had printed.
  const std::string& last_log() const { return worker_.death().log; }

  static bool is_crash(std::string_view signature) { return signature.starts_with("crash:"); }

 private:
  void serve(std::string_view bytes, const base::Worker::Send& send);

  Probe* inner_;
  std::vector<std::uint8_t> bytes_;
  ProbeResult result_;
  base::Worker worker_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_WORKER_PROBE_H_
