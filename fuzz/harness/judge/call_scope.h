// SPDX-License-Identifier: GPL-2.0-only
//
// All that the judge knows of the operation under way, and of the call into a pool that it makes;
// reset where each begins.
//
//   OperationScope   alloc s0 4097 (fail vzalloc)      position, collisions, WARNs, backtrace
//     CallScope        PoolPort::alloc(4097)           asked, taken, given back, excused
//     SeamLog          claim | vzalloc | release       what it did at the seams
//
// Ownership Plain values; records are named by their addresses, which are only compared. The
//           operation is borrowed from the program.
// Units     size, bytes_charted: bytes; pages_*: pages of the arena; metadata_*: records;
// hang_bound:
//           steps of docs/design.md; seam_*: calls; positions: operations.
// Threads   one thread.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_CALL_SCOPE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_CALL_SCOPE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include "faultinject/backtrace.h"
#include "fuzz/harness/judge/seam_log.h"
#include "fuzz/harness/model/pool_model.h"
#include "fuzz/program/program.h"
#include "src/pool/bug.h"

namespace arenafuzz {

// Aligned: cleared by wide stores at each call, which must not cross cache lines.
struct alignas(64) CallScope {
  enum class Kind : std::uint8_t { kNone, kInit, kAlloc, kFree, kDestroy };
  static constexpr std::size_t kRecords = 8;

  // kNone: no call into an arena pool is under way, and the other fields mean nothing.
  Kind kind = Kind::kNone;
  int scheduler = 0;
  std::uint64_t size = 0;
  std::uint64_t address = 0;
  std::int64_t pages_kept = 0;      // granted in this call, less what it released
  std::uint64_t metadata_made = 0;  // kmalloc and vzalloc not yet matched with the books
  std::int64_t metadata_kept = 0;   // made in this call, less what it freed
  bool metadata_freed = false;
  bool over_budget = false;  // ends at its first seam call, else on return
  bool refused_or_injected = false;
  bool pages_lost = false;     // a span or release record failed
  bool overlap_guard = false;  // a granted run overlapped a chunk of the pool
  bool collided = false;       // a simulated peer changed a bit
  bool claim_injected = false;
  bool room_at_fault = false;     // without the fault the call would have succeeded
  bool lenient = false;           // gen_pool programs: misused, only the model knows what is right
  bool warn_expected = false;     // a WARN is the right answer to this operation
  std::uint64_t pages_asked = 0;  // by the last claim
  std::uint64_t claims_asked = 0;
  std::uint64_t seam_calls = 0;
  std::uint64_t seam_bound = SeamLog::kBound;
  std::uint64_t hang_bound = 0;           // steps
  std::uint64_t bytes_charted = 0;        // covered by chunks that the call added
  std::uint64_t spare_pages = 0;          // of those, what the tree keeps to itself
  BugSite expected_bug = BugSite::kNone;  // gen_pool programs: by the model
  BugSite required_bug = BugSite::kNone;  // the books say that it must come
  std::uint32_t cursor = 0;               // next seam call that the model has not explained
  PoolModel::Place place;

  // Records made in this call and still there. Of more than kRecords the first ones are followed: a
  // call of the reference makes two.
  void made(const void* record) {
    if (record_count < kRecords) records[record_count++] = record;
  }
  void freed(const void* record) {
    const void** end = records + record_count;
    const void** found = std::find(records, end, record);
    if (found != end) *found = records[--record_count];
  }
  bool keeps_record() const { return record_count != 0; }

 private:
  std::size_t record_count = 0;
  const void* records[kRecords];  // the first record_count
};

struct OperationScope {
  std::size_t position = 0;
  const Operation* operation = nullptr;
  bool is_misuse = false;
  bool collisions_armed = false;
  bool alloc_refused = false;       // an alloc of this enable answered NULL
  std::uint32_t warnings = 0;       // WARNs so far
  std::uint64_t swaps = 0;          // compare-and-swaps so far
  CollisionState model_collisions;  // the model's own count
  Backtrace backtrace;              // of the last seam call, if wanted
  const char* other_function = "";  // of the BUG or WARN at Site::kOther
  CallScope call;
  SeamLog log;

  void begin(std::size_t at, const Operation& under_way, bool misuse, Profile profile) {
    position = at;
    operation = &under_way;
    is_misuse = misuse;
    collisions_armed = under_way.collisions[0].ordinal != 0;
    alloc_refused = false;
    warnings = 0;
    swaps = 0;
    model_collisions = {under_way.collisions, 0, profile == Profile::kMisuse};
    backtrace.count = 0;
    call.kind = CallScope::Kind::kNone;
    forget_seams();
  }
  // Another call begins. Placement new: copying a temporary would load wide what was just stored in
  // parts, and stall on that.
  CallScope& begin_call() {
    log.clear();
    return *::new (&call) CallScope;
  }

 private:
  void forget_seams() {
    log.clear();
    call.seam_calls = 0;
    call.cursor = 0;
  }
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_CALL_SCOPE_H_
