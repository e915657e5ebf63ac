// SPDX-License-Identifier: GPL-2.0-only
//
// How a program is run, and which sinks receive what happens.
//
// Ownership Borrows the sinks for the run.
// Threads   none.
// Source    docs/verdicts.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_RUN_OPTIONS_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_RUN_OPTIONS_H_

#include <cstddef>
#include <cstdint>

#include "fuzz/program/limits.h"

namespace arenafuzz {

// Sizes that in-tree callers use: masks of 1 to 8192 bits (docs/arena_pool.md, The picture).
constexpr bool is_caller_size(std::uint64_t size) {
  return size % 8 == 0 && size >= 32 && size <= 1048;
}

// Sizes, orders and contexts that inputs may use (docs/verdicts.md).
enum class Domain : std::uint8_t { kCallers, kApi, kMisuse };

// What a step of a trace says, for those that are no people.
enum class TraceKind : std::uint8_t {
  kOperation,    // one begins
  kSkipped,      // likewise, of which nothing is called
  kResult,       // of a call: `value` is an error number, or what a gen_pool call said
  kAddress,      // of a block: `value` relative to the arena's kernel start; a gen_pool's as it is
  kNull,         // no block
  kClaimed,      // by a pool: `value` pages
  kReleased,     // by a pool: `value` pages
  kRefused,      // a claim, by the arena
  kNotExecuted,  // a free that would run off its bitmap
  kFinding,
  kEnd,  // of the operations
  kOther,
};
struct TraceStep {
  TraceKind kind = TraceKind::kOther;
  std::uint64_t value = 0;
  const char* text = "";  // the same for people, without a newline
};

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void step(const TraceStep& step) = 0;
};

// What happens, as numbers, in order: the values that the trace hash is made of.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // False: the program is to end here (differential.h).
  virtual bool event(std::uint64_t value, std::size_t position) = 0;
};

class Executor;

// The pools and arenas between operations, for drawing them.
class StateSink {
 public:
  virtual ~StateSink() = default;
  // Before the operation at `position`; at the program's end, before its pools are destroyed, with
  // the number of its operations.
  virtual void before(std::size_t position, const Executor& executor) = 0;
};

struct Options {
  bool use_model = true;        // off: safety and contract alone
  bool judge_books = true;      // off: only what callers and sources can see
  bool compare_always = false;  // the whole state after every operation
  Domain domain = Domain::kMisuse;
  std::uint64_t most_steps = limits::kMaxSteps;  // after these the program ends as out-of-budget
  bool trace_backtraces = false;
  TraceSink* trace = nullptr;
  bool finding_backtraces = false;  // Finding::backtrace is filled: slow, for a second run
  EventSink* events = nullptr;
  StateSink* states = nullptr;
  bool stop_at_documented = false;  // end where our pool differs from the kernel's by design
  bool first_fit_only = false;      // gen_pool: pass over the other policies
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_RUN_OPTIONS_H_
