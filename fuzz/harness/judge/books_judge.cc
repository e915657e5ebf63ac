// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/books_judge.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace arenafuzz {

void BooksJudge::adopt_growth(PoolState& pool) {
  ChunkView view;
  if (!run_.options().judge_books) return;
  if (run_.call().metadata_freed) drop_chunks(pool);
  // A pool may have kept the record of an earlier chunk for this one.
  if (run_.call().metadata_made == 0 && run_.call().pages_kept <= 0) return;
  if (!pool.port->newest_chunk(&view)) return;
  const bool only_one = run_.call().metadata_made <= 1;
  run_.call().metadata_made = 0;
  if (only_one && !pool.books.knows(view)) {
    adopt_chunk(pool, view);
    return;
  }
  struct Walk {
    BooksJudge* judge;
    PoolState* pool;
  } walk{this, &pool};
  pool.port->for_each_chunk(
      [](void* context, const ChunkView& chunk) {
        const auto* at = static_cast<Walk*>(context);
        if (!at->pool->books.knows(chunk)) at->judge->adopt_chunk(*at->pool, chunk);
      },
      &walk);
}

void BooksJudge::drop_chunks(PoolState& pool) {
  run_.call().metadata_freed = false;
  using Listed = std::pair<const atomics::Word*, std::uint64_t>;  // a record may serve twice
  std::vector<Listed> listed;
  pool.port->for_each_chunk(
      [](void* context, const ChunkView& chunk) {
        static_cast<std::vector<Listed>*>(context)->emplace_back(chunk.words, chunk.start);
      },
      &listed);
  std::sort(listed.begin(), listed.end());
  pool.books.keep_if([&listed](const ChunkView& chunk) {
    return std::binary_search(listed.begin(), listed.end(), Listed{chunk.words, chunk.start});
  });
}

// The chunk must lie inside pages that the pool holds.
void BooksJudge::adopt_chunk(PoolState& pool, const ChunkView& view) {
  const bool judged = state_.traits.chunks;
  const bool inside =
      view.end >= view.start && pool.ledger.holds_all(view.start, view.end - view.start + 1);
  if (!inside && judged)
    run_.fail(
        Oracle::kOutside, Site::kPage, "chunk", text("a chunk inside pages that the pool claimed"),
        text("%s to %s", run_.address_text(view.start).chars, run_.address_text(view.end).chars));
  if (!inside) return;
  run_.call().bytes_charted += view.end - view.start + 1;
  run_.call().spare_pages +=
      state_.traits.spare.beside(state_.pages_for(view.end - view.start + 1));
  if (!pool.books.add(view, pool.port->granule_order(), state_.pages_of(pool), state_.shadow))
    run_.stop(EndReason::kOutOfBudget);
}

void BooksJudge::judge_charted(PoolState& pool) {
  const auto kept = static_cast<std::uint64_t>(std::max<std::int64_t>(0, run_.call().pages_kept));
  const std::uint64_t charted = state_.pages_for(run_.call().bytes_charted);
  const std::uint64_t spare =
      run_.call().spare_pages +
      (run_.call().kind == CallScope::Kind::kInit ? state_.traits.init_pages : 0);
  if (!run_.options().judge_books || !state_.traits.chunks || pool.collided || kept == 0 ||
      kept == charted + spare)
    return;
  run_.fail(Oracle::kAccounting, Site::kPage, "pages",
            text("a chunk over all %llu pages claimed", static_cast<unsigned long long>(kept)),
            text("over %llu", static_cast<unsigned long long>(charted)));
}

void BooksJudge::book_alloc(PoolState& pool, std::uint64_t address) {
  // What a block of no bytes takes is the pool's own affair.
  pool.unbooked |= run_.call().size == 0 && pool.ledger.holds_all(address, 1);
  if (pool.misused || pool.unbooked) return;
  const std::uint32_t index = pool.books.find(address);
  if (index != Books::kNoChunk) pool.books.set_live(index, address, run_.call().size);
  pool.books.settle();
  if (index == Books::kNoChunk) return;
  judge_words(pool, index, address, "just the block's granules taken");
}

void BooksJudge::book_free(PoolState& pool) {
  const std::uint32_t index = pool.books.find(run_.call().address);
  if (pool.misused || pool.unbooked) {
    for (std::uint32_t i = 0; i < pool.books.chunks().size(); ++i)
      if (i == index || pool.books.has_overlap()) pool.books.raise_bound(i);
    return;
  }
  if (index == Books::kNoChunk) return;
  pool.books.set_free(index, run_.call().address, run_.call().size);
  judge_words(pool, index, run_.call().address, "just the block's granules freed");
}

void BooksJudge::judge_words(PoolState& pool, std::uint32_t index, std::uint64_t address,
                             const char* expected) {
  if (!run_.options().judge_books || pool.books.has_overlap()) return;
  const Books::Chunk& chunk = pool.books.chunks()[index];
  if (!pool.books.words_agree(chunk, address, run_.call().size))
    run_.fail(Oracle::kAccounting, Site::kNone, "bitmap", text("%s", expected),
              text("other bits in its words, at %s", run_.address_text(address).chars));
  if (!pool.books.avail_agrees(chunk))
    run_.fail(Oracle::kAccounting, Site::kNone, "avail",
              text("avail %llu", static_cast<unsigned long long>(chunk.expected_avail)),
              text("%llu", static_cast<unsigned long long>(atomics::load(*chunk.view.avail))));
}

void BooksJudge::compare(PoolState& pool) {
  if (!run_.options().judge_books || pool.misused || pool.unbooked || pool.books.has_overlap())
    return;
  run_.set_comparing(true);
  std::uint64_t held = 0;
  for (const Books::Chunk& chunk : pool.books.chunks()) {
    ++held;
    if (pool.books.chunk_agrees(chunk)) continue;
    run_.fail(
        Oracle::kAccounting, Site::kNone, "state",
        text("bitmap and avail of chunk %llu as booked", static_cast<unsigned long long>(held - 1)),
        text("another state"));
  }
  std::uint64_t seen = 0;
  pool.port->for_each_chunk(
      [](void* count, const ChunkView&) { ++*static_cast<std::uint64_t*>(count); }, &seen);
  if (seen != held && state_.traits.chunks)
    run_.fail(Oracle::kAccounting, Site::kNone, "chunks",
              text("%llu chunks", static_cast<unsigned long long>(held)),
              text("%llu", static_cast<unsigned long long>(seen)));
  run_.set_comparing(false);
}

}  // namespace arenafuzz
