// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/arena_pool.h"

#include <algorithm>
#include <cerrno>

namespace arenafuzz {

int ArenaPool::init(PageSource* map) {
  if (map == nullptr) return 0;
  if (pool_ != nullptr) return -EBUSY;
  GenPool* pool = GenPool::create(kGranuleOrder, *metadata_);
  if (pool == nullptr) return -ENOMEM;
  map_ = map;
  pool_ = pool;
  return 0;
}

void ArenaPool::destroy() {
  if (pool_ == nullptr) return;
  pool_->free_all();
  pool_->destroy();
  pool_ = nullptr;
  map_ = nullptr;
}

int ArenaPool::grow(std::uint64_t pages) {
  const std::uint64_t user_address = map_->claim({.pages = PageCount{pages}});
  if (user_address == 0) return -ENOMEM;
  const std::uint64_t bytes = pages * map_->page_bytes();
  const std::uint64_t address = map_->kernel_base() + (user_address & 0xffffffff);
  const int error = pool_->add_disjoint(address, bytes);
  if (error != 0) map_->release(user_address, PageCount{pages});
  return error;
}

std::uint64_t ArenaPool::alloc(std::uint64_t size) {
  if (pool_ == nullptr || size == 0 || size > kMaxSize) return 0;
  while (true) {
    const std::uint64_t address = pool_->alloc(size);
    if (address != 0) return address;
    const std::uint64_t page = map_->page_bytes();
    const std::uint64_t pages = std::max(kMinGrowthPages, (size + page - 1) / page);
    if (grow(pages) != 0) return 0;
  }
}

void ArenaPool::free(std::uint64_t address, std::uint64_t size) {
  if (pool_ == nullptr || address == 0) return;
  pool_->free(address, size);
}

bool ArenaPool::newest_chunk(ChunkView* view) const {
  return pool_ != nullptr && pool_->newest_chunk(view);
}

void ArenaPool::for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                               void* context) const {
  if (pool_ != nullptr) pool_->for_each_chunk(visit, context);
}

}  // namespace arenafuzz
