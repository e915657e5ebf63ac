// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books_probe.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "fuzz/harness/executor.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kMeasuredPage = 4096;

}  // namespace

const BooksProbe::Chunk* BooksProbe::State::at(std::uint64_t start) const {
  for (const Chunk& chunk : chunks)
    if (chunk.start == start) return &chunk;
  return nullptr;
}

const BooksProbe::Chunk* BooksProbe::State::around(std::uint64_t address) const {
  for (const Chunk& chunk : chunks)
    if (chunk.holds(address)) return &chunk;
  return nullptr;
}

std::uint64_t BooksProbe::State::covered() const {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : chunks) bytes += chunk.end - chunk.start + 1;
  return bytes;
}

void BooksProbe::before(std::size_t position, const Executor& executor) {
  State now = take(executor);
  if (position > 0) {
    const Operation& operation = probe_->program.operations[position - 1];
    if (operation.kind == OperationKind::kEnable) {
      late_ = !executor.backend().pool(0).exists();
      first_growth_ = growth_to(now);
    }
    if (operation.kind == OperationKind::kAlloc)
      learn_alloc(operation, now, executor.block_address(operation.slot));
    if (operation.kind == OperationKind::kFree) learn_free(operation, now);
    if (odd_ || unlike_) bare_ |= !covers_all_live(now);
  }
  former_ = std::move(now);
  held_.push_back(former_.held);
  marked_.push_back(former_.marked);
}

BooksProbe::State BooksProbe::take(const Executor& executor) {
  State state;
  const PoolPort& pool = executor.backend().pool(0);
  const Ledger& ledger = executor.judge().ledger(0);
  state.held = ledger.held_pages();
  state.claims = ledger.claims();
  if (!pool.exists()) return state;
  readable_ = readable_ && executor.chunks_are_readable(0);
  if (!readable_) return state;
  order_ = pool.granule_order();
  pool.for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* now = static_cast<State*>(context);
        Chunk chunk{view.start, view.end, atomics::load(*view.avail), view.granules, {}};
        chunk.words.reserve((view.granules + 63) / 64);
        for (std::uint64_t i = 0; i < (view.granules + 63) / 64; ++i) {
          chunk.words.push_back(atomics::load(view.words[i]));
          now->marked += static_cast<std::uint64_t>(std::popcount(chunk.words.back()));
        }
        now->chunks.push_back(std::move(chunk));
      },
      &state);
  for (const Chunk& chunk : state.chunks) {
    outside_ |=
        chunk.end < chunk.start || !ledger.holds_all(chunk.start, chunk.end - chunk.start + 1);
    const Chunk* former = former_.at(chunk.start);
    merged_ |= former != nullptr && former->end != chunk.end;
    if (former == nullptr)
      for (const Chunk& old : former_.chunks)
        merged_ |= old.start <= chunk.end && chunk.start <= old.end;
    for (const Chunk& other : state.chunks)
      merged_ |=
          other.start != chunk.start && other.start / kMeasuredPage == chunk.end / kMeasuredPage;
  }
  uncovered_ |= state.covered() != state.held * kMeasuredPage;
  return state;
}

std::vector<BooksProbe::Run> BooksProbe::gained(const State& from, const State& to,
                                                bool fresh_counts) const {
  std::vector<Run> runs;
  for (const Chunk& chunk : to.chunks) {
    const Chunk* other = from.at(chunk.start);
    if (other == nullptr && !fresh_counts) continue;
    const std::uint64_t granules =
        other == nullptr ? chunk.granules : std::min(chunk.granules, other->granules);
    std::uint64_t next = granules;  // where the last run goes on
    for (std::uint64_t word = 0; word * 64 < granules; ++word) {
      std::uint64_t gain = chunk.words[word] & (other == nullptr ? ~0ull : ~other->words[word]);
      for (; gain != 0; gain &= gain - 1) {
        const std::uint64_t i = word * 64 + static_cast<std::uint64_t>(std::countr_zero(gain));
        if (i >= granules) break;
        if (i != next) runs.push_back({chunk.start, chunk.start + (i << order_), 0});
        runs.back().bytes += std::uint64_t{1} << order_;
        next = i + 1;
      }
    }
  }
  return runs;
}

