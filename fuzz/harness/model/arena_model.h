// SPDX-License-Identifier: GPL-2.0-only
//
// The model of one arena map: which pages are free, as a sorted list of free runs with ages.
//
// Predicts where a claim lands under either placement, what a release changes, and what waits for
// the worker. It shares no code with src/pool/page_runs (a bitmap with boundary tags).
//
// Ownership Vectors reused from one program to the next.
// Units     pages.
// Threads   one thread.
// Source    docs/arena_pool.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_MODEL_ARENA_MODEL_H_
#define ARENAFUZZ_FUZZ_HARNESS_MODEL_ARENA_MODEL_H_

#include <cstdint>
#include <vector>

namespace arenafuzz {

class ArenaModel {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  struct Span {
    std::uint64_t page = 0;
    std::uint64_t pages = 0;
  };

  // A fresh arena, one free run.
  void reset(std::uint64_t pages, bool best_fit, bool mapped);
  void set_mapped() { mapped_ = true; }

  // The page where a claim would land, or kNone; nothing changes.
  std::uint64_t find(std::uint64_t count) const;
  bool all_free(std::uint64_t page, std::uint64_t count) const;
  // REQUIRES: all_free.
  void take(std::uint64_t page, std::uint64_t count);
  // Cuts at the arena's end; what is free already stays as it is.
  void give(std::uint64_t page, std::uint64_t count);

  std::size_t run_count() const { return runs_.size(); }
  std::uint64_t pages() const { return pages_; }
  std::uint64_t taken() const { return taken_; }
  bool mapped() const { return mapped_; }
  std::vector<Span>& waiting() { return waiting_; }  // oldest first

 private:
  struct Run {
    std::uint64_t page;
    std::uint64_t count;
    std::uint64_t age;  // the run that changed last has the highest
  };
  // Index of the first run that ends after `page`.
  std::size_t first_ending_after(std::uint64_t page) const;

  std::vector<Run> runs_;
  std::vector<Span> waiting_;
  std::uint64_t pages_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t clock_ = 0;
  bool best_fit_ = false;
  bool mapped_ = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_MODEL_ARENA_MODEL_H_
