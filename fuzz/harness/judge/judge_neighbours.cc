// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of what is not a call into a pool: maps that come and go, and what the BPF program,
// user space and the worker do to their pages.
#include <algorithm>
#include <cerrno>

#include "fuzz/harness/judge/judge.h"

namespace arenafuzz {

void Judge::map_created(int map) {
  maps_[map].model.reset(header_.arena_pages, header_.best_fit, maps_[map].arena->mapped());
  if (tracing()) trace(text("      map m%d created", map));
}

void Judge::map_died(int map) {
  maps_[map].model.reset(0, false, false);
  maps_[map].waiting.clear();
  if (tracing()) trace(text("      map m%d died", map));
}

// Pages that a pool holds were freed by somebody else; by another pool, if `by` is not nullptr.
void Judge::mark_robbed(int map, std::uint64_t page, std::uint64_t pages, const PoolState* by) {
  const std::uint64_t bytes = page_bytes(header_);
  const std::uint64_t start = kernel_base_of(map) + base_low(header_) + page * bytes;
  for (PoolState& pool : pools_)
    if (pool.map == map && &pool != by && !pool.robbed)
      pool.robbed = pool.ledger.holds_any(start, pages * bytes);
}

void Judge::neighbour_claimed(int map, std::uint64_t pages, std::uint64_t hint_page,
                              std::uint64_t user_address) {
  any_neighbour_ = true;
  if (user_address != 0) forget_memory(map, page_of(map, user_address), pages);
  fold(user_address);
  trace(user_address == 0 ? text("      -> refused")
                          : text("      -> page %llu",
                                 static_cast<unsigned long long>(page_of(map, user_address))));
  if (!model_on()) return;
  ArenaModel& arena = maps_[map].model;
  std::uint64_t lands = ArenaModel::kNone;
  if (hint_page == 0) {
    lands = arena.find(pages);
  } else if (arena.mapped() && pages != 0 && arena.all_free(hint_page - 1, pages)) {
    lands = hint_page - 1;
  }
  const std::uint64_t got = user_address == 0 ? ArenaModel::kNone : page_of(map, user_address);
  if (lands != got) {
    differ(Site::kPage, "elsewhere", text("page %lld", static_cast<long long>(lands)),
           text("page %lld", static_cast<long long>(got)));
  } else if (lands != ArenaModel::kNone) {
    arena.take(lands, pages);
  }
}

void Judge::neighbour_released(int map, std::uint64_t page, std::uint64_t pages) {
  any_neighbour_ = true;
  if (page >= header_.arena_pages) return;
  pages = std::min<std::uint64_t>(pages, header_.arena_pages - page);
  mark_robbed(map, page, pages);
  forget_memory(map, page, pages);
  if (maps_[map].model.mapped()) maps_[map].model.give(page, pages);
}

void Judge::neighbour_reserved(int map, std::uint64_t page, std::uint64_t pages, int result) {
  any_neighbour_ = true;
  if (result == 0) forget_memory(map, page, pages);
  fold(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)));
  if (tracing()) trace(text("      -> %d", result));
  if (!model_on()) return;
  ArenaModel& arena = maps_[map].model;
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
  if (result != expected) differ(Site::kPage, "result", text("%d", expected), text("%d", result));
}

void Judge::neighbour_faulted(int map, std::uint64_t page, bool taken) {
  any_neighbour_ = true;
  if (taken) forget_memory(map, page, 1);
  fold(page << 1 | (taken ? 1 : 0));
  if (!model_on()) return;
  ArenaModel& arena = maps_[map].model;
  const bool expected = arena.mapped() && arena.all_free(page, 1);
  if (expected) arena.take(page, 1);
  if (expected != taken)
    differ(Site::kPage, "user-fault", text(expected ? "a page taken" : "no page taken"),
           text(taken ? "a page taken" : "no page taken"));
}

void Judge::neighbour_mapped(int map, int result) {
  fold(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)));
  if (tracing()) trace(text("      -> %d", result));
  const int expected = maps_[map].model.mapped() ? -EBUSY : 0;
  maps_[map].model.set_mapped();
  if (model_on() && result != expected)
    differ(Site::kPage, "result", text("%d", expected), text("%d", result));
}

void Judge::before_worker(int map) {
  call_.begin();
  worker_records_.clear();
  for (const ArenaModel::Span& span : maps_[map].waiting) mark_robbed(map, span.page, span.pages);
  maps_[map].waiting.clear();
}

// Newest span first; each release may be lost to F5 (docs/arena_pool.md, The BPF arena as page
// source).
void Judge::after_worker(int map) {
  if (retry_.map == map) {
    retry_.ready |= !call_.pages_lost;
    retry_.armed &= !call_.pages_lost;
  }
  if (!model_on()) return;
  std::vector<ArenaModel::Span>& waiting = maps_[map].model.waiting();
  if (worker_records_.size() != waiting.size()) {
    differ(Site::kRelease, "amount", text("%zu spans released", waiting.size()),
           text("%zu", worker_records_.size()));
    return;
  }
  for (std::size_t i = 0; i < worker_records_.size(); ++i) {
    const ArenaModel::Span span = waiting[waiting.size() - 1 - i];
    if (worker_records_[i]) maps_[map].model.give(span.page, span.pages);
  }
  waiting.clear();
}

}  // namespace arenafuzz
