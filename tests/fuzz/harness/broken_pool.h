// SPDX-License-Identifier: GPL-2.0-only
//
// A second arena pool with one switch: sound, a defect that an oracle must see, or a patch that
// only the model may notice. Variant::kSound behaves as src/pool: a test compares the trace hashes.
#ifndef ARENAFUZZ_TESTS_FUZZ_HARNESS_BROKEN_POOL_H_
#define ARENAFUZZ_TESTS_FUZZ_HARNESS_BROKEN_POOL_H_

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <utility>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/harness/backends/cpp_backend.h"
#include "src/pool/bitmap.h"
#include "src/pool/bug.h"
#include "src/pool/context.h"

namespace arenafuzz::testing {

enum class Variant : std::uint8_t {
  kSound,
  // Defects.
  kUnwindWithoutRelease,
  kUnwindOnePageShort,
  kUnwindElsewhere,
  kReleasesForeignPages,  // at destroy
  kChunkOneGranuleLong,
  kChunkOnePageShort,
  kEndOffByOne,
  kEndOneShort,
  kAvailNotRestored,
  kAvailNotReduced,
  kFreesNeighbouringWord,
  kSizesRoundedDown,
  kDestroyForgetsChunk,
  kDestroyKeepsPool,
  kBitmapOneWordShort,
  kWritesBehindChunk,
  kSleepsUnderLock,
  kSleepsInReadSection,
  kNoSizeZeroGuard,
  kNoHugeSizeGuard,
  kNoOverlapGuard,
  kInitSaysZero,
  kInitFailsWithoutCause,
  kFailedInitKeepsObject,
  kRefusesThoughHoleFits,
  kRefusesWithoutAsking,
  kClaimsThoughHoleFits,
  kClaimsTwice,
  kClaimsWithFlag,  // that the arena refuses
  kStaysRefused,
  kSearchesForever,
  kIgnoresFailedAdd,  // adds `tries` times, then goes on as if it had grown
  kClaimsForever,
  kTouchesArena,  // behind its pages
  kMisaligned,
  kOutside,
  kPastChunkEnd,
  kSameAddressTwice,
  kBugOnFree,
  kWarnsOnFree,
  kMovesBlocks,  // change: highest hole first
  kOldestChunkFirst,
  kAbsorbsFault,  // change: asks for metadata once more
  // Patches that are nobody's bug.
  kBestFit,
  kGrowsByEight,
  kGrowsGeometrically,
  kReturnsPages,
  kSingleRetry,
  kFallsBackToExactCount,
  kGranuleOfSixteen,
  kRoundsTo64,
  kAligns64,
  kWritesBlocks,        // zeroes what it hands out
  kGrowsAtInit,         // and undoes it if that fails
  kReturnsEmptyChunks,  // at the last free
  kGivesZeroSizePtr,
  kWarnsOfSizeZero,
  kKeepsPoolOnSecondInit,
  kGrowsAhead,        // when little is left, best effort
  kGrowsTwice,        // the second time best effort
  kGuardPage,         // behind each run, in no chunk
  kGuardFor16Pages,   // one for each 16 pages of the chunk, or part of them
  kGuardOfRunsSize,   // as many pages as the chunk has
  kHeaderPage,        // of init, in no chunk
  kTagsChunks,        // the first granule is the pool's own
  kMadeAtFirstAlloc,  // init only looks
  kAlignsLarge,       // half a page or more, to half a page
  // More defects.
  kRefuses4GiB,         // its guard is off by one
  kWritesNeighbours,    // zeroes one granule too many
  kReturnsLivePages,    // releases the pages of the newest chunk at any free
  kCountsPagesOf4KiB,   // whatever the page size is
  kStaysInReadSection,  // after a free of NULL
  kSpoilsOnce,          // a word that no block is in: the first free ever
};

// Of kIgnoresFailedAdd: they shift on which seam call the bound of a call falls.
inline int failed_add_tries = 2;
inline int failed_add_lead = 0;        // metadata calls before the first growth
inline bool spoils_next_free = false;  // of kSpoilsOnce

class BrokenPool final : public PoolPort {
 public:
  BrokenPool(Variant variant, MetadataSource& metadata) : metadata_(&metadata), variant_(variant) {
    if (is(Variant::kGranuleOfSixteen)) order_ = 4;
  }

