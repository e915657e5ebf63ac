// SPDX-License-Identifier: GPL-2.0-only
//
// What is to fail, in the kernel's own words, as plain data and as one line of text.
//
//   plan seed:7 page:fail_nth=3 vzalloc:probability=50,interval=2,times=-1,space=4096
//
// Attributes left out have the kernel's defaults (probability=0 interval=1 times=1 space=0,
// fail_nth=0: none). The empty plan prints as "plan".
//
// Ownership Plain structs, nothing is allocated: instrumented and plain code may share them.
// Units     probability in percent; interval, times and fail_nth in calls of the site; space in
//           bytes (kmalloc, vzalloc, span, release) or pages (page).
// Errors    parse_plan returns false and says where and what was expected.
// Threads   no state.
// Source    struct fault_attr and should_fail_ex of lib/fault-inject.c; docs/arena_pool.md,
// docs/format.md.
#ifndef ARENAFUZZ_FAULTINJECT_FAULT_PLAN_H_
#define ARENAFUZZ_FAULTINJECT_FAULT_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace arenafuzz {

// The five fallible calls, in the order of a growth.
enum class FaultSite : std::uint8_t {
  kKmalloc,  // F1
  kPage,     // F2
  kVzalloc,  // F3
  kSpan,     // F4
  kRelease,  // F5
};
inline constexpr int kFaultSiteCount = 5;

// "kmalloc", "page", "vzalloc", "span", "release".
const char* fault_site_name(FaultSite site);
// False if `name` is none of them.
bool parse_fault_site(std::string_view name, FaultSite* site);

struct FaultAttributes {
  std::uint32_t probability = 0;  // 0 to 100
  std::uint32_t interval = 1;     // of the calls that pass the checks before, each interval-th
  std::int32_t times = 1;         // faults at most; -1: no limit
  std::uint32_t space = 0;        // this much passes first
  std::uint32_t fail_nth = 0;     // this call of the site fails, whatever the rest says
  friend bool operator==(const FaultAttributes&, const FaultAttributes&) = default;
};

struct FaultPlan {
  std::uint32_t seed = 0;  // of the dice behind `probability`
  FaultAttributes sites[kFaultSiteCount];
  friend bool operator==(const FaultPlan&, const FaultPlan&) = default;
};

// The highest values that text and bytes can carry.
inline constexpr std::uint32_t kMaxInterval = 0xffff;
inline constexpr std::int32_t kMaxTimes = 0x7fff;
inline constexpr std::uint32_t kMaxFailNth = 0xffff;

inline constexpr std::size_t kMaxPlanText = 512;  // characters a printed plan never exceeds

// Writes the one line without a newline; returns its length. REQUIRES: out.size() >= kMaxPlanText.
std::size_t print_plan(const FaultPlan& plan, std::span<char> out);

struct PlanError {
  std::size_t column = 0;          // of the text, from 0
  const char* expected = nullptr;  // a phrase such as "a site: kmalloc, page, ..."
};
bool parse_plan(std::string_view text, FaultPlan* plan, PlanError* error);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FAULTINJECT_FAULT_PLAN_H_