namespace {

template <typename State>
std::int64_t avail_change(const State& from, const State& to) {
  std::int64_t sum = 0;
  for (const auto& chunk : to.chunks)
    if (const auto* other = from.at(chunk.start))
      sum += static_cast<std::int64_t>(chunk.avail - other->avail);
    else
      sum += static_cast<std::int64_t>(chunk.avail - (chunk.end - chunk.start + 1));
  return sum;
}

}  // namespace

void BooksProbe::learn_alloc(const Operation& operation, const State& now, std::uint64_t address) {
  Alloc alloc;
  alloc.address = address;
  alloc.size = operation.size;
  alloc.avail = -avail_change(former_, now);
  alloc.grew = now.held > former_.held;
  if (alloc.grew) alloc.before = former_;
  unlike_ |= !gained(now, former_, false).empty();
  several_ |= now.claims > former_.claims + 1;
  learn_marks(&alloc, now);
  if (alloc.grew && now.around(address) != nullptr) growths_.push_back(growth_to(now));
  allocs_.push_back(std::move(alloc));
  live_[operation.slot] = allocs_.size();
}

// One run covers the block. What else is marked may be the pool's own, in chunks that are new.
void BooksProbe::learn_marks(Alloc* alloc, const State& now) {
  const Chunk* home = now.around(alloc->address);
  const auto is_new = [this](std::uint64_t chunk) { return former_.at(chunk) == nullptr; };
  alloc->fresh = home != nullptr && is_new(home->start);
  for (const Run& run : gained(former_, now, true)) {
    alloc->marked += run.bytes;
    if (home != nullptr && run.chunk == home->start && run.is_around(alloc->address, alloc->size)) {
      alloc->run = run;
    } else {
      odd_ |= home != nullptr && !is_new(run.chunk);
    }
  }
  any_marks_ |= alloc->marked != 0;
  beside_ |= home == nullptr;
  kept_back_ |= home != nullptr && alloc->marked == 0;
  odd_ |= home != nullptr && alloc->marked != 0 && alloc->run.bytes == 0;
}

BooksProbe::Growth BooksProbe::growth_to(const State& now) const {
  const auto pages = [](std::uint64_t bytes) {
    return (bytes + kMeasuredPage - 1) / kMeasuredPage;
  };
  Growth growth;
  growth.runs = now.claims - former_.claims;
  for (const Chunk& chunk : now.chunks)
    if (former_.at(chunk.start) == nullptr)
      growth.chunks.push_back(pages(chunk.end - chunk.start + 1));
  const std::uint64_t claimed = now.held - former_.held;
  growth.spare = claimed - std::min(claimed, pages(now.covered() - former_.covered()));
  return growth;
}

void BooksProbe::learn_free(const Operation& operation, const State& now) {
  Alloc& alloc = allocs_[live_[operation.slot] - 1];
  live_[operation.slot] = 0;
  const std::vector<Run> freed = gained(now, former_, false);
  if (alloc.run.bytes != 0 && now.at(alloc.run.chunk) == nullptr) return;  // the chunk is gone
  unlike_ |= !gained(former_, now, true).empty() || freed.size() > 1;
  kept_back_ |= freed.empty() && alloc.marked != 0;
  if (freed.empty()) return;
  alloc.freed = freed.front();
  unlike_ |= !alloc.fresh &&
             (alloc.freed.first != alloc.run.first || alloc.freed.bytes != alloc.run.bytes);
  if (!alloc.fresh && former_.chunks.size() == now.chunks.size())
    returned_.push_back(avail_change(former_, now) - alloc.avail);
}

bool BooksProbe::covers_all_live(const State& now) const {
  for (const std::size_t index : live_) {
    if (index == 0) continue;
    const Alloc& alloc = allocs_[index - 1];
    const Chunk* chunk = now.around(alloc.address);
    if (chunk == nullptr) continue;
    const std::uint64_t first = (alloc.address - chunk->start) >> order_;
    const std::uint64_t last = (alloc.address + alloc.size - 1 - chunk->start) >> order_;
    for (std::uint64_t granule = first; granule <= last; ++granule)
      if (granule >= chunk->granules || !chunk->taken(granule)) return false;
  }
  return true;
}

}  // namespace arenafuzz
