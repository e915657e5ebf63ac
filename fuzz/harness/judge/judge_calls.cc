// SPDX-License-Identifier: GPL-2.0-only
//
// The judge around each call into a pool: safety and contract, from the ledger and the seam log.
#include <algorithm>

#include "fuzz/harness/judge/judge.h"
#include "src/pool/arena_pool.h"

namespace arenafuzz {
namespace {

// Steps that any call may take besides its size: retries of a lock, a short walk.
constexpr std::uint64_t kHangSlack = 1 << 16;
constexpr std::uint64_t kGranuleBytes = std::uint64_t{1} << ArenaPool::kGranuleOrder;
constexpr std::uint64_t kWordBytes = 64 * kGranuleBytes;  // of the arena, under one bitmap word

}  // namespace

int JudgedPool::init(PageSource* map) {
  const bool existed = behind().exists();
  PageSource* recorded = judge_->before_init(scheduler_, map, existed);
  const int result = behind().init(recorded);
  judge_->after_init(scheduler_, map != nullptr, existed, result);
  return result;
}

void JudgedPool::destroy() {
  judge_->before_destroy(scheduler_);
  behind().destroy();
  judge_->after_destroy(scheduler_);
}

std::uint64_t JudgedPool::alloc(std::uint64_t size) {
  judge_->before_alloc(scheduler_, size);
  const std::uint64_t address = behind().alloc(size);
  judge_->after_alloc(scheduler_, address);
  return address;
}

void JudgedPool::free(std::uint64_t address, std::uint64_t size) {
  judge_->before_free(scheduler_, address, size);
  behind().free(address, size);
  judge_->after_free(scheduler_);
}

CallScope& Judge::begin_call(CallKind kind, int scheduler) {
  CallScope& call = run_.scope().begin_call();
  call.kind = kind;
  call.scheduler = scheduler;
  return call;
}

// Steps of a call; of an alloc, call().place is then where the model puts the block.
std::uint64_t Judge::plan_call(PoolState& pool, CallKind kind, std::uint64_t size) {
  const std::uint64_t arena = header().arena_pages * page_bytes(header());
  if (kind != CallKind::kAlloc || !run_.model_on()) return 1 + std::min(size, arena) / kWordBytes;
  // Placement new: a copy would load wide what was just stored in parts, and stall on that.
  const PoolModel::Place& place = *::new (&call().place) PoolModel::Place(pool.model.place(size));
  std::uint64_t cost = pool.model.alloc_cost(place, size);
  // A growth zeroes and searches a bitmap of its own, unless it is refused: two steps a word,
  // charged twice, so that a program's metadata and the ledger's copy stay below 80 MiB together.
  if (!place.found && pool.map >= 0) cost += state_.maps[pool.map].model.run_count() + 64;
  if (!place.found && size <= arena) cost += 4 * (size / kWordBytes);
  return cost;
}

void Judge::begin_block_call(CallKind kind, int scheduler, std::uint64_t address,
                             std::uint64_t size) {
  PoolState& pool = state_.pools[scheduler];
  CallScope& call = begin_call(kind, scheduler);
  call.address = address;
  call.size = size;
  const std::uint64_t cost = plan_call(pool, kind, size);
  const std::uint64_t bound = 8 * (pool.ledger.claims() + pool.ledger.held_words() + cost) +
                              kHangSlack + 2 * header().arena_pages;
  run_.charge(cost, reserve());
  run_.count_steps(bound);
}

PageSource* Judge::before_init(int scheduler, PageSource* map, bool existed) {
  run_.end_if_documented(existed && map != nullptr, "second-init");
  PoolState& pool = state_.pools[scheduler];
  begin_block_call(CallKind::kInit, scheduler, 0, 0);
  PageSource* recorded = nullptr;
  for (int i = 0; i < limits::kMaxMaps && map != nullptr; ++i) {
    if (static_cast<PageSource*>(state_.maps[i].arena) != map) continue;
    if (!existed) pool.map = i;
    recorded = state_.maps[i].pages;
  }
  if (existed || pool.map < 0) return recorded;
  const ArenaPages arena = state_.pages_of(pool);
  if (!pool.ledger.open(arena.start, header().arena_pages, arena.shift))
    run_.stop(EndReason::kOutOfBudget);
  return recorded;
}

void Judge::after_init(int scheduler, bool with_map, bool existed, int result) {
  PoolState& pool = state_.pools[scheduler];
  judge_init(pool, with_map, existed, result);
  run_.judge_context();
  if (result != 0) seams_.judge_unwind(pool);
  books_.adopt_growth(pool);
  books_.judge_charted(pool);
  pool.books.settle();
  if (run_.model_on()) predictor_.predict_init(pool, with_map, existed, result);
}

void Judge::judge_init(PoolState& pool, bool with_map, bool existed, int result) {
  // Some trees make the pool at the first alloc: that init returned 0 is enough then.
  const bool late = !run_.options().judge_books || state_.traits.late;
  const bool exists = pool.port->exists();
  pool.exists = exists || (late && with_map && result == 0);
  run_.fold(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)));
  if (run_.tracing()) run_.trace(text("      pool init -> %d", result));
  if (!existed) {
    if (result == 0 && with_map && !pool.exists)
      run_.fail(Oracle::kMissedFailure, Site::kKmalloc, "no-pool",
                text("a pool, as init returned 0"), text("no pool"));
    if (result != 0 && !call().refused_or_injected)
      run_.fail(Oracle::kSpuriousFailure, Site::kKmalloc, "no-cause",
                text("0: nothing was refused"), text("%d", result));
    if (result != 0 && (exists || pool.metadata_out != 0))
      run_.fail(Oracle::kMetadataLeak, Site::kKmalloc, "failed-init", text("nothing kept"),
                text("%llu records out", static_cast<unsigned long long>(pool.metadata_out)));
  }
  if (existed && with_map && result == 0 && call().metadata_kept > 0)
    run_.fail(Oracle::kMetadataLeak, Site::kKmalloc, "second-init",
              text("-EBUSY, as a pool is there"), text("0, and the first pool is lost"));
}

