// SPDX-License-Identifier: GPL-2.0-only
//
// What is under way: an operation of the program, and in it one call into a pool. Whatever the
// judge knows of them stands here and nowhere else, so that there can be more than one of each.
//
//   OperationScope   alloc s0 4097 (fail vzalloc)      position, collisions, WARNs, backtrace
//     CallScope        PoolPort::alloc(4097)           asked, taken, given back, excused
//     SeamLog          claim | vzalloc | release       what it did at the seams
//
// Ownership Plain values; records are named by their addresses, which are only compared. The
//           operation is borrowed from the program.
// Units     pages and bytes; steps of docs/design.md; positions are operations.
// Threads   none.
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

struct alignas(64) CallScope {
  enum class Kind : std::uint8_t { kNone, kInit, kAlloc, kFree, kDestroy };
  static constexpr std::size_t kRecords = 8;

  Kind kind = Kind::kNone;  // kNone: of no arena pool
  int scheduler = 0;
  std::uint64_t size = 0;
  std::uint64_t address = 0;
  std::int64_t pages_kept = 0;      // granted in this call, less what it released
  std::uint64_t metadata_made = 0;  // kmalloc and vzalloc that the books have not looked at
  std::int64_t metadata_kept = 0;   // made in this call, less what it freed
  bool metadata_freed = false;
  bool over_budget = false;  // ends at its first seam call, or when it is back
  bool refused_or_injected = false;
  bool pages_lost = false;     // F4 or F5 fired
  bool overlap_guard = false;  // a granted run overlapped a chunk of the pool
  bool collided = false;       // a simulated peer changed a bit
  bool claim_injected = false;
  bool room_at_fault = false;     // without the fault the call would have succeeded
  bool lenient = false;           // gen_pool programs: only the model knows what is right
  bool warn_expected = false;     // by the meaning of the operation
  std::uint64_t pages_asked = 0;  // by the last claim
  std::uint64_t claims_asked = 0;
  std::uint64_t seam_calls = 0;
  std::uint64_t seam_bound = SeamLog::kBound;
  std::uint64_t hang_bound = 0;           // steps
  std::uint64_t bytes_charted = 0;        // that chunks which appeared in the call cover
  std::uint64_t spare_pages = 0;          // that the tree leaves out of them
  BugSite expected_bug = BugSite::kNone;  // gen_pool programs: by the model
  BugSite required_bug = BugSite::kNone;  // that must come, by the books
  std::uint32_t cursor = 0;               // next seam call that the model has not explained
  PoolModel::Place place;

  // Records made in this call and still there: of more than kRecords the first ones.
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
  bool mask_refused = false;        // an alloc of this enable answered NULL
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
    mask_refused = false;
    warnings = 0;
    swaps = 0;
    model_collisions = {under_way.collisions, 0, profile == Profile::kMisuse};
    backtrace.count = 0;
    call.kind = CallScope::Kind::kNone;
    forget_seams();
  }
  // Another call begins. In place: assigning a temporary reads back in words what was just written
  // in bytes, and waits for it.
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
