// SPDX-License-Identifier: GPL-2.0-only
//
// The plain gen_pool of bitmap_gen_pool.h with one switch: a defect that an oracle must see, or a
// patch that only the model may notice.
#ifndef ARENAFUZZ_TESTS_FUZZ_HARNESS_BROKEN_GEN_POOL_H_
#define ARENAFUZZ_TESTS_FUZZ_HARNESS_BROKEN_GEN_POOL_H_

#include "tests/fuzz/harness/bitmap_gen_pool.h"

namespace arenafuzz::testing {

enum class GenVariant : std::uint8_t {
  // Defects.
  kOutside,
  kUsesTail,  // the bytes at a chunk's end that are no granule
  kInsideGranule,
  kIgnoresAlignment,
  kSameAddressTwice,
  kMarksOneShort,
  kAvailNotReduced,
  kAvailNotRestored,
  kFreesNeighbour,  // a granule of another word
  kAvailSumWrong,
  kSizeSumWrong,
  kRefuses,
  kGrantsNothing,  // size 0
  kFixedGoesOn,    // takes the next free run
  kBestIsFirst,    // best fit: the lowest hole that fits
  kBugOnFree,
  kSaysHoldsAll,
  kSaysHoldsNone,
  kForgetsTail,  // has_addr: a range that ends with its chunk
  kAddFails,
  kAddSaysZero,
  kAddsLonger,
  kAddsShorter,
  kCountsTail,  // as a granule
  kCreateFails,
  kCreateSaysYes,
  kDestroyForgetsChunk,
  kDestroyKeepsPool,
  kWarns,
  // Changes: a missing or second warning, and patches that are nobody's bug.
  kWarnsNot,
  kWarnsTwice,
  kBestFit,  // where first fit was asked for
  kHighestHole,
  kOldestChunkFirst,
  kAbsorbsFault,
  kHighestHoleAndAvailNotRestored,  // a change first, then a defect
};

class BrokenGenPool final : public BitmapGenPool {
 public:
  BrokenGenPool(MetadataSource& metadata, GenVariant variant)
      : BitmapGenPool(metadata), variant_(variant) {}

  bool create(int granule_order) override {
    last_ = 0;
    if (is(GenVariant::kCreateFails)) return false;
    return BitmapGenPool::create(granule_order) || is(GenVariant::kCreateSaysYes);
  }
  int add(std::uint64_t start, std::uint64_t size) override;
  std::uint64_t alloc(std::uint64_t size, AllocPolicy policy, std::uint32_t data) override;
  void free(std::uint64_t address, std::uint64_t size) override;
  bool has_addr(std::uint64_t start, std::uint64_t size) override {
    if (is(GenVariant::kSaysHoldsAll)) return true;
    if (is(GenVariant::kSaysHoldsNone)) return false;
    if (is(GenVariant::kForgetsTail)) ++size;
    return BitmapGenPool::has_addr(start, size);
  }
  std::uint64_t avail() override {
    return BitmapGenPool::avail() + (is(GenVariant::kAvailSumWrong) ? 1 : 0);
  }
  std::uint64_t size() override {
    return BitmapGenPool::size() + (is(GenVariant::kSizeSumWrong) ? 1 : 0);
  }
  void destroy() override {
    if (is(GenVariant::kDestroyKeepsPool)) return;
    destroying_ = true;
    if (is(GenVariant::kDestroyForgetsChunk) && newest_ != nullptr) newest_ = newest_->next;
    BitmapGenPool::destroy();
    destroying_ = false;
  }

 private:
  bool is(GenVariant variant) const {
    const bool both =
        variant_ == GenVariant::kHighestHoleAndAvailNotRestored &&
        (variant == GenVariant::kHighestHole || variant == GenVariant::kAvailNotRestored);
    return both || variant_ == variant;
  }
  std::uint64_t find(const Chunk& chunk, std::uint64_t count, AllocPolicy policy,
                     std::uint32_t data) const override;
  std::uint64_t alloc_from_oldest(std::uint64_t size);