  int init(PageSource* map) override {
    if (map == nullptr) return 0;
    if (object_ != nullptr) return is(Variant::kKeepsPoolOnSecondInit) ? 0 : -EBUSY;
    if (is(Variant::kInitFailsWithoutCause)) return -ENOMEM;
    map_ = map;
    return is(Variant::kMadeAtFirstAlloc) ? 0 : make();
  }
  int make() {
    void* spare = nullptr;
    if (is(Variant::kFailedInitKeepsObject))
      spare = metadata_->allocate(MetadataSite::kKmalloc, 56);
    object_ = metadata_->allocate(MetadataSite::kKmalloc, 56);
    if (object_ != nullptr && spare != nullptr) metadata_->free(MetadataSite::kKmalloc, spare);
    if (object_ == nullptr) return is(Variant::kInitSaysZero) ? 0 : -ENOMEM;
    newest_ = nullptr;
    growth_ = 0;
    failed_ = false;
    last_address_ = 0;
    const bool refused = is(Variant::kHeaderPage) && map_->claim({.pages = PageCount{1}}) == 0;
    if (!refused && (!is(Variant::kGrowsAtInit) || grow(1) == 0)) return 0;
    metadata_->free(MetadataSite::kKmalloc, object_);
    forget();
    return -ENOMEM;
  }
  void destroy() override;
  std::uint64_t alloc(std::uint64_t size) override;
  void free(std::uint64_t address, std::uint64_t size) override {
    if (is(Variant::kStaysInReadSection) && address == 0) ++context_depth.rcu_read;
    if (object_ == nullptr || address == 0) return;
    if (is(Variant::kBugOnFree)) bug(BugSite::kFreeNotAllocated);
    if (is(Variant::kWarnsOnFree)) warn("pool_free", "size > 0");
    if (is(Variant::kGivesZeroSizePtr) && address == 16) return;
    pool_free(address, size);
    if (is(Variant::kReturnsEmptyChunks)) return_empty_chunks();
    if (is(Variant::kReturnsLivePages))
      map_->release(user_address_of(newest_->start), PageCount{growth_});
  }

