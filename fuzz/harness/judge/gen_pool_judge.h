// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of gen_pool programs: makes each call into a gen_pool, and compares what came of it
// with the books (safety, contract) and with the model (change).
//
//   Executor -> GenPoolJudge -> GenPoolPort
//                |  GenLedger: only while chunks do not overlap and nothing was freed wrongly
//                |  PoolModel: while the program has shown no change
//                |  GenMemory: of chunks that have memory behind them
//                +-> ProgramRun: findings, trace, steps
//
// Ownership Borrows the run and the pool; owns books and model.
// Units     as GenPoolPort; steps of docs/design.md.
// Errors    a safety or contract finding, a BUG and a used-up budget leave by longjmp
// (program_run.h). Threads   one thread. Source    docs/arena_pool.md, docs/format.md,
// docs/design.md, docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_GEN_POOL_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_GEN_POOL_JUDGE_H_

#include "fuzz/harness/backends/backend.h"
#include "fuzz/harness/backends/gen_memory.h"
#include "fuzz/harness/books/gen_ledger.h"
#include "fuzz/harness/judge/program_run.h"
#include "fuzz/harness/judge/simulated_peers.h"
#include "fuzz/harness/model/pool_model.h"

namespace arenafuzz {

class GenPoolJudge {
 public:
  GenPoolJudge(ProgramRun& run, GenPoolPort& pool) : run_(run), pool_(&pool) {}

  // A program begins: forgets the former one.
  void begin(int granule_order);
  bool exists() const { return pool_->exists(); }
  bool supports(AllocPolicy policy) const { return pool_->supports(policy); }
  bool has(GenFeature feature) const { return pool_->has(feature); }

  // REQUIRES: !exists().
  void create();
  // Needs no pool.
  void managed(bool named);
  // REQUIRES, here and below: exists(). Nothing if the program's bitmaps would grow too large.
  void add(const GenChunk& chunk);
  // REQUIRES: the pool has what the request takes; for kDmaZeroed, all_in_memory().
  std::uint64_t alloc(const GenRequest& request);
  // Every chunk has memory behind it.
  bool all_in_memory() const;
  // Not executed if the C would run off its bitmap (docs/arena_pool.md, Sums that wrap).
  void free(std::uint64_t address, std::uint64_t size, bool asks_owner);
  void has_addr(std::uint64_t start, std::uint64_t size);
  void virt_to_phys(std::uint64_t address);
  void set_algo(AllocPolicy policy, std::uint32_t data, bool by_default);
  void destroy();
  void destroy_as_is();
  // The whole state.
  void compare();

 private:
  // The policy of an alloc that names none.
  struct OwnPolicy {
    AllocPolicy policy = AllocPolicy::kFirstFit;
    std::uint32_t data = 0;
  };
  struct Predicted {
    std::uint64_t cost = 1;
    std::uint64_t address = 0;
    BugSite bug = BugSite::kNone;
    std::uint32_t warnings = 0;
  };
  enum class Course : std::uint8_t { kInside, kBeyond, kRunsOff };

  static unsigned long long ull(std::uint64_t value) { return value; }
  void before(std::uint64_t cost, BugSite expected = BugSite::kNone);
  void after();
  // Folds and traces an answer.
  void note(const char* what, std::uint64_t got, TraceKind kind = TraceKind::kOther);
  void expect(const char* difference, std::uint64_t expected, std::uint64_t got);
  void expect_no_bug(BugSite expected);
  void require_bug(BugSite promised);

  GenLedger::Wish wish_of(const GenRequest& request) const;
  Predicted predict(const GenLedger::Wish& wish);
  Course course_of(std::uint64_t address, std::uint64_t size) const;
  std::uint64_t free_cost(std::uint64_t size) const;
  BugSite promised_bug(std::uint64_t address, std::uint64_t size);

  // Collisions (gen_pool_judge_race.cc).
  void let_peers_act();
  void before_swap(atomics::Word* word, std::uint64_t mask);
  void act_as_peer(const Collision& collision, atomics::Word* word, std::uint64_t mask);

  // gen_pool_judge_doors.cc
  void judge_door(const GenRequest& request, const GenBlock& block);
  void judge_owner(std::uint64_t address, std::uint64_t owner);
  void judge_physical(std::uint64_t address, std::uint64_t physical);
  void judge_zeroed(std::uint64_t size, std::uint64_t address);
  void compare_memory();

  void adopt_chunk(std::uint64_t start, std::uint64_t size);
  [[noreturn]] void fail_chunk(std::uint64_t start, std::uint64_t size, std::uint64_t shown);
  void judge_block(const GenLedger::Wish& wish, std::uint64_t address);
  void judge_place(const GenLedger::Wish& wish, std::uint32_t chunk, std::uint64_t address);
  void judge_words(std::uint32_t chunk, std::uint64_t first, std::uint64_t count);
  void judge_refusal(const GenLedger::Wish& wish);
  void judge_freed(std::uint64_t address, std::uint64_t size);
  void judge_warnings(std::uint32_t expected);
  void after_destroy(BugSite expected);
  void compare_books();
  void compare_model();

  ProgramRun& run_;
  GenPoolPort* pool_;
  int order_ = 3;
  GenLedger ledger_;
  PoolModel model_;
  std::uint64_t bitmap_bytes_ = 0;  // of all chunks that the program added
  bool charged_by_model_ = true;    // the call under way
  OwnPolicy own_;
  std::uint64_t given_back_ = 0;  // an address, by a misuse
  std::size_t given_back_at_ = 0;
  bool uses_memory_ = false;  // some chunk of the program has memory behind it
  SimulatedPeers peers_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_GEN_POOL_JUDGE_H_
