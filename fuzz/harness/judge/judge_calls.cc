// SPDX-License-Identifier: GPL-2.0-only
//
// The judge around each call into a pool: safety and contract, from the ledger and the seam log.
#include <algorithm>
#include <bit>

#include "fuzz/harness/judge/judge.h"
#include "src/pool/arena_pool.h"
#include "src/pool/gen_pool.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kHangSlack = 1 << 16;

}  // namespace

int JudgedPool::init(PageSource* map) {
  Judge& judge = *judge_;
  const bool existed = inner_->exists();
  judge.end_if_documented(existed && map != nullptr, "second-init");
  Judge::PoolState& pool = judge.pools_[scheduler_];
  judge.before_call(Judge::CallKind::kInit, scheduler_, 0, 0);
  PageSource* recorded = nullptr;
  for (int i = 0; i < limits::kMaxMaps && map != nullptr; ++i) {
    if (static_cast<PageSource*>(judge.maps_[i].arena) != map) continue;
    if (!existed) pool.map = i;
    recorded = judge.maps_[i].pages;
  }
  judge.open_ledger(pool, existed);
  const int result = inner_->init(recorded);
  judge.after_init(scheduler_, map != nullptr, existed, result);
  return result;
}

void JudgedPool::destroy() {
  judge_->before_destroy(scheduler_);
  inner_->destroy();
  judge_->after_destroy(scheduler_);
}

std::uint64_t JudgedPool::alloc(std::uint64_t size) {
  const bool absurd = size == 0 || size > ArenaPool::kMaxSize;
  judge_->end_if_documented(absurd && inner_->exists(), "absurd-size");
  judge_->before_call(Judge::CallKind::kAlloc, scheduler_, 0, size);
  const std::uint64_t address = inner_->alloc(size);
  judge_->after_alloc(scheduler_, address);
  return address;
}

void JudgedPool::free(std::uint64_t address, std::uint64_t size) {
  judge_->before_free(scheduler_, address, size);
  inner_->free(address, size);
  judge_->after_free(scheduler_);
}

ArenaPages Judge::pages_of(const PoolState& pool) const {
  return {kernel_base_of(pool.map) + base_low(header_), std::countr_zero(page_bytes(header_))};
}

void Judge::open_ledger(PoolState& pool, bool existed) {
  if (existed || pool.map < 0) return;
  const ArenaPages arena = pages_of(pool);
  if (!pool.ledger.open(arena.start, header_.arena_pages, arena.shift))
    stop(EndReason::kOutOfBudget);
}

void Judge::before_call(CallKind kind, int scheduler, std::uint64_t address, std::uint64_t size) {
  PoolState& pool = pools_[scheduler];
  call_.begin().kind = kind;
  call_.scheduler = scheduler;
  call_.address = address;
  call_.size = size;
  log_.clear();
  seam_calls_ = 0;
  cursor_ = 0;
  std::uint64_t cost = 1 + std::min(size, header_.arena_pages * page_bytes(header_)) / 512;
  if (kind == CallKind::kAlloc) {
    any_foreign_size_ |= !is_caller_size(size);
    if (retry_.armed && (retry_.scheduler != scheduler || retry_.size != size))
      retry_.armed = false;
    if (model_on()) {
      call_.place = pool.model.place(size);
      cost = pool.model.alloc_cost(call_.place, size);
      // A growth zeroes and searches a bitmap of its own, unless it is refused. It weighs double,
      // so that a program's metadata and the ledger's copy stay below 80 MiB together.
      if (!call_.place.found && pool.map >= 0) cost += maps_[pool.map].model.run_count() + 64;
      if (!call_.place.found && size <= header_.arena_pages * page_bytes(header_))
        cost += 4 * (size / 512);
    }
  }
  hang_bound_ = 8 * (pool.ledger.claims() + pool.ledger.held_words() + cost) + kHangSlack +
                2 * header_.arena_pages;
  charge(cost);
  atomics::hooks.steps_left = hang_bound_;
}

// The caller gives the block up before the pool runs: in the same call the pool may give up its
// pages.
void Judge::before_free(int scheduler, std::uint64_t address, std::uint64_t size) {
  PoolState& pool = pools_[scheduler];
  before_call(CallKind::kFree, scheduler, address, size);
  if (address == 0 || !pool.exists) return;
  // The last free may give back every page.
  call_.seam_bound += 4 * (pool.ledger.claims() + pool.ledger.held_pages());
  if (operation_is_misuse_) pool.misused = true;
  if (pool.misused || !pool.ledger.holds_all(address, size)) return;
  if (!pool.robbed) judge_content(address, size);
  pool.ledger.set_free(address, size);
}

