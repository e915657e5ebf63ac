// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/arena_state.h"

namespace arenafuzz {

void PoolState::forget() {
  ledger.close();
  books.discard();
  model.discard();
  misused = robbed = collided = unbooked = exists = false;
  map = -1;
}

void ArenaState::begin() {
  retry = {};
  least_growth = ~std::uint64_t{0};
  shadow.reset();
  for (MapState& map : maps) map.waiting.clear();
  for (PoolState& pool : pools) {
    pool.forget();
    pool.books.use(traits);
    pool.cpus_locked = pool.holds_map = false;
    pool.stage = Stage::kIdle;
    pool.metadata_out = 0;
  }
}

bool ArenaState::is_impossible(std::uint64_t size) const {
  const std::uint64_t arena = header().arena_pages * page_bytes(header());
  if (size == 0 || size > arena) return true;
  if (!traits.bits || traits.own_marks) return size > arena - arena / 8;
  const std::uint64_t chunk = pages_for(traits.marks(0, size, 0).bytes);
  return chunk + traits.spare.beside(chunk) + traits.init_pages > header().arena_pages;
}

void ArenaState::mark_robbed(int map, std::uint64_t page, std::uint64_t pages,
                             const PoolState* by) {
  const std::uint64_t bytes = page_bytes(header());
  const std::uint64_t start = kernel_base_of(map) + base_low(header()) + page * bytes;
  for (PoolState& pool : pools)
    if (pool.map == map && &pool != by && !pool.robbed)
      pool.robbed = pool.ledger.holds_any(start, pages * bytes);
}

}  // namespace arenafuzz
