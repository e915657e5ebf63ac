// SPDX-License-Identifier: GPL-2.0-only
//
// State of one program's run, shared by all that judge it: what is under way, what was found, the
// trace and its hash, the steps, and the way out.
//
// A safety or contract finding ends the program; a change switches the model off and the program
// goes on.
//
// Ownership Borrows the injector, and for a run the verdict and the sinks of the options.
// Units     steps of docs/design.md; positions are operations.
// Errors    leaving a program early (BUG, a finding, no budget) is a longjmp to the executor: no
//           frame in between owns anything.
// Threads   one thread.
// Source    docs/verdicts.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_PROGRAM_RUN_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_PROGRAM_RUN_H_

#include <csetjmp>
#include <cstdint>
#include <optional>
#include <span>

#include "faultinject/injector.h"
#include "fuzz/harness/judge/call_scope.h"
#include "fuzz/harness/judge/run_options.h"
#include "fuzz/harness/judge/sentence.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/program.h"
#include "src/pool/atomics.h"
#include "src/pool/context.h"

namespace arenafuzz {

class ProgramRun {
 public:
  explicit ProgramRun(const Injector& injector) : injector_(&injector) {}

  // A program begins: forgets the former one.
  void begin(const Header& header, const Options& options, Verdict* verdict);
  void begin_operation(std::size_t position, const Operation& operation, bool misuse);

  const Header& header() const { return header_; }
  const Options& options() const { return options_; }
  const Injector& injector() const { return *injector_; }
  std::span<const Finding> findings() const { return verdict_->findings; }

  OperationScope& scope() { return scope_; }
  const OperationScope& scope() const { return scope_; }
  CallScope& call() { return scope_.call; }
  const CallScope& call() const { return scope_.call; }
  SeamLog& log() { return scope_.log; }
  const SeamLog& log() const { return scope_.log; }

  // Off after the first change.
  bool model_on() const { return model_on_; }
  bool is_gen_pool() const { return header_.kind == ProgramKind::kGenPool; }

  // What makes a finding less reachable from normal use.
  void saw_misuse() { any_misuse_ = true; }
  void saw_neighbour() { any_neighbour_ = true; }
  void saw_foreign_size() { any_foreign_size_ = true; }  // that no in-tree caller uses
  // Findings from here on are those of comparing the whole state; of the program's end.
  void set_comparing(bool on) { comparing_ = on; }
  void set_at_end(bool on) { at_end_ = on; }

  // Mixes a value into the trace hash, whose order is part of the verdict.
  void fold(std::uint64_t value) {
    if (options_.events != nullptr) tell_event(value);
    hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15;
    hash_ ^= hash_ >> 29;
    verdict_->trace_hash = hash_;
  }
  bool tracing() const { return options_.trace != nullptr; }
  void trace(const Text& line, TraceKind kind = TraceKind::kOther, std::uint64_t value = 0);
  // From the start of its arena, with which map that is; none if it is in no arena.
  std::optional<std::uint64_t> arena_offset(std::uint64_t kernel_address, int* of = nullptr) const;
  Text address_text(std::uint64_t kernel_address) const;
  // Map << 40 | offset, for the hash: where the arenas lie differs between processes.
  std::uint64_t relative(std::uint64_t kernel_address) const;

  void report(Oracle oracle, Site site, const char* difference, const Text& expected,
              const Text& got);
  // A change: the model says otherwise.
  void differ(Site site, const char* difference, const Text& expected, const Text& got);
  [[noreturn]] void fail(Oracle oracle, Site site, const char* difference, const Text& expected,
                         const Text& got);
  // Leaves the code under test.
  [[noreturn]] void stop(EndReason reason);
  // Where stop() goes: the executor sets it before a run.
  std::jmp_buf& way_out() { return way_out_; }
  // Ends the run where our pool and the kernel's differ by design, if the options ask for that.
  void end_if_documented(bool holds, const char* name);
  // Every read section that a call opened, and every lock that it took, is closed when it returns.
  void judge_context() {
    if (!context_depth.balanced()) fail_context();
  }
  // Keeps where the code under test is, if the options ask for that.
  void note_backtrace() {
    if (options_.finding_backtraces) scope_.backtrace = capture_backtrace(nullptr);
  }

  // Before the pool runs: the cost of this call and of destroying all that is live (`reserve`). An
  // alloc that passes the budget still runs up to its first seam call: a refusal is judged, and
  // costs nothing.
  void charge(std::uint64_t cost, std::uint64_t reserve) {
    verdict_->steps += cost;
    if (verdict_->steps + reserve > options_.most_steps) exceed_budget();
  }
  // Arms the hang check: a call that makes more steps is reported as one that does not end.
  void count_steps(std::uint64_t bound) {
    scope_.call.hang_bound = bound;
    atomics::hooks.steps_left = bound;
  }
  // Charges the steps that were made; without the model only, with it charge() knew them.
  void spend_counted_steps() {
    verdict_->steps += scope_.call.hang_bound - atomics::hooks.steps_left;
  }

 private:
  void tell_event(std::uint64_t value);
  [[noreturn]] void fail_context();
  void exceed_budget();
  SizeClass size_class() const;
  Reach reach() const;

  const Injector* injector_;
  Options options_;
  Header header_;
  Verdict* verdict_ = nullptr;
  std::uint64_t hash_ = 0;
  bool model_on_ = true;
  bool at_end_ = false;
  bool comparing_ = false;
  bool any_misuse_ = false;
  bool any_neighbour_ = false;
  bool any_foreign_size_ = false;
  OperationScope scope_;
  std::jmp_buf way_out_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_PROGRAM_RUN_H_
