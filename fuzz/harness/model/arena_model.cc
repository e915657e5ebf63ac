// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/model/arena_model.h"

#include <algorithm>

namespace arenafuzz {

void ArenaModel::reset(std::uint64_t pages, bool best_fit, bool mapped) {
  runs_.clear();
  waiting_.clear();
  clock_ = 0;
  pages_ = pages;
  taken_ = 0;
  best_fit_ = best_fit;
  mapped_ = mapped;
  if (pages > 0) runs_.push_back({0, pages, ++clock_});
}

std::size_t ArenaModel::first_ending_after(std::uint64_t page) const {
  const auto it = std::partition_point(
      runs_.begin(), runs_.end(), [page](const Run& run) { return run.page + run.count <= page; });
  return static_cast<std::size_t>(it - runs_.begin());
}

std::uint64_t ArenaModel::find(std::uint64_t count) const {
  if (!mapped_ || count == 0) return kNone;
  const Run* best = nullptr;
  for (const Run& run : runs_) {
    if (run.count < count) continue;
    if (!best_fit_) return run.page;
    if (best == nullptr || run.count < best->count ||
        (run.count == best->count && run.age > best->age))
      best = &run;
  }
  return best == nullptr ? kNone : best->page;
}

bool ArenaModel::all_free(std::uint64_t page, std::uint64_t count) const {
  if (page >= pages_ || count > pages_ - page) return false;
  const std::size_t at = first_ending_after(page);
  return at < runs_.size() && runs_[at].page <= page &&
         page + count <= runs_[at].page + runs_[at].count;
}

void ArenaModel::take(std::uint64_t page, std::uint64_t count) {
  const std::size_t at = first_ending_after(page);
  const Run run = runs_[at];
  const std::uint64_t left = page - run.page;
  const std::uint64_t right = run.page + run.count - (page + count);
  const auto where = runs_.begin() + static_cast<std::ptrdiff_t>(at);
  taken_ += count;
  if (left == 0 && right == 0) {
    runs_.erase(where);
  } else if (left == 0) {
    *where = {page + count, right, ++clock_};
  } else {
    *where = {run.page, left, ++clock_};
    if (right != 0) runs_.insert(where + 1, {page + count, right, ++clock_});
  }
}

void ArenaModel::give(std::uint64_t page, std::uint64_t count) {
  if (page >= pages_ || count == 0) return;
  count = std::min(count, pages_ - page);
  if (all_free(page, count)) return;
  std::uint64_t start = page;
  std::uint64_t end = page + count;
  // Every run that overlaps or touches [page, page + count) becomes one with it.
  const std::size_t first = page == 0 ? 0 : first_ending_after(page - 1);
  std::size_t last = first;
  std::uint64_t free_before = 0;
  for (; last < runs_.size() && runs_[last].page <= page + count; ++last) {
    start = std::min(start, runs_[last].page);
    end = std::max(end, runs_[last].page + runs_[last].count);
    free_before += runs_[last].count;
  }
  taken_ -= end - start - free_before;
  const auto from = runs_.begin() + static_cast<std::ptrdiff_t>(first);
  if (first == last) {
    runs_.insert(from, {start, end - start, ++clock_});
    return;
  }
  *from = {start, end - start, ++clock_};
  runs_.erase(from + 1, runs_.begin() + static_cast<std::ptrdiff_t>(last));
}

}  // namespace arenafuzz
