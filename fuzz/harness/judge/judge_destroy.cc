// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of a pool's end.
#include "fuzz/harness/judge/judge.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kDestroyBound = std::uint64_t{1} << 28;

}  // namespace

void Judge::before_destroy(int scheduler) {
  PoolState& pool = state_.pools[scheduler];
  CallScope& call = begin_call(CallKind::kDestroy, scheduler);
  call.seam_bound += 4 * (pool.ledger.claims() + pool.ledger.held_pages());
  if (pool.stage != Stage::kMasksFreed)
    run_.fail(Oracle::kLifecycle, Site::kNone, "order",
              text("masks freed before the pool is destroyed"), text("the pool destroyed first"));
  if (pool.port->exists()) {
    if (pool.map >= 0 && !state_.maps[pool.map].arena->alive())
      run_.fail(Oracle::kLifecycle, Site::kNone, "order",
                text("a map that lives as long as the pool"), text("the map died first"));
    if (!state_compared_) books_.compare(pool);
  }
  run_.count_steps(kDestroyBound);
  run_.charge(run_.model_on() ? pool.model.destroy_cost() : 0, reserve());
}

void Judge::after_destroy(int scheduler) {
  PoolState& pool = state_.pools[scheduler];
  if (!run_.model_on()) run_.spend_counted_steps();
  if (run_.tracing()) run_.trace(text("      pool destroyed"));
  run_.fold(0xd00);
  run_.judge_context();
  if (call().pages_kept > 0)
    run_.fail(Oracle::kUnwind, Site::kPage, "pages-kept", text("no pages claimed by a destroy"),
              text("%lld pages kept", static_cast<long long>(call().pages_kept)));
  if (pool.port->exists())
    run_.fail(Oracle::kLifecycle, Site::kNone, "pool-kept", text("no pool after destroy"),
              text("a pool"));
  if (pool.metadata_out != 0)
    run_.fail(Oracle::kMetadataLeak, Site::kNone, "destroy", text("all metadata given back"),
              text("%llu records out", static_cast<unsigned long long>(pool.metadata_out)));
  if (run_.model_on()) predictor_.predict_destroy(pool);
  pool.forget();
}

}  // namespace arenafuzz
