// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of a pool's own books: its chunks, bitmaps and avail, as far as its tree keeps them in
// a way that is known (book_traits.h).
#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "fuzz/harness/judge/judge.h"

namespace arenafuzz {

// Takes chunks that appeared into the books, and drops those that the pool gave up. A pool may keep
// its list in any order.
void Judge::adopt_growth(PoolState& pool) {
  ChunkView view;
  if (!options_.judge_books) return;
  if (call_.metadata_freed) drop_chunks(pool);
  // A pool may have kept the record of an earlier chunk for this one.
  if (call_.metadata_made == 0 && call_.pages_kept <= 0) return;
  if (!pool.port.inner().newest_chunk(&view)) return;
  const bool only_one = call_.metadata_made <= 1;
  call_.metadata_made = 0;
  if (only_one && !pool.books.knows(view)) {
    adopt_chunk(pool, view);
    return;
  }
  struct Walk {
    Judge* judge;
    PoolState* pool;
  } walk{this, &pool};
  pool.port.inner().for_each_chunk(
      [](void* context, const ChunkView& chunk) {
        const auto* at = static_cast<Walk*>(context);
        if (!at->pool->books.knows(chunk)) at->judge->adopt_chunk(*at->pool, chunk);
      },
      &walk);
}

void Judge::drop_chunks(PoolState& pool) {
  call_.metadata_freed = false;
  using Listed = std::pair<const atomics::Word*, std::uint64_t>;  // a record may serve twice
  std::vector<Listed> listed;
  pool.port.inner().for_each_chunk(
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
void Judge::adopt_chunk(PoolState& pool, const ChunkView& view) {
  const bool judged = book_traits_.chunks;
  const bool inside =
      view.end >= view.start && pool.ledger.holds_all(view.start, view.end - view.start + 1);
  if (!inside && judged)
    fail(Oracle::kOutside, Site::kPage, "chunk", text("a chunk inside pages that the pool claimed"),
         text("%s to %s", address_text(view.start).chars, address_text(view.end).chars));
  if (!inside) return;
  call_.bytes_charted += view.end - view.start + 1;
  call_.spare_pages += book_traits_.spare.beside(pages_for(view.end - view.start + 1));
  if (!pool.books.add(view, pool.port.inner().granule_order(), pages_of(pool), shadow_))
    stop(EndReason::kOutOfBudget);
}

// Pages that a call kept and that no chunk covers are lost until the map dies, but for those that
// the tree leaves out of every chunk.
void Judge::judge_charted(PoolState& pool) {
  const auto kept = static_cast<std::uint64_t>(std::max<std::int64_t>(0, call_.pages_kept));
  const std::uint64_t charted = pages_for(call_.bytes_charted);
  const std::uint64_t spare =
      call_.spare_pages + (call_.kind == CallKind::kInit ? book_traits_.init_pages : 0);
  if (!options_.judge_books || !book_traits_.chunks || pool.collided || kept == 0 ||
      kept == charted + spare)
    return;
  fail(Oracle::kAccounting, Site::kPage, "pages",
       text("a chunk over all %llu pages claimed", static_cast<unsigned long long>(kept)),
       text("over %llu", static_cast<unsigned long long>(charted)));
}

void Judge::book_alloc(PoolState& pool, std::uint64_t address) {
  // What a block of no bytes takes is the pool's own affair.
  pool.unbooked |= call_.size == 0 && pool.ledger.holds_all(address, 1);
  if (pool.misused || pool.unbooked) return;
  const std::uint32_t index = pool.books.find(address);
  if (index != Books::kNoChunk) pool.books.set_live(index, address, call_.size);
  pool.books.settle();
  if (index == Books::kNoChunk) return;
  judge_words(pool, index, address, "just the block's granules taken");
}

void Judge::book_free(PoolState& pool) {
  const std::uint32_t index = pool.books.find(call_.address);
  if (pool.misused || pool.unbooked) {
    for (std::uint32_t i = 0; i < pool.books.chunks().size(); ++i)
      if (i == index || pool.books.has_overlap()) pool.books.raise_bound(i);
    return;
  }
  if (index == Books::kNoChunk) return;
  pool.books.set_free(index, call_.address, call_.size);
  judge_words(pool, index, call_.address, "just the block's granules freed");
}

void Judge::judge_words(PoolState& pool, std::uint32_t index, std::uint64_t address,
                        const char* expected) {
  if (!options_.judge_books || pool.books.has_overlap()) return;
  const Books::Chunk& chunk = pool.books.chunks()[index];
  if (!pool.books.words_agree(chunk, address, call_.size))
    fail(Oracle::kAccounting, Site::kNone, "bitmap", text("%s", expected),
         text("other bits in its words, at %s", address_text(address).chars));
  if (!pool.books.avail_agrees(chunk))
    fail(Oracle::kAccounting, Site::kNone, "avail",
         text("avail %llu", static_cast<unsigned long long>(chunk.expected_avail)),
         text("%llu", static_cast<unsigned long long>(atomics::load(*chunk.view.avail))));
}

// Each chunk's bitmap and avail, and how many chunks there are, against the books.
void Judge::compare_pool(int scheduler) {
  PoolState& pool = pools_[scheduler];
  if (!options_.judge_books || pool.misused || pool.unbooked || pool.books.has_overlap()) return;
  in_whole_compare_ = true;
  std::uint64_t held = 0;
  for (const Books::Chunk& chunk : pool.books.chunks()) {
    ++held;
    if (pool.books.chunk_agrees(chunk)) continue;
    fail(
        Oracle::kAccounting, Site::kNone, "state",
        text("bitmap and avail of chunk %llu as booked", static_cast<unsigned long long>(held - 1)),
        text("another state"));
  }
  std::uint64_t seen = 0;
  pool.port.inner().for_each_chunk(
      [](void* count, const ChunkView&) { ++*static_cast<std::uint64_t*>(count); }, &seen);
  if (seen != held && book_traits_.chunks)
    fail(Oracle::kAccounting, Site::kNone, "chunks",
         text("%llu chunks", static_cast<unsigned long long>(held)),
         text("%llu", static_cast<unsigned long long>(seen)));
  in_whole_compare_ = false;
}

}  // namespace arenafuzz
