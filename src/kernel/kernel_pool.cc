// SPDX-License-Identifier: GPL-2.0-only
#include "src/kernel/kernel_pool.h"

namespace arenafuzz {
namespace {

// The kernel's unsigned long and atomic_long_t, read as the words that they are.
ChunkView view_of(const arenafuzz_chunk_view& chunk) {
  return {chunk.start, chunk.end, static_cast<const atomics::Word*>(chunk.avail),
          static_cast<const atomics::Word*>(chunk.bits), chunk.granules};
}

void* pointer_to(std::uint64_t address) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(address));
}

}  // namespace

bool first_kernel_chunk(const gen_pool* pool, ChunkView* view) {
  arenafuzz_chunk_view chunk{};
  if (pool == nullptr || arenafuzz_gen_pool_first_chunk(pool, &chunk) == 0) return false;
  *view = view_of(chunk);
  return true;
}

void for_each_kernel_chunk(const gen_pool* pool, void (*visit)(void*, const ChunkView&),
                           void* context) {
  arenafuzz_chunk_view chunk{};
  if (pool == nullptr || arenafuzz_gen_pool_first_chunk(pool, &chunk) == 0) return;
  do {
    visit(context, view_of(chunk));
  } while (arenafuzz_gen_pool_next_chunk(pool, &chunk) != 0);
}

int KernelPool::init(PageSource* map) {
  return arenafuzz_arena_init(scheduler_, map, map != nullptr ? map->kernel_base() : 0);
}

std::uint64_t KernelPool::alloc(std::uint64_t size) {
  void* block = arenafuzz_arena_alloc(scheduler_, static_cast<std::size_t>(size));
  return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(block));
}

void KernelPool::free(std::uint64_t address, std::uint64_t size) {
  arenafuzz_arena_free(scheduler_, pointer_to(address), static_cast<std::size_t>(size));
}

bool KernelPool::newest_chunk(ChunkView* view) const {
  return !hidden_ && first_kernel_chunk(pool(), view);
}

bool KernelPool::is_gen_pool(bool (*readable)(const void*, const void*, std::size_t),
                             const void* context) const {
  struct Asked {
    bool (*readable)(const void*, const void*, std::size_t);
    const void* context;
  } const asked{readable, context};
  const auto ask = [](const void* question, const void* from, std::size_t bytes) -> int {
    const auto* of = static_cast<const Asked*>(question);
    return of->readable(of->context, from, bytes) ? 1 : 0;
  };
  return arenafuzz_gen_pool_is_one(pool(), ask, &asked) != 0;
}

void KernelPool::for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                                void* context) const {
  if (!hidden_) for_each_kernel_chunk(pool(), visit, context);
}

}  // namespace arenafuzz
