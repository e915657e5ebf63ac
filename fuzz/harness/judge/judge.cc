// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/judge.h"

#include "fuzz/harness/books/bitmap_view.h"

namespace arenafuzz {

Judge::Judge(const Injector& injector) : run_(injector) {}

void Judge::bind(int scheduler, PoolPort& inner) {
  state_.pools[scheduler].port = &inner;
  ports_[scheduler].emplace(inner, *this, scheduler);
}

void Judge::begin(const Header& header, const Options& options, Verdict* verdict) {
  run_.begin(header, options, verdict);
  state_.begin();
  peers_.forget();
  state_compared_ = false;
}

void Judge::begin_operation(std::size_t position, const Operation& operation, bool misuse) {
  run_.begin_operation(position, operation, misuse);
  atomics::hooks.context = this;
  atomics::hooks.before_compare_exchange = nullptr;
  if (run_.scope().collisions_armed)
    atomics::hooks.before_compare_exchange = [](void* self, atomics::Word* word,
                                                std::uint64_t mask) {
      static_cast<Judge*>(self)->on_compare_exchange(word, mask);
    };
  const bool keeps_retry = operation.kind == OperationKind::kAlloc ||
                           operation.kind == OperationKind::kHeal ||
                           operation.kind == OperationKind::kWorker;
  if (!keeps_retry) state_.retry.armed = false;
  run_.fold(static_cast<std::uint64_t>(operation.kind) << 32 | position);
}

void Judge::disarm_collisions() {
  run_.scope().collisions_armed = false;
  atomics::hooks.before_compare_exchange = nullptr;
}

void Judge::end_operation() {
  if (run_.options().compare_always) compare_whole_state(false);
}

void Judge::compare_whole_state(bool at_end) {
  run_.set_at_end(at_end);
  call().kind = CallKind::kNone;
  for (int i = 0; i < header().schedulers; ++i) {
    PoolState& pool = state_.pools[i];
    if (!pool.port->exists()) continue;
    run_.set_comparing(true);
    books_.compare(pool);
    if (run_.model_on()) predictor_.compare(pool);
  }
  run_.set_comparing(false);
  state_compared_ = at_end;
}

void Judge::judge_leftovers(std::uint64_t outstanding, std::uint64_t broken_redzones) {
  call().kind = CallKind::kNone;
  if (broken_redzones != 0)
    run_.report(Oracle::kStrayAccess, Site::kNone, "redzone", text("redzones as they were"),
                text("%llu overwritten", static_cast<unsigned long long>(broken_redzones)));
  if (outstanding != 0)
    run_.report(Oracle::kMetadataLeak, Site::kNone, "left-over", text("nothing left at the end"),
                text("%llu records still out", static_cast<unsigned long long>(outstanding)));
}

void Judge::enabled(int result, int expected_error) {
  const auto folded = static_cast<std::uint64_t>(static_cast<std::int64_t>(result));
  run_.fold(folded);
  if (run_.tracing()) run_.trace(text("      -> %d", result), TraceKind::kResult, folded);
  if (run_.model_on() && result != expected_error)
    run_.differ(Site::kNone, "result", text("%d", expected_error), text("%d", result));
}

void Judge::missed_masks(std::uint32_t wanted, std::uint32_t made) {
  call().kind = CallKind::kNone;
  run_.fail(Oracle::kMissedFailure, Site::kNone, "masks", text("a pool with %u masks", wanted),
            text("%u masks, though enable returned 0", made));
}

// The chunk that the free would clear in, followed past its last granule (docs/arena_pool.md, Sums
// that wrap): true if no free granule stops it before the bitmap ends.
bool Judge::would_run_off(int scheduler, std::uint64_t address, std::uint64_t size) const {
  struct Search {
    std::uint64_t address;
    bool found;
    ChunkView view;
  } search{address, false, {}};
  const PoolPort& pool = *state_.pools[scheduler].port;
  pool.for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* wanted = static_cast<Search*>(context);
        if (wanted->found || wanted->address < view.start || wanted->address > view.end) return;
        wanted->found = true;
        wanted->view = view;
      },
      &search);
  return search.found && runs_off_bitmap(search.view, pool.granule_order(), address, size);
}

}  // namespace arenafuzz
