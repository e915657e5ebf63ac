// SPDX-License-Identifier: GPL-2.0-only
//
// The backend "kernel": the C files of the kernel tree that this binary was compiled with.
// Code that refers to it must link a tree (cmake/kernel_tree.cmake).
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
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKENDS_KERNEL_BACKEND_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKENDS_KERNEL_BACKEND_H_

#include <array>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/program/limits.h"
#include "src/kernel/kernel_pool.h"

namespace arenafuzz {

// The row `tree` of a report: its version, and the sha256 of each compiled file.
std::string kernel_tree_rows();
// A sentence without its stop on what the tree's gen_pool lacks of Linux 6.12's; "" if nothing.
std::string kernel_tree_lacks();

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
  FindingPlace place(const Finding& finding) const override;
  std::string sources_line() const override;
  bool wants_backtraces() const override { return true; }
  bool changes_fail() const override { return false; }
  bool books_are_measured() const override { return true; }
  bool chunks_are_readable(int scheduler,
                           bool (*readable)(const void* context, const void* from,
                                            std::size_t bytes),
                           const void* context) const override {
    return pools_[static_cast<std::size_t>(scheduler)].is_gen_pool(readable, context);
  }
  void hide_chunks() override {
    for (KernelPool& pool : pools_) pool.hide_chunks();
  }

 private:
  class TreeGenPool final : public GenPoolPort {
   public:
    bool has(GenFeature feature) const override;
    bool create(int granule_order) override;
    int add(std::uint64_t start, std::uint64_t size) override {
      return add_chunk({start, size, 0, false, 0});
    }
    int add_chunk(const GenChunk& chunk) override;
    bool supports(AllocPolicy policy) const override;
    std::uint64_t alloc(std::uint64_t size, AllocPolicy policy, std::uint32_t data) override {
      return alloc_through({size, policy, data, AllocDoor::kPlain}).address;
    }
    GenBlock alloc_through(const GenRequest& request) override;
    void free(std::uint64_t address, std::uint64_t size) override {
      arenafuzz_gen_pool_free(pool_, address, size);
    }
    std::uint64_t free_owner(std::uint64_t address, std::uint64_t size) override {
      return arenafuzz_gen_pool_free_owner(pool_, address, size);
    }
    bool has_addr(std::uint64_t start, std::uint64_t size) override {
      return arenafuzz_gen_pool_has_addr(pool_, start, size) != 0;
    }
    std::uint64_t virt_to_phys(std::uint64_t address) override {
      return arenafuzz_gen_pool_virt_to_phys(pool_, address);
    }
    void set_algo(AllocPolicy policy, std::uint32_t data, bool by_default) override;
    GenManaged managed(int granule_order, bool named) override;
    std::uint64_t avail() override { return arenafuzz_gen_pool_avail(pool_); }
    std::uint64_t size() override { return arenafuzz_gen_pool_size(pool_); }
    std::uint64_t visited() override { return arenafuzz_gen_pool_visited(pool_); }
    void destroy() override;
    void destroy_as_is() override;
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

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKENDS_KERNEL_BACKEND_H_
