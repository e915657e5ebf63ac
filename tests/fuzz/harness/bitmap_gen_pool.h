// SPDX-License-Identifier: GPL-2.0-only
//
// A gen_pool as plain as can be, with every policy: one granule after the other, each looked up by
// itself, no word at a time. What it does was written from spec section 2 and fine print 11 alone,
// and it warns where the kernel does.
//
//   chunk in vzalloc's memory: header of 56 bytes, then one bit a granule
#ifndef ARENAFUZZ_TESTS_FUZZ_HARNESS_BITMAP_GEN_POOL_H_
#define ARENAFUZZ_TESTS_FUZZ_HARNESS_BITMAP_GEN_POOL_H_

#include <cerrno>
#include <cstdint>
#include <functional>
#include <optional>

#include "fuzz/harness/backend.h"
#include "fuzz/harness/cpp_backend.h"
#include "src/pool/bug.h"

namespace arenafuzz::testing {

class BitmapGenPool : public GenPoolPort {
 public:
  explicit BitmapGenPool(MetadataSource& metadata) : metadata_(&metadata) {}

  bool create(int granule_order) override {
    order_ = granule_order;
    object_ = metadata_->allocate(MetadataSite::kKmalloc, 56);
    newest_ = nullptr;
    return object_ != nullptr;
  }
  int add(std::uint64_t start, std::uint64_t size) override;
  std::uint64_t alloc(std::uint64_t size, AllocPolicy policy, std::uint32_t data) override;
  bool supports(AllocPolicy) const override { return true; }
  void free(std::uint64_t address, std::uint64_t size) override;
  bool has_addr(std::uint64_t start, std::uint64_t size) override {
    const std::uint64_t end = start + size - 1;
    for (const Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
      if (start >= chunk->start && start <= chunk->end && end <= chunk->end) return true;
    return false;
  }
  std::uint64_t avail() override {
    std::uint64_t sum = 0;
    for (const Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
      sum += atomics::load(chunk->avail);
    return sum;
  }
  std::uint64_t size() override {
    std::uint64_t sum = 0;
    for (const Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
      sum += chunk->end - chunk->start + 1;
    return sum;
  }
  void destroy() override;
  bool exists() const override { return object_ != nullptr; }
  bool newest_chunk(ChunkView* view) const override {
    if (newest_ == nullptr) return false;
    *view = view_of(*newest_);
    return true;
  }
  void for_each_chunk(void (*visit)(void*, const ChunkView&), void* context) const override {
    for (const Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next)
      visit(context, view_of(*chunk));
  }
  void forget() {
    object_ = nullptr;
    newest_ = nullptr;
  }

 protected:
  struct Chunk {
    alignas(8) Chunk* next;
    alignas(8) atomics::Word avail;
    std::uint64_t start;
    std::uint64_t end;  // inclusive
    std::uint64_t granules;
    std::uint64_t reserved[2];
    atomics::Word* words() { return reinterpret_cast<atomics::Word*>(this + 1); }
    const atomics::Word* words() const { return reinterpret_cast<const atomics::Word*>(this + 1); }
    bool taken(std::uint64_t granule) const {
      return (atomics::load(words()[granule / 64]) >> (granule % 64) & 1) != 0;
    }
    void change(std::uint64_t granule) {
      words()[granule / 64].fetch_xor(std::uint64_t{1} << (granule % 64));
    }
  };
  static_assert(sizeof(Chunk) == 56);
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  static ChunkView view_of(const Chunk& chunk) {
    return {chunk.start, chunk.end, &chunk.avail, chunk.words(), chunk.granules};
  }
  std::uint64_t granule() const { return std::uint64_t{1} << order_; }
  std::uint64_t granules_for(std::uint64_t size) const {
    return (size + granule() - 1) / granule();
  }
  // Where a block of `count` granules goes in this chunk, or kNone.
  virtual std::uint64_t find(const Chunk& chunk, std::uint64_t count, AllocPolicy policy,
                             std::uint32_t data) const;
  bool fits(const Chunk& chunk, std::uint64_t first, std::uint64_t count) const {
    if (first + count > chunk.granules) return false;
    for (std::uint64_t i = 0; i < count; ++i)
      if (chunk.taken(first + i)) return false;
    return true;
  }
  std::uint64_t find_best(const Chunk& chunk, std::uint64_t count) const;

  MetadataSource* metadata_;
  int order_ = 3;
  void* object_ = nullptr;
  Chunk* newest_ = nullptr;
};

inline int BitmapGenPool::add(std::uint64_t start, std::uint64_t size) {
  const std::uint64_t granules = size / granule();
  void* memory = metadata_->allocate(MetadataSite::kVzalloc, 56 + (granules + 63) / 64 * 8);
  if (memory == nullptr) return -ENOMEM;
  auto* chunk = static_cast<Chunk*>(memory);
  chunk->next = newest_;
  chunk->avail.store(size);
  chunk->start = start;
  chunk->end = start + size - 1;
  chunk->granules = granules;
  newest_ = chunk;
  return 0;
}

inline std::uint64_t BitmapGenPool::find_best(const Chunk& chunk, std::uint64_t count) const {
  std::uint64_t best = kNone;
  std::uint64_t least = kNone;
  std::uint64_t length = 0;
  for (std::uint64_t at = 0; at <= chunk.granules; ++at) {
    if (at < chunk.granules && !chunk.taken(at)) {
      ++length;
      continue;
    }
    if (length >= count && length < least) {
      least = length;
      best = at - length;
    }
    length = 0;
  }
  return best;
}

inline std::uint64_t BitmapGenPool::find(const Chunk& chunk, std::uint64_t count,
                                         AllocPolicy policy, std::uint32_t data) const {
  if (policy == AllocPolicy::kBestFit) return find_best(chunk, count);
  if (policy == AllocPolicy::kFixed) {
    if (data % granule() != 0) {
      warn("gen_pool_fixed_alloc", "fixed_data->offset & ((1UL << order) - 1)");
      return kNone;
    }
    return fits(chunk, data / granule(), count) ? data / granule() : kNone;
  }
  std::uint64_t mask = 0;
  std::uint64_t off = 0;
  if (policy == AllocPolicy::kAlign) {
    const std::uint64_t align = std::uint64_t{1} << data;
    mask = (align + granule() - 1) / granule() - 1;
    off = chunk.start % align / granule();
  } else if (policy == AllocPolicy::kOrderAlign) {
    std::uint64_t power = 1;
    while (power < count) power *= 2;
    mask = power - 1;
  }
  for (std::uint64_t first = 0; first + count <= chunk.granules; ++first)
    if (((first + off) & mask) == 0 && fits(chunk, first, count)) return first;
  return kNone;
}

inline std::uint64_t BitmapGenPool::alloc(std::uint64_t size, AllocPolicy policy,
                                          std::uint32_t data) {
  if (size == 0) return 0;
  const std::uint64_t count = granules_for(size);
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next) {
    if (size > atomics::load(chunk->avail)) continue;
    const std::uint64_t first = find(*chunk, count, policy, data);
    if (first == kNone) continue;
    for (std::uint64_t i = 0; i < count; ++i) chunk->change(first + i);
    chunk->avail.fetch_sub(count * granule());
    return chunk->start + first * granule();
  }
  return 0;
}

inline void BitmapGenPool::free(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t count = granules_for(size);
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next) {
    if (address < chunk->start || address > chunk->end) continue;
    if (address + size - 1 > chunk->end) bug(BugSite::kFreePastEnd);
    const std::uint64_t first = (address - chunk->start) / granule();
    for (std::uint64_t i = 0; i < count; ++i) {
      if (first + i >= chunk->granules || !chunk->taken(first + i)) bug(BugSite::kFreeNotAllocated);
      chunk->change(first + i);
    }
    chunk->avail.fetch_add(count * granule());
    return;
  }
  bug(BugSite::kFreeNoChunk);
}

inline void BitmapGenPool::destroy() {
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next) {
    for (std::uint64_t at = 0; at < chunk->granules;) {
      std::uint64_t stop = at;
      while (stop < chunk->granules && chunk->taken(stop)) ++stop;
      if (stop != at) free(chunk->start + at * granule(), (stop - at) * granule());
      at = stop + 1;
    }
  }
  for (Chunk* chunk = newest_; chunk != nullptr;) {
    Chunk* next = chunk->next;
    for (std::uint64_t at = 0; at < chunk->granules; ++at)
      if (chunk->taken(at)) bug(BugSite::kDestroyNotEmpty);
    metadata_->free(MetadataSite::kVzalloc, chunk);
    chunk = next;
  }
  metadata_->free(MetadataSite::kKmalloc, object_);
  forget();
}

// A backend whose gen_pool is of this class; the rest is our own.
template <typename Pool>
class GenPoolBackend final : public Backend {
 public:
  // What the pool takes besides its metadata.
  template <typename... Arguments>
  explicit GenPoolBackend(Arguments... arguments)
      : make_([=](GenPoolBackend& self, MetadataSource& metadata) {
          self.pool_.emplace(metadata, arguments...);
        }) {}
  const char* name() const override { return "gen_pool"; }
  void bind(MetadataSource& metadata) override {
    real_.bind(metadata);
    make_(*this, metadata);
  }
  PoolPort& pool(int scheduler) override { return real_.pool(scheduler); }
  GenPoolPort& gen_pool() override { return *pool_; }
  void forget() override {
    real_.forget();
    pool_->forget();
  }

 private:
  std::function<void(GenPoolBackend&, MetadataSource&)> make_;
  CppBackend real_;
  std::optional<Pool> pool_;
};

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_HARNESS_BITMAP_GEN_POOL_H_
