// SPDX-License-Identifier: GPL-2.0-only
//
// The Site, as signatures name it, of each metadata call and of each BUG.
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_HARNESS_VERDICT_SITES_H_
#define ARENAFUZZ_FUZZ_HARNESS_VERDICT_SITES_H_

#include "fuzz/harness/verdict/verdict.h"
#include "src/pool/bug.h"
#include "src/pool/seams.h"

namespace arenafuzz {

constexpr Site site_of(MetadataSite site) {
  switch (site) {
    case MetadataSite::kKmalloc:
      return Site::kKmalloc;
    case MetadataSite::kVzalloc:
      return Site::kVzalloc;
    case MetadataSite::kSpan:
      return Site::kSpan;
    case MetadataSite::kRelease:
      return Site::kRelease;
  }
  return Site::kNone;
}

constexpr Site site_of(BugSite site) {
  switch (site) {
    case BugSite::kNone:
      return Site::kNone;
    case BugSite::kFreeNoChunk:
      return Site::kFreeNoChunk;
    case BugSite::kFreePastEnd:
      return Site::kFreePastEnd;
    case BugSite::kFreeNotAllocated:
      return Site::kFreeNotAllocated;
    case BugSite::kAllocRollback:
      return Site::kAllocRollback;
    case BugSite::kDestroyNotEmpty:
      return Site::kDestroyNotEmpty;
    case BugSite::kOther:
      return Site::kOther;
  }
  return Site::kNone;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_VERDICT_SITES_H_
