// SPDX-License-Identifier: GPL-2.0-only
//
// How a target's process ends at a finding: in a function of the finding's oracle.
//
// ClusterFuzz makes a crash's state of the assertion's text and the first two functions of the
// stack, and takes two crashes for one bug if two of these lines agree, or if they resemble each
// other by more than 0.8 on average. So every oracle has functions of its own whose names are
// as unlike the others' as words can be, and what calls them has "assert" in its name, which
// ClusterFuzz passes over:
//
//   #0 finding_unwind                       state:  unwind.enable-path.page
//   #1 failed_growth_kept_or_lost_pages             finding_unwind
//   #2 judged_by_kUnwind                            failed_growth_kept_or_lost_pages
//   #3 arenafuzz::assert_finding
//
// Where it gets the sanitizer's report alone (honggfuzz's crashes), the state is the three
// functions.
//
// They trap rather than abort: abort()'s own frames would be the whole of a sanitizer's
// DEDUP_TOKEN. docs/oss-fuzz.md has the table of states; tests/fuzz/targets compares all pairs.
//
// Ownership Nothing. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_TARGETS_FINDING_TRAPS_H_
#define ARENAFUZZ_FUZZ_TARGETS_FINDING_TRAPS_H_

#include "fuzz/harness/verdict/verdict.h"

namespace arenafuzz {

[[noreturn]] void assert_finding(Oracle oracle);
// Bytes, text and program of the format do not agree.
[[noreturn]] void assert_format();

// The functions that end up on the stack, for the test that compares them.
struct FindingTrap {
  Oracle oracle;
  const char* inner;
  const char* outer;
  const char* outermost;
};
const FindingTrap& finding_trap(Oracle oracle);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_FINDING_TRAPS_H_
