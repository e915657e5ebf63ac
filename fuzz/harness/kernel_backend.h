// SPDX-License-Identifier: GPL-2.0-only
//
// The backend "kernel": the C files of the kernel tree that this binary was compiled with.
// Whoever refers to it must link a tree (cmake/kernel_tree.cmake).
//
// A finding's rows name the tree and, from the backtrace of the BUG or of the last seam call, the
// lines of the tree's files:
//
//   where      gen_pool_add_owner lib/genalloc.c:196
//              scx_arena_grow kernel/sched/ext_arena.c:91
//   tree       v6.12-3-gabcdef, dirty
//              lib/genalloc.c sha256:0f3a...
//
// Ownership, errors and threads as Backend.
#ifndef ARENAFUZZ_FUZZ_HARNESS_KERNEL_BACKEND_H_
#define ARENAFUZZ_FUZZ_HARNESS_KERNEL_BACKEND_H_

#include <array>

#include "fuzz/harness/backend.h"
#include "fuzz/program/limits.h"
#include "src/kernel/kernel_pool.h"

namespace arenafuzz {

// The row `tree` of a report: its version, and the sha256 of each compiled file.
std::string kernel_tree_rows();

class KernelBackend final : public Backend {
 public:
  const char* name() const override { return "kernel"; }
  void bind(MetadataSource& metadata) override;
  PoolPort& pool(int scheduler) override { return pools_[static_cast<std::size_t>(scheduler)]; }
  GenPoolPort& gen_pool() override { return gen_pool_; }
  void forget() override;
  bool can_run(const Header& header, const char** why) const override;
  void set_page_bytes(std::uint64_t bytes) override;
  std::string report_rows(const Finding& finding) const override;
  std::string sources_line() const override;
  bool wants_backtraces() const override { return true; }
  bool changes_fail() const override { return false; }

 private:
  class TreeGenPool final : public GenPoolPort {
   public:
    bool create(int granule_order) override;
    int add(std::uint64_t start, std::uint64_t size) override;
    bool supports(AllocPolicy) const override { return true; }
    std::uint64_t alloc(std::uint64_t size, AllocPolicy policy, std::uint32_t data) override;
    void free(std::uint64_t address, std::uint64_t size) override;
    bool has_addr(std::uint64_t start, std::uint64_t size) override;
    std::uint64_t avail() override { return arenafuzz_gen_pool_avail(pool_); }
    std::uint64_t size() override { return arenafuzz_gen_pool_size(pool_); }
    void destroy() override;
    bool exists() const override { return pool_ != nullptr; }
    bool newest_chunk(ChunkView* view) const override { return first_kernel_chunk(pool_, view); }
    void for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                        void* context) const override;
    void forget() { pool_ = nullptr; }

   private:
    struct gen_pool* pool_ = nullptr;
  };

  static_assert(limits::kMaxSchedulers == ARENAFUZZ_ARENA_SCHEDULERS);
  std::array<KernelPool, limits::kMaxSchedulers> pools_{KernelPool(0), KernelPool(1), KernelPool(2),
                                                        KernelPool(3)};
  TreeGenPool gen_pool_;
  MetadataSource* metadata_ = nullptr;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_KERNEL_BACKEND_H_
