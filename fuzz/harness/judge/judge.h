// SPDX-License-Identifier: GPL-2.0-only
//
// The judge stands in every seam and in front of every pool, and compares what happens with what
// must hold (safety, contract) and with what the model predicts (change).
//
//   Scheduler -> JudgedPool -> pool -> RecordingPages / RecordingMetadata -> faults -> arena map
//                    |                       |
//                    +------- Judge ---------+------> findings, trace, trace hash, steps
//
// Safety and contract read the ledger and the seam log: what callers and sources can see. A pool's
// own books are judged besides, as far as its tree keeps them in the reference's way
// (Options::judge_books, docs/verdicts.md). Neither needs the model (Options::use_model). A safety
// or contract finding ends the program; a change switches the model off and the program goes on.
//
// Ownership The executor owns the judge and everything it refers to.
// Units     steps of docs/design.md; positions are operations.
// Errors    leaving a program early (BUG, a finding, no budget) is a longjmp to the executor: no
//           frame in between owns anything.
// Threads   one thread.
// Source    docs/arena_pool.md, docs/verdicts.md, docs/design.md, docs/format.md, docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGE_H_

#include <csetjmp>
#include <cstdint>

#include "faultinject/faulty_sources.h"
#include "faultinject/injector.h"
#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/harness/books/books.h"
#include "fuzz/harness/books/ledger.h"
#include "fuzz/harness/judge/judged_call.h"
#include "fuzz/harness/judge/judged_seams.h"
#include "fuzz/harness/judge/run_options.h"
#include "fuzz/harness/judge/seam_log.h"
#include "fuzz/harness/judge/sentence.h"
#include "fuzz/harness/model/arena_model.h"
#include "fuzz/harness/model/pool_model.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/program.h"
#include "src/pool/arena_map.h"
#include "src/pool/context.h"
#include "src/pool/scheduler.h"

namespace arenafuzz {

class Judge final : public LifecycleObserver {
 public:
  explicit Judge(Injector& injector);

  JudgedPool& pool(int scheduler) { return pools_[scheduler].port; }
  RecordingPages*& pages(int map) { return maps_[map].pages; }
  void attach(int map, ArenaMap* arena) { maps_[map].arena = arena; }
  BookTraits& book_traits() { return book_traits_; }
  const Ledger& ledger(int scheduler) const { return pools_[scheduler].ledger; }
  // Init reported success; whether a pool exists already is up to the tree.
  bool serves(int scheduler) const { return pools_[scheduler].exists; }

  // A program begins: forgets the former one.
  void begin(const Header& header, const Options& options, Verdict* verdict);
  void begin_operation(std::size_t position, const Operation& operation, bool misuse);
  void end_operation();
  void compare_whole_state(bool at_end);
  // Before a neighbour's operation: steps for the pages and free runs it may touch.
  void charge_neighbour(int map, std::uint64_t pages);
  void judge_leftovers(std::uint64_t outstanding, std::uint64_t broken_redzones);

  void enabled(int result, int expected_error);
  [[noreturn]] void missed_masks(std::uint32_t wanted, std::uint32_t made);
  bool mask_refused() const { return mask_refused_; }
  void disarm_collisions();
  void map_created(int map);
  void map_died(int map);
  void neighbour_claimed(int map, std::uint64_t pages, std::uint64_t hint_page,
                         std::uint64_t user_address);
  void neighbour_released(int map, std::uint64_t page, std::uint64_t pages);
  void neighbour_reserved(int map, std::uint64_t page, std::uint64_t pages, int result);
  void neighbour_faulted(int map, std::uint64_t page, bool taken);
  void neighbour_mapped(int map, int result);
  void before_worker(int map);
  void after_worker(int map);

  // Leaves the code under test.
  void on_warn(const char* function, const char* condition);
  [[noreturn]] void on_bug(BugSite site);
  [[noreturn]] void on_steps_exhausted();
  // Returns once there is memory, where the pool holds the page.
  void on_arena_access(std::uint64_t address);
  [[noreturn]] void on_arithmetic();
  void on_sleeping_call(const char* what);
  void on_compare_exchange(atomics::Word* word, std::uint64_t mask);
  void on_event(LifecycleEvent event, int scheduler) override;

