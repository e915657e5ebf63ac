// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of a pool's end and of its whole state.
#include "fuzz/harness/judge/judge.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kDestroyBound = std::uint64_t{1} << 28;

}  // namespace

void Judge::before_destroy(int scheduler) {
  PoolState& pool = pools_[scheduler];
  call_.begin();
  call_.kind = CallKind::kDestroy;
  call_.scheduler = scheduler;
  call_.seam_bound += 4 * (pool.ledger.claims() + pool.ledger.held_pages());
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
  if (call_.pages_kept > 0)
    fail(Oracle::kUnwind, Site::kPage, "pages-kept", text("no pages claimed by a destroy"),
         text("%lld pages kept", static_cast<long long>(call_.pages_kept)));
  if (pool.port.inner().exists())
    fail(Oracle::kLifecycle, Site::kNone, "pool-kept", text("no pool after destroy"),
         text("a pool"));
  if (pool.metadata_out != 0)
    fail(Oracle::kMetadataLeak, Site::kNone, "destroy", text("all metadata given back"),
         text("%llu records out", static_cast<unsigned long long>(pool.metadata_out)));
  if (model_on()) predict_destroy(pool);
  pool.ledger.close();
  pool.books.discard();
  pool.model.discard();
  pool.misused = pool.robbed = pool.collided = pool.unbooked = pool.exists = false;
  pool.map = -1;
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