// Before the pool runs: the cost of this call and of destroying all that is live. An alloc that
// passes the budget still runs up to its first seam call: a refusal is judged, and costs nothing.
void Judge::charge(std::uint64_t cost) {
  verdict_->steps += cost;
  std::uint64_t reserve = 0;
  if (model_on())
    for (int i = 0; i < header_.schedulers; ++i) reserve += pools_[i].model.destroy_cost();
  if (call_.kind == CallKind::kDestroy || verdict_->steps + reserve <= options_.most_steps) return;
  if (call_.kind != CallKind::kAlloc) stop(EndReason::kOutOfBudget);
  call_.over_budget = true;  // ends at its first seam call, or when it is back and judged
}

void Judge::charge_neighbour(int map, std::uint64_t pages) {
  call_.begin();
  charge(1 + pages + maps_[map].model.run_count());
}

void Judge::after_init(int scheduler, bool with_map, bool existed, int result) {
  PoolState& pool = pools_[scheduler];
  // A pool may be made by the first alloc; whether it works shows there.
  const bool late = !options_.judge_books || book_traits_.late;
  const bool exists = pool.port.inner().exists();
  pool.exists = exists || (late && with_map && result == 0);
  fold(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)));
  if (tracing()) trace(text("      pool init -> %d", result));
  if (!existed) {
    if (result == 0 && with_map && !pool.exists)
      fail(Oracle::kMissedFailure, Site::kKmalloc, "no-pool", text("a pool, as init returned 0"),
           text("no pool"));
    if (result != 0 && !call_.refused_or_injected)
      fail(Oracle::kSpuriousFailure, Site::kKmalloc, "no-cause", text("0: nothing was refused"),
           text("%d", result));
    if (result != 0 && (exists || pool.metadata_out != 0))
      fail(Oracle::kMetadataLeak, Site::kKmalloc, "failed-init", text("nothing kept"),
           text("%llu records out", static_cast<unsigned long long>(pool.metadata_out)));
  }
  if (existed && with_map && result == 0 && call_.metadata_kept > 0)
    fail(Oracle::kMetadataLeak, Site::kKmalloc, "second-init", text("-EBUSY, as a pool is there"),
         text("0, and the first pool is lost"));
  judge_context();
  if (result != 0) judge_unwind(pool);
  adopt_growth(pool);
  judge_charted(pool);
  pool.books.settle();
  predict_init(pool, with_map, existed, result);
}

// Every read section that a call opened, and every lock that it took, is closed when it returns.
void Judge::judge_context() {
  if (context_depth.balanced()) return;
  const ContextDepth depth = context_depth;
  context_depth = {};
  fail(Oracle::kContext, Site::kNone, "unbalanced",
       text("no read section and no spinlock left behind by the call"),
       text("%d read sections, %d spinlocks", depth.rcu_read, depth.spinlock));
}

// From here on our pool and the kernel's differ by design: `differential` goes no further.
void Judge::end_if_documented(bool holds, const char* name) {
  if (!holds || !options_.stop_at_documented) return;
  verdict_->documented = name;
  stop(EndReason::kDocumented);
}

void Judge::after_alloc(int scheduler, std::uint64_t address) {
  PoolState& pool = pools_[scheduler];
  if (!model_on()) verdict_->steps += hang_bound_ - atomics::hooks.steps_left;
  judge_context();
  if (call_.over_budget) end_over_budget(pool, address);
  if (log_.size() > 0) {
    adopt_growth(pool);
    if (address == 0) judge_unwind(pool);
    judge_charted(pool);
  }
  fold(relative(address));
  if (tracing()) trace_call(address);
  if (address != 0) {
    judge_block(pool, address);
    book_alloc(pool, address);
    retry_.armed = false;
  } else {
    pool.books.settle();
    mask_refused_ = true;
    judge_failure(pool);
  }
  if (model_on()) predict_alloc(pool, address);
}

void Judge::end_over_budget(PoolState& pool, std::uint64_t address) {
  if (address != 0) {
    judge_block(pool, address);
  } else {
    judge_failure(pool);
  }
  stop(EndReason::kOutOfBudget);
}

