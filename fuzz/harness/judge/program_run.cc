// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/program_run.h"

#include <cstdarg>
#include <cstdio>

#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/program/text.h"

namespace arenafuzz {

Text text(const char* format, ...) {
  Text result;
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(result.chars, sizeof result.chars, format, arguments);
  va_end(arguments);
  return result;
}

Text number(std::uint64_t value) { return text("%s", print_number(value).c_str()); }

void ProgramRun::begin(const Header& header, const Options& options, Verdict* verdict) {
  header_ = header;
  options_ = options;
  verdict_ = verdict;
  hash_ = 0;
  model_on_ = options.use_model;
  at_end_ = comparing_ = false;
  any_misuse_ = any_neighbour_ = any_foreign_size_ = false;
  scope_.begin_call();
}

void ProgramRun::begin_operation(std::size_t position, const Operation& operation, bool misuse) {
  scope_.begin(position, operation, misuse, header_.profile);
  any_misuse_ |= misuse;
}

void ProgramRun::tell_event(std::uint64_t value) {
  if (options_.events->event(value, scope_.position)) return;
  options_.events = nullptr;
  fail(Oracle::kDifference, Site::kNone, "step", Text{}, Text{});  // differential.cc names it
}

void ProgramRun::trace(const Text& line, TraceKind kind, std::uint64_t value) {
  if (options_.trace != nullptr) options_.trace->step({kind, value, line.chars});
}

std::uint64_t ProgramRun::relative(std::uint64_t kernel_address) const {
  for (int map = 0; map < limits::kMaxMaps; ++map) {
    const std::uint64_t offset = kernel_address - kernel_base_of(map);
    if (offset < kKernelStride) return (static_cast<std::uint64_t>(map) << 40) + offset;
  }
  return kernel_address;
}

std::optional<std::uint64_t> ProgramRun::arena_offset(std::uint64_t kernel_address, int* of) const {
  for (int map = 0; map < limits::kMaxMaps; ++map) {
    const std::uint64_t offset = kernel_address - kernel_base_of(map) - base_low(header_);
    if (kernel_address - kernel_base_of(map) >= kKernelStride || offset >= kKernelStride) continue;
    if (of != nullptr) *of = map;
    return offset;
  }
  return std::nullopt;
}

Text ProgramRun::address_text(std::uint64_t kernel_address) const {
  if (kernel_address == 0) return text("NULL");
  int map = 0;
  if (const auto offset = arena_offset(kernel_address, &map))
    return text("m%d+0x%llx", map, static_cast<unsigned long long>(*offset));
  return text("0x%llx (in no arena)", static_cast<unsigned long long>(kernel_address));
}

SizeClass ProgramRun::size_class() const {
  const CallScope& call = scope_.call;
  if (call.kind != CallScope::Kind::kAlloc && call.kind != CallScope::Kind::kFree)
    return SizeClass::kNone;
  if (call.size == 0) return SizeClass::kZero;
  if (call.size > ~std::uint64_t{0} - 7) return SizeClass::kWrapping;
  const std::uint64_t page = page_bytes(header_);
  if (call.size > header_.arena_pages * page) return SizeClass::kBeyondArena;
  return call.size > 4 * page ? SizeClass::kSeveralPages : SizeClass::kWithinChunk;
}

Reach ProgramRun::reach() const {
  if (any_misuse_) return Reach::kMisuse;
  if (any_foreign_size_) return Reach::kCallerBug;
  if (any_neighbour_) return Reach::kNeighbour;
  return injector_->fired_total() > 0 ? Reach::kMemoryPressure : Reach::kNormalUse;
}

void ProgramRun::report(Oracle oracle, Site site, const char* difference, const Text& expected,
                        const Text& got) {
  Finding finding;
  finding.oracle = oracle;
  finding.operation = scope_.operation->kind;
  finding.site = site;
  finding.difference = difference;
  finding.size_class = size_class();
  finding.fault_fired = injector_->fired_in_operation() > 0;
  if (finding.fault_fired) finding.fault = injector_->fired_fault(0).site;
  if (site == Site::kOther) finding.function = scope_.other_function;
  finding.backtrace = scope_.backtrace;
  finding.reach = reach();
  finding.at_end = at_end_;
  finding.whole_state = comparing_;
  finding.position = scope_.position;
  finding.expected = expected.chars;
  finding.got = got.chars;
  verdict_->findings.push_back(finding);
  if (tracing())
    trace(text("      FINDING %s.%s: expected %.60s, got %.60s", oracle_info(oracle).name,
               difference, expected.chars, got.chars),
          TraceKind::kFinding);
}

void ProgramRun::differ(Site site, const char* difference, const Text& expected, const Text& got) {
  report(Oracle::kChange, site, difference, expected, got);
  model_on_ = false;
}

void ProgramRun::stop(EndReason reason) {
  verdict_->end = reason;
  atomics::hooks = {};
  context_depth = {};
  std::longjmp(way_out_, 1);
}

void ProgramRun::fail(Oracle oracle, Site site, const char* difference, const Text& expected,
                      const Text& got) {
  report(oracle, site, difference, expected, got);
  stop(EndReason::kFinding);
}

void ProgramRun::end_if_documented(bool holds, const char* name) {
  if (!holds || !options_.stop_at_documented) return;
  verdict_->documented = name;
  stop(EndReason::kDocumented);
}

void ProgramRun::fail_context() {
  const ContextDepth depth = context_depth;
  context_depth = {};
  fail(Oracle::kContext, Site::kNone, "unbalanced",
       text("no read section and no spinlock left behind by the call"),
       text("%d read sections, %d spinlocks", depth.rcu_read, depth.spinlock));
}

void ProgramRun::exceed_budget() {
  CallScope& call = scope_.call;
  if (call.kind == CallScope::Kind::kDestroy) return;
  if (call.kind != CallScope::Kind::kAlloc) stop(EndReason::kOutOfBudget);
  call.over_budget = true;  // ends at its first seam call, or when it is back and judged
}

}  // namespace arenafuzz
