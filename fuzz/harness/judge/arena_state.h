// SPDX-License-Identifier: GPL-2.0-only
//
// What the judge knows of the pools over arenas and of their maps: what callers and sources saw
// (ledger), what the pool's own books must say (books), what comes next (model), and what happened
// that excuses a pool.
//
// Ownership Borrows the run, the arenas and the pools.
// Units     kernel addresses, user addresses, pages of the arena, bytes.
// Threads   one thread.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_ARENA_STATE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_ARENA_STATE_H_

#include <bit>
#include <cstdint>
#include <vector>

#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/harness/books/books.h"
#include "fuzz/harness/books/ledger.h"
#include "fuzz/harness/judge/program_run.h"
#include "fuzz/harness/model/arena_model.h"
#include "fuzz/harness/model/pool_model.h"
#include "src/pool/arena_map.h"

namespace arenafuzz {

// Stages of a scheduler's life, for the oracle `lifecycle`.
enum class Stage : std::uint8_t {
  kIdle,
  kProgramInit,
  kPoolInit,
  kValidate,
  kEnabled,
  kWork,
  kMasksFreed,
  kPoolDestroyed
};

struct PoolState {
  PoolPort* port = nullptr;  // the pool itself
  Ledger ledger;
  Books books;
  PoolModel model;
  int map = -1;
  bool misused = false;   // only the model can say what is right
  bool robbed = false;    // a neighbour released pages that it holds
  bool collided = false;  // a simulated peer changed a bit
  bool unbooked = false;  // its books hold what no caller asked for
  bool exists = false;    // its init said so; asked once, not at every call
  bool cpus_locked = false;
  bool holds_map = false;
  Stage stage = Stage::kIdle;
  std::uint64_t metadata_out = 0;

  // The pool is gone.
  void forget();
};

struct MapState {
  ArenaMap* arena = nullptr;
  PageSource* pages = nullptr;  // as pools are given it
  ArenaModel model;
  std::vector<ArenaModel::Span> waiting;  // for the worker, as the seams saw it
};

// A request that failed by a fault; the same request must succeed if nothing else happened.
struct Retry {
  bool armed = false;
  bool ready = false;  // the pages are back
  int scheduler = 0;
  std::uint64_t size = 0;
  int map = -1;
  std::uint64_t pages = 0;  // that it had asked for
};

class ArenaState {
 public:
  explicit ArenaState(const ProgramRun& run) : run_(&run) {}

  // A program begins: forgets the former one.
  void begin();

  PoolState& pool_of_call() { return pools[run_->call().scheduler]; }
  const PoolState& pool_of_call() const { return pools[run_->call().scheduler]; }
  ArenaPages pages_of(const PoolState& pool) const {  // of its map, seen from the kernel
    return {kernel_base_of(pool.map) + base_low(header()), std::countr_zero(page_bytes(header()))};
  }
  std::uint64_t pages_for(std::uint64_t bytes) const {
    return bytes / page_bytes(header()) + (bytes % page_bytes(header()) != 0 ? 1 : 0);
  }
  std::uint64_t page_of(int map, std::uint64_t user_address) const {
    return (user_address - user_base_of(map, base_low(header()))) / page_bytes(header());
  }
  std::uint64_t kernel_address(int map, std::uint64_t user_address) const {
    return kernel_base_of(map) + (user_address & 0xffffffff);
  }
  // Steps of destroying all that is live.
  std::uint64_t destroy_cost() const {
    std::uint64_t cost = 0;
    for (int i = 0; i < header().schedulers; ++i) cost += pools[i].model.destroy_cost();
    return cost;
  }
  // No pool can meet such a size, with what its tree takes in addition to the blocks; where that is
  // not known, an eighth of the arena.
  bool is_impossible(std::uint64_t size) const;
  // Pages that a pool holds were freed by somebody else; by another pool, if `by` is not nullptr.
  void mark_robbed(int map, std::uint64_t page, std::uint64_t pages, const PoolState* by = nullptr);

  PoolState pools[limits::kMaxSchedulers];
  MapState maps[limits::kMaxMaps];
  BookTraits traits;
  ShadowRegion shadow;
  Retry retry;
  std::uint64_t least_growth = 0;  // pages first asked for in a call, the fewest

 private:
  const Header& header() const { return run_->header(); }

  const ProgramRun* run_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_ARENA_STATE_H_
