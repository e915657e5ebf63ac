// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/injector.h"

#include <algorithm>

// The barrier keeps the call: a breakpoint must find a function with these arguments.
extern "C" __attribute__((noinline)) void arenafuzz_fault_fired(const char* site,
                                                                std::uint32_t site_ordinal) {
  __asm__ volatile("" : : "r"(site), "r"(site_ordinal) : "memory");
}

namespace arenafuzz {
const char* fault_cause_name(FaultCause cause) {
  switch (cause) {
    case FaultCause::kClause:
      return "clause";
    case FaultCause::kLasting:
      return "lasting";
    case FaultCause::kPlanNth:
      return "plan fail_nth";
    case FaultCause::kPlanAttributes:
      return "plan attributes";
  }
  return "unknown";
}

void Injector::reset(const FaultPlan& plan) {
  plan_ = plan;
  dice_ = plan.seed;
  active_ = false;
  fired_in_operation_ = 0;
  operation_ = 0;
  any_calls_ = 0;
  logged_ = 0;
  for (int site = 0; site < kFaultSiteCount; ++site) {
    interval_counts_[site] = 0;
    site_calls_[site] = 0;
    lasting_sites_[site] = false;
    calls_[site] = 0;
    fired_[site] = 0;
  }
  end_operation();
}

void Injector::begin_operation(std::uint64_t operation, std::span<const FaultClause> clauses) {
  operation_ = operation;
  fired_in_operation_ = 0;
  any_calls_ = 0;
  std::fill(std::begin(site_calls_), std::end(site_calls_), 0u);
  end_operation();
  std::copy_n(clauses.begin(), std::min<std::size_t>(clauses.size(), kClausesPerOperation),
              clauses_);
}

void Injector::end_operation() {
  for (FaultClause& clause : clauses_) clause = {};
}

void Injector::heal() { std::fill(std::begin(lasting_sites_), std::end(lasting_sites_), false); }

// True if the operation's clauses decide alone; *fails is then the decision.
bool Injector::clause_decides(FaultSite site, bool* fails) {
  const std::uint32_t site_call = site_calls_[static_cast<int>(site)];
  bool counting = false;
  *fails = false;
  for (const FaultClause& clause : clauses_) {
    const bool nth = clause.kind == FaultClause::Kind::kNth;
    if (!nth && (clause.kind != FaultClause::Kind::kSite || clause.site != site)) continue;
    const std::uint32_t count = nth ? any_calls_ : site_call;
    counting |= count < clause.ordinal;
    if (count != clause.ordinal) continue;
    *fails = true;
    for (int i = 0; clause.lasting && i < kFaultSiteCount; ++i)
      lasting_sites_[i] |= nth || i == static_cast<int>(site);
  }
  return *fails || (counting && !lasting(site));
}

bool Injector::lasting(FaultSite site) const { return lasting_sites_[static_cast<int>(site)]; }

// splitmix64 from the state `seed`; the upper 32 bits x of each number give floor(x * 100 / 2^32).
// One stream for all sites, drawn from only by a call that gets this far. Part of the format,
// pinned by a test.
std::uint32_t Injector::dice_below_100() {
  dice_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = dice_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  return static_cast<std::uint32_t>((mixed >> 32) * 100 >> 32);
}

// The kernel's order: fail_nth alone, then probability, times, space, interval, dice.
bool Injector::plan_fails(FaultAttributes& attributes, std::uint32_t& count, std::uint64_t amount,
                          FaultCause* cause) {
  if (attributes.fail_nth != 0) {
    *cause = FaultCause::kPlanNth;
    if (--attributes.fail_nth != 0) return false;
  } else {
    *cause = FaultCause::kPlanAttributes;
    if (attributes.probability == 0 || attributes.times == 0) return false;
    if (attributes.space > amount) {
      attributes.space -= static_cast<std::uint32_t>(amount);
      return false;
    }
    if (attributes.interval > 1 && ++count % attributes.interval != 0) return false;
    if (attributes.probability <= dice_below_100()) return false;
  }
  if (attributes.times > 0) --attributes.times;
  return true;
}

bool Injector::should_fail(FaultSite site, std::uint64_t amount) {
  if (!active_) return false;
  const int index = static_cast<int>(site);
  ++calls_[index];
  ++site_calls_[index];
  ++any_calls_;
  bool fails = false;
  FaultCause cause = FaultCause::kClause;
  if (!clause_decides(site, &fails)) {
    if (lasting(site)) {
      fails = true;
      cause = FaultCause::kLasting;
    } else {
      fails = plan_fails(plan_.sites[index], interval_counts_[index], amount, &cause);
    }
  }
  if (fails) record(site, cause, amount, __builtin_return_address(0));
  return fails;
}

void Injector::record(FaultSite site, FaultCause cause, std::uint64_t amount, const void* caller) {
  const int index = static_cast<int>(site);
  ++fired_[index];
  ++fired_in_operation_;
  FiredFault& entry = log_[logged_++ % kLogCapacity];
  entry.site = site;
  entry.cause = cause;
  entry.operation = operation_;
  entry.site_ordinal = site_calls_[index];
  entry.any_ordinal = any_calls_;
  entry.amount = amount;
  entry.backtrace = capture_ ? capture_backtrace(caller) : Backtrace{};
  arenafuzz_fault_fired(fault_site_name(site), site_calls_[index]);
}

std::uint64_t Injector::fired_total() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : fired_) sum += count;
  return sum;
}

const FiredFault& Injector::fired_fault(std::uint64_t age) const {
  return log_[(logged_ - 1 - age) % kLogCapacity];
}

std::vector<std::string> backtrace_lines(const FiredFault& fault) {
  std::vector<std::string> lines;
  for (int i = 0; i < fault.backtrace.count; ++i) {
    std::string text = "#" + std::to_string(i);
    const char* mark = " ";
    for (const SourceLine& line : symbolize(fault.backtrace.frames[i])) {
      text += mark + line.function;
      if (!line.file.empty()) text += " " + line.file + ":" + std::to_string(line.line);
      mark = ", inlined into ";
    }
    lines.push_back(std::move(text));
  }
  return lines;
}

}  // namespace arenafuzz