// Only what callers see. A block of no bytes, such as ZERO_SIZE_PTR, holds nothing.
void Judge::judge_block(PoolState& pool, std::uint64_t address) {
  if (call_.size == 0) return;
  if (address % 8 != 0)
    fail(Oracle::kMisaligned, Site::kNone, "address", text("a multiple of 8"),
         address_text(address));
  if (!pool.ledger.holds_all(address, call_.size)) {
    if (!pool.ledger.holds_all(address, 1))
      fail(Oracle::kOutside, Site::kNone, "block", text("inside pages that this pool claimed"),
           address_text(address));
    fail(Oracle::kOutside, Site::kNone, "block-end",
         text("%s bytes inside pages that this pool claimed", number(call_.size).chars),
         address_text(address));
  }
  if (pool.misused) return;
  if (pool.ledger.any_live(address, call_.size))
    fail(pool.robbed ? Oracle::kNeighbour : Oracle::kOverlap, Site::kNone, "address-twice",
         text("granules that no live block holds"), address_text(address));
  pool.ledger.set_live(address, call_.size);
  fill_block(address, call_.size);
}

// No pool can meet such a size, with what its tree takes in addition to the blocks; where that is
// not known, an eighth of the arena.
bool Judge::is_impossible(std::uint64_t size) const {
  const std::uint64_t arena = header_.arena_pages * page_bytes(header_);
  if (size == 0 || size > arena) return true;
  const BookTraits& traits = book_traits_;
  if (!traits.bits || traits.own_marks) return size > arena - arena / 8;
  const std::uint64_t chunk = pages_for(traits.marks(0, size, 0).bytes);
  return chunk + traits.spare.beside(chunk) + traits.init_pages > header_.arena_pages;
}

void Judge::judge_failure(PoolState& pool) {
  if (!pool.exists) return;
  judge_retry(pool);
  if (is_impossible(call_.size)) return;
  if (options_.judge_books && !pool.collided && pool.books.hole_fits(call_.size))
    fail(Oracle::kSpuriousFailure, Site::kNone, "hole-fits",
         text("a block of %s bytes", number(call_.size).chars), text("NULL"));
  // A peer that took the only hole is a cause too.
  if (!call_.refused_or_injected && !call_.overlap_guard && !pool.collided)
    fail(Oracle::kSpuriousFailure, Site::kNone, "no-cause",
         text("a block of %s bytes", number(call_.size).chars),
         text("NULL, though nothing was refused"));
}

// The same request right after one that only a fault made fail must succeed, unless pages were lost
// or still wait for the worker.
void Judge::judge_retry(PoolState& pool) {
  const bool injected = injector_->fired_in_operation() > 0;
  // A growth that asks for more each time may be refused for that.
  const bool asks_more = call_.pages_asked > retry_.pages;
  if (retry_.armed && retry_.ready && !injected && !call_.overlap_guard && !pool.collided &&
      !asks_more) {
    retry_.armed = false;
    fail(Oracle::kNotRecovered, Site::kPage, "refused",
         text("a block of %s bytes, as its cause is gone", number(call_.size).chars),
         text("NULL again"));
  }
  retry_.armed = injected && call_.room_at_fault && !call_.pages_lost && !pool.robbed &&
                 operation_->kind == OperationKind::kAlloc && !call_.overlap_guard;
  retry_.ready = call_.claim_injected || !header_.deferred_release;
  retry_.scheduler = call_.scheduler;
  retry_.size = call_.size;
  retry_.pages = call_.pages_asked;
  retry_.map = pool.map;
}

void Judge::after_free(int scheduler) {
  PoolState& pool = pools_[scheduler];
  if (!model_on()) verdict_->steps += hang_bound_ - atomics::hooks.steps_left;
  fold(relative(call_.address));
  judge_context();
  if (call_.address == 0 || !pool.exists) return;
  if (tracing()) trace_call(0);
  if (pool.stage == Stage::kPoolDestroyed)
    fail(Oracle::kLifecycle, Site::kNone, "order", text("masks freed before the pool is destroyed"),
         text("a mask freed after it"));
  adopt_growth(pool);
  pool.books.settle();
  book_free(pool);
  if (model_on()) predict_free(pool);
}

void Judge::trace_call(std::uint64_t result) {
  if (call_.kind == CallKind::kFree) {
    if (tracing())
      trace(text("      freed %s, %s bytes", address_text(call_.address).chars,
                 number(call_.size).chars));
    return;
  }
  std::uint64_t given_back = 0;
  for (std::uint32_t i = 0; i < log_.size(); ++i)
    if (log_[i].kind == SeamCall::Kind::kRelease) given_back += log_[i].amount;
  if (tracing())
    trace(text("      -> %s%s", address_text(result).chars,
               given_back == 0            ? ""
               : call_.pages_lost         ? "  (unwound, but the pages are lost until the map dies)"
               : header_.deferred_release ? "  (unwound: the pages wait for the worker)"
                                          : "  (unwound: the pages are free again)"));
}

}  // namespace arenafuzz
