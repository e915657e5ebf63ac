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
  kIgnoresTailConflict,  // of the last word of a block
  kFixedDrifts,          // after a lost race, to where it looks next
  kRollsBackTooLittle,
  kGivesUpAfterRace,  // of the whole pool
  kOwnerWrong,
  kOwnerOfNothing,
  kPhysicalWrong,
  kPhysicalUnknown,
  kNotZeroed,
  kZeroesTooMuch,
  kWritesOnFree,
  kSetAlgoIgnored,
  kVisitsTooFew,
  kDestroysAll,  // as it is, with blocks out
  kFreesInSilence,
  kManagedFails,
  kManagedNull,
  kManagedNotFound,
  kManagedFoundByAll,
  kManagedTwice,
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
  GenBlock alloc_through(const GenRequest& request) override;
  std::uint64_t free_owner(std::uint64_t address, std::uint64_t size) override {
    return BitmapGenPool::free_owner(address, size) + (is(GenVariant::kOwnerWrong) ? 1 : 0);
  }
  void set_algo(AllocPolicy policy, std::uint32_t data, bool by_default) override {
    if (!is(GenVariant::kSetAlgoIgnored)) BitmapGenPool::set_algo(policy, data, by_default);
  }
  std::uint64_t virt_to_phys(std::uint64_t address) override {
    if (is(GenVariant::kPhysicalUnknown)) return kNone;
    return BitmapGenPool::virt_to_phys(address) + (is(GenVariant::kPhysicalWrong) ? 1 : 0);
  }
  std::uint64_t visited() override {
    return BitmapGenPool::visited() - (is(GenVariant::kVisitsTooFew) ? 1 : 0);
  }
  GenManaged managed(int granule_order, bool named) override {
    GenManaged did = BitmapGenPool::managed(granule_order, named);
    if (is(GenVariant::kManagedFails)) did.error = -ENOMEM;
    if (is(GenVariant::kManagedNull)) did.null = true;
    if (is(GenVariant::kManagedNotFound)) did.found = false;
    if (is(GenVariant::kManagedFoundByAll)) did.found_other = true;
    if (is(GenVariant::kManagedTwice)) did.second_error = 0;
    return did;
  }
  void destroy_as_is() override {
    for (Chunk* chunk = newest_; is(GenVariant::kDestroysAll) && chunk != nullptr;
         chunk = chunk->next)
      std::memset(reinterpret_cast<void*>(chunk->words()), 0, (chunk->granules + 63) / 64 * 8);
    BitmapGenPool::destroy_as_is();
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
                     std::uint32_t data, std::uint64_t from) const override;
  std::uint64_t change_run(Chunk& chunk, std::uint64_t first, std::uint64_t count,
                           bool take) override;
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
                                         AllocPolicy policy, std::uint32_t data,
                                         std::uint64_t from) const {
  if (from != 0 && is(GenVariant::kGivesUpAfterRace)) return kNone;
  if (from != 0 && is(GenVariant::kFixedDrifts)) policy = AllocPolicy::kFirstFit;
  if (is(GenVariant::kIgnoresAlignment)) policy = AllocPolicy::kFirstFit;
  if (is(GenVariant::kBestFit) && policy == AllocPolicy::kFirstFit) policy = AllocPolicy::kBestFit;
  if (is(GenVariant::kBestIsFirst) && policy == AllocPolicy::kBestFit)
    policy = AllocPolicy::kFirstFit;
  if (is(GenVariant::kHighestHole) && policy == AllocPolicy::kFirstFit) {
    for (std::uint64_t first = chunk.granules + 1; first-- > from;)
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
  return BitmapGenPool::find(chunk, count, policy, data, from);
}

inline std::uint64_t BrokenGenPool::change_run(Chunk& chunk, std::uint64_t first,
                                               std::uint64_t count, bool take) {
  if (!take && is(GenVariant::kRollsBackTooLittle) && count == 64) return 64;
  const std::uint64_t done = BitmapGenPool::change_run(chunk, first, count, take);
  const bool tail = done < count && count - done < 64;
  return take && tail && is(GenVariant::kIgnoresTailConflict) ? count : done;
}

inline GenBlock BrokenGenPool::alloc_through(const GenRequest& request) {
  GenBlock block = BitmapGenPool::alloc_through(request);
  if (is(GenVariant::kOwnerWrong)) ++block.owner;
  if (is(GenVariant::kOwnerOfNothing) && block.address == 0) block.owner = 3;
  if (request.door != AllocDoor::kDmaZeroed || block.address == 0) return block;
  auto* memory = reinterpret_cast<unsigned char*>(static_cast<std::uintptr_t>(block.address));
  if (is(GenVariant::kNotZeroed)) memory[request.size - 1] = 1;
  if (is(GenVariant::kZeroesTooMuch)) memory[granules_for(request.size) * granule()] = 0;
  return block;
}

inline std::uint64_t BrokenGenPool::alloc_from_oldest(std::uint64_t size) {
  const std::uint64_t count = granules_for(size);
  Chunk* oldest = nullptr;
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
    if (size != 0 && size <= atomics::load(chunk->avail) &&
        BitmapGenPool::find(*chunk, count, AllocPolicy::kFirstFit, 0, 0) != kNone)
      oldest = chunk;
  if (oldest == nullptr) return 0;
  const std::uint64_t first = BitmapGenPool::find(*oldest, count, AllocPolicy::kFirstFit, 0, 0);
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
  if (is(GenVariant::kOldestChunkFirst) && policy == AllocPolicy::kFirstFit &&
      own_.policy == AllocPolicy::kFirstFit)
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
  if (is(GenVariant::kFreesInSilence)) {
    Chunk* chunk = chunk_of(address);
    if (chunk != nullptr) chunk->words()[0].store(0);
    return;
  }
  if (is(GenVariant::kBugOnFree)) bug(BugSite::kFreeNotAllocated);
  if (is(GenVariant::kWritesOnFree) && !destroying_)
    *reinterpret_cast<unsigned char*>(static_cast<std::uintptr_t>(address)) = 0;
  BitmapGenPool::free(address, size);
  if (destroying_) return;
  if (is(GenVariant::kAvailNotRestored)) newest_->avail.fetch_sub(granules_for(size) * granule());
  if (is(GenVariant::kFreesNeighbour)) newest_->words()[1].store(0);
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_HARNESS_BROKEN_GEN_POOL_H_
