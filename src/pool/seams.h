// SPDX-License-Identifier: GPL-2.0-only
//
// The seams between the pool and the world: pages, metadata, and what a scheduler calls.
//
//      Scheduler --PoolPort--> pool --PageSource----> arena map      (F2 page claim)
//                               |
//                               +---MetadataSource--> kmalloc (F1), vzalloc (F3)
//
// Decorators around these classes inject faults and record calls; the pool never knows.
// Errors are negative errno values as in the kernel; an address of 0 means "none" (no arena ever
// has address 0).
#ifndef ARENAFUZZ_SRC_POOL_SEAMS_H_
#define ARENAFUZZ_SRC_POOL_SEAMS_H_

#include <cstddef>
#include <cstdint>

#include "src/pool/atomics.h"

namespace arenafuzz {

// A number of pages of the arena's page size (4, 16 or 64 KiB): never bytes, never granules.
struct PageCount {
  std::uint64_t value = 0;
  friend bool operator==(PageCount, PageCount) = default;
};

inline constexpr int kNoNode = -1;  // NUMA_NO_NODE

struct ClaimRequest {
  PageCount pages;
  std::uint64_t hint = 0;  // user address to claim at, or 0: anywhere
  int node = kNoNode;
  std::uint64_t flags = 0;  // none is defined: any bit set is refused
};

// Where pages come from: the BPF arena's kernel-side interface.
// Threads: every function may be called from any thread.
// Source: bpf_arena_alloc_pages_sleepable, bpf_arena_free_pages_non_sleepable,
//         bpf_arena_map_kern_vm_start.
class PageSource {
 public:
  virtual ~PageSource() = default;

  // A contiguous run of zeroed pages: its user address, or 0. All or nothing. May sleep.
  virtual std::uint64_t claim(const ClaimRequest& request) = 0;

  // Gives pages back, whoever holds them; never sleeps. `user_address` is what claim returned.
  virtual void release(std::uint64_t user_address, PageCount pages) = 0;

  // A page with user address u is seen by the kernel at kernel_base() + (low 32 bits of u).
  virtual std::uint64_t kernel_base() const = 0;

  // Bytes per page.
  virtual std::uint64_t page_bytes() const = 0;
};

enum class MetadataSite : std::uint8_t {
  kKmalloc,  // F1: the pool object, at create
  kVzalloc,  // F3: chunk header and bitmap, at add; zeroed
  kSpan,     // F4: the deferred release's span record
  kRelease,  // F5: the free-space record of a release
};
inline constexpr int kMetadataSiteCount = 4;

// What a pointer is to a MetadataSource, asked for one site.
enum class BlockState : std::uint8_t {
  kLive,       // allocated at that site
  kOtherSite,  // allocated at another one
  kFreed,
  kForeign,  // never given out
};

// Where the pool's own records live. Threads: from any thread.
class MetadataSource {
 public:
  virtual ~MetadataSource() = default;

  // `bytes` bytes aligned to 8, or nullptr. kVzalloc gives zeroed memory. kKmalloc and kVzalloc may
  // sleep, the other two do not.
  virtual void* allocate(MetadataSite site, std::size_t bytes) = 0;

  // Takes back what allocate(site, ...) gave. REQUIRES: not nullptr, not freed before.
  virtual void free(MetadataSite site, void* memory) = 0;

  // For observers: what `memory` is. Not optional: a decorator that forgot it would make kvfree()
  // guess wrong. Sources that keep no books say kLive.
  virtual BlockState look_up(MetadataSite site, const void* memory) const = 0;
};

// One chunk as an observer sees it. The pointers stay valid until the pool is destroyed.
struct ChunkView {
  std::uint64_t start = 0;               // kernel address of its first byte
  std::uint64_t end = 0;                 // kernel address of its last byte: inclusive
  const atomics::Word* avail = nullptr;  // bytes not allocated; nullptr: in another form
  const atomics::Word* words = nullptr;  // bit 1 = allocated
  std::uint64_t granules = 0;            // bits that count, lowest first
};

// What a scheduler calls. Implemented by ArenaPool and by the kernel's own C files.
// Threads: alloc and free from any thread; init and destroy exclusive.
// Source: scx_arena_pool_init, scx_arena_alloc, scx_arena_free, scx_arena_pool_destroy.
class PoolPort {
 public:
  virtual ~PoolPort() = default;

  // No map: 0 and no pool. -ENOMEM when the pool object cannot be allocated.
  virtual int init(PageSource* map) = 0;
  // Nothing without a pool. Metadata is freed, pages stay with the map.
  virtual void destroy() = 0;
  // The block's kernel address, aligned to 8 bytes, or 0. May sleep.
  virtual std::uint64_t alloc(std::uint64_t size) = 0;
  // Nothing without a pool or for address 0. `size` must be what alloc was given.
  virtual void free(std::uint64_t address, std::uint64_t size) = 0;

  virtual bool exists() const = 0;
  // The head of the chunk list; false when there is no chunk.
  virtual bool newest_chunk(ChunkView* view) const = 0;
  // Calls `visit` for each chunk, newest first.
  virtual void for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                              void* context) const = 0;
  // log2 of the granule's bytes.
  virtual int granule_order() const = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_SEAMS_H_
