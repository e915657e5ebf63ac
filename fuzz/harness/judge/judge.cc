// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/judge.h"

#include <algorithm>
#include <bit>
#include <cstdarg>
#include <cstdio>

#include "fuzz/harness/books/bitmap_view.h"
#include "fuzz/program/text.h"

namespace arenafuzz {

namespace {

void peer_acts(void* judge, atomics::Word* word, std::uint64_t mask) {
  static_cast<Judge*>(judge)->on_compare_exchange(word, mask);
}

}  // namespace

Text text(const char* format, ...) {
  Text result;
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(result.chars, sizeof result.chars, format, arguments);
  va_end(arguments);
  return result;
}

Text number(std::uint64_t value) { return text("%s", print_number(value).c_str()); }

Judge::Judge(Injector& injector)
    : injector_(&injector),
      pools_{PoolState(*this, 0), PoolState(*this, 1), PoolState(*this, 2), PoolState(*this, 3)} {
  static_assert(limits::kMaxSchedulers == 4);
}

void Judge::begin(const Header& header, const Options& options, Verdict* verdict) {
  header_ = header;
  options_ = options;
  verdict_ = verdict;
  hash_ = 0;
  model_on_ = options.use_model;
  at_end_ = in_whole_compare_ = state_compared_ = false;
  gen_lenient_ = warn_expected_ = false;
  any_misuse_ = any_neighbour_ = any_foreign_size_ = false;
  retry_ = {};
  peers_.clear();
  least_growth_ = ~std::uint64_t{0};
  shadow_.reset();
  call_.begin();
  log_.clear();
  seam_calls_ = 0;
  for (MapState& map : maps_) map.waiting.clear();
  for (PoolState& pool : pools_) {
    pool.ledger.close();
    pool.books.discard();
    pool.books.use(book_traits_);
    pool.model.discard();
    pool.map = -1;
    pool.misused = pool.robbed = pool.collided = pool.unbooked = pool.exists = false;
    pool.cpus_locked = pool.holds_map = false;
    pool.stage = Stage::kIdle;
    pool.metadata_out = 0;
  }
}

void Judge::begin_operation(std::size_t position, const Operation& operation, bool misuse) {
  position_ = position;
  operation_ = &operation;
  operation_is_misuse_ = misuse;
  any_misuse_ |= misuse;
  call_.kind = CallKind::kNone;
  log_.clear();
  seam_calls_ = 0;
  cursor_ = 0;
  swaps_ = 0;
  mask_refused_ = false;
  backtrace_.count = 0;
  warnings_ = 0;
  collisions_armed_ = operation.collisions[0].ordinal != 0;
  model_collisions_ = {operation_->collisions, 0, header_.profile == Profile::kMisuse};
  atomics::hooks.before_compare_exchange = collisions_armed_ ? peer_acts : nullptr;
  atomics::hooks.context = this;
  const bool keeps_retry = operation.kind == OperationKind::kAlloc ||
                           operation.kind == OperationKind::kHeal ||
                           operation.kind == OperationKind::kWorker;
  if (!keeps_retry) retry_.armed = false;
  fold(static_cast<std::uint64_t>(operation.kind) << 32 | position);
}

void Judge::disarm_collisions() {
  collisions_armed_ = false;
  atomics::hooks.before_compare_exchange = nullptr;
}

void Judge::missed_masks(std::uint32_t wanted, std::uint32_t made) {
  call_.kind = CallKind::kNone;
  fail(Oracle::kMissedFailure, Site::kNone, "masks", text("a pool with %u masks", wanted),
       text("%u masks, though enable returned 0", made));
}

// The chunk that the free would clear in, followed past its last granule (docs/arena_pool.md, Sums
// that wrap): true if no free granule stops it before the bitmap ends.
bool Judge::would_run_off(int scheduler, std::uint64_t address, std::uint64_t size) const {
  struct Search {
    std::uint64_t address;
    bool found;
    ChunkView view;
  } search{address, false, {}};
  const PoolPort& pool = pools_[scheduler].port;
  pool.for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* wanted = static_cast<Search*>(context);
        if (wanted->found || wanted->address < view.start || wanted->address > view.end) return;
        wanted->found = true;
        wanted->view = view;
      },
      &search);
  return search.found && runs_off_bitmap(search.view, pool.granule_order(), address, size);
}

void Judge::end_operation() {
  if (options_.compare_always) compare_whole_state(false);
}

void Judge::fold(std::uint64_t value) {
  if (options_.events != nullptr && !options_.events->event(value, position_)) {
    options_.events = nullptr;
    fail(Oracle::kDifference, Site::kNone, "step", Text{}, Text{});  // differential.cc names it
  }
  hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15;
  hash_ ^= hash_ >> 29;
  verdict_->trace_hash = hash_;
}

void Judge::trace(const Text& line) {
  if (options_.trace != nullptr) options_.trace->line(line.chars);
}

