// SPDX-License-Identifier: GPL-2.0-only
//
// A scheduler's pool as a kernel tree's own files implement it.
//
//   Scheduler --PoolPort--> KernelPool --arena_glue.c--> scx_arena_alloc ... of the tree
//
// Ownership The tree's state is static, one per scheduler; its metadata is the bound source's.
// Units     as PoolPort.
// Errors    as PoolPort; BUG through bug().
// Threads   as PoolPort.
// Source    src/kernel/arena_glue.h, gen_pool_glue.h.
#ifndef ARENAFUZZ_SRC_KERNEL_KERNEL_POOL_H_
#define ARENAFUZZ_SRC_KERNEL_KERNEL_POOL_H_

#include "src/kernel/arena_glue.h"
#include "src/kernel/gen_pool_glue.h"
#include "src/pool/seams.h"

namespace arenafuzz {

// Chunks of a gen_pool of the tree, newest first.
bool first_kernel_chunk(const gen_pool* pool, ChunkView* view);
void for_each_kernel_chunk(const gen_pool* pool, void (*visit)(void*, const ChunkView&),
                           void* context);

class KernelPool final : public PoolPort {
 public:
  // REQUIRES: scheduler < ARENAFUZZ_ARENA_SCHEDULERS.
  explicit KernelPool(int scheduler) : scheduler_(scheduler) {}

  int init(PageSource* map) override;
  void destroy() override { arenafuzz_arena_destroy(scheduler_); }
  std::uint64_t alloc(std::uint64_t size) override;
  void free(std::uint64_t address, std::uint64_t size) override;
  bool exists() const override { return pool() != nullptr; }
  bool newest_chunk(ChunkView* view) const override;
  void for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                      void* context) const override;
  int granule_order() const override {
    return hidden_ || !exists() ? 3 : arenafuzz_gen_pool_order(pool());
  }
  // What the scheduler calls its pool is a gen_pool, by what `readable` lets see of it.
  bool is_gen_pool(bool (*readable)(const void* context, const void* from, std::size_t bytes),
                   const void* context) const;
  // It is not one: it shows no chunks from now on.
  void hide_chunks() { hidden_ = true; }

  // Drops the pool without a call into the tree.
  void forget() { arenafuzz_arena_forget(scheduler_); }

 private:
  gen_pool* pool() const { return arenafuzz_arena_gen_pool(scheduler_); }

  int scheduler_;
  bool hidden_ = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_KERNEL_KERNEL_POOL_H_
