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

#include "src/pool/seams.h"

namespace arenafuzz {

class Judge;
class SeamJudge;

// The page source that a pool is given: notes each call.
class RecordingPages final : public PageSource {
 public:
  RecordingPages(PageSource& behind, SeamJudge& judge, int map)
      : behind_(&behind), judge_(&judge), map_(map) {}
  std::uint64_t claim(const ClaimRequest& request) override;
  void release(std::uint64_t user_address, PageCount pages) override;
  std::uint64_t kernel_base() const override { return behind_->kernel_base(); }
  std::uint64_t page_bytes() const override { return behind_->page_bytes(); }

 private:
  PageSource* behind_;
  SeamJudge* judge_;
  int map_;
};

class RecordingMetadata final : public MetadataSource {
 public:
  RecordingMetadata(MetadataSource& behind, SeamJudge& judge) : behind_(&behind), judge_(&judge) {}
  void* allocate(MetadataSite site, std::size_t bytes) override;
  void free(MetadataSite site, void* memory) override;
  BlockState look_up(MetadataSite site, const void* memory) const override {
    return behind_->look_up(site, memory);
  }

 private:
  MetadataSource* behind_;
  SeamJudge* judge_;
};

// The pool that a scheduler is given: judges each call.
class JudgedPool final : public PoolPort {
 public:
  JudgedPool(Judge& judge, int scheduler) : judge_(&judge), scheduler_(scheduler) {}
  void bind(PoolPort& inner) { inner_ = &inner; }

  int init(PageSource* map) override;
  void destroy() override;
  std::uint64_t alloc(std::uint64_t size) override;
  void free(std::uint64_t address, std::uint64_t size) override;
  bool exists() const override { return inner_->exists(); }
  bool newest_chunk(ChunkView* view) const override { return inner_->newest_chunk(view); }
  void for_each_chunk(void (*visit)(void*, const ChunkView&), void* context) const override {
    inner_->for_each_chunk(visit, context);
  }
  int granule_order() const override { return inner_->granule_order(); }

 private:
  Judge* judge_;
  PoolPort* inner_ = nullptr;
  int scheduler_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGED_SEAMS_H_
