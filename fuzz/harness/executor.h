// SPDX-License-Identifier: GPL-2.0-only
//
// Runs a program on a backend and returns a verdict.
//
//   bytes -> decode -> Program -> Executor::run -> Verdict {findings, trace hash, steps, faults}
//
// Everything is made once and reset for each program without a system call. The same program gives
// the same verdict and the same trace hash in any process, after any other program.
//
// Ownership Borrows the backend; owns maps, schedulers, injector, metadata stand-in and judge.
// Units     as Verdict.
// Errors    error() is not nullptr if the address space is taken: a caller exits with 2.
//           run() itself never prints, never exits and never throws.
// Threads   several may exist, and one runs at a time in a process (the addresses are fixed, and
// the
//           BUG handler is the process's).
// Source    docs/verdicts.md, docs/design.md, docs/arena_pool.md, docs/format.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_EXECUTOR_H_
#define ARENAFUZZ_FUZZ_HARNESS_EXECUTOR_H_

#include <memory>
#include <optional>

#include "faultinject/faulty_sources.h"
#include "faultinject/injector.h"
#include "faultinject/metadata_stand_in.h"
#include "fuzz/harness/backends/backend.h"
#include "fuzz/harness/judge/gen_pool_judge.h"
#include "fuzz/harness/judge/judge.h"
#include "fuzz/harness/slot_table.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/program.h"
#include "src/pool/arena_map.h"
#include "src/pool/scheduler.h"

namespace arenafuzz {

class Executor {
 public:
  explicit Executor(Backend& backend);
  ~Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  const char* error() const { return error_; }

  // The verdict stays valid until the next run.
  const Verdict& run(const Program& program, const Options& options);
  const Verdict& run(const Program& program) { return run(program, Options{}); }

  const Injector& injector() const { return injector_; }
  // For observers, also after a run: what a finding leaves is kept until the next one.
  Backend& backend() const { return *backend_; }
  const ArenaMap& arena(int map) const { return maps_[map].arena; }
  const MetadataStandIn& metadata() const { return stand_in_; }
  const Judge& judge() const { return *judge_; }
  // What alloc wrote into the slot; 0: empty.
  std::uint64_t block_address(int slot) const { return blocks_[slot].address; }
  bool chunks_are_readable(int scheduler) const;
  // How the tree keeps its books, measured before the first program runs (book_traits.h).
  const BookTraits& book_traits();
  // Measuring ended its process: the books are judged in the reference's way.
  bool books_measure_died() const { return books_measure_ == BooksMeasure::kKilled; }

 private:
  // A block slot: what alloc wrote, and what `twice` frees again.
  struct Block {
    std::uint64_t address = 0;  // 0: empty
    std::uint64_t size = 0;
    int scheduler = 0;
    std::uint64_t last_address = 0;
    std::uint64_t last_size = 0;
    int last_scheduler = 0;
  };
  struct Run {
    std::uint64_t user_address = 0;  // 0: empty
    std::uint64_t pages = 0;
    int map = 0;
  };
  struct MapSlot {
    std::optional<PageRunStorage> storage;
    ArenaMap arena;
    std::optional<FaultyPageSource> faulty;
    std::optional<RecordingPages> recorded;
    bool program_holds = false;  // the BPF program's reference
  };
  enum class Applies : std::uint8_t { kYes, kSkipped, kNothing };

  void prepare(const Program& program, const Options& options);
  void execute(const Program& program);
  void step(std::size_t position, const Operation& operation);
  Applies applies(const Operation& operation) const;
  bool is_misuse(const Operation& operation) const;
  void finish(const Program& program);
  void ensure_map(int map);
  bool neighbours_act(int map) const { return maps_[map].program_holds; }

  void do_alloc(const Operation& operation);
  void do_free(const Operation& operation);
  void do_misuse_free(const Operation& operation);
  void free_block(int scheduler, std::uint64_t address, std::uint64_t size);
  void do_enable(const Operation& operation);
  FaultOutcome outcome_of(const Operation& operation) const;
  void count_faults(FaultOutcome outcome);
  int expected_error(const Operation& operation, bool was_enabled, std::uint64_t fired) const;
  void disable(int scheduler);
  void drop_slots(int scheduler);
  void do_neighbour(const Operation& operation);
  void do_claim(const Operation& operation);
  void do_release(const Operation& operation);
  void do_reserve(const Operation& operation);
  void do_user_faults(const Operation& operation);
  void do_teardown(int map);
  void release_pages(int map, std::uint64_t user_address, std::uint64_t pages);

  // gen_pool programs (gen_pool_executor.cc).
  void step_gen_pool(const Operation& operation);
  void step_in_gen_pool(const Operation& operation);
  const char* gen_policy_problem(AllocPolicy policy, std::uint32_t data) const;
  const char* gen_door_problem(const Operation& operation) const;
  bool gen_has(GenFeature feature) const;
  bool gen_stopped_by(const char* problem);
  void gen_alloc(const Operation& operation);
  void gen_free(const Operation& operation);
  void gen_misuse_free(const Operation& operation);
  void gen_set_algo(const Operation& operation);
  void gen_destroy(bool as_is);

  Backend* backend_;
  const char* error_ = nullptr;
  Options options_;
  Verdict verdict_;
  Header header_;
  Injector injector_;
  MetadataStandIn stand_in_;
  FaultyMetadataSource faulty_metadata_{stand_in_, injector_};
  std::unique_ptr<Judge> judge_;
  std::optional<RecordingMetadata> recorded_metadata_;
  MapSlot maps_[limits::kMaxMaps];
  std::unique_ptr<std::uint64_t[]> masks_;
  std::optional<Scheduler> schedulers_[limits::kMaxSchedulers];
  SlotTable<Block, limits::kBlockSlots> blocks_;
  SlotTable<Run, limits::kRunSlots> runs_;
  std::optional<GenPoolJudge> gen_judge_;
  std::uint64_t fired_kmalloc_before_ = 0;  // the operation
  int enable_result_ = 0;
  enum class BooksMeasure : std::uint8_t { kNotYet, kDone, kKilled };
  BooksMeasure books_measure_ = BooksMeasure::kNotYet;
  bool in_step_ = false;  // else what ends the program belongs to no operation
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_EXECUTOR_H_