  std::jmp_buf& exit() { return exit_; }
  bool would_run_off(int scheduler, std::uint64_t address, std::uint64_t size) const;
  void fold(std::uint64_t value);
  void trace(const Text& line);
  bool tracing() const { return options_.trace != nullptr; }
  bool collisions_armed() const { return collisions_armed_; }
  Text address_text(std::uint64_t kernel_address) const;
  std::uint64_t relative(std::uint64_t kernel_address) const;
  [[noreturn]] void stop(EndReason reason);
  void report(Oracle oracle, Site site, const char* difference, const Text& expected,
              const Text& got);
  [[noreturn]] void fail(Oracle oracle, Site site, const char* difference, const Text& expected,
                         const Text& got);

 private:
  friend class RecordingPages;
  friend class RecordingMetadata;
  friend class JudgedPool;
  friend class GenPoolJudge;  // gen_pool programs (judge_gen_pool.h)

  using Call = JudgedCall;
  using CallKind = JudgedCall::Kind;
  // Stages of a scheduler's life, for the oracle `lifecycle`.
  enum class Stage : std::uint8_t {
    kIdle,
    kProgramInit,
    kPoolInit,
    kValidate,
    kEnabled,
    kWork,
    kMasksFreed,
    kPoolDestroyed
  };
  struct PoolState {
    explicit PoolState(Judge& judge, int scheduler) : port(judge, scheduler) {}
    JudgedPool port;
    Ledger ledger;
    Books books;
    PoolModel model;
    int map = -1;
    bool misused = false;   // only the model can say what is right
    bool robbed = false;    // a neighbour released pages that it holds
    bool collided = false;  // a simulated peer changed a bit
    bool unbooked = false;  // its books hold what no caller asked for
    bool exists = false;    // its init said so; asked once, not at every call
    bool cpus_locked = false;
    bool holds_map = false;
    Stage stage = Stage::kIdle;
    std::uint64_t metadata_out = 0;
  };
  struct MapState {
    ArenaMap* arena = nullptr;
    RecordingPages* pages = nullptr;
    ArenaModel model;
    std::vector<ArenaModel::Span> waiting;  // for the worker, as the seams saw it
  };
  // A request that failed by a fault; the same request must succeed if nothing else happened.
  struct Retry {
    bool armed = false;
    bool ready = false;  // the pages are back
    int scheduler = 0;
    std::uint64_t size = 0;
    int map = -1;
    std::uint64_t pages = 0;  // that it had asked for
  };

  // Seams (judge_seams.cc).
  void enter_seam(Site site, bool may_sleep_needed);
  void note_claim(int map, const ClaimRequest& request, std::uint64_t address, bool injected);
  [[noreturn]] void fail_claim(const char* difference);
  void judge_claim(PoolState& pool, bool first);
  void note_release(int map, std::uint64_t address, std::uint64_t pages);
  void note_metadata(MetadataSite site, std::uint64_t bytes, const void* record, bool injected);
  void note_metadata_freed(MetadataSite site, const void* record);
  void log(const SeamCall& call);
  void judge_freed_metadata(MetadataSite site, BlockState state);
  const char* wrong_release(std::uint64_t address, std::uint64_t pages) const;
  std::uint64_t page_of(int map, std::uint64_t user_address) const;
  std::uint64_t kernel_address(int map, std::uint64_t user_address) const;

  // Memory (judge_memory.cc).
  static void fill_block(std::uint64_t address, std::uint64_t size);
  void judge_content(std::uint64_t address, std::uint64_t size);
  void forget_memory(int map, std::uint64_t page, std::uint64_t pages);

  // Calls (judge_calls.cc).
  void before_call(CallKind kind, int scheduler, std::uint64_t address, std::uint64_t size);
  ArenaPages pages_of(const PoolState& pool) const;  // of its map, seen from the kernel
  void open_ledger(PoolState& pool, bool existed);
  void before_free(int scheduler, std::uint64_t address, std::uint64_t size);
  void after_init(int scheduler, bool with_map, bool existed, int result);
  void after_alloc(int scheduler, std::uint64_t address);
  void after_free(int scheduler);
  void before_destroy(int scheduler);
  void after_destroy(int scheduler);
  void charge(std::uint64_t cost);
  void end_over_budget(PoolState& pool, std::uint64_t address);
  bool is_impossible(std::uint64_t size) const;
  void judge_context();
  void end_if_documented(bool holds, const char* name);
  void judge_block(PoolState& pool, std::uint64_t address);
  void judge_failure(PoolState& pool);
  void judge_unwind(PoolState& pool);
  void judge_retry(PoolState& pool);
  void mark_robbed(int map, std::uint64_t page, std::uint64_t pages, const PoolState* by = nullptr);
  void trace_call(std::uint64_t result);

