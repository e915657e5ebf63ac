// SPDX-License-Identifier: GPL-2.0-only
//
// What the judge knows of the call into a pool that is under way: what it was asked, what it took
// and gave back at the seams, and what may excuse it.
//
// Ownership Plain values; the records are named by their addresses, which are only compared.
// Units     pages and bytes.
// Threads   none.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGED_CALL_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGED_CALL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include "fuzz/harness/judge/seam_log.h"
#include "fuzz/harness/model/pool_model.h"

namespace arenafuzz {

struct JudgedCall {
  enum class Kind : std::uint8_t { kNone, kInit, kAlloc, kFree, kDestroy };
  static constexpr std::size_t kRecords = 8;

  Kind kind = Kind::kNone;
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
  std::uint64_t pages_asked = 0;  // by the last claim
  std::uint64_t claims_asked = 0;
  std::uint64_t seam_bound = SeamLog::kBound;
  std::uint64_t bytes_charted = 0;  // that chunks which appeared in the call cover
  std::uint64_t spare_pages = 0;    // that the tree leaves out of them
  PoolModel::Place place;

  // Another call begins. In place: assigning a temporary reads back in words what was just written
  // in bytes, and waits for it.
  JudgedCall& begin() { return *::new (this) JudgedCall; }

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

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGED_CALL_H_
