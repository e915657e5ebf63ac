// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/gen_pool.h"

#include <cerrno>
#include <new>

#include "src/pool/bitmap.h"
#include "src/pool/bug.h"

namespace arenafuzz {

// The bitmap follows the header in the same allocation.
struct GenPool::Chunk {
  alignas(8) Chunk* next;  // towards older chunks; fixed before the chunk is published
  alignas(8) atomics::Word avail;
  std::uint64_t start;
  std::uint64_t end;  // inclusive
  std::uint64_t granules;
  std::uint64_t size;
  std::uint64_t reserved;  // the kernel's header also has a physical address and an owner

  atomics::Word* words() { return reinterpret_cast<atomics::Word*>(this + 1); }
  const atomics::Word* words() const { return reinterpret_cast<const atomics::Word*>(this + 1); }
  // One comparison: the chunk walk is the pool's hottest loop.
  bool holds(std::uint64_t address) const { return address - start < size; }
};

namespace {

// ceil(size / granule) as the C code computes it, which wraps for the largest sizes
// (docs/arena_pool.md, Sums that wrap).
std::uint64_t granules_of(std::uint64_t size, int order) {
  return (size + ((std::uint64_t{1} << order) - 1)) >> order;
}

}  // namespace

std::uint64_t GenPool::granules_for(std::uint64_t size) const { return granules_of(size, order_); }

std::uint64_t GenPool::chunk_metadata_bytes(std::uint64_t size, int granule_order) {
  return kChunkHeaderBytes + 8 * bitmap::words_for(size >> granule_order);
}

GenPool* GenPool::create(int granule_order, MetadataSource& metadata) {
  void* memory = metadata.allocate(MetadataSite::kKmalloc, kObjectBytes);
  return memory == nullptr ? nullptr : new (memory) GenPool(granule_order, metadata);
}

void GenPool::destroy() {
  Chunk* chunk = newest_.load(std::memory_order_acquire);
  while (chunk != nullptr) {
    Chunk* next = chunk->next;
    const std::uint64_t end = chunk->granules;
    if (bitmap::find_set(chunk->words(), end, 0) < end) bug(BugSite::kDestroyNotEmpty);
    metadata_->free(MetadataSite::kVzalloc, chunk);
    chunk = next;
  }
  metadata_->free(MetadataSite::kKmalloc, this);
}

int GenPool::add(std::uint64_t start, std::uint64_t size, bool may_overlap) {
  static_assert(sizeof(Chunk) == kChunkHeaderBytes, "the header counts in what vzalloc is asked");
  // Checked before the metadata is allocated; under the lock only against what was added since.
  Chunk* seen = newest_.load(std::memory_order_acquire);
  if (!may_overlap && overlaps(start, size, seen, nullptr)) return -EBUSY;
  void* memory = metadata_->allocate(MetadataSite::kVzalloc, chunk_metadata_bytes(size, order_));
  if (memory == nullptr) return -ENOMEM;
  auto* chunk = static_cast<Chunk*>(memory);  // zeroed: no bit is set
  chunk->start = start;
  chunk->end = start + size - 1;
  chunk->granules = size >> order_;
  chunk->size = size;
  chunk->avail.store(size, std::memory_order_relaxed);
  lock_.lock();
  const bool refused =
      !may_overlap && overlaps(start, size, newest_.load(std::memory_order_relaxed), seen);
  if (!refused) {
    chunk->next = newest_.load(std::memory_order_relaxed);
    newest_.store(chunk, std::memory_order_release);  // readers see the chunk whole or not at all
  }
  lock_.unlock();
  if (refused) metadata_->free(MetadataSite::kVzalloc, chunk);
  return refused ? -EBUSY : 0;
}

// The address of a run in this chunk, or 0. After a collision the search goes on from the same
// granule and never lower (docs/arena_pool.md, gen_pool).
std::uint64_t GenPool::alloc_from(Chunk& chunk, std::uint64_t granules) {
  std::uint64_t from = 0;
  while (true) {
    from = bitmap::find_clear_run(chunk.words(), chunk.granules, from, granules);
    if (from >= chunk.granules) return 0;
    const std::uint64_t missing = bitmap::set_run(chunk.words(), from, granules);
    if (missing == 0) break;
    if (bitmap::clear_run(chunk.words(), from, granules - missing) != 0)
      bug(BugSite::kAllocRollback);
  }
  chunk.avail.fetch_sub(granules << order_, std::memory_order_relaxed);
  return chunk.start + (from << order_);
}

std::uint64_t GenPool::alloc(std::uint64_t size) {
  if (size == 0) return 0;
  const std::uint64_t granules = granules_for(size);
  RcuReadSection read_section;
  std::uint64_t visited = 0;
  std::uint64_t address = 0;
  for (Chunk* chunk = newest_.load(std::memory_order_acquire); chunk != nullptr && address == 0;
       chunk = chunk->next) {
    ++visited;
    if (size <= chunk->avail.load(std::memory_order_relaxed))
      address = alloc_from(*chunk, granules);
  }
  atomics::step(visited);
  return address;
}

void GenPool::free(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t granules = granules_for(size);
  RcuReadSection read_section;
  std::uint64_t visited = 1;
  Chunk* chunk = newest_.load(std::memory_order_acquire);
  for (; chunk != nullptr && !chunk->holds(address); chunk = chunk->next) ++visited;
  atomics::step(visited);
  if (chunk == nullptr) bug(BugSite::kFreeNoChunk);
  if (address + size - 1 > chunk->end) bug(BugSite::kFreePastEnd);
  const std::uint64_t first = (address - chunk->start) >> order_;
  if (bitmap::clear_run(chunk->words(), first, granules) != 0) bug(BugSite::kFreeNotAllocated);
  chunk->avail.fetch_add(granules << order_, std::memory_order_relaxed);
}

void GenPool::free_all() {
  for (Chunk* chunk = newest_.load(std::memory_order_acquire); chunk != nullptr;
       chunk = chunk->next) {
    atomics::step(1);
    const std::uint64_t end = chunk->granules;
    std::uint64_t at = bitmap::find_set(chunk->words(), end, 0);
    while (at < end) {
      const std::uint64_t stop = bitmap::find_clear(chunk->words(), end, at);
      free(chunk->start + (at << order_), (stop - at) << order_);
      // As for_each_set_bitrange: the granule that ended the run is not looked at again.
      at = bitmap::find_set(chunk->words(), end, stop + 1);
    }
  }
}

std::uint64_t GenPool::avail() const {
  std::uint64_t sum = 0;
  for (const Chunk* chunk = newest_.load(std::memory_order_acquire); chunk != nullptr;
       chunk = chunk->next)
    sum += chunk->avail.load(std::memory_order_relaxed);
  return sum;
}

std::uint64_t GenPool::size() const {
  std::uint64_t sum = 0;
  for (const Chunk* chunk = newest_.load(std::memory_order_acquire); chunk != nullptr;
       chunk = chunk->next)
    sum += chunk->end - chunk->start + 1;
  return sum;
}

bool GenPool::has_addr(std::uint64_t start, std::uint64_t size) const {
  const std::uint64_t end = start + size - 1;  // wraps as the C does
  for (const Chunk* chunk = newest_.load(std::memory_order_acquire); chunk != nullptr;
       chunk = chunk->next)
    if (start >= chunk->start && start <= chunk->end && end <= chunk->end) return true;
  return false;
}

bool GenPool::overlaps(std::uint64_t start, std::uint64_t size) const {
  return overlaps(start, size, newest_.load(std::memory_order_acquire), nullptr);
}

bool GenPool::overlaps(std::uint64_t start, std::uint64_t size, const Chunk* from,
                       const Chunk* to) {
  for (const Chunk* chunk = from; chunk != to; chunk = chunk->next)
    if (start <= chunk->end && start + size - 1 >= chunk->start) return true;
  return false;
}

ChunkView GenPool::view_of(const Chunk& chunk) const {
  return {chunk.start, chunk.end, &chunk.avail, chunk.words(), chunk.granules};
}

bool GenPool::newest_chunk(ChunkView* view) const {
  const Chunk* chunk = newest_.load(std::memory_order_acquire);
  if (chunk == nullptr) return false;
  *view = view_of(*chunk);
  return true;
}

void GenPool::for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                             void* context) const {
  for (const Chunk* chunk = newest_.load(std::memory_order_acquire); chunk != nullptr;
       chunk = chunk->next)
    visit(context, view_of(*chunk));
}

}  // namespace arenafuzz
