// SPDX-License-Identifier: GPL-2.0-only
//
// The executor for programs of kind 1: a gen_pool alone, judged by the model (fine print 11).
// Overlapping chunks make a correct free hit BUG, as in the C code; the model says when.
#include <cerrno>

#include "fuzz/harness/bitmap_view.h"
#include "fuzz/harness/executor.h"

namespace arenafuzz {
namespace {

struct RunOffSearch {
  std::uint64_t address;
  std::uint64_t size;
  int order;
  bool found;
  bool runs_off;
};

bool would_run_off(const GenPoolPort& pool, int order, std::uint64_t address, std::uint64_t size) {
  RunOffSearch search{address, size, order, false, false};
  pool.for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* wanted = static_cast<RunOffSearch*>(context);
        if (wanted->found || wanted->address < view.start || wanted->address > view.end) return;
        wanted->found = true;
        wanted->runs_off = runs_off_bitmap(view, wanted->order, wanted->address, wanted->size);
      },
      &search);
  return search.runs_off;
}

}  // namespace

void Executor::gen_create() {
  GenPoolPort& pool = backend_->gen_pool();
  if (pool.exists()) return;
  judge_->gen_before(64, BugSite::kNone, gen_model_.has_overlap());
  const bool made = pool.create(header_.granule_order);
  judge_->gen_expect("result", injector_.fired_in_operation() == 0 ? 1 : 0, made ? 1 : 0);
  if (made) gen_model_.create(header_.granule_order);
}

void Executor::gen_add(const Operation& operation) {
  const std::uint64_t bitmap = (operation.size >> header_.granule_order) / 8 + 8;
  if (gen_bitmap_bytes_ + bitmap > limits::kMaxBitmapBytes) return;
  gen_bitmap_bytes_ += bitmap;
  judge_->gen_before(64 + bitmap / 8, BugSite::kNone, gen_model_.has_overlap());
  const int result = backend_->gen_pool().add(operation.address, operation.size);
  const bool fired = injector_.fired_in_operation() != 0;
  judge_->gen_expect("result", fired ? 1 : 0, result == 0 ? 0 : 1);
  if (result == 0) gen_model_.add(operation.address, operation.size, 0);
}

void Executor::gen_alloc(const Operation& operation) {
  slots_dirty_ = true;
  Block& block = blocks_[operation.slot];
  block.address = 0;
  if (operation.policy != AllocPolicy::kFirstFit) {
    if (judge_->tracing())
      judge_->trace(text("      nothing: this backend's gen_pool has first fit only"));
    return;
  }
  const PoolModel::Place place = gen_model_.place(operation.size);
  judge_->gen_before(gen_model_.alloc_cost(place, operation.size), BugSite::kNone,
                     gen_model_.has_overlap());
  const std::uint64_t address = backend_->gen_pool().alloc(operation.size, operation.policy, operation.policy_data);
  judge_->gen_expect("address", place.found ? gen_model_.commit(place) : 0, address);
  block.address = address;
  block.size = operation.size;
}

void Executor::gen_free(std::uint64_t address, std::uint64_t size) {
  if (would_run_off(backend_->gen_pool(), header_.granule_order, address, size)) {
    if (judge_->tracing())
      judge_->trace(text("      undefined: the C would run off its bitmap; not executed"));
    return;
  }
  const PoolModel::FreeEffect effect = gen_model_.free(address, size);
  judge_->gen_before(64 + gen_model_.total_words() + gen_model_.chunks().size(), effect.bug,
                     gen_model_.has_overlap());
  backend_->gen_pool().free(address, size);
  judge_->gen_no_bug(effect.bug);
}

void Executor::gen_misuse_free(const Operation& operation) {
  Block& block = blocks_[operation.slot];
  const bool last = operation.twice && block.address == 0;
  const std::uint64_t base = last ? block.last_address : block.address;
  if (base == 0) return;
  const std::uint64_t size =
      operation.size_given ? operation.size : (last ? block.last_size : block.size);
  const std::uint64_t address =
      base + static_cast<std::uint64_t>(static_cast<std::int64_t>(operation.offset));
  if (!last) block = {0, 0, 0, block.address, block.size, 0};
  gen_free(address, size);
  if (operation.twice && !last) gen_free(address, size);
}

void Executor::gen_destroy() {
  GenPoolPort& pool = backend_->gen_pool();
  if (!pool.exists()) return;
  compare_gen_pool();
  CollisionState none;
  const std::uint64_t cost = gen_model_.destroy_cost();
  const bool overlapping = gen_model_.has_overlap();
  const BugSite bug = gen_model_.destroy_stepwise(none);
  judge_->gen_before(cost, bug, overlapping);
  pool.destroy();
  judge_->gen_no_bug(bug);
  gen_model_.discard();
  for (Block& block : blocks_) block = {};
}

void Executor::compare_gen_pool() {
  GenPoolPort& pool = backend_->gen_pool();
  if (!pool.exists()) return;
  struct Walk {
    const PoolModel* model;
    std::size_t index;
    bool agrees;
  } walk{&gen_model_, gen_model_.chunks().size(), true};
  pool.for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* at = static_cast<Walk*>(context);
        if (at->index-- == 0) at->agrees = false;
        if (!at->agrees) return;
        const PoolModel::Chunk& expected = at->model->chunks()[at->index];
        at->agrees = view.start == expected.start && view.end == expected.end &&
                     atomics::load(*view.avail) == expected.avail &&
                     at->model->matches_words(static_cast<std::uint32_t>(at->index), view);
      },
      &walk);
  judge_->gen_expect("state", 1, walk.agrees && walk.index == 0 ? 1 : 0);
  judge_->gen_expect("avail", gen_model_.avail(), pool.avail());
}

void Executor::step_gen_pool(const Operation& operation) {
  if (operation.kind == OperationKind::kGenCreate) {
    gen_create();
    return;
  }
  if (!backend_->gen_pool().exists()) return;
  switch (operation.kind) {
    case OperationKind::kGenAdd:
      gen_add(operation);
      break;
    case OperationKind::kGenAlloc:
      gen_alloc(operation);
      break;
    case OperationKind::kGenFree: {
      Block& block = blocks_[operation.slot];
      if (block.address == 0) break;
      const Block freed = block;
      block = {0, 0, 0, freed.address, freed.size, 0};
      gen_free(freed.address, freed.size);
      break;
    }
    case OperationKind::kGenMisuseFree:
      gen_misuse_free(operation);
      break;
    case OperationKind::kGenHasAddr:
      judge_->gen_expect("has-addr", gen_model_.has_addr(operation.address, operation.size) ? 1 : 0,
                         backend_->gen_pool().has_addr(operation.address, operation.size) ? 1 : 0);
      break;
    case OperationKind::kGenDestroy:
      gen_destroy();
      break;
    default:
      break;
  }
  if (options_.compare_always) compare_gen_pool();
}

}  // namespace arenafuzz