std::uint64_t Judge::relative(std::uint64_t kernel_address) const {
  for (int map = 0; map < limits::kMaxMaps; ++map) {
    const std::uint64_t offset = kernel_address - kernel_base_of(map);
    if (offset < kKernelStride) return (static_cast<std::uint64_t>(map) << 40) + offset;
  }
  return kernel_address;
}

Text Judge::address_text(std::uint64_t kernel_address) const {
  if (kernel_address == 0) return text("NULL");
  for (int map = 0; map < limits::kMaxMaps; ++map) {
    const std::uint64_t offset = kernel_address - kernel_base_of(map) - base_low(header_);
    if (kernel_address - kernel_base_of(map) < kKernelStride && offset < kKernelStride)
      return text("m%d+0x%llx", map, static_cast<unsigned long long>(offset));
  }
  return text("0x%llx (in no arena)", static_cast<unsigned long long>(kernel_address));
}

SizeClass Judge::size_class() const {
  if (call_.kind != CallKind::kAlloc && call_.kind != CallKind::kFree) return SizeClass::kNone;
  if (call_.size == 0) return SizeClass::kZero;
  if (call_.size > ~std::uint64_t{0} - 7) return SizeClass::kWrapping;
  const std::uint64_t page = page_bytes(header_);
  if (call_.size > header_.arena_pages * page) return SizeClass::kBeyondArena;
  return call_.size > 4 * page ? SizeClass::kSeveralPages : SizeClass::kWithinChunk;
}

Reach Judge::reach() const {
  if (any_misuse_) return Reach::kMisuse;
  if (any_foreign_size_) return Reach::kCallerBug;
  if (any_neighbour_) return Reach::kNeighbour;
  return injector_->fired_total() > 0 ? Reach::kMemoryPressure : Reach::kNormalUse;
}

void Judge::report(Oracle oracle, Site site, const char* difference, const Text& expected,
                   const Text& got) {
  Finding finding;
  finding.oracle = oracle;
  finding.operation = operation_->kind;
  finding.site = site;
  finding.difference = difference;
  finding.size_class = size_class();
  finding.fault_fired = injector_->fired_in_operation() > 0;
  if (finding.fault_fired) finding.fault = injector_->fired_fault(0).site;
  if (site == Site::kOther) finding.function = other_function_;
  finding.backtrace = backtrace_;
  finding.reach = reach();
  finding.at_end = at_end_;
  finding.whole_state = in_whole_compare_;
  finding.position = position_;
  finding.expected = expected.chars;
  finding.got = got.chars;
  verdict_->findings.push_back(finding);
  if (tracing())
    trace(text("      FINDING %s.%s: expected %.60s, got %.60s", oracle_info(oracle).name,
               difference, expected.chars, got.chars));
}

void Judge::stop(EndReason reason) {
  verdict_->end = reason;
  atomics::hooks = {};
  context_depth = {};
  std::longjmp(exit_, 1);
}

void Judge::fail(Oracle oracle, Site site, const char* difference, const Text& expected,
                 const Text& got) {
  report(oracle, site, difference, expected, got);
  stop(EndReason::kFinding);
}

void Judge::on_steps_exhausted() {
  atomics::hooks = {};
  fail(Oracle::kHang, Site::kNone, "steps",
       text("at most %llu steps in this call", static_cast<unsigned long long>(hang_bound_)),
       text("more"));
}

void Judge::on_arithmetic() {
  if (options_.finding_backtraces) backtrace_ = capture_backtrace(nullptr);
  const Text wanted = text("arithmetic that C defines");
  const Text got = text("an undefined shift or division");
  // A free of NULL names no block: what is computed from its size is used for nothing.
  const bool harmless = call_.kind == CallKind::kFree && call_.address == 0;
  if (!harmless) fail(Oracle::kArithmetic, Site::kNone, "undefined", wanted, got);
  if (model_on()) differ(Site::kNone, "undefined", wanted, got);
  stop(EndReason::kFinding);
}

void Judge::on_bug(BugSite site) {
  if (options_.finding_backtraces) backtrace_ = capture_backtrace(nullptr);
  other_function_ = bug_function();
  const Site where =
      static_cast<Site>(static_cast<int>(Site::kFreeNoChunk) - 1 + static_cast<int>(site));
  PoolState& pool = pools_[call_.scheduler];
  context_depth = {};
  if (tracing()) trace(text("      -> BUG %s", bug_site_name(site)));
  // What is wrong in any implementation is said first: `differential` compares at the fold.
  const bool gen_pool = header_.kind == ProgramKind::kGenPool;
  const bool allowed =
      gen_pool ? gen_lenient_ || site == gen_required_bug_ : operation_is_misuse_ || pool.misused;
  if (!allowed)
    fail(!gen_pool && pool.robbed ? Oracle::kNeighbour : Oracle::kBug, where, "bug", text("no BUG"),
         text("BUG %s", bug_site_name(site)));
  fold(0xb00 + static_cast<std::uint64_t>(site));
  if (gen_pool) {
    if (model_on() && gen_expected_bug_ != site)
      differ(where, "other-bug", text("BUG %s", bug_site_name(gen_expected_bug_)),
             text("BUG %s", bug_site_name(site)));
    stop(EndReason::kBug);
  }
  if (model_on()) {
    const BugSite predicted = predicted_bug(pool);
    if (predicted != site)
      differ(where, predicted == BugSite::kNone ? "bug" : "other-bug",
             text("BUG %s", bug_site_name(predicted)), text("BUG %s", bug_site_name(site)));
  }
  stop(EndReason::kBug);
}

