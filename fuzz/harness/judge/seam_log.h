// SPDX-License-Identifier: GPL-2.0-only
//
// What one call into the pool did at its seams, in order.
//
//   alloc 4097, vzalloc fails:   claim 4 -> page 8 | vzalloc 312 -> injected | release page 8, 4
//                                | release-record 64 -> ok
//
// Ownership A fixed array inside.
// Units     amounts in bytes, for claim and release in pages.
// Threads   one thread.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_SEAM_LOG_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_SEAM_LOG_H_

#include <cstdint>

#include "fuzz/harness/verdict/sites.h"
#include "src/pool/seams.h"

namespace arenafuzz {

struct SeamCall {
  enum class Kind : std::uint8_t { kKmalloc, kVzalloc, kSpan, kReleaseRecord, kClaim, kRelease };
  enum class Outcome : std::uint8_t { kDone, kInjected, kRefused };
  Kind kind = Kind::kClaim;
  Outcome outcome = Outcome::kDone;
  std::uint64_t amount = 0;
  std::uint64_t address = 0;  // claim, release: user address
};
const char* seam_call_name(SeamCall::Kind kind);

constexpr SeamCall::Kind seam_call_of(MetadataSite site) {
  switch (site) {
    case MetadataSite::kKmalloc:
      return SeamCall::Kind::kKmalloc;
    case MetadataSite::kVzalloc:
      return SeamCall::Kind::kVzalloc;
    case MetadataSite::kSpan:
      return SeamCall::Kind::kSpan;
    case MetadataSite::kRelease:
      return SeamCall::Kind::kReleaseRecord;
  }
  return SeamCall::Kind::kKmalloc;
}

constexpr Site site_of(SeamCall::Kind kind) {
  switch (kind) {
    case SeamCall::Kind::kKmalloc:
      return Site::kKmalloc;
    case SeamCall::Kind::kVzalloc:
      return Site::kVzalloc;
    case SeamCall::Kind::kSpan:
      return Site::kSpan;
    case SeamCall::Kind::kReleaseRecord:
      return Site::kRelease;
    case SeamCall::Kind::kClaim:
    case SeamCall::Kind::kRelease:
      return Site::kPage;
  }
  return Site::kPage;
}

class SeamLog {
 public:
  // The reference makes at most five in one call into the pool; more than this is a hang, but for
  // releases page by page (CallScope::seam_bound).
  static constexpr std::uint32_t kBound = 64;

  void clear() { count_ = 0; }
  SeamCall& add(const SeamCall& call) { return calls_[count_++] = call; }
  std::uint32_t size() const { return count_; }
  SeamCall& operator[](std::uint32_t index) { return calls_[index]; }
  const SeamCall& operator[](std::uint32_t index) const { return calls_[index]; }

 private:
  std::uint32_t count_ = 0;
  SeamCall calls_[kBound];
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_SEAM_LOG_H_