void Judge::before_alloc(int scheduler, std::uint64_t size) {
  const bool absurd = size == 0 || size > ArenaPool::kMaxSize;
  run_.end_if_documented(absurd && state_.pools[scheduler].port->exists(), "absurd-size");
  if (!is_caller_size(size)) run_.saw_foreign_size();
  Retry& retry = state_.retry;
  if (retry.armed && (retry.scheduler != scheduler || retry.size != size)) retry.armed = false;
  begin_block_call(CallKind::kAlloc, scheduler, 0, size);
}

void Judge::after_alloc(int scheduler, std::uint64_t address) {
  PoolState& pool = state_.pools[scheduler];
  if (!run_.model_on()) run_.spend_counted_steps();
  run_.judge_context();
  if (call().over_budget) end_over_budget(pool, address);
  if (run_.log().size() > 0) {  // most calls reach no seam, and change no chunk
    books_.adopt_growth(pool);
    if (address == 0) seams_.judge_unwind(pool);
    books_.judge_charted(pool);
  }
  run_.fold(run_.relative(address));
  if (run_.tracing()) trace_call(address);
  if (address != 0) {
    judge_block(pool, address);
    books_.book_alloc(pool, address);
    state_.retry.armed = false;
  } else {
    pool.books.settle();
    run_.scope().alloc_refused = true;
    judge_failure(pool);
  }
  if (run_.model_on()) predictor_.predict_alloc(pool, address);
}

void Judge::end_over_budget(PoolState& pool, std::uint64_t address) {
  if (address != 0) {
    judge_block(pool, address);
  } else {
    judge_failure(pool);
  }
  run_.stop(EndReason::kOutOfBudget);
}

// Only what callers see. A block of no bytes, such as ZERO_SIZE_PTR, holds nothing.
void Judge::judge_block(PoolState& pool, std::uint64_t address) {
  const std::uint64_t size = call().size;
  if (size == 0) return;
  if (address % kGranuleBytes != 0)
    run_.fail(Oracle::kMisaligned, Site::kNone, "address", text("a multiple of 8"),
              run_.address_text(address));
  if (!pool.ledger.holds_all(address, size)) {
    if (!pool.ledger.holds_all(address, 1))
      run_.fail(Oracle::kOutside, Site::kNone, "block", text("inside pages that this pool claimed"),
                run_.address_text(address));
    run_.fail(Oracle::kOutside, Site::kNone, "block-end",
              text("%s bytes inside pages that this pool claimed", number(size).chars),
              run_.address_text(address));
  }
  if (pool.misused) return;
  if (pool.ledger.any_live(address, size))
    run_.fail(pool.robbed ? Oracle::kNeighbour : Oracle::kOverlap, Site::kNone, "address-twice",
              text("granules that no live block holds"), run_.address_text(address));
  pool.ledger.set_live(address, size);
  MemoryJudge::fill_block(address, size);
}