  bool exists() const override { return object_ != nullptr; }
  bool newest_chunk(ChunkView* view) const override {
    if (object_ == nullptr || newest_ == nullptr) return false;
    *view = view_of(*newest_);
    return true;
  }
  void for_each_chunk(void (*visit)(void*, const ChunkView&), void* context) const override {
    if (object_ == nullptr) return;
    for (const Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
      visit(context, view_of(*chunk));
  }
  int granule_order() const override { return order_; }
  void forget() {
    object_ = nullptr;
    newest_ = nullptr;
    map_ = nullptr;
    lock_.unlock();  // a finding may have left it taken
    context_depth = {};
  }

 private:
  struct Chunk {
    alignas(8) Chunk* next;
    alignas(8) atomics::Word avail;
    std::uint64_t start;
    std::uint64_t end;  // inclusive
    std::uint64_t granules;
    std::uint64_t reserved[2];
    atomics::Word* words() { return reinterpret_cast<atomics::Word*>(this + 1); }
    const atomics::Word* words() const { return reinterpret_cast<const atomics::Word*>(this + 1); }
  };
  static_assert(sizeof(Chunk) == 56);

  bool is(Variant variant) const { return variant_ == variant; }
  static ChunkView view_of(const Chunk& chunk) {
    return {chunk.start, chunk.end, &chunk.avail, chunk.words(), chunk.granules};
  }
  std::uint64_t granules_for(std::uint64_t size) const {
    if (is(Variant::kRoundsTo64) && !exact_) return (size + 63) / 64 * 8;
    const std::uint64_t granule = std::uint64_t{1} << order_;
    return (is(Variant::kSizesRoundedDown) ? size : size + granule - 1) >> order_;
  }

  std::uint64_t user_address_of(std::uint64_t address) const {
    return 0x700000000000 + (map_->kernel_base() - 0x7ea000000000) * 8 + (address & 0xffffffff);
  }
  void return_empty_chunks();
  int grow(std::uint64_t size);
  std::uint64_t claim(std::uint64_t* pages, std::uint64_t exact);
  void unwind(std::uint64_t user_address, std::uint64_t pages);
  int add(std::uint64_t start, std::uint64_t size);
  bool overlaps(std::uint64_t start, std::uint64_t size) const;
  std::uint64_t find_hole(Chunk& chunk, std::uint64_t from, std::uint64_t count) const;
  std::uint64_t alloc_from(Chunk& chunk, std::uint64_t size);
  std::uint64_t pool_alloc(std::uint64_t size);
  void pool_free(std::uint64_t address, std::uint64_t size);
  void free_all();
  std::uint64_t spoil(std::uint64_t address, std::uint64_t size);
  void tag(Chunk& chunk);
  bool is_nearly_full() const;

  MetadataSource* metadata_;
  Variant variant_;
  int order_ = 3;
  PageSource* map_ = nullptr;
  void* object_ = nullptr;
  Chunk* newest_ = nullptr;
  SpinLock lock_;
  std::uint64_t growth_ = 0;  // pages of the last growth
  bool failed_ = false;       // an alloc failed
  bool exact_ = false;        // sizes are not rounded
  std::uint64_t last_address_ = 0;
};

inline void BrokenPool::destroy() {
  if (object_ == nullptr) map_ = nullptr;
  if (object_ == nullptr || is(Variant::kDestroyKeepsPool)) return;
  free_all();
  const std::uint64_t page = map_->page_bytes();
  for (Chunk* chunk = newest_; chunk != nullptr;) {
    Chunk* next = chunk->next;
    const std::uint64_t bytes = chunk->end - chunk->start + 1;
    const std::uint64_t low = chunk->start & 0xffffffff;
    if (bitmap::find_set(chunk->words(), chunk->granules, 0) < chunk->granules)
      bug(BugSite::kDestroyNotEmpty);
    if (is(Variant::kReturnsPages))
      map_->release(user_address_of(chunk->start), PageCount{bytes / page});
    if (is(Variant::kReleasesForeignPages))
      map_->release(0x700000000000 + low, PageCount{bytes / page + 1});
    if (!(is(Variant::kDestroyForgetsChunk) && next == nullptr))
      metadata_->free(MetadataSite::kVzalloc, chunk);
    chunk = next;
  }
  metadata_->free(MetadataSite::kKmalloc, object_);
  forget();
}

inline void BrokenPool::return_empty_chunks() {
  for (Chunk** link = &newest_; *link != nullptr;) {
    Chunk* chunk = *link;
    if (bitmap::find_set(chunk->words(), chunk->granules, 0) < chunk->granules) {
      link = &chunk->next;
      continue;
    }
    *link = chunk->next;
    map_->release(user_address_of(chunk->start),
                  PageCount{(chunk->end - chunk->start + 1) / map_->page_bytes()});
    metadata_->free(MetadataSite::kVzalloc, chunk);
  }
}

inline void BrokenPool::free_all() {
  exact_ = true;  // by bits, whoever set them
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next) {
    atomics::step(1);
    const std::uint64_t end = chunk->granules;
    std::uint64_t at = bitmap::find_set(chunk->words(), end, 0);
    while (at < end) {
      const std::uint64_t stop = bitmap::find_clear(chunk->words(), end, at);
      pool_free(chunk->start + (at << order_), (stop - at) << order_);
      at = bitmap::find_set(chunk->words(), end, stop);
    }
  }
  exact_ = false;
}

inline bool BrokenPool::overlaps(std::uint64_t start, std::uint64_t size) const {
  for (const Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
    if (start <= chunk->end && start + size - 1 >= chunk->start) return true;
  return false;
}

inline int BrokenPool::add(std::uint64_t start, std::uint64_t size) {
  if (is(Variant::kChunkOneGranuleLong)) size += 8;
  if (is(Variant::kChunkOnePageShort)) size -= 4096;
  std::uint64_t bytes = 56 + 8 * bitmap::words_for(size >> order_);
  if (is(Variant::kBitmapOneWordShort)) bytes -= 8;
  if (is(Variant::kSleepsUnderLock)) lock_.lock();
  void* memory = metadata_->allocate(MetadataSite::kVzalloc, bytes);
  if (memory == nullptr && is(Variant::kAbsorbsFault))
    memory = metadata_->allocate(MetadataSite::kVzalloc, bytes);
  if (is(Variant::kSleepsUnderLock)) lock_.unlock();
  if (memory == nullptr) return -ENOMEM;
  auto* chunk = static_cast<Chunk*>(memory);
  chunk->start = start;
  chunk->end = start + size - 1;
  if (is(Variant::kEndOffByOne)) ++chunk->end;
  if (is(Variant::kEndOneShort)) --chunk->end;
  chunk->granules = size >> order_;
  chunk->avail.store(size, std::memory_order_relaxed);
  if (is(Variant::kWritesBehindChunk)) chunk->words()[bitmap::words_for(size >> order_)].store(1);
  chunk->next = newest_;
  newest_ = chunk;
  if (is(Variant::kTagsChunks)) tag(*chunk);
  return 0;
}

inline void BrokenPool::tag(Chunk& chunk) {
  if (bitmap::set_run(chunk.words(), 0, 1) == 0) chunk.avail.fetch_sub(8);
}

inline bool BrokenPool::is_nearly_full() const {
  std::uint64_t left = 0;
  for (const Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
    left += atomics::load(chunk->avail);
  return left < 2048;
}

inline std::uint64_t BrokenPool::claim(std::uint64_t* pages, std::uint64_t exact) {
  std::uint64_t address = map_->claim({.pages = PageCount{*pages}});
  if (address == 0 && is(Variant::kFallsBackToExactCount) && exact < *pages) {
    *pages = exact;
    address = map_->claim({.pages = PageCount{exact}});
  }
  while (address == 0 && is(Variant::kClaimsForever))
    address = map_->claim({.pages = PageCount{*pages}});
  return address;
}

inline void BrokenPool::unwind(std::uint64_t user_address, std::uint64_t pages) {
  if (is(Variant::kUnwindWithoutRelease)) return;
  if (is(Variant::kUnwindOnePageShort)) --pages;
  if (is(Variant::kUnwindElsewhere)) user_address += map_->page_bytes();
  map_->release(user_address, PageCount{pages});
}

inline int BrokenPool::grow(std::uint64_t size) {
  const std::uint64_t page = map_->page_bytes();
  const std::uint64_t exact =
      is(Variant::kCountsPagesOf4KiB) ? (size + 4095) / 4096 : (size + page - 1) / page;
  std::uint64_t pages = std::max<std::uint64_t>(4, exact);
  if (is(Variant::kTagsChunks)) pages = std::max(pages, (size + 8 + page - 1) / page);
  std::uint64_t guards = is(Variant::kGuardPage) ? 1 : 0;
  if (is(Variant::kGuardFor16Pages)) guards = (pages + 15) / 16;
  if (is(Variant::kGuardOfRunsSize)) guards = pages;
  pages += guards;
  if (is(Variant::kGrowsByEight)) pages = std::max<std::uint64_t>(8, exact);
  if (is(Variant::kGrowsGeometrically))
    pages = std::max(pages, std::min<std::uint64_t>(2 * growth_, 64));
  if (is(Variant::kRefusesWithoutAsking) && newest_ != nullptr) return -ENOMEM;
  if (is(Variant::kStaysRefused) && failed_) return -ENOMEM;
  if (is(Variant::kClaimsWithFlag))
    return map_->claim({.pages = PageCount{pages}, .flags = 1}) != 0 ? 0 : -ENOMEM;
  const std::uint64_t user_address = claim(&pages, exact);
  if (user_address == 0) return -ENOMEM;
  if (is(Variant::kClaimsTwice)) map_->claim({.pages = PageCount{pages}});
  const std::uint64_t bytes = (pages - guards) * page;
  const std::uint64_t address = map_->kernel_base() + (user_address & 0xffffffff);
  const bool guarded = !is(Variant::kNoOverlapGuard);
  int error = guarded && overlaps(address, pages * page) ? -EBUSY : 0;
  if (error == 0) error = add(address, bytes);
  if (is(Variant::kIgnoresFailedAdd))
    for (int i = 1; i < failed_add_tries && error != 0; ++i) error = add(address, bytes);
  if (error != 0) unwind(user_address, pages);
  if (error == 0) growth_ = pages;
  return is(Variant::kIgnoresFailedAdd) ? 0 : error;
}

// The first granule of the hole that this variant takes, or chunk.granules.
inline std::uint64_t BrokenPool::find_hole(Chunk& chunk, std::uint64_t from,
                                           std::uint64_t count) const {
  const atomics::Word* words = chunk.words();
  const std::uint64_t end = chunk.granules;
  const bool large = is(Variant::kAlignsLarge) && count >= 256;
  if (is(Variant::kAligns64) || large) {
    const std::uint64_t step = large ? 256 : 8;
    for (std::uint64_t at = bitmap::find_clear(words, end, from); at < end;) {
      const std::uint64_t first = (at + step - 1) / step * step;
      const std::uint64_t stop = bitmap::find_set(words, end, at);
      if (first < stop && stop - first >= count) return first;
      at = bitmap::find_clear(words, end, stop);
    }
    return end;
  }
  if (!is(Variant::kBestFit) && !is(Variant::kMovesBlocks))
    return bitmap::find_clear_run(words, end, from, count);
  std::uint64_t best = end;
  std::uint64_t least = ~std::uint64_t{0};
  for (std::uint64_t at = bitmap::find_clear(words, end, from); at < end;) {
    const std::uint64_t stop = bitmap::find_set(words, end, at);
    if (stop - at >= count && is(Variant::kMovesBlocks)) best = stop - count;
    if (stop - at >= count && is(Variant::kBestFit) && stop - at < least) {
      least = stop - at;
      best = at;
    }
    at = bitmap::find_clear(words, end, stop);
  }
  return best;
}

inline std::uint64_t BrokenPool::alloc_from(Chunk& chunk, std::uint64_t size) {
  const std::uint64_t granules = granules_for(size);
  std::uint64_t from = 0;
  while (true) {
    from = find_hole(chunk, from, granules);
    if (from >= chunk.granules) return 0;
    const std::uint64_t missing = bitmap::set_run(chunk.words(), from, granules);
    if (missing == 0) break;
    if (bitmap::clear_run(chunk.words(), from, granules - missing) != 0)
      bug(BugSite::kAllocRollback);
  }
  if (!is(Variant::kAvailNotReduced)) chunk.avail.fetch_sub(granules << order_);
  return chunk.start + (from << order_);
}

inline std::uint64_t BrokenPool::pool_alloc(std::uint64_t size) {
  if (size == 0) return 0;
  RcuReadSection read_section;
  if (is(Variant::kSleepsInReadSection) && newest_ == nullptr) grow(size);
  std::uint64_t found = 0;
  Chunk* oldest = nullptr;  // with room
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next) {
    atomics::step(1);
    if (size > atomics::load(chunk->avail)) continue;
    if (is(Variant::kOldestChunkFirst)) {
      if (find_hole(*chunk, 0, granules_for(size)) < chunk->granules) oldest = chunk;
      continue;
    }
    found = alloc_from(*chunk, size);
    if (found != 0) break;
  }
  return oldest == nullptr ? found : alloc_from(*oldest, size);
}

// What is wrong with an address that is about to be returned.
inline std::uint64_t BrokenPool::spoil(std::uint64_t address, std::uint64_t size) {
  if (is(Variant::kMisaligned)) return address + 4;
  if (is(Variant::kOutside)) return newest_->end + 1;
  if (is(Variant::kPastChunkEnd)) return newest_->end + 1 - (size - 1) / 8 * 8;
  if (is(Variant::kSameAddressTwice) && last_address_ != 0) return last_address_;
  if (is(Variant::kWritesBlocks) || is(Variant::kWritesNeighbours)) {
    auto* block = reinterpret_cast<unsigned char*>(static_cast<std::uintptr_t>(address));
    for (std::uint64_t i = 0; i < (is(Variant::kWritesBlocks) ? size : (size + 15) / 8 * 8); ++i)
      block[i] = 0;
  }
  if (is(Variant::kTouchesArena)) {
    auto* memory = reinterpret_cast<volatile char*>(static_cast<std::uintptr_t>(newest_->end + 1));
    *memory = 1;
  }
  last_address_ = address;
  return address;
}

inline std::uint64_t BrokenPool::alloc(std::uint64_t size) {
  if (object_ == nullptr && is(Variant::kMadeAtFirstAlloc) && map_ != nullptr && size != 0) make();
  if (object_ == nullptr) return 0;
  if (size == 0 && is(Variant::kGivesZeroSizePtr)) return 16;
  if (size == 0 && is(Variant::kWarnsOfSizeZero)) warn("pool_alloc", "!size");
  if (size >= std::uint64_t{1} << 32 && is(Variant::kRefuses4GiB)) return 0;
  if (size == 0 && !is(Variant::kNoSizeZeroGuard)) return 0;
  if (size > std::uint64_t{1} << 32 && !is(Variant::kNoHugeSizeGuard)) return 0;
  while (is(Variant::kSearchesForever)) atomics::step(1);
  if (is(Variant::kRefusesThoughHoleFits) && newest_ != nullptr) return 0;
  if (is(Variant::kClaimsThoughHoleFits) && grow(size) != 0) return 0;
  if (is(Variant::kIgnoresFailedAdd))
    for (int i = 0; i < failed_add_lead; ++i) metadata_->allocate(MetadataSite::kVzalloc, 64);
  for (int tries = 0;; ++tries) {
    const std::uint64_t address = pool_alloc(size);
    if (address != 0 && is(Variant::kGrowsAhead) && is_nearly_full()) grow(1);
    if (address != 0) return spoil(address, size);
    if (is(Variant::kSingleRetry) && tries == 1) return 0;
    if (grow(size) == 0) {
      if (is(Variant::kGrowsTwice)) grow(1);
      continue;
    }
    failed_ = true;
    return 0;
  }
}

inline void BrokenPool::pool_free(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t granules = granules_for(size);
  RcuReadSection read_section;
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next) {
    atomics::step(1);
    if (address < chunk->start || address > chunk->end) continue;
    if (address + size - 1 > chunk->end) bug(BugSite::kFreePastEnd);
    const std::uint64_t first = (address - chunk->start) >> order_;
    if (bitmap::clear_run(chunk->words(), first, granules) != 0) bug(BugSite::kFreeNotAllocated);
    if (is(Variant::kSpoilsOnce) && std::exchange(spoils_next_free, false))
      chunk->words()[first / 64 + 1].store(1);
    if (is(Variant::kFreesNeighbouringWord)) chunk->words()[first / 64 + 1].store(0);
    if (!is(Variant::kAvailNotRestored)) chunk->avail.fetch_add(granules << order_);
    return;
  }
  bug(BugSite::kFreeNoChunk);
}

class BrokenBackend final : public Backend {
 public:
  explicit BrokenBackend(Variant variant) : variant_(variant) {}
  const char* name() const override { return "broken"; }
  bool books_are_measured() const override { return true; }
  void bind(MetadataSource& metadata) override {
    real_.bind(metadata);
    for (int i = 0; i < limits::kMaxSchedulers; ++i) pools_.emplace_back(variant_, metadata);
  }
  PoolPort& pool(int scheduler) override { return pools_[static_cast<std::size_t>(scheduler)]; }
  GenPoolPort& gen_pool() override { return real_.gen_pool(); }
  void forget() override {
    real_.forget();
    for (BrokenPool& pool : pools_) pool.forget();
  }

 private:
  Variant variant_;
  CppBackend real_;
  std::deque<BrokenPool> pools_;
};

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_HARNESS_BROKEN_POOL_H_