  GenVariant variant_;
  std::uint64_t last_ = 0;
  bool destroying_ = false;
};

inline int BrokenGenPool::add(std::uint64_t start, std::uint64_t size) {
  if (is(GenVariant::kAddFails)) return -ENOMEM;
  if (is(GenVariant::kAddsLonger)) size += granule();
  if (is(GenVariant::kAddsShorter)) size -= granule();
  const int result = BitmapGenPool::add(start, size);
  if (result != 0 && is(GenVariant::kAbsorbsFault)) return BitmapGenPool::add(start, size);
  if (result == 0 && is(GenVariant::kCountsTail) && size % granule() != 0) ++newest_->granules;
  return is(GenVariant::kAddSaysZero) ? 0 : result;
}

inline std::uint64_t BrokenGenPool::find(const Chunk& chunk, std::uint64_t count,
                                         AllocPolicy policy, std::uint32_t data) const {
  if (is(GenVariant::kIgnoresAlignment)) policy = AllocPolicy::kFirstFit;
  if (is(GenVariant::kBestFit) && policy == AllocPolicy::kFirstFit) policy = AllocPolicy::kBestFit;
  if (is(GenVariant::kBestIsFirst) && policy == AllocPolicy::kBestFit)
    policy = AllocPolicy::kFirstFit;
  if (is(GenVariant::kHighestHole) && policy == AllocPolicy::kFirstFit) {
    for (std::uint64_t first = chunk.granules + 1; first-- > 0;)
      if (fits(chunk, first, count)) return first;
    return kNone;
  }
  if (policy == AllocPolicy::kFixed && data % granule() != 0) {
    if (is(GenVariant::kWarnsNot)) return kNone;
    if (is(GenVariant::kWarnsTwice)) warn("gen_pool_fixed_alloc", "again");
  }
  if (is(GenVariant::kFixedGoesOn) && policy == AllocPolicy::kFixed) {
    for (std::uint64_t first = data / granule(); first + count <= chunk.granules; ++first)
      if (fits(chunk, first, count)) return first;
    return kNone;
  }
  return BitmapGenPool::find(chunk, count, policy, data);
}

inline std::uint64_t BrokenGenPool::alloc_from_oldest(std::uint64_t size) {
  const std::uint64_t count = granules_for(size);
  Chunk* oldest = nullptr;
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
    if (size != 0 && size <= atomics::load(chunk->avail) &&
        BitmapGenPool::find(*chunk, count, AllocPolicy::kFirstFit, 0) != kNone)
      oldest = chunk;
  if (oldest == nullptr) return 0;
  const std::uint64_t first = BitmapGenPool::find(*oldest, count, AllocPolicy::kFirstFit, 0);
  for (std::uint64_t i = 0; i < count; ++i) oldest->change(first + i);
  oldest->avail.fetch_sub(count * granule());
  return oldest->start + first * granule();
}

inline std::uint64_t BrokenGenPool::alloc(std::uint64_t size, AllocPolicy policy,
                                          std::uint32_t data) {
  if (is(GenVariant::kRefuses)) return 0;
  if (is(GenVariant::kGrantsNothing) && size == 0) return newest_->start;
  if (is(GenVariant::kWarns)) warn("gen_pool_alloc", "size");
  if (is(GenVariant::kSameAddressTwice) && last_ != 0) return last_;
  if (is(GenVariant::kUsesTail)) return newest_->start + newest_->granules * granule();
  if (is(GenVariant::kOldestChunkFirst) && policy == AllocPolicy::kFirstFit)
    return alloc_from_oldest(size);
  const std::uint64_t address = BitmapGenPool::alloc(size, policy, data);
  if (address == 0) return 0;
  last_ = address;
  if (is(GenVariant::kOutside)) return newest_->end + 1;
  if (is(GenVariant::kInsideGranule)) return address + 1;
  if (is(GenVariant::kAvailNotReduced)) newest_->avail.fetch_add(granules_for(size) * granule());
  if (is(GenVariant::kMarksOneShort))
    newest_->change((address - newest_->start) / granule() + granules_for(size) - 1);
  return address;
}

inline void BrokenGenPool::free(std::uint64_t address, std::uint64_t size) {
  if (is(GenVariant::kBugOnFree)) bug(BugSite::kFreeNotAllocated);
  BitmapGenPool::free(address, size);
  if (destroying_) return;
  if (is(GenVariant::kAvailNotRestored)) newest_->avail.fetch_sub(granules_for(size) * granule());
  if (is(GenVariant::kFreesNeighbour)) newest_->words()[1].store(0);
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_HARNESS_BROKEN_GEN_POOL_H_
