// SPDX-License-Identifier: GPL-2.0-only
//
// The judge around each call into a pool: safety and contract, from the ledger and the seam log.
#include <algorithm>
#include <bit>

#include "fuzz/harness/judge.h"
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
  judge_->before_call(Judge::CallKind::kFree, scheduler_, address, size);
  inner_->free(address, size);
  judge_->after_free(scheduler_);
}

void Judge::before_call(CallKind kind, int scheduler, std::uint64_t address, std::uint64_t size) {
  PoolState& pool = pools_[scheduler];
  call_ = {};
  call_.kind = kind;
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
  hang_bound_ =
      8 * (pool.ledger.chunks().size() + pool.words + cost) + kHangSlack + 2 * header_.arena_pages;
  charge(cost);
  atomics::hooks.steps_left = hang_bound_;
}

// Before the pool runs: the cost of this call and of destroying all that is live (fine print 17).
void Judge::charge(std::uint64_t cost) {
  verdict_->steps += cost;
  std::uint64_t reserve = 0;
  if (model_on())
    for (int i = 0; i < header_.schedulers; ++i) reserve += pools_[i].model.destroy_cost();
  if (call_.kind != CallKind::kDestroy && verdict_->steps + reserve > limits::kMaxSteps)
    stop(EndReason::kOutOfBudget);
}

void Judge::charge_neighbour(int map, std::uint64_t pages) {
  call_ = {};
  charge(1 + pages + maps_[map].model.run_count());
}

void Judge::after_init(int scheduler, bool with_map, bool existed, int result) {
  PoolState& pool = pools_[scheduler];
  const bool exists = pool.exists = pool.port.inner().exists();
  fold(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)));
  if (tracing()) trace(text("      pool init -> %d", result));
  if (!existed) {
    if (result == 0 && with_map && !exists)
      fail(Oracle::kMissedFailure, Site::kKmalloc, "no-pool", text("a pool, as init returned 0"),
           text("no pool"));
    if (result != 0 && !call_.refused_or_injected)
      fail(Oracle::kSpuriousFailure, Site::kKmalloc, "no-cause", text("0: nothing was refused"),
           text("%d", result));
    if (result != 0 && (exists || pool.metadata_out != 0))
      fail(Oracle::kMetadataLeak, Site::kKmalloc, "failed-init", text("nothing kept"),
           text("%llu records out", static_cast<unsigned long long>(pool.metadata_out)));
  }
  if (existed && with_map && result == 0 && log_.size() > 0)
    fail(Oracle::kMetadataLeak, Site::kKmalloc, "second-init", text("-EBUSY, as a pool is there"),
         text("0, and the first pool is lost"));
  judge_context();
  judge_unwind(pool);
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

// Takes chunks that appeared into the books. A pool may keep its list in any order.
void Judge::adopt_growth(PoolState& pool) {
  ChunkView view;
  if (call_.metadata_made == 0 || !pool.port.inner().newest_chunk(&view)) return;
  const bool only_one = call_.metadata_made == 1;
  call_.metadata_made = 0;
  if (only_one && !pool.ledger.knows(view)) {
    adopt_chunk(pool, view);
    return;
  }
  struct Walk {
    Judge* judge;
    PoolState* pool;
  } walk{this, &pool};
  pool.port.inner().for_each_chunk(
      [](void* context, const ChunkView& chunk) {
        const auto* at = static_cast<Walk*>(context);
        if (!at->pool->ledger.knows(chunk)) at->judge->adopt_chunk(*at->pool, chunk);
      },
      &walk);
}

// The chunk must lie inside what this call claimed, and cover it.
void Judge::adopt_chunk(PoolState& pool, const ChunkView& view) {
  const std::uint64_t page = page_bytes(header_);
  bool inside = false;
  for (std::uint32_t i = 0; i < log_.size(); ++i) {
    SeamCall& claim = log_[i];
    if (claim.kind != SeamCall::Kind::kClaim || claim.address == 0 || claim.matched) continue;
    const std::uint64_t start = kernel_address(pool.map, claim.address);
    if (view.start < start || view.end > start + claim.amount * page - 1 || view.end < view.start)
      continue;
    claim.matched = inside = true;
    // Pages that no chunk covers are lost until the map dies (spec section 6, point 3).
    const std::uint64_t covered = (view.end - start) / page - (view.start - start) / page + 1;
    if (covered != claim.amount)
      fail(Oracle::kAccounting, Site::kPage, "pages",
           text("a chunk over all %llu pages claimed",
                static_cast<unsigned long long>(claim.amount)),
           text("over %llu", static_cast<unsigned long long>(covered)));
  }
  if (!inside)
    fail(Oracle::kOutside, Site::kPage, "chunk", text("a chunk inside the pages just claimed"),
         text("%s to %s", address_text(view.start).chars, address_text(view.end).chars));
  const int shift = std::countr_zero(page);
  if (!pool.ledger.add(view, pool.port.inner().granule_order(), shift, shadow_))
    stop(EndReason::kOutOfBudget);
  pool.words += (view.granules + 63) / 64;
  ++call_.chunks_made;
}

