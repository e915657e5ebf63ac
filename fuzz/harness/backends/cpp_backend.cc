// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/backends/cpp_backend.h"

namespace arenafuzz {

void CppBackend::bind(MetadataSource& metadata) {
  for (auto& pool : pools_) pool.emplace(metadata);
  gen_pool_.metadata = &metadata;
}

void CppBackend::forget() {
  for (auto& pool : pools_) pool->forget();
  gen_pool_.forget();
}

bool CppBackend::OwnGenPool::create(int granule_order) {
  pool_ = GenPool::create(granule_order, *metadata);
  return pool_ != nullptr;
}

void CppBackend::OwnGenPool::destroy() {
  pool_->free_all();
  destroy_as_is();
}

void CppBackend::OwnGenPool::destroy_as_is() {
  pool_->destroy();
  pool_ = nullptr;
}

void CppBackend::OwnGenPool::for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                                            void* context) const {
  if (pool_ != nullptr) pool_->for_each_chunk(visit, context);
}

}  // namespace arenafuzz
