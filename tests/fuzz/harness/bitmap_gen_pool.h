// SPDX-License-Identifier: GPL-2.0-only
//
// A gen_pool as plain as can be, with every policy and function: one granule after the other, each
// looked up by itself; only what is changed goes a word at a time, as peers race for words. It
// warns where the kernel does.
//
//   chunk in vzalloc's memory: header of 56 bytes, then one bit a granule
#ifndef ARENAFUZZ_TESTS_FUZZ_HARNESS_BITMAP_GEN_POOL_H_
#define ARENAFUZZ_TESTS_FUZZ_HARNESS_BITMAP_GEN_POOL_H_

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/harness/backends/cpp_backend.h"
#include "src/pool/bug.h"

namespace arenafuzz::testing {

class BitmapGenPool : public GenPoolPort {
 public:
  explicit BitmapGenPool(MetadataSource& metadata) : metadata_(&metadata) {}

  bool create(int granule_order) override {
    order_ = granule_order;
    object_ = metadata_->allocate(MetadataSite::kKmalloc, 56);
    newest_ = nullptr;
    own_ = {};
    return object_ != nullptr;
  }
  bool has(GenFeature) const override { return true; }
  int add(std::uint64_t start, std::uint64_t size) override;
  int add_chunk(const GenChunk& added) override {
    const int result = add(added.start, added.size);
    if (result != 0) return result;
    newest_->physical = added.has_physical ? added.physical : kNone;
    newest_->owner = added.owner;
    return 0;
  }
  GenBlock alloc_through(const GenRequest& request) override;
  std::uint64_t free_owner(std::uint64_t address, std::uint64_t size) override {
    free(address, size);
    return chunk_of(address)->owner;
  }
  void set_algo(AllocPolicy policy, std::uint32_t data, bool by_default) override {
    own_ = by_default ? Own{} : Own{policy, data};
  }
  std::uint64_t virt_to_phys(std::uint64_t address) override {
    const Chunk* chunk = chunk_of(address);
    return chunk == nullptr ? kNone : chunk->physical + (address - chunk->start);
  }
  GenManaged managed(int granule_order, bool named) override;
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
  void destroy_as_is() override;
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
    std::uint64_t physical;
    std::uint64_t owner;
    atomics::Word* words() { return reinterpret_cast<atomics::Word*>(this + 1); }
    const atomics::Word* words() const { return reinterpret_cast<const atomics::Word*>(this + 1); }
    bool taken(std::uint64_t granule) const {
      return (atomics::load(words()[granule / 64]) >> (granule % 64) & 1) != 0;
    }
    bool holds(std::uint64_t address) const { return address >= start && address <= end; }
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
  // After a lost race: at granule `from` or above.
  virtual std::uint64_t find(const Chunk& chunk, std::uint64_t count, AllocPolicy policy,
                             std::uint32_t data, std::uint64_t from) const;
  Chunk* chunk_of(std::uint64_t address) const {
    Chunk* chunk = newest_;
    while (chunk != nullptr && !chunk->holds(address)) chunk = chunk->next;
    return chunk;
  }
  // A word at a time, each all or not at all; how many granules were changed before one was not.
  virtual std::uint64_t change_run(Chunk& chunk, std::uint64_t first, std::uint64_t count,
                                   bool take);
  bool fits(const Chunk& chunk, std::uint64_t first, std::uint64_t count) const {
    if (first + count > chunk.granules) return false;
    for (std::uint64_t i = 0; i < count; ++i)
      if (chunk.taken(first + i)) return false;
    return true;
  }
  std::uint64_t find_best(const Chunk& chunk, std::uint64_t count, std::uint64_t from) const;