// Unless the operation means it to, or a misuse or an absurd size may have caused it. Each
// is listed once.
void Judge::on_warn(const char* function, const char* condition) {
  ++warnings_;
  fold(0x3a0);
  const Text got = text("WARN in %s: %s", function, condition);
  if (tracing()) trace(text("      -> %.180s", got.chars));
  if (warn_expected_) return;
  if (options_.finding_backtraces) backtrace_ = capture_backtrace(nullptr);
  const bool gen_pool = header_.kind == ProgramKind::kGenPool;
  // A size that no arena can meet is no correct use either: a pool may warn of it. So it may of
  // what it finds in pages that a neighbour released.
  const PoolState& pool = pools_[call_.scheduler];
  const bool absurd = call_.kind == CallKind::kAlloc && is_impossible(call_.size);
  if (gen_pool ? gen_lenient_ : operation_is_misuse_ || absurd || pool.misused || pool.robbed) {
    if (model_on()) differ(Site::kNone, "warning", text("no WARN"), got);
    return;
  }
  const bool known = std::any_of(
      verdict_->findings.begin(), verdict_->findings.end(), [&](const Finding& finding) {
        return finding.oracle == Oracle::kWarn && finding.operation == operation_->kind &&
               finding.got == got.chars;
      });
  if (known) return;
  other_function_ = function;
  report(Oracle::kWarn, Site::kOther, "unexpected", text("no WARN"), got);
}

// A simulated peer changes one bit of the word that is about to be swapped (docs/format.md, What
// operations mean). While a pool is destroyed there are no peers, by contract, except in misuse.
void Judge::on_compare_exchange(atomics::Word* word, std::uint64_t mask) {
  const bool misuse = header_.profile == Profile::kMisuse;
  if (call_.kind == CallKind::kDestroy && !misuse) return;
  ++swaps_;
  for (const Collision& collision : operation_->collisions) {
    if (collision.ordinal == 0 || collision.ordinal != swaps_) continue;
    PoolState& pool = pools_[call_.scheduler];
    adopt_growth(pool);
    const int bit = (std::countr_zero(mask) + kCollisionOffsets[collision.offset_code]) % 64;
    const std::uint64_t one = std::uint64_t{1} << bit;
    for (std::uint32_t index = 0; index < pool.books.chunks().size(); ++index) {
      Books::Chunk& chunk = pool.books.chunks()[index];
      const auto* first = chunk.view.words;
      const std::uint64_t words = (chunk.view.granules + 63) / 64;
      if (word < first || word >= first + words) continue;
      const auto at = static_cast<std::uint64_t>(word - first);
      const bool taken = (atomics::load(*word) & one) != 0;
      if (at * 64 + static_cast<std::uint64_t>(bit) >= chunk.view.granules ||
          taken != collision.clear)
        break;
      const auto peer = std::find_if(peers_.begin(), peers_.end(), [&](const Peer& known) {
        return known.word == word && known.bit == bit;
      });
      if (collision.clear && peer == peers_.end() && !misuse) break;
      pool.collided = call_.collided = true;
      if (call_.kind == CallKind::kDestroy || (collision.clear && peer == peers_.end()))
        pool.misused = any_misuse_ = true;
      if (collision.clear) {
        word->fetch_and(~one);
        if (peer != peers_.end()) peers_.erase(peer);
        pool.books.peer_cleared(index, at, one);
      } else {
        word->fetch_or(one);
        peers_.push_back({word, bit});
        pool.books.peer_set(index, at, one);
      }
      if (tracing())
        trace(text("      a peer %s granule %llu of chunk %u", collision.clear ? "clears" : "sets",
                   static_cast<unsigned long long>(at * 64 + static_cast<std::uint64_t>(bit)),
                   index));
      break;
    }
  }
}

void Judge::judge_leftovers(std::uint64_t outstanding, std::uint64_t broken_redzones) {
  call_.kind = CallKind::kNone;
  if (broken_redzones != 0)
    report(Oracle::kStrayAccess, Site::kNone, "redzone", text("redzones as they were"),
           text("%llu overwritten", static_cast<unsigned long long>(broken_redzones)));
  if (outstanding != 0)
    report(Oracle::kMetadataLeak, Site::kNone, "left-over", text("nothing left at the end"),
           text("%llu records still out", static_cast<unsigned long long>(outstanding)));
}

}  // namespace arenafuzz
