// SPDX-License-Identifier: GPL-2.0-only
//
// Decides for every fallible call whether it fails, and keeps a log of those that did.
//
//   call of a site --> clauses of this operation --> lasting faults --> the plan's attributes
//
//   Order of the checks, the kernel's should_fail_ex: a fail_nth that still counts down decides
//   alone (the call at which it reaches zero fails, those before pass, nothing else is asked); then
//   probability 0 -> pass, times 0 -> pass, space > size -> subtract and pass, interval,
//   probability. A fault that fires uses up one of times, unless that is -1 or 0.
//   An operation's clauses come first and count as fail_nth: while one still counts down, calls
//   that it counts are not shown to the plan; lasting faults of earlier clauses still fire.
//
// Ownership The log is a fixed ring inside; frames are raw return addresses.
// Units     ordinals are calls, from 1.
// Threads   one thread.
// Source    lib/fault-inject.c; docs/design.md, docs/format.md.
#ifndef ARENAFUZZ_FAULTINJECT_INJECTOR_H_
#define ARENAFUZZ_FAULTINJECT_INJECTOR_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "faultinject/backtrace.h"
#include "faultinject/fault_plan.h"

namespace arenafuzz {

// One fault of one operation.
struct FaultClause {
  enum class Kind : std::uint8_t {
    kNone,
    kSite,  // the ordinal-th call of `site` in this operation
    kNth,   // the ordinal-th fallible call of any site in this operation
  };
  Kind kind = Kind::kNone;
  FaultSite site = FaultSite::kKmalloc;  // kSite only, else kKmalloc
  bool lasting = false;       // and every such call from there until heal() or the program's end
  std::uint16_t ordinal = 0;  // from 1; 0 with kNone
  friend bool operator==(const FaultClause&, const FaultClause&) = default;
};
inline constexpr int kClausesPerOperation = 2;

enum class FaultCause : std::uint8_t { kClause, kLasting, kPlanNth, kPlanAttributes };
const char* fault_cause_name(FaultCause cause);

struct FiredFault {
  FaultSite site = FaultSite::kKmalloc;
  FaultCause cause = FaultCause::kClause;
  std::uint64_t operation = 0;     // as given to begin_operation
  std::uint32_t site_ordinal = 0;  // which call of its site in that operation, from 1
  std::uint32_t any_ordinal = 0;   // which fallible call of any site, from 1
  std::uint64_t amount = 0;        // bytes, or pages for kPage
  Backtrace backtrace;             // empty unless capture_backtraces(true)
};

class Injector {
 public:
  static constexpr int kLogCapacity = 64;  // of the faults that fired, the newest are kept

  // Forgets everything and starts a program; injection is off until set_active(true).
  void reset(const FaultPlan& plan);
  // Off while a program's surroundings are set up: calls then neither fail nor count.
  void set_active(bool active) { active_ = active; }

  void begin_operation(std::uint64_t operation, std::span<const FaultClause> clauses);
  // Clauses that did not fire are gone; lasting faults stay.
  void end_operation();
  // Lifts lasting faults; the plan stays in force.
  void heal();

  // True: this call has to fail. `amount` in bytes, for kPage in pages.
  bool should_fail(FaultSite site, std::uint64_t amount);

  void capture_backtraces(bool on) { capture_ = on; }

  std::uint64_t calls(FaultSite site) const { return calls_[static_cast<int>(site)]; }
  std::uint64_t fired(FaultSite site) const { return fired_[static_cast<int>(site)]; }
  std::uint64_t fired_total() const;
  // Fired since begin_operation.
  std::uint32_t fired_in_operation() const { return fired_in_operation_; }
  // `age` 0 is the newest. REQUIRES: age < min(fired_total(), kLogCapacity).
  const FiredFault& fired_fault(std::uint64_t age) const;
  const FaultPlan& state() const { return plan_; }  // the plan with what is used up subtracted

 private:
  bool clause_decides(FaultSite site, bool* fails);
  bool lasting(FaultSite site) const;
  bool plan_fails(FaultAttributes& attributes, std::uint32_t& count, std::uint64_t amount,
                  FaultCause* cause);
  std::uint32_t dice_below_100();
  void record(FaultSite site, FaultCause cause, std::uint64_t amount, const void* caller);

  FaultPlan plan_;
  std::uint32_t interval_counts_[kFaultSiteCount] = {};
  std::uint64_t dice_ = 0;
  FaultClause clauses_[kClausesPerOperation];
  std::uint32_t site_calls_[kFaultSiteCount] = {};  // in this operation
  std::uint32_t any_calls_ = 0;                     // in this operation
  bool lasting_sites_[kFaultSiteCount] = {};
  bool active_ = false;
  bool capture_ = false;
  std::uint32_t fired_in_operation_ = 0;
  std::uint64_t operation_ = 0;
  std::uint64_t calls_[kFaultSiteCount] = {};
  std::uint64_t fired_[kFaultSiteCount] = {};
  std::uint64_t logged_ = 0;
  FiredFault log_[kLogCapacity];
};

// "#0 function file:line" lines of a captured backtrace, as well as the build allows: by the
// sanitizer's symbolizer, else by the dynamic symbol table. The functions inlined into a frame stay
// on its line, innermost first.
std::vector<std::string> backtrace_lines(const FiredFault& fault);

}  // namespace arenafuzz

// Called at each injected failure, after the decision and before the call returns its error.
// A debugger's breakpoint here stops at every fault: `break arenafuzz_fault_fired`.
extern "C" void arenafuzz_fault_fired(const char* site, std::uint32_t site_ordinal);

#endif  // ARENAFUZZ_FAULTINJECT_INJECTOR_H_