void Judge::judge_failure(PoolState& pool) {
  if (!pool.exists) return;
  judge_retry(pool);
  arm_retry(pool);
  const std::uint64_t size = call().size;
  if (state_.is_impossible(size)) return;
  if (run_.options().judge_books && !pool.collided && pool.books.hole_fits(size))
    run_.fail(Oracle::kSpuriousFailure, Site::kNone, "hole-fits",
              text("a block of %s bytes", number(size).chars), text("NULL"));
  // A peer that took the only hole is a cause too.
  if (!call().refused_or_injected && !call().overlap_guard && !pool.collided)
    run_.fail(Oracle::kSpuriousFailure, Site::kNone, "no-cause",
              text("a block of %s bytes", number(size).chars),
              text("NULL, though nothing was refused"));
}

// The same request right after one that only a fault made fail must succeed, unless pages were lost
// or still wait for the worker.
void Judge::judge_retry(const PoolState& pool) {
  Retry& retry = state_.retry;
  const CallScope& call = run_.call();
  const bool injected = run_.injector().fired_in_operation() > 0;
  // A growth that asks for more each time may be refused for that.
  const bool asks_more = call.pages_asked > retry.pages;
  if (retry.armed && retry.ready && !injected && !call.overlap_guard && !pool.collided &&
      !asks_more) {
    retry.armed = false;
    run_.fail(Oracle::kNotRecovered, Site::kPage, "refused",
              text("a block of %s bytes: what made it fail is gone", number(call.size).chars),
              text("NULL again"));
  }
}

void Judge::arm_retry(const PoolState& pool) {
  Retry& retry = state_.retry;
  const CallScope& call = run_.call();
  const bool injected = run_.injector().fired_in_operation() > 0;
  const bool by_alloc = run_.scope().operation->kind == OperationKind::kAlloc;
  retry.armed = injected && call.room_at_fault && !call.pages_lost && !pool.robbed && by_alloc &&
                !call.overlap_guard;
  // With deferred release the pages come back only when the worker has run.
  retry.ready = call.claim_injected || !header().deferred_release;
  retry.scheduler = call.scheduler;
  retry.size = call.size;
  retry.pages = call.pages_asked;
  retry.map = pool.map;
}

// The caller gives the block up before the pool runs: in the same call the pool may give up its
// pages.
void Judge::before_free(int scheduler, std::uint64_t address, std::uint64_t size) {
  PoolState& pool = state_.pools[scheduler];
  begin_block_call(CallKind::kFree, scheduler, address, size);
  if (address == 0 || !pool.exists) return;
  // The last free may give back every page.
  call().seam_bound += 4 * (pool.ledger.claims() + pool.ledger.held_pages());
  if (run_.scope().is_misuse) pool.misused = true;
  if (pool.misused || !pool.ledger.holds_all(address, size)) return;
  if (!pool.robbed) memory_.judge_content(address, size);
  pool.ledger.set_free(address, size);
}

void Judge::after_free(int scheduler) {
  PoolState& pool = state_.pools[scheduler];
  if (!run_.model_on()) run_.spend_counted_steps();
  run_.fold(run_.relative(call().address));
  run_.judge_context();
  if (call().address == 0 || !pool.exists) return;
  if (run_.tracing()) trace_call(0);
  books_.adopt_growth(pool);
  pool.books.settle();
  books_.book_free(pool);
  if (run_.model_on()) predictor_.predict_free(pool);
}

void Judge::trace_call(std::uint64_t result) {
  const CallScope& call = run_.call();
  if (call.kind == CallKind::kFree) {
    run_.trace(text("      freed %s, %s bytes", run_.address_text(call.address).chars,
                    number(call.size).chars));
    return;
  }
  std::uint64_t given_back = 0;
  for (std::uint32_t i = 0; i < run_.log().size(); ++i)
    if (run_.log()[i].kind == SeamCall::Kind::kRelease) given_back += run_.log()[i].amount;
  const std::optional<std::uint64_t> offset = run_.arena_offset(result);
  const TraceKind kind = result == 0          ? TraceKind::kNull
                         : offset.has_value() ? TraceKind::kAddress
                                              : TraceKind::kOther;
  run_.trace(text("      -> %s%s", run_.address_text(result).chars,
                  given_back == 0   ? ""
                  : call.pages_lost ? "  (unwound, but the pages are lost until the map dies)"
                  : header().deferred_release ? "  (unwound: the pages wait for the worker)"
                                              : "  (unwound: the pages are free again)"),
             kind, offset.value_or(0));
}

}  // namespace arenafuzz
