// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/targets/finding_traps.h"

namespace {

// Each function stores a number of its own: no compiler or linker folds two of them into one.
volatile int mark;

}  // namespace

// Oracles in their order; the function that traps; the one that calls it. A third one, of the
// oracle's name, calls that.
#define ARENAFUZZ_FINDINGS(X)                                                          \
  X(kOverlap, finding_overlap, two_live_blocks_share_memory)                           \
  X(kOutside, finding_outside, beyond_claimed_pages)                                   \
  X(kMisaligned, finding_misaligned, not_at_a_granule)                                 \
  X(kBug, finding_bug, kernel_would_stop_here)                                         \
  X(kUnwind, finding_unwind, failed_growth_kept_or_lost_pages)                         \
  X(kAccounting, finding_accounting, avail_differs_from_bitmap)                        \
  X(kMetadataLeak, finding_metadata_leak, destroy_left_vmalloc_and_kmalloc_behind)     \
  X(kStrayAccess, finding_stray_access, redzone_or_arena_touched)                      \
  X(kLifecycle, finding_lifecycle, wrong_order_of_init_and_put)                        \
  X(kContext, finding_context, sleeps_under_spinlock)                                  \
  X(kHang, finding_hang, never_ends)                                                   \
  X(kMissedFailure, finding_missed_failure, success_without_a_pool)                    \
  X(kSpuriousFailure, finding_spurious_failure, denied_although_enough_room_was_there) \
  X(kOverClaim, finding_over_claim, took_pages_in_vain)                                \
  X(kNotRecovered, finding_not_recovered, same_request_keeps_failing_after_heal)       \
  X(kNeighbour, finding_neighbour, bpf_program_broke_it)                               \
  X(kWarn, finding_warn, unexpected_WARN)                                              \
  X(kChange, finding_change, unlike_the_reference_model)                               \
  X(kArithmetic, finding_arithmetic, shift_or_division_is_undefined)                   \
  X(kDifference, finding_difference, cpp_and_kernel_disagree_undocumented)

// Outside any namespace, which all names would have in common.
#define ARENAFUZZ_TRAP(oracle, inner, outer)               \
  extern "C" [[gnu::noinline]] void inner() {              \
    mark = __COUNTER__;                                    \
    __builtin_trap();                                      \
  }                                                        \
  extern "C" [[gnu::noinline]] void outer() {              \
    inner();                                               \
    mark = 0; /* or the call might become a jump */        \
  }                                                        \
  extern "C" [[gnu::noinline]] void judged_by_##oracle() { \
    outer();                                               \
    mark = 0;                                              \
  }
ARENAFUZZ_FINDINGS(ARENAFUZZ_TRAP)
ARENAFUZZ_TRAP(kCodec, finding_codec, bytes_and_text_do_not_round_trip)

namespace arenafuzz {
namespace {

struct Row {
  FindingTrap names;
  void (*function)();
};

#define ARENAFUZZ_ROW(oracle, inner, outer) \
  {{Oracle::oracle, #inner, #outer, "judged_by_" #oracle}, judged_by_##oracle},
constexpr Row kRows[kOracleCount] = {ARENAFUZZ_FINDINGS(ARENAFUZZ_ROW)};

}  // namespace

const FindingTrap& finding_trap(Oracle oracle) { return kRows[static_cast<int>(oracle)].names; }

void assert_finding(Oracle oracle) {
  kRows[static_cast<int>(oracle)].function();
  __builtin_trap();
}

void assert_format() {
  judged_by_kCodec();
  __builtin_trap();
}

}  // namespace arenafuzz
