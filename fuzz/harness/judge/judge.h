// SPDX-License-Identifier: GPL-2.0-only
//
// The judge stands in every seam and in front of every pool, and compares what happens with what
// must hold (safety, contract) and with what the model predicts (change).
//
//   Scheduler -> JudgedPool -> pool -> RecordingPages / RecordingMetadata -> faults -> arena map
//                    |                       |
//                  Judge ---------------- SeamJudge, MemoryJudge     ledger, seam log: safety,
//                  contract
//                    |-- BooksJudge                                  the pool's own books
//                    |-- Predictor                                   the model: change
//                    |-- LifecycleJudge, NeighbourJudge
//                    +-- ProgramRun: what is under way, findings, trace, trace hash, steps
//
// Safety and contract read the ledger and the seam log: what callers and sources can see. A pool's
// own books are judged besides, as far as its tree keeps them in the reference's way
// (Options::judge_books, docs/verdicts.md). Neither needs the model (Options::use_model).
//
// Ownership The executor owns the judge and everything it refers to.
// Units     steps of docs/design.md; positions are operations.
// Errors    as ProgramRun: by longjmp to the executor.
// Threads   one thread.
// Source    docs/arena_pool.md, docs/verdicts.md, docs/design.md, docs/format.md, docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGE_H_

#include <cstdint>
#include <optional>

#include "faultinject/injector.h"
#include "fuzz/harness/judge/arena_state.h"
#include "fuzz/harness/judge/books_judge.h"
#include "fuzz/harness/judge/judged_seams.h"
#include "fuzz/harness/judge/lifecycle_judge.h"
#include "fuzz/harness/judge/memory_judge.h"
#include "fuzz/harness/judge/neighbour_judge.h"
#include "fuzz/harness/judge/predictor.h"
#include "fuzz/harness/judge/program_run.h"
#include "fuzz/harness/judge/seam_judge.h"
#include "fuzz/harness/judge/simulated_peers.h"
#include "fuzz/program/program.h"
#include "src/pool/bug.h"

namespace arenafuzz {

class Judge final : public ReportHandler {
 public:
  explicit Judge(const Injector& injector);

  ProgramRun& run() { return run_; }
  SeamJudge& seams() { return seams_; }
  LifecycleJudge& lifecycle() { return lifecycle_; }
  NeighbourJudge& neighbours() { return neighbours_; }

  // What the scheduler calls instead of `inner`.
  void bind(int scheduler, PoolPort& inner);
  // REQUIRES: bind.
  JudgedPool& pool(int scheduler) { return *ports_[scheduler]; }
  // `pages` is what pools over the map are given.
  void attach(int map, ArenaMap* arena, PageSource* pages) {
    state_.maps[map].arena = arena;
    state_.maps[map].pages = pages;
  }
  BookTraits& book_traits() { return state_.traits; }
  const Ledger& ledger(int scheduler) const { return state_.pools[scheduler].ledger; }
  // Init reported success; whether a pool exists already is up to the tree.
  bool serves(int scheduler) const { return state_.pools[scheduler].exists; }

  // A program begins: forgets the former one.
  void begin(const Header& header, const Options& options, Verdict* verdict);
  void begin_operation(std::size_t position, const Operation& operation, bool misuse);
  void disarm_collisions();
  void end_operation();
  void compare_whole_state(bool at_end);
  void judge_leftovers(std::uint64_t outstanding, std::uint64_t broken_redzones);

  // What a scheduler's enable came to.
  void enabled(int result, int expected_error);
  [[noreturn]] void missed_masks(std::uint32_t wanted, std::uint32_t made);
  bool would_run_off(int scheduler, std::uint64_t address, std::uint64_t size) const;

  // Around each call into a pool (judge_calls.cc).
  PageSource* before_init(int scheduler, PageSource* map, bool existed);
  void after_init(int scheduler, bool with_map, bool existed, int result);
  void before_alloc(int scheduler, std::uint64_t size);
  void after_alloc(int scheduler, std::uint64_t address);
  void before_free(int scheduler, std::uint64_t address, std::uint64_t size);
  void after_free(int scheduler);
  void before_destroy(int scheduler);
  void after_destroy(int scheduler);

  // Raised by the code under test (judge_events.cc).
  void on_warn(const char* function, const char* condition) override;
  [[noreturn]] void on_bug(BugSite site) override;
  [[noreturn]] void on_steps_exhausted() override;
  [[noreturn]] void on_arithmetic() override;
  [[noreturn]] void on_sleeping_call(const char* what) override;
  bool on_arena_access(std::uint64_t address) override { return memory_.open(address); }
  void on_compare_exchange(atomics::Word* word, std::uint64_t mask);

 private:
  using CallKind = CallScope::Kind;

  const Header& header() const { return run_.header(); }
  CallScope& call() { return run_.call(); }
  std::uint64_t reserve() const { return run_.model_on() ? state_.destroy_cost() : 0; }
  CallScope& begin_call(CallKind kind, int scheduler);
  void begin_block_call(CallKind kind, int scheduler, std::uint64_t address, std::uint64_t size);
  std::uint64_t plan_call(PoolState& pool, CallKind kind, std::uint64_t size);
  void judge_init(PoolState& pool, bool with_map, bool existed, int result);
  [[noreturn]] void end_over_budget(PoolState& pool, std::uint64_t address);
  void judge_block(PoolState& pool, std::uint64_t address);
  void judge_failure(PoolState& pool);
  void judge_retry(const PoolState& pool);
  void arm_retry(const PoolState& pool);
  void trace_call(std::uint64_t result);

  bool bug_is_allowed(BugSite site, const PoolState& pool) const;
  bool warn_is_allowed(const PoolState& pool) const;
  void act_as_peer(const Collision& collision, atomics::Word* word, std::uint64_t mask);

  ProgramRun run_;
  ArenaState state_{run_};
  MemoryJudge memory_{run_, state_};
  SeamJudge seams_{run_, state_, memory_};
  BooksJudge books_{run_, state_};
  Predictor predictor_{run_, state_};
  LifecycleJudge lifecycle_{run_, state_};
  NeighbourJudge neighbours_{run_, state_, memory_, seams_};
  SimulatedPeers peers_;
  bool state_compared_ = false;  // at the program's end, just before the pools are destroyed
  std::optional<JudgedPool> ports_[limits::kMaxSchedulers];
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGE_H_