void Judge::after_alloc(int scheduler, std::uint64_t address) {
  PoolState& pool = pools_[scheduler];
  if (!model_on()) verdict_->steps += hang_bound_ - atomics::hooks.steps_left;
  judge_context();
  if (log_.size() > 0) {
    adopt_growth(pool);
    judge_unwind(pool);
  }
  fold(relative(address));
  if (tracing()) trace_call(address);
  if (address != 0) {
    judge_block(pool, address);
    retry_.armed = false;
  } else {
    mask_refused_ = true;
    judge_failure(pool);
  }
  if (model_on()) predict_alloc(pool, address);
}

void Judge::judge_block(PoolState& pool, std::uint64_t address) {
  if (address % 8 != 0)
    fail(Oracle::kMisaligned, Site::kNone, "address", text("a multiple of 8"),
         address_text(address));
  const std::uint32_t index = pool.ledger.find(address);
  if (index == Ledger::kNoChunk)
    fail(Oracle::kOutside, Site::kNone, "block", text("inside pages that this pool claimed"),
         address_text(address));
  Ledger::Chunk& chunk = pool.ledger.chunks()[index];
  if (call_.size == 0 || call_.size - 1 > chunk.view.end - address)
    fail(Oracle::kOutside, Site::kNone, "block-end",
         text("%s bytes inside one chunk", number(call_.size).chars), address_text(address));
  if (pool.misused) return;
  if (pool.ledger.any_live(index, address, call_.size))
    fail(pool.robbed ? Oracle::kNeighbour : Oracle::kOverlap, Site::kNone, "address-twice",
         text("granules that no live block holds"), address_text(address));
  pool.ledger.set_live(index, address, call_.size);
  if (pool.ledger.has_overlap()) return;
  if (!pool.ledger.words_agree(chunk, address, call_.size))
    fail(Oracle::kAccounting, Site::kNone, "bitmap", text("just the block's granules taken"),
         text("other bits in its words, at %s", address_text(address).chars));
  if (!pool.ledger.avail_agrees(chunk))
    fail(Oracle::kAccounting, Site::kNone, "avail",
         text("avail %llu", static_cast<unsigned long long>(chunk.expected_avail)),
         text("%llu", static_cast<unsigned long long>(atomics::load(*chunk.view.avail))));
}

void Judge::judge_failure(PoolState& pool) {
  if (!pool.exists) return;
  // A peer that took the fresh pages first is the only good reason to keep them.
  if (call_.chunks_made > 0 && !pool.collided)
    fail(Oracle::kOverClaim, Site::kPage, "in-vain",
         text("no pages kept by an alloc of %s bytes that fails", number(call_.size).chars),
         text("NULL, and %llu chunks more", static_cast<unsigned long long>(call_.chunks_made)));
  judge_retry(pool);
  const std::uint64_t page = page_bytes(header_);
  const bool impossible = call_.size == 0 || call_.size > header_.arena_pages * page;
  if (impossible) return;
  if (!pool.collided && pool.ledger.hole_fits(call_.size))
    fail(Oracle::kSpuriousFailure, Site::kNone, "hole-fits",
         text("a block of %s bytes", number(call_.size).chars), text("NULL"));
  // A peer that took the only hole is a cause too (spec section 6, under concurrency).
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

// What this call claimed is in a chunk or given back.
void Judge::judge_unwind(PoolState& pool) {
  for (std::uint32_t i = 0; i < log_.size(); ++i) {
    const SeamCall& claim = log_[i];
    if (claim.kind != SeamCall::Kind::kClaim || claim.address == 0 || claim.matched) continue;
    fail(Oracle::kUnwind, Site::kPage, "pages-kept",
         text("the pages of a failed growth given back"),
         text("page %llu, %llu pages kept",
              static_cast<unsigned long long>(page_of(pool.map, claim.address)),
              static_cast<unsigned long long>(claim.amount)));
  }
}

void Judge::after_free(int scheduler) {
  PoolState& pool = pools_[scheduler];
  if (!model_on()) verdict_->steps += hang_bound_ - atomics::hooks.steps_left;
  fold(relative(call_.address));
  if (call_.address == 0 || !pool.exists) return;
  if (tracing()) trace_call(0);
  judge_context();
  if (pool.stage == Stage::kPoolDestroyed)
    fail(Oracle::kLifecycle, Site::kNone, "order", text("masks freed before the pool is destroyed"),
         text("a mask freed after it"));
  if (operation_is_misuse_) pool.misused = true;
  const std::uint32_t index = pool.ledger.find(call_.address);
  if (pool.misused) {
    for (std::uint32_t i = 0; i < pool.ledger.chunks().size(); ++i)
      if (i == index || pool.ledger.has_overlap()) pool.ledger.raise_bound(i);
  } else if (index != Ledger::kNoChunk) {
    const Ledger::Chunk& chunk = pool.ledger.chunks()[index];
    pool.ledger.set_free(index, call_.address, call_.size);
    if (!pool.ledger.has_overlap()) {
      if (!pool.ledger.words_agree(chunk, call_.address, call_.size))
        fail(Oracle::kAccounting, Site::kNone, "bitmap", text("just the block's granules freed"),
             text("other bits in its words, at %s", address_text(call_.address).chars));
      if (!pool.ledger.avail_agrees(chunk))
        fail(Oracle::kAccounting, Site::kNone, "avail",
             text("avail %llu", static_cast<unsigned long long>(chunk.expected_avail)),
             text("%llu", static_cast<unsigned long long>(atomics::load(*chunk.view.avail))));
    }
  }
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
