// SPDX-License-Identifier: GPL-2.0-only
//
// The backend "cpp": our own pool of src/pool.
// Ownership, errors and threads as Backend.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKENDS_CPP_BACKEND_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKENDS_CPP_BACKEND_H_

#include <array>
#include <optional>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/program/limits.h"
#include "src/pool/arena_pool.h"

namespace arenafuzz {

class CppBackend final : public Backend {
 public:
  const char* name() const override { return "cpp"; }
  void bind(MetadataSource& metadata) override;
  PoolPort& pool(int scheduler) override { return *pools_[static_cast<std::size_t>(scheduler)]; }
  GenPoolPort& gen_pool() override { return gen_pool_; }
  void forget() override;

 private:
  class OwnGenPool final : public GenPoolPort {
   public:
    bool create(int granule_order) override;
    int add(std::uint64_t start, std::uint64_t size) override { return pool_->add(start, size); }
    std::uint64_t alloc(std::uint64_t size, AllocPolicy, std::uint32_t) override {
      return pool_->alloc(size);
    }
    bool supports(AllocPolicy policy) const override { return policy == AllocPolicy::kFirstFit; }
    void free(std::uint64_t address, std::uint64_t size) override { pool_->free(address, size); }
    bool has_addr(std::uint64_t start, std::uint64_t size) override {
      return pool_->has_addr(start, size);
    }
    std::uint64_t avail() override { return pool_->avail(); }
    std::uint64_t size() override { return pool_->size(); }
    void destroy() override;
    void destroy_as_is() override;
    bool exists() const override { return pool_ != nullptr; }
    bool newest_chunk(ChunkView* view) const override {
      return pool_ != nullptr && pool_->newest_chunk(view);
    }
    void for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                        void* context) const override;

    MetadataSource* metadata = nullptr;
    void forget() { pool_ = nullptr; }

   private:
    GenPool* pool_ = nullptr;
  };

  std::array<std::optional<ArenaPool>, limits::kMaxSchedulers> pools_;
  OwnGenPool gen_pool_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKENDS_CPP_BACKEND_H_
