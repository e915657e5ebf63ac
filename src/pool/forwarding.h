// SPDX-License-Identifier: GPL-2.0-only
//
// Bases of decorators around the seams: each passes every call on to what is behind it. A decorator
// overrides what it changes and cannot forget the rest.
//
// Ownership Borrow what is behind.
// Units     as the seams.
// Threads   as what is behind.
#ifndef ARENAFUZZ_SRC_POOL_FORWARDING_H_
#define ARENAFUZZ_SRC_POOL_FORWARDING_H_

#include "src/pool/seams.h"

namespace arenafuzz {

class ForwardingPages : public PageSource {
 public:
  explicit ForwardingPages(PageSource& behind) : behind_(&behind) {}
  std::uint64_t claim(const ClaimRequest& request) override { return behind_->claim(request); }
  void release(std::uint64_t user_address, PageCount pages) override {
    behind_->release(user_address, pages);
  }
  std::uint64_t kernel_base() const override { return behind_->kernel_base(); }
  std::uint64_t page_bytes() const override { return behind_->page_bytes(); }

 protected:
  PageSource& behind() { return *behind_; }

 private:
  PageSource* behind_;
};

class ForwardingMetadata : public MetadataSource {
 public:
  explicit ForwardingMetadata(MetadataSource& behind) : behind_(&behind) {}
  void* allocate(MetadataSite site, std::size_t bytes) override {
    return behind_->allocate(site, bytes);
  }
  void free(MetadataSite site, void* memory) override { behind_->free(site, memory); }
  BlockState look_up(MetadataSite site, const void* memory) const override {
    return behind_->look_up(site, memory);
  }

 protected:
  MetadataSource& behind() { return *behind_; }

 private:
  MetadataSource* behind_;
};

class ForwardingPool : public PoolPort {
 public:
  explicit ForwardingPool(PoolPort& behind) : behind_(&behind) {}
  int init(PageSource* map) override { return behind_->init(map); }
  void destroy() override { behind_->destroy(); }
  std::uint64_t alloc(std::uint64_t size) override { return behind_->alloc(size); }
  void free(std::uint64_t address, std::uint64_t size) override { behind_->free(address, size); }
  bool exists() const override { return behind_->exists(); }
  bool newest_chunk(ChunkView* view) const override { return behind_->newest_chunk(view); }
  void for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                      void* context) const override {
    behind_->for_each_chunk(visit, context);
  }
  int granule_order() const override { return behind_->granule_order(); }

 protected:
  PoolPort& behind() { return *behind_; }

 private:
  PoolPort* behind_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_FORWARDING_H_
