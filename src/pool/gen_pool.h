// SPDX-License-Identifier: GPL-2.0-only
//
// A general-purpose allocator of address ranges: a list of chunks, each with its own bitmap.
//
//   GenPool --newest--> Chunk C --> Chunk B --> Chunk A --> null
//                       start,end   each: 56 bytes of header, then one bit per granule
//
//   Worked example, granule 8 bytes: a chunk of four 4 KiB pages has 2048 granules, so its
//   metadata is 56 + 2048/8 = 312 bytes. alloc(13) takes ceil(13/8) = 2 granules: the lowest run
//   of two clear bits in the newest chunk that has one.
//
// Invariants (who keeps each)
//   1. bit set <=> granule allocated, or being taken or rolled back          (alloc, free)
//   2. at rest, sum of avail = granule bytes x clear bits                    (alloc, free)
//   3. a chunk never moves, shrinks, merges or leaves before destroy         (add, destroy)
//   4. a block lies in one chunk, at the lowest run of the newest chunk that has one  (alloc)
//   5. the managed memory itself is never read or written                    (all)
//
// Ownership The pool object and the chunks live in the MetadataSource's memory.
// Units     addresses and sizes in bytes, 64-bit on every build; sums are modulo 2^64.
// Errors    add: -ENOMEM. Misuse of free and destroy: bug().
// Threads   alloc, free, add, has_addr and the sums from any thread at once; create and destroy
//           exclusive.
// Source    lib/genalloc.c of Linux 6.12; docs/arena_pool.md.
#ifndef ARENAFUZZ_SRC_POOL_GEN_POOL_H_
#define ARENAFUZZ_SRC_POOL_GEN_POOL_H_

#include <atomic>
#include <cstdint>

#include "src/pool/context.h"
#include "src/pool/seams.h"

namespace arenafuzz {

class GenPool {
 public:
  // One kmalloc of kObjectBytes; nullptr if it fails. REQUIRES: 0 <= granule_order < 64.
  static GenPool* create(int granule_order, MetadataSource& metadata);
  static constexpr std::uint64_t kObjectBytes = 56;
  static constexpr std::uint64_t kChunkHeaderBytes = 56;
  // What add() asks of vzalloc for `size` bytes of addresses.
  static std::uint64_t chunk_metadata_bytes(std::uint64_t size, int granule_order);

  // BUG if a granule is still allocated. Frees all metadata and the object itself.
  void destroy();

  // Adds [start, start + size) as the newest chunk: 0, or -ENOMEM with the pool untouched.
  int add(std::uint64_t start, std::uint64_t size) { return add(start, size, true); }
  // The same, but -EBUSY if it overlaps a chunk, also one that is added at this moment.
  int add_disjoint(std::uint64_t start, std::uint64_t size) { return add(start, size, false); }

  // The block's address; 0 for size 0 or when no chunk has room.
  std::uint64_t alloc(std::uint64_t size);

  // BUG: no chunk, past the chunk's end, or a granule that is not allocated.
  void free(std::uint64_t address, std::uint64_t size);

  // Frees every run of allocated granules of every chunk, by address, newest chunk first.
  void free_all();

  std::uint64_t avail() const;
  std::uint64_t size() const;
  // True if one chunk holds all of [start, start + size).
  bool has_addr(std::uint64_t start, std::uint64_t size) const;
  // True if some byte of [start, start + size) lies in a chunk. REQUIRES: size > 0, no wrap.
  bool overlaps(std::uint64_t start, std::uint64_t size) const;

  int granule_order() const { return order_; }
  bool newest_chunk(ChunkView* view) const;
  void for_each_chunk(void (*visit)(void* context, const ChunkView& view), void* context) const;

 private:
  struct Chunk;

  GenPool(int granule_order, MetadataSource& metadata)
      : metadata_(&metadata), order_(granule_order) {}

  int add(std::uint64_t start, std::uint64_t size, bool may_overlap);
  // Looks at the chunks from `from` on, towards older ones, before `to`.
  static bool overlaps(std::uint64_t start, std::uint64_t size, const Chunk* from, const Chunk* to);
  std::uint64_t granules_for(std::uint64_t size) const;
  static std::uint64_t chunk_granules(const Chunk& chunk, int order);
  std::uint64_t alloc_from(Chunk& chunk, std::uint64_t granules);
  ChunkView view_of(const Chunk& chunk) const;

  alignas(8) std::atomic<Chunk*> newest_{nullptr};
  alignas(8) MetadataSource* metadata_;
  alignas(8) SpinLock lock_;  // orders writers of newest_; readers take none
  std::int32_t order_;
};
static_assert(sizeof(GenPool) <= GenPool::kObjectBytes, "the object fits what create() asks for");

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_GEN_POOL_H_
