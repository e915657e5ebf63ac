// SPDX-License-Identifier: GPL-2.0-only
//
// Which pages of an arena are free: maximal free runs, placed lowest-gap or best-fit.
//
//   page      0    4    8    12   16
//   taken     1111 .... 1111 ........       two free runs: [4,4] and [12,...]
//             length and age of a run are kept at its first page, its first page at its last
//             (boundary tags), so that joining two neighbours needs no search.
//
// Invariants
//   1. a page is taken <=> its bit is set
//   2. the tags at the first and last page of every maximal free run are exact
//   3. age: the run whose extent changed last has the highest (docs/arena_pool.md, The BPF arena as
//   page source)
//
// Ownership The arrays belong to PageRunStorage, made once and reused by one arena after another,
//           so that a new arena costs no system call.
// Units     pages, from 0 at the arena's base.
// Threads   none of its own: ArenaMap holds its lock.
// Source    range_tree of kernel/bpf (best fit); docs/arena_pool.md.
#ifndef ARENAFUZZ_SRC_POOL_PAGE_RUNS_H_
#define ARENAFUZZ_SRC_POOL_PAGE_RUNS_H_

#include <cstdint>

namespace arenafuzz {

enum class Placement : std::uint8_t { kLowestGap, kBestFit };

// Memory for the arrays of one arena at a time; untouched pages of it cost nothing.
class PageRunStorage {
 public:
  explicit PageRunStorage(std::uint64_t max_pages);
  ~PageRunStorage();
  PageRunStorage(const PageRunStorage&) = delete;
  PageRunStorage& operator=(const PageRunStorage&) = delete;

  // Pages that fit; 0 if the memory was refused.
  std::uint64_t capacity() const { return capacity_; }

 private:
  friend class PageRuns;
  std::uint64_t capacity_ = 0;
  std::uint64_t* taken_ = nullptr;     // one bit per page
  std::uint32_t* length_ = nullptr;    // at a run's first page
  std::uint32_t* age_ = nullptr;       // at a run's first page
  std::uint32_t* first_of_ = nullptr;  // at a run's last page
  std::uint64_t dirty_words_ = 0;      // words of taken_ that may not be 0
};

class PageRuns {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // All `pages` are free: one run. REQUIRES: 0 < pages <= storage.capacity().
  void reset(PageRunStorage& storage, std::uint64_t pages);

  // The first page of the run that a claim of `count` pages would take from, or kNone.
  std::uint64_t find(std::uint64_t count, Placement placement) const;
  // True if all of [first, first + count) is free. REQUIRES: inside the arena.
  bool all_free(std::uint64_t first, std::uint64_t count) const;
  bool all_taken(std::uint64_t first, std::uint64_t count) const;

  // REQUIRES: all_free(first, count), count > 0.
  void take(std::uint64_t first, std::uint64_t count);
  // Whatever of [first, first + count) is taken becomes free. If nothing was, nothing changes.
  void give(std::uint64_t first, std::uint64_t count);

  std::uint64_t free_pages() const { return free_pages_; }

 private:
  bool is_taken(std::uint64_t page) const;
  std::uint64_t next(std::uint64_t page, std::uint64_t end, bool taken) const;
  std::uint64_t run_start(std::uint64_t page) const;
  void mark(std::uint64_t first, std::uint64_t count, bool taken);
  void write_run(std::uint64_t first, std::uint64_t count);

  PageRunStorage* storage_ = nullptr;
  std::uint64_t pages_ = 0;
  std::uint64_t free_pages_ = 0;
  std::uint64_t lowest_free_ = 0;  // no page below it is free
  std::uint32_t clock_ = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_PAGE_RUNS_H_
