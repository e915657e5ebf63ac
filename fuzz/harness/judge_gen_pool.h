// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of programs of kind 1: makes each call into a gen_pool, and compares what came of it
// with the books (safety, contract) and with the model (change).
//
//   Executor -> GenPoolJudge -> GenPoolPort
//                |  GenLedger: only while chunks do not overlap and nothing was freed wrongly
//                |  PoolModel: while the program has shown no change
//                +-> Judge: findings, trace, steps
//
// Ownership Borrows judge and pool; owns books and model.
// Units     as GenPoolPort; steps as in fine print 17.
// Errors    a safety or contract finding, a BUG and a used-up budget leave by longjmp (judge.h).
// Threads   one thread.
// Source    spec sections 2 and 6; fine print 2, 11, 17, 20, 21, 22a.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_GEN_POOL_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_GEN_POOL_H_

#include "fuzz/harness/backend.h"
#include "fuzz/harness/gen_ledger.h"
#include "fuzz/harness/judge.h"
#include "fuzz/harness/pool_model.h"

namespace arenafuzz {

class GenPoolJudge {
 public:
  GenPoolJudge(Judge& judge, GenPoolPort& pool) : judge_(&judge), pool_(&pool) {}

  // A program begins: forgets the former one.
  void begin(int granule_order);
  bool exists() const { return pool_->exists(); }
  bool supports(AllocPolicy policy) const { return pool_->supports(policy); }

  // REQUIRES: !exists().
  void create();
  // REQUIRES, here and below: exists(). Nothing if the program's bitmaps would grow too large.
  void add(std::uint64_t start, std::uint64_t size);
  std::uint64_t alloc(const GenLedger::Wish& wish);
  // Not executed if the C would run off its bitmap (fine print 2).
  void free(std::uint64_t address, std::uint64_t size);
  void has_addr(std::uint64_t start, std::uint64_t size);
  void destroy();
  // The whole state.
  void compare();

 private:
  bool model_on() const { return judge_->model_on(); }
  void before(std::uint64_t cost, BugSite expected = BugSite::kNone);
  void after();
  // Folds and traces an answer.
  void note(const char* what, std::uint64_t got);
  void expect(const char* difference, std::uint64_t expected, std::uint64_t got);
  void expect_no_bug(BugSite expected);

  bool would_run_off(std::uint64_t address, std::uint64_t size) const;
  void adopt_chunk(std::uint64_t start, std::uint64_t size);
  [[noreturn]] void fail_chunk(std::uint64_t start, std::uint64_t size, std::uint64_t shown);
  void judge_block(const GenLedger::Wish& wish, std::uint64_t address);
  void judge_place(const GenLedger::Wish& wish, std::uint32_t chunk, std::uint64_t address);
  void judge_words(std::uint32_t chunk, std::uint64_t first, std::uint64_t count);
  void judge_refusal(const GenLedger::Wish& wish);
  void judge_freed(std::uint64_t address, std::uint64_t size);
  void judge_warnings(std::uint32_t expected);
  void compare_books();
  void compare_model();

  Judge* judge_;
  GenPoolPort* pool_;
  int order_ = 3;
  GenLedger ledger_;
  PoolModel model_;
  std::uint64_t bitmap_bytes_ = 0;  // of all chunks that the program added
  bool charged_by_model_ = true;    // the call under way
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_GEN_POOL_H_