  // Books (judge_books.cc).
  std::uint64_t pages_for(std::uint64_t bytes) const {
    return bytes / page_bytes(header_) + (bytes % page_bytes(header_) != 0 ? 1 : 0);
  }
  void adopt_growth(PoolState& pool);
  void adopt_chunk(PoolState& pool, const ChunkView& view);
  void judge_charted(PoolState& pool);
  void book_alloc(PoolState& pool, std::uint64_t address);
  void book_free(PoolState& pool);
  void drop_chunks(PoolState& pool);
  void judge_words(PoolState& pool, std::uint32_t index, std::uint64_t address,
                   const char* expected);
  void compare_pool(int scheduler);

  // Lives of schedulers (judge_lifecycle.cc).
  void require_order(LifecycleEvent event, bool holds, const char* what);
  void judge_enable_event(LifecycleEvent event, PoolState& pool);
  void judge_work_event(LifecycleEvent event, PoolState& pool);

  // Predictions (judge_model.cc).
  bool model_on() const { return model_on_; }
  void differ(Site site, const char* difference, const Text& expected, const Text& got);
  void predict_init(PoolState& pool, bool with_map, bool existed, int result);
  void predict_alloc(PoolState& pool, std::uint64_t address);
  void predict_free(PoolState& pool);
  void predict_destroy(PoolState& pool);
  BugSite predicted_bug(PoolState& pool);
  const SeamCall* next_call(SeamCall::Kind kind, std::uint64_t amount);
  bool predict_growth(PoolState& pool, bool* grown);
  bool predict_release(PoolState& pool, std::uint64_t page, std::uint64_t pages);
  void expect_no_more_calls();
  std::uint64_t simulate_alloc(PoolState& pool, bool* agrees, BugSite* bug);
  void compare_model(int scheduler);

  SizeClass size_class() const;
  Reach reach() const;
  Injector* injector_;
  Options options_;
  Header header_;
  Verdict* verdict_ = nullptr;
  std::uint64_t hash_ = 0;
  bool model_on_ = true;
  std::size_t position_ = 0;
  const Operation* operation_ = nullptr;  // under way
  bool operation_is_misuse_ = false;
  bool at_end_ = false;
  bool in_whole_compare_ = false;
  bool state_compared_ = false;  // at the program's end, just before the pools are destroyed
  bool any_misuse_ = false;
  bool any_neighbour_ = false;
  bool any_foreign_size_ = false;  // that no in-tree caller uses
  bool collisions_armed_ = false;
  bool mask_refused_ = false;        // of the enable under way
  std::uint64_t swaps_ = 0;          // compare-and-swaps of the operation so far
  CollisionState model_collisions_;  // the model's own count
  std::uint64_t hang_bound_ = 0;
  Call call_;
  SeamLog log_;
  std::uint64_t seam_calls_ = 0;  // of this call into the pool
  std::uint32_t cursor_ = 0;      // next seam call that the model has not explained
  Retry retry_;
  ArenaModel::Span released_;  // by the last release
  int released_map_ = 0;
  const char* other_function_ = "";  // of the BUG or WARN at Site::kOther under way
  Backtrace backtrace_;              // of the last seam call, if wanted
  BugSite gen_expected_bug_ = BugSite::kNone;
  BugSite gen_required_bug_ = BugSite::kNone;  // that must come, by the books
  bool gen_lenient_ = false;    // overlaps or misuse: only the model knows what is right
  bool warn_expected_ = false;  // by the meaning of the operation
  std::uint32_t warnings_ = 0;
  std::vector<bool> worker_records_;  // of each span that the worker took: was its record had
  struct Peer {
    atomics::Word* word;
    int bit;
  };
  std::vector<Peer> peers_;  // bits that simulated peers hold
  BookTraits book_traits_;
  std::uint64_t least_growth_ = ~std::uint64_t{0};  // pages first asked for in a call, the fewest
  ShadowRegion shadow_;
  PoolState pools_[limits::kMaxSchedulers];
  MapState maps_[limits::kMaxMaps];
  std::jmp_buf exit_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_JUDGE_H_
