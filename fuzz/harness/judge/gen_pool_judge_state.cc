// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of gen_pool programs: what a pool reports, its destruction, and its whole state.
#include "fuzz/harness/judge/gen_pool_judge.h"

namespace arenafuzz {

void GenPoolJudge::has_addr(std::uint64_t start, std::uint64_t size) {
  before(1 + ledger_.chunks().size());
  const bool holds = pool_->has_addr(start, size);
  after();
  note("has-addr", holds ? 1 : 0);
  if (ledger_.trusted() && holds != ledger_.has_addr(start, size))
    run_.fail(holds ? Oracle::kMissedFailure : Oracle::kSpuriousFailure, Site::kNone,
              holds ? "no-chunk-holds-it" : "a-chunk-holds-it",
              text(holds ? "false: no single chunk holds it" : "true: one chunk holds it"),
              text(holds ? "true" : "false"));
  if (run_.model_on()) expect("has-addr", model_.has_addr(start, size) ? 1 : 0, holds ? 1 : 0);
}

// Outside the ledger's trust the model alone says whether it must be refused.
void GenPoolJudge::destroy_as_is() {
  compare();
  const bool holds = ledger_.trusted() && ledger_.any_live();
  BugSite expected = holds ? BugSite::kDestroyNotEmpty : BugSite::kNone;
  std::uint64_t cost = 1;
  if (run_.model_on()) {
    cost = model_.destroy_cost();
    expected = model_.any_taken() ? BugSite::kDestroyNotEmpty : BugSite::kNone;
  }
  before(cost, expected);
  if (holds) run_.call().required_bug = BugSite::kDestroyNotEmpty;
  pool_->destroy_as_is();
  after();
  require_bug(run_.call().required_bug);
  after_destroy(expected);
}

void GenPoolJudge::destroy() {
  compare();
  BugSite expected = BugSite::kNone;
  std::uint64_t cost = 1;
  if (run_.model_on()) {
    cost = model_.destroy_cost();
    CollisionState none;
    // Without overlaps each run of taken granules is freed where it is.
    if (model_.has_overlap()) expected = model_.destroy_stepwise(none);
  }
  before(cost, expected);
  pool_->destroy();
  after();
  after_destroy(expected);
}

void GenPoolJudge::after_destroy(BugSite expected) {
  expect_no_bug(expected);
  if (pool_->exists())
    run_.fail(Oracle::kLifecycle, Site::kNone, "pool-kept", text("no pool after destroy"),
              text("a pool"));
  model_.discard();
  ledger_.discard();
}

void GenPoolJudge::compare() {
  run_.set_comparing(true);
  if (uses_memory_) compare_memory();
  if (ledger_.trusted()) compare_books();
  if (run_.model_on()) compare_model();
  run_.set_comparing(false);
}

// The pool may list its chunks in any order.
void GenPoolJudge::compare_books() {
  struct Walk {
    const GenLedger* ledger;
    std::uint64_t shown;
    bool agrees;
  } walk{&ledger_, 0, true};
  pool_->for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* at = static_cast<Walk*>(context);
        ++at->shown;
        at->agrees = at->agrees && at->ledger->agrees(view);
      },
      &walk);
  if (walk.shown != ledger_.chunks().size())
    run_.fail(Oracle::kAccounting, Site::kNone, "chunks",
              text("%llu chunks", ull(ledger_.chunks().size())), text("%llu", ull(walk.shown)));
  const std::uint64_t visited = pool_->visited();
  if (visited != ledger_.chunks().size())
    run_.fail(Oracle::kAccounting, Site::kNone, "chunks-visited",
              text("%llu chunks visited", ull(ledger_.chunks().size())),
              text("%llu", ull(visited)));
  if (!walk.agrees)
    run_.fail(Oracle::kAccounting, Site::kNone, "state",
              text("extent, bitmap and avail of each chunk as booked"), text("another state"));
  const std::uint64_t avail = pool_->avail();
  if (avail != ledger_.avail())
    run_.fail(Oracle::kAccounting, Site::kNone, "avail-sum",
              text("avail %llu", ull(ledger_.avail())), text("%llu", ull(avail)));
  const std::uint64_t size = pool_->size();
  if (size != ledger_.size())
    run_.fail(Oracle::kAccounting, Site::kNone, "size-sum", text("size %llu", ull(ledger_.size())),
              text("%llu", ull(size)));
}

void GenPoolJudge::compare_model() {
  struct Walk {
    const PoolModel* model;
    std::size_t index;
    bool agrees;
  } walk{&model_, model_.chunks().size(), true};
  pool_->for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* at = static_cast<Walk*>(context);
        if (at->index == 0) at->agrees = false;
        if (!at->agrees) return;
        const PoolModel::Chunk& expected = at->model->chunks()[--at->index];
        at->agrees = view.start == expected.start && view.end == expected.end &&
                     (view.avail == nullptr || atomics::load(*view.avail) == expected.avail) &&
                     at->model->matches_words(static_cast<std::uint32_t>(at->index), view);
      },
      &walk);
  const std::uint64_t state = walk.agrees && walk.index == 0 ? 1 : 0;
  note("state", state);
  expect("state", 1, state);
  if (!run_.model_on()) return;
  const std::uint64_t avail = pool_->avail();
  note("avail", avail);
  expect("avail", model_.avail(), avail);
}

}  // namespace arenafuzz
