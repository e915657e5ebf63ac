// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of a pool's end and of its whole state.
#include "fuzz/harness/judge.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kDestroyBound = std::uint64_t{1} << 28;

}  // namespace

void Judge::before_destroy(int scheduler) {
  PoolState& pool = pools_[scheduler];
  call_ = {};
  call_.kind = CallKind::kDestroy;
  call_.scheduler = scheduler;
  log_.clear();
  seam_calls_ = 0;
  cursor_ = 0;
  if (pool.stage != Stage::kMasksFreed)
    fail(Oracle::kLifecycle, Site::kNone, "order", text("masks freed before the pool is destroyed"),
         text("the pool destroyed first"));
  if (pool.port.inner().exists()) {
    if (pool.map >= 0 && !maps_[pool.map].arena->alive())
      fail(Oracle::kLifecycle, Site::kNone, "order", text("a map that lives as long as the pool"),
           text("the map died first"));
    if (!state_compared_) compare_pool(scheduler);
  }
  hang_bound_ = kDestroyBound;
  atomics::hooks.steps_left = hang_bound_;
  charge(model_on() ? pool.model.destroy_cost() : 0);
}

void Judge::after_destroy(int scheduler) {
  PoolState& pool = pools_[scheduler];
  if (!model_on()) verdict_->steps += hang_bound_ - atomics::hooks.steps_left;
  if (tracing()) trace(text("      pool destroyed"));
  fold(0xd00);
  judge_context();
  judge_unwind(pool);
  if (pool.port.inner().exists())
    fail(Oracle::kLifecycle, Site::kNone, "pool-kept", text("no pool after destroy"),
         text("a pool"));
  if (pool.metadata_out != 0)
    fail(Oracle::kMetadataLeak, Site::kNone, "destroy", text("all metadata given back"),
         text("%llu records out", static_cast<unsigned long long>(pool.metadata_out)));
  if (model_on()) predict_destroy(pool);
  pool.ledger.discard();
  pool.model.discard();
  pool.misused = pool.robbed = pool.collided = pool.exists = false;
  pool.words = 0;
  pool.map = -1;
}

// Safety: each chunk's bitmap and avail against the books.
void Judge::compare_pool(int scheduler) {
  PoolState& pool = pools_[scheduler];
  if (pool.misused || pool.ledger.has_overlap()) return;
  in_whole_compare_ = true;
  std::uint64_t held = 0;
  for (const Ledger::Chunk& chunk : pool.ledger.chunks()) {
    ++held;
    if (pool.ledger.chunk_agrees(chunk)) continue;
    fail(
        Oracle::kAccounting, Site::kNone, "state",
        text("bitmap and avail of chunk %llu as booked", static_cast<unsigned long long>(held - 1)),
        text("another state"));
  }
  std::uint64_t seen = 0;
  pool.port.inner().for_each_chunk(
      [](void* count, const ChunkView&) { ++*static_cast<std::uint64_t*>(count); }, &seen);
  if (seen != held)
    fail(Oracle::kAccounting, Site::kNone, "chunks",
         text("%llu chunks", static_cast<unsigned long long>(held)),
         text("%llu", static_cast<unsigned long long>(seen)));
  in_whole_compare_ = false;
}

void Judge::compare_whole_state(bool at_end) {
  at_end_ = at_end;
  in_whole_compare_ = true;
  call_.kind = CallKind::kNone;
  for (int i = 0; i < header_.schedulers; ++i) {
    if (!pools_[i].port.inner().exists()) continue;
    compare_pool(i);
    if (model_on()) compare_model(i);
  }
  in_whole_compare_ = false;
  state_compared_ = at_end;
}

}  // namespace arenafuzz
