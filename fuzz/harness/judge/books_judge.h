// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of a pool's own books: its chunks, bitmaps and avail, as far as its tree keeps them in
// a way that is known (Options::judge_books, book_traits.h).
//
// Ownership Borrows the run and the state, whose books it keeps.
// Units     kernel addresses and bytes.
// Threads   one thread.
// Source    docs/verdicts.md, Books.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_BOOKS_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_BOOKS_JUDGE_H_

#include <cstdint>

#include "fuzz/harness/judge/arena_state.h"
#include "fuzz/harness/judge/program_run.h"

namespace arenafuzz {

class BooksJudge {
 public:
  BooksJudge(ProgramRun& run, ArenaState& state) : run_(run), state_(state) {}

  // Takes chunks that appeared into the books, and drops those that the pool gave up. A pool may
  // keep its list in any order.
  void adopt_growth(PoolState& pool);
  // Pages that a call kept and that no chunk covers are lost until the map dies, but for those that
  // the tree leaves out of every chunk.
  void judge_charted(PoolState& pool);
  void book_alloc(PoolState& pool, std::uint64_t address);
  void book_free(PoolState& pool);
  // Each chunk's bitmap and avail, and how many chunks there are, against the books.
  void compare(PoolState& pool);

 private:
  void adopt_chunk(PoolState& pool, const ChunkView& view);
  void drop_chunks(PoolState& pool);
  void judge_words(PoolState& pool, std::uint32_t index, std::uint64_t address,
                   const char* expected);

  ProgramRun& run_;
  ArenaState& state_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_BOOKS_JUDGE_H_