  struct Own {
    AllocPolicy policy = AllocPolicy::kFirstFit;
    std::uint32_t data = 0;
  };
  Own own_;
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

inline std::uint64_t BitmapGenPool::find_best(const Chunk& chunk, std::uint64_t count,
                                              std::uint64_t from) const {
  std::uint64_t best = kNone;
  std::uint64_t least = kNone;
  std::uint64_t length = 0;
  for (std::uint64_t at = from; at <= chunk.granules; ++at) {
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
                                         AllocPolicy policy, std::uint32_t data,
                                         std::uint64_t from) const {
  if (policy == AllocPolicy::kBestFit) return find_best(chunk, count, from);
  if (policy == AllocPolicy::kFixed) {
    if (data % granule() != 0) {
      warn("gen_pool_fixed_alloc", "fixed_data->offset & ((1UL << order) - 1)");
      return kNone;
    }
    return from == 0 && fits(chunk, data / granule(), count) ? data / granule() : kNone;
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
  for (std::uint64_t first = from; first + count <= chunk.granules; ++first)
    if (((first + off) & mask) == 0 && fits(chunk, first, count)) return first;
  return kNone;
}

inline std::uint64_t BitmapGenPool::change_run(Chunk& chunk, std::uint64_t first,
                                               std::uint64_t count, bool take) {
  for (std::uint64_t done = 0; done < count;) {
    const std::uint64_t at = (first + done) / 64;
    const std::uint64_t shift = (first + done) % 64;
    const std::uint64_t some = std::min<std::uint64_t>(64 - shift, count - done);
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - some) << shift;
    if (at * 64 >= chunk.granules) return done;
    std::uint64_t bits = atomics::load(chunk.words()[at]);
    do {
      if ((bits & mask) != (take ? 0 : mask)) return done;
    } while (!atomics::compare_exchange(chunk.words()[at], bits, bits ^ mask));
    done += some;
  }
  return count;
}

inline std::uint64_t BitmapGenPool::alloc(std::uint64_t size, AllocPolicy policy,
                                          std::uint32_t data) {
  if (size == 0) return 0;
  if (policy == AllocPolicy::kFirstFit) {
    policy = own_.policy;
    data = own_.data;
  }
  const std::uint64_t count = granules_for(size);
  for (Chunk* chunk = newest_; chunk != nullptr; chunk = chunk->next) {
    if (size > atomics::load(chunk->avail)) continue;
    std::uint64_t first = 0;
    while ((first = find(*chunk, count, policy, data, first)) != kNone) {
      const std::uint64_t done = change_run(*chunk, first, count, true);
      if (done == count) {
        chunk->avail.fetch_sub(count * granule());
        return chunk->start + first * granule();
      }
      if (change_run(*chunk, first, done, false) != done) bug(BugSite::kAllocRollback);
    }
  }
  return 0;
}

inline GenBlock BitmapGenPool::alloc_through(const GenRequest& request) {
  GenBlock block;
  block.address = alloc(request.size, request.policy, request.policy_data);
  if (block.address == 0) return block;
  block.owner = chunk_of(block.address)->owner;
  block.physical = virt_to_phys(block.address);
  if (request.door == AllocDoor::kDmaZeroed)
    std::memset(reinterpret_cast<void*>(static_cast<std::uintptr_t>(block.address)), 0,
                request.size);
  return block;
}

// Its name if any, the device's record, the pool.
inline GenManaged BitmapGenPool::managed(int, bool named) {
  void* made[3] = {};
  GenManaged did{-ENOMEM, false, true, false, !named, -EINVAL};
  int count = 0;
  while (count < (named ? 3 : 2) &&
         (made[count] = metadata_->allocate(MetadataSite::kKmalloc, 8)) != nullptr)
    ++count;
  if (count == (named ? 3 : 2)) did.error = 0;
  while (count > 0) metadata_->free(MetadataSite::kKmalloc, made[--count]);
  return did;
}

inline void BitmapGenPool::free(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t count = granules_for(size);
  Chunk* chunk = chunk_of(address);
  if (chunk == nullptr) bug(BugSite::kFreeNoChunk);
  if (address + size - 1 > chunk->end) bug(BugSite::kFreePastEnd);
  if (change_run(*chunk, (address - chunk->start) / granule(), count, false) != count)
    bug(BugSite::kFreeNotAllocated);
  chunk->avail.fetch_add(count * granule());
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
  destroy_as_is();
}

inline void BitmapGenPool::destroy_as_is() {
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
