// SPDX-License-Identifier: GPL-2.0-only
//
// The arena pool: a gen_pool that grows on demand out of an arena's pages.
//
//   alloc ---> gen_pool alloc --- gives a block --------------------------> block
//                |nothing
//                +--> grow: claim max(4, ceil(size / page)) pages (F2) --X-> NULL
//                              |granted
//                              +--> gen_pool add: vzalloc (F3) --X--> release those pages --> NULL
//                                        |added: try again
//
// Invariants (who keeps each)
//   1. a failed alloc leaves the pool and the claimed pages as they were           (grow)
//   2. pages claimed by the pool = sum of its chunks, until the map's teardown     (grow, destroy)
//   3. destroy gives back all metadata and no pages                                (destroy)
//   4. no two chunks overlap, whatever the neighbours do to the map's pages        (grow)
//
// Where it deliberately differs from the reviewed C code (docs/arena_pool.md, The arena pool):
// sizes 0 and above 4 GiB are refused without a seam call; a second init returns -EBUSY; a claimed
// run that overlaps a live chunk is given back and the growth fails.
//
// Ownership Borrows the map and the metadata source; both outlive the pool.
// Units     bytes; addresses are the kernel's.
// Errors    init: -ENOMEM, -EBUSY. alloc: 0.
// Threads   alloc and free from any thread; init and destroy exclusive.
// Source    scx_arena_pool_init, scx_arena_grow, scx_arena_alloc, scx_arena_free,
//           scx_arena_pool_destroy; docs/arena_pool.md.
#ifndef ARENAFUZZ_SRC_POOL_ARENA_POOL_H_
#define ARENAFUZZ_SRC_POOL_ARENA_POOL_H_

#include <cstdint>

#include "src/pool/gen_pool.h"
#include "src/pool/seams.h"

namespace arenafuzz {

class ArenaPool final : public PoolPort {
 public:
  static constexpr int kGranuleOrder = 3;
  static constexpr std::uint64_t kMinGrowthPages = 4;  // whatever the page size
  static constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 32;

  explicit ArenaPool(MetadataSource& metadata) : metadata_(&metadata) {}

  int init(PageSource* map) override;
  void destroy() override;
  std::uint64_t alloc(std::uint64_t size) override;
  void free(std::uint64_t address, std::uint64_t size) override;

  bool exists() const override { return pool_ != nullptr; }
  bool newest_chunk(ChunkView* view) const override;
  void for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                      void* context) const override;
  int granule_order() const override { return kGranuleOrder; }

  // Drops the pool without touching its metadata: after a BUG its state means nothing.
  void forget() { pool_ = nullptr; }

 private:
  int grow(std::uint64_t pages);

  MetadataSource* metadata_;
  PageSource* map_ = nullptr;
  GenPool* pool_ = nullptr;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_ARENA_POOL_H_
