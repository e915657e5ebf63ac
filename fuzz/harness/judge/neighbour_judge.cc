// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/neighbour_judge.h"

#include <algorithm>
#include <cerrno>

namespace arenafuzz {

void NeighbourJudge::map_created(int map) {
  state_.maps[map].model.reset(run_.header().arena_pages, run_.header().best_fit,
                               state_.maps[map].arena->mapped());
  if (run_.tracing()) run_.trace(text("      map m%d created", map));
}

void NeighbourJudge::map_died(int map) {
  state_.maps[map].model.reset(0, false, false);
  state_.maps[map].waiting.clear();
  if (run_.tracing()) run_.trace(text("      map m%d died", map));
}

void NeighbourJudge::charge(int map, std::uint64_t pages) {
  run_.scope().begin_call();
  run_.charge(1 + pages + state_.maps[map].model.run_count(),
              run_.model_on() ? state_.destroy_cost() : 0);
}

void NeighbourJudge::claimed(int map, std::uint64_t pages, std::uint64_t hint_page,
                             std::uint64_t user_address) {
  run_.saw_neighbour();
  if (user_address != 0) memory_.forget(map, state_.page_of(map, user_address), pages);
  run_.fold(user_address);
  run_.trace(user_address == 0 ? text("      -> refused")
                               : text("      -> page %llu", static_cast<unsigned long long>(
                                                                state_.page_of(map, user_address))),
             user_address == 0 ? TraceKind::kRefused : TraceKind::kOther);
  if (!run_.model_on()) return;
  ArenaModel& arena = state_.maps[map].model;
  std::uint64_t lands = ArenaModel::kNone;
  if (hint_page == 0) {
    lands = arena.find(pages);
  } else if (arena.mapped() && pages != 0 && arena.all_free(hint_page - 1, pages)) {
    lands = hint_page - 1;
  }
  const std::uint64_t got =
      user_address == 0 ? ArenaModel::kNone : state_.page_of(map, user_address);
  if (lands != got) {
    run_.differ(Site::kPage, "elsewhere", text("page %lld", static_cast<long long>(lands)),
                text("page %lld", static_cast<long long>(got)));
  } else if (lands != ArenaModel::kNone) {
    arena.take(lands, pages);
  }
}

void NeighbourJudge::released(int map, std::uint64_t page, std::uint64_t pages) {
  run_.saw_neighbour();
  if (page >= run_.header().arena_pages) return;
  pages = std::min<std::uint64_t>(pages, run_.header().arena_pages - page);
  state_.mark_robbed(map, page, pages);
  memory_.forget(map, page, pages);
  if (state_.maps[map].model.mapped()) state_.maps[map].model.give(page, pages);
}

void NeighbourJudge::reserved(int map, std::uint64_t page, std::uint64_t pages, int result) {
  run_.saw_neighbour();
  if (result == 0) memory_.forget(map, page, pages);
  const auto folded = static_cast<std::uint64_t>(static_cast<std::int64_t>(result));
  run_.fold(folded);
  if (run_.tracing()) run_.trace(text("      -> %d", result), TraceKind::kResult, folded);
  if (!run_.model_on()) return;
  ArenaModel& arena = state_.maps[map].model;
  int expected = 0;
  if (pages != 0) {
    if (!arena.mapped() || page >= arena.pages() || pages > arena.pages() - page) {
      expected = -EINVAL;
    } else if (!arena.all_free(page, pages)) {
      expected = -EBUSY;
    } else {
      arena.take(page, pages);
    }
  }
  if (result != expected)
    run_.differ(Site::kPage, "result", text("%d", expected), text("%d", result));
}

void NeighbourJudge::faulted(int map, std::uint64_t page, bool taken) {
  run_.saw_neighbour();
  if (taken) memory_.forget(map, page, 1);
  run_.fold(page << 1 | (taken ? 1 : 0));
  if (!run_.model_on()) return;
  ArenaModel& arena = state_.maps[map].model;
  const bool expected = arena.mapped() && arena.all_free(page, 1);
  if (expected) arena.take(page, 1);
  if (expected != taken)
    run_.differ(Site::kPage, "user-fault", text(expected ? "a page taken" : "no page taken"),
                text(taken ? "a page taken" : "no page taken"));
}

void NeighbourJudge::mapped(int map, int result) {
  const auto folded = static_cast<std::uint64_t>(static_cast<std::int64_t>(result));
  run_.fold(folded);
  if (run_.tracing()) run_.trace(text("      -> %d", result), TraceKind::kResult, folded);
  const int expected = state_.maps[map].model.mapped() ? -EBUSY : 0;
  state_.maps[map].model.set_mapped();
  if (run_.model_on() && result != expected)
    run_.differ(Site::kPage, "result", text("%d", expected), text("%d", result));
}

void NeighbourJudge::before_worker(int map) {
  run_.scope().begin_call();
  seams_.begin_worker();
  for (const ArenaModel::Span& span : state_.maps[map].waiting)
    state_.mark_robbed(map, span.page, span.pages);
  state_.maps[map].waiting.clear();
}

// Newest span first; each release may be lost to F5 (docs/arena_pool.md, The BPF arena as page
// source).
void NeighbourJudge::after_worker(int map) {
  if (state_.retry.map == map) {
    state_.retry.ready |= !run_.call().pages_lost;
    state_.retry.armed &= !run_.call().pages_lost;
  }
  if (!run_.model_on()) return;
  std::vector<ArenaModel::Span>& waiting = state_.maps[map].model.waiting();
  const std::vector<bool>& records = seams_.worker_records();
  if (records.size() != waiting.size()) {
    run_.differ(Site::kRelease, "amount", text("%zu spans released", waiting.size()),
                text("%zu", records.size()));
    return;
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    const ArenaModel::Span span = waiting[waiting.size() - 1 - i];
    if (records[i]) state_.maps[map].model.give(span.page, span.pages);
  }
  waiting.clear();
}

}  // namespace arenafuzz
