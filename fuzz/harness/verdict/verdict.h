// SPDX-License-Identifier: GPL-2.0-only
//
// What came of a program: its findings, their signatures, and the hash of all that happened.
//
//   signature = oracle . operation . site . difference . size class . fault that fired
//   Worked example: unwind.alloc.page.pages-kept.within-chunk.vzalloc
//
// Ownership Plain values.
// Units     positions count operations from 0; the program's own end is position = operations.
// Threads   none.
// Source    docs/verdicts.md, docs/design.md, docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_VERDICT_VERDICT_H_
#define ARENAFUZZ_FUZZ_HARNESS_VERDICT_VERDICT_H_

#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "faultinject/backtrace.h"
#include "faultinject/fault_plan.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

enum class Tier : std::uint8_t { kSafety, kContract, kChange };

enum class Oracle : std::uint8_t {
#define ARENAFUZZ_ORACLE(oracle, ...) oracle,
#include "fuzz/harness/verdict/oracles.def"
};
inline constexpr Oracle kOracles[] = {
#define ARENAFUZZ_ORACLE(oracle, ...) Oracle::oracle,
#include "fuzz/harness/verdict/oracles.def"
};
inline constexpr int kOracleCount = static_cast<int>(std::size(kOracles));

struct OracleInfo {
  Oracle oracle;
  const char* name;
  Tier tier;
  const char* meaning;  // one clause, for help and reports
};
const OracleInfo& oracle_info(Oracle oracle);
const char* tier_name(Tier tier);

// Where it showed: a seam, a BUG site, or nothing in particular.
enum class Site : std::uint8_t {
  kNone,
  kKmalloc,
  kPage,
  kVzalloc,
  kSpan,
  kRelease,
  kFreeNoChunk,
  kFreePastEnd,
  kFreeNotAllocated,
  kAllocRollback,
  kDestroyNotEmpty,
  kOther,  // a BUG of a kernel tree elsewhere: Finding::function names it
};
const char* site_name(Site site);

enum class SizeClass : std::uint8_t {
  kNone,
  kZero,
  kWithinChunk,   // fits the smallest growth
  kSeveralPages,  // makes a growth of its own size
  kBeyondArena,
  kWrapping,  // within a granule of 2^64: sums with it wrap
};
const char* size_class_name(SizeClass size_class);

// Who can make it happen, most reachable first.
enum class Reach : std::uint8_t { kNormalUse, kMemoryPressure, kNeighbour, kCallerBug, kMisuse };
const char* reach_name(Reach reach);

struct Finding {
  Oracle oracle = Oracle::kChange;
  OperationKind operation = OperationKind::kAlloc;
  Site site = Site::kNone;
  const char* function = "";    // with Site::kOther
  const char* difference = "";  // a fixed phrase with dashes: "refused", "elsewhere", "extra-call"
  SizeClass size_class = SizeClass::kNone;
  bool fault_fired = false;
  FaultSite fault = FaultSite::kKmalloc;  // the last that fired in the operation
  Reach reach = Reach::kNormalUse;
  bool at_end = false;       // found when the program was over
  bool whole_state = false;  // by comparing the whole state
  std::size_t position = 0;  // of the operation
  std::string expected;
  std::string got;
  Backtrace backtrace;  // of the BUG or the operation's last seam call, if Options asks for it

  Tier tier() const { return oracle_info(oracle).tier; }
};

// A site as signatures name it: "page", or "other:scx_arena_grow" without digits.
std::string site_text(const Finding& finding);
// All six parts joined by dots; no digits, no spaces.
std::string signature(const Finding& finding);
// "ASSERTION FAILED: oracle.operation.site", under 80 characters.
std::string assertion_line(const Finding& finding);
// The same finding as a failed CHECK, which ClusterFuzz takes for no security bug as it does every
// assertion: "[arenafuzz:FATAL:pool.cc(1)] Check failed: SIGNATURE".
std::string check_line(const std::string& signature);

// Where in the sources under test a finding shows.
struct FindingPlace {
  // Innermost first: where it went wrong, or where the last call out before that was made.
  std::vector<SourceLine> lines;
  bool last_call = false;
  std::string no_line;  // why there are none, if that is known
};
// "function file:line"
std::string place_text(const SourceLine& place);

enum class EndReason : std::uint8_t {
  kCompleted,
  kBug,          // a BUG that was predicted: the program ends there, clean
  kOutOfBudget,  // the step budget is used up: clean
  kFinding,      // the state cannot be trusted after what was found
  kSkipped,      // the backend cannot run it: Verdict::documented says why
  kDocumented,   // `differential`: from here on the two backends differ by design
};
inline constexpr int kEndReasonCount = 6;
const char* end_reason_name(EndReason reason);

// How the operation ended in which an injected fault fired.
enum class FaultOutcome : std::uint8_t {
  kServed,    // it did what was asked all the same
  kNoMemory,  // NULL or -ENOMEM
  kError,     // another error
  kBug,       // a predicted BUG
  kFinding,
};
inline constexpr int kFaultOutcomeCount = 5;
const char* fault_outcome_name(FaultOutcome outcome);

struct Verdict {
  EndReason end = EndReason::kCompleted;
  std::uint64_t trace_hash = 0;
  std::uint64_t operations = 0;  // begun
  std::uint64_t skipped = 0;     // outside the profile or the domain
  std::uint64_t steps = 0;
  std::uint64_t faults_fired[kFaultSiteCount] = {};
  // Of the faults of one operation the last 64 count.
  std::uint64_t fault_outcomes[kFaultSiteCount][kFaultOutcomeCount] = {};
  const char* documented = "";    // which difference, with kDocumented; why, with kSkipped
  std::vector<Finding> findings;  // in the order in which they were met

  bool clean() const { return findings.empty(); }
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_VERDICT_VERDICT_H_
