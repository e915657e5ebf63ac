// SPDX-License-Identifier: GPL-2.0-only
//
// The decorators through which the judge sees everything: the pool's two seams, and the pool
// itself.
//
//   Scheduler -> JudgedPool -> pool -> RecordingPages / RecordingMetadata -> faults -> arena map
//
// Ownership They borrow what is behind them, and the judge.
// Threads   one.
// Source    docs/design.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGED_SEAMS_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGED_SEAMS_H_

#include "src/pool/forwarding.h"

namespace arenafuzz {

class Judge;
class SeamJudge;

// The page source that a pool is given: notes each call.
class RecordingPages final : public ForwardingPages {
 public:
  RecordingPages(PageSource& behind, SeamJudge& judge, int map)
      : ForwardingPages(behind), judge_(&judge), map_(map) {}
  std::uint64_t claim(const ClaimRequest& request) override;
  void release(std::uint64_t user_address, PageCount pages) override;

 private:
  SeamJudge* judge_;
  int map_;
};

class RecordingMetadata final : public ForwardingMetadata {
 public:
  RecordingMetadata(MetadataSource& behind, SeamJudge& judge)
      : ForwardingMetadata(behind), judge_(&judge) {}
  void* allocate(MetadataSite site, std::size_t bytes) override;
  void free(MetadataSite site, void* memory) override;

 private:
  SeamJudge* judge_;
};

// The pool that a scheduler is given: judges each call.
class JudgedPool final : public ForwardingPool {
 public:
  JudgedPool(PoolPort& behind, Judge& judge, int scheduler)
      : ForwardingPool(behind), judge_(&judge), scheduler_(scheduler) {}
  int init(PageSource* map) override;
  void destroy() override;
  std::uint64_t alloc(std::uint64_t size) override;
  void free(std::uint64_t address, std::uint64_t size) override;

 private:
  Judge* judge_;
  int scheduler_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGED_SEAMS_H_
