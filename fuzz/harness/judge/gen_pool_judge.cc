// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/gen_pool_judge.h"

#include <algorithm>
#include <utility>

#include "fuzz/harness/books/bitmap_view.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kHangBound = std::uint64_t{1} << 28;

// A refusal by this policy, though there is room as the policy wants it.
const char* refused_name(AllocPolicy policy) {
  switch (policy) {
    case AllocPolicy::kAlign:
      return "aligned-hole-fits";
    case AllocPolicy::kOrderAlign:
      return "order-aligned-hole-fits";
    case AllocPolicy::kFixed:
      return "offset-is-free";
    default:
      return "hole-fits";
  }
}

}  // namespace

void GenPoolJudge::begin(int granule_order) {
  order_ = granule_order;
  bitmap_bytes_ = 0;
  own_ = {};
  given_back_ = 0;
  peers_.forget();
  if (uses_memory_) gen_memory().restore_all();
  uses_memory_ = false;
  model_.discard();
  ledger_.discard();
}

// With the model the cost is known before the call; without it the steps of the call are counted.
void GenPoolJudge::before(std::uint64_t cost, BugSite expected) {
  CallScope& call = run_.scope().begin_call();
  call.expected_bug = expected;
  call.lenient = !ledger_.trusted();
  atomics::hooks.before_compare_exchange = nullptr;
  ledger_.begin_call();
  charged_by_model_ = run_.model_on();
  run_.charge(cost, 0);
  run_.count_steps(kHangBound);
}

void GenPoolJudge::after() {
  atomics::hooks.before_compare_exchange = nullptr;
  run_.judge_context();
  if (!charged_by_model_) run_.spend_counted_steps();
}

void GenPoolJudge::note(const char* what, std::uint64_t got, TraceKind kind) {
  run_.fold(got);
  if (run_.tracing()) run_.trace(text("      %s %s", what, number(got).chars), kind, got);
}

void GenPoolJudge::expect(const char* difference, std::uint64_t expected, std::uint64_t got) {
  if (run_.model_on() && got != expected)
    run_.differ(Site::kNone, difference, number(expected), number(got));
}

void GenPoolJudge::expect_no_bug(BugSite expected) {
  if (run_.model_on() && expected != BugSite::kNone)
    run_.differ(Site::kNone, "no-bug", text("BUG %s", bug_site_name(expected)), text("no BUG"));
}

// The call returned where this BUG was due.
void GenPoolJudge::require_bug(BugSite promised) {
  if (promised == BugSite::kNone) return;
  run_.fail(Oracle::kMissedFailure, site_of(promised), "no-bug",
            text("BUG %s", bug_site_name(promised)), text("no BUG"));
}

void GenPoolJudge::create() {
  before(64);
  const bool made = pool_->create(order_);
  after();
  note("result", made ? 1 : 0, TraceKind::kResult);
  const bool fired = run_.injector().fired_in_operation() != 0;
  if (made && !pool_->exists())
    run_.fail(Oracle::kMissedFailure, Site::kKmalloc, "no-pool",
              text("a pool, as create says that there is one"), text("no pool"));
  if (!made && !fired)
    run_.fail(Oracle::kSpuriousFailure, Site::kKmalloc, "no-cause",
              text("a pool: nothing was refused"), text("none"));
  expect("result", fired ? 0 : 1, made ? 1 : 0);
  if (!made) return;
  ledger_.create(order_);
  own_ = {};
  peers_.forget();
  if (run_.model_on()) model_.create(order_);
}

void GenPoolJudge::add(const GenChunk& chunk) {
  const std::uint64_t start = chunk.start;
  const std::uint64_t size = chunk.size;
  const std::uint64_t bitmap = (size >> order_) / 8 + 8;
  if (bitmap_bytes_ + bitmap > limits::kMaxBitmapBytes) return;
  bitmap_bytes_ += bitmap;
  // Each chunk is checked for an overlap.
  before(64 + bitmap / 8 + ledger_.chunks().size() / 16);
  const int result = pool_->add_chunk(chunk);
  after();
  note("result", result == 0 ? 0 : 1, TraceKind::kResult);
  const bool fired = run_.injector().fired_in_operation() != 0;
  if (result != 0 && !fired)
    run_.fail(Oracle::kSpuriousFailure, Site::kVzalloc, "no-cause", text("0: nothing was refused"),
              text("%d", result));
  if (result == 0) {
    ledger_.add(chunk);
    uses_memory_ |= gen_memory().holds(start, size);
    if (ledger_.trusted()) adopt_chunk(start, size);
  }
  // A fault that was absorbed (the chunk is there) is no missed failure.
  expect("result", fired ? 1 : 0, result == 0 ? 0 : 1);
  if (run_.model_on() && result == 0) model_.add(start, size);
}

// The pool's own view of the chunk that was just booked, wherever in its list it stands.
void GenPoolJudge::adopt_chunk(std::uint64_t start, std::uint64_t size) {
  struct Search {
    std::uint64_t start;
    std::uint64_t end;
    std::uint64_t shown;
    bool found;
    ChunkView view;
  } search{start, start + size - 1, 0, false, {}};
  ChunkView newest;
  const auto& chunks = ledger_.chunks();
  const ChunkView* former = chunks.size() > 1 ? &chunks[chunks.size() - 2].view : nullptr;
  if (pool_->newest_chunk(&newest) && newest.start == search.start && newest.end == search.end &&
      (former == nullptr || newest.words != former->words)) {
    search.view = newest;
  } else {
    pool_->for_each_chunk(
        [](void* context, const ChunkView& view) {
          auto* wanted = static_cast<Search*>(context);
          ++wanted->shown;
          if (wanted->found || view.start != wanted->start || view.end != wanted->end) return;
          wanted->found = true;
          wanted->view = view;
        },
        &search);
    if (!search.found || search.shown != chunks.size()) fail_chunk(start, size, search.shown);
  }
  if (search.view.granules != size >> order_)
    run_.fail(Oracle::kAccounting, Site::kVzalloc, "granules",
              text("%llu granules", ull(size >> order_)), text("%llu", ull(search.view.granules)));
  ledger_.adopt(search.view);
}

void GenPoolJudge::fail_chunk(std::uint64_t start, std::uint64_t size, std::uint64_t shown) {
  const Text wanted = text("a chunk from 0x%llx, %llu bytes", ull(start), ull(size));
  ChunkView newest;
  if (shown != ledger_.chunks().size() || !pool_->newest_chunk(&newest))
    run_.fail(Oracle::kMissedFailure, Site::kVzalloc, "no-chunk", wanted,
              text("%llu chunks, not %llu", ull(shown), ull(ledger_.chunks().size())));
  const bool inside = newest.start >= start && newest.end <= start + size - 1;
  run_.fail(inside ? Oracle::kAccounting : Oracle::kOutside, Site::kVzalloc, "chunk", wanted,
            text("0x%llx to 0x%llx", ull(newest.start), ull(newest.end)));
}

// A pool's own policy is first fit until set_algo says otherwise.
GenLedger::Wish GenPoolJudge::wish_of(const GenRequest& request) const {
  if (request.policy == AllocPolicy::kFirstFit) return {request.size, own_.policy, own_.data};
  return {request.size, request.policy, request.policy_data};
}

// REQUIRES: run_.model_on().
GenPoolJudge::Predicted GenPoolJudge::predict(const GenLedger::Wish& wish) {
  Predicted predicted;
  const PoolModel::Place place = model_.place(wish.size, wish.policy, wish.data);
  predicted.cost = model_.alloc_cost(place, wish.size);
  if (run_.scope().collisions_armed) {
    predicted.address =
        model_.alloc_stepwise(wish.size, wish.policy, wish.data, run_.scope().model_collisions,
                              &predicted.bug, &predicted.warnings);
  } else {
    predicted.address = place.found ? model_.commit(place) : 0;
    predicted.warnings = place.warnings;
  }
  return predicted;
}

std::uint64_t GenPoolJudge::alloc(const GenRequest& request) {
  const GenLedger::Wish wish = wish_of(request);
  const Predicted predicted = run_.model_on() ? predict(wish) : Predicted{};
  const bool warns = wish.policy == AllocPolicy::kFixed && (wish.data & ((1u << order_) - 1)) != 0;
  before(predicted.cost, predicted.bug);
  let_peers_act();
  run_.call().warn_expected = warns;
  const GenBlock block =
      request.door == AllocDoor::kPlain
          ? GenBlock{pool_->alloc(request.size, request.policy, request.policy_data), 0, 0}
          : pool_->alloc_through(request);
  run_.call().warn_expected = false;
  after();
  note("address", block.address, TraceKind::kAddress);
  if (ledger_.trusted()) {
    if (block.address != 0) {
      judge_block(wish, block.address);
    } else {
      judge_refusal(wish);
    }
  }
  judge_door(request, block);
  if (!run_.model_on()) return block.address;
  expect_no_bug(predicted.bug);
  expect("address", predicted.address, block.address);
  if (warns) judge_warnings(predicted.warnings);
  return block.address;
}

// One for each chunk that was tried.
void GenPoolJudge::judge_warnings(std::uint32_t expected) {
  if (run_.model_on() && run_.scope().warnings != expected)
    run_.differ(Site::kNone, run_.scope().warnings < expected ? "no-warning" : "warning",
                text("%u WARNs", expected), text("%u", run_.scope().warnings));
}

void GenPoolJudge::judge_block(const GenLedger::Wish& wish, std::uint64_t address) {
  if (wish.size == 0)
    run_.fail(Oracle::kMissedFailure, Site::kNone, "nothing-asked",
              text("0, as nothing was asked for"), number(address));
  const std::uint32_t chunk = ledger_.find(address);
  if (chunk == GenLedger::kNoChunk)
    run_.fail(Oracle::kOutside, Site::kNone, "block", text("inside a chunk"), number(address));
  if (!ledger_.on_granule(chunk, address))
    run_.fail(Oracle::kMisaligned, Site::kNone, "address",
              text("whole granules of %llu bytes from the chunk's start", ull(1) << order_),
              number(address));
  const std::uint64_t first = ledger_.granule_of(chunk, address);
  const std::uint64_t count = ledger_.granules_for(wish.size);
  const std::uint64_t granules = ledger_.chunks()[chunk].granules;
  if (first >= granules || count > granules - first)
    run_.fail(Oracle::kOutside, Site::kNone, "block-end",
              text("%s bytes in whole granules of one chunk", number(wish.size).chars),
              number(address));
  judge_place(wish, chunk, address);
  ledger_.set_live(chunk, first, count);
  judge_words(chunk, first, count);
}

// What the policy promises, and that nobody else holds it.
void GenPoolJudge::judge_place(const GenLedger::Wish& wish, std::uint32_t chunk,
                               std::uint64_t address) {
  const std::uint64_t first = ledger_.granule_of(chunk, address);
  if (!ledger_.aligned(chunk, first, wish))
    run_.fail(Oracle::kMisaligned, Site::kNone,
              wish.policy == AllocPolicy::kAlign ? "alignment" : "order-alignment",
              text("a granule aligned as asked"),
              text("granule %llu of the chunk from 0x%llx", ull(first),
                   ull(ledger_.chunks()[chunk].start)));
  if (ledger_.any_live(chunk, first, ledger_.granules_for(wish.size)))
    run_.fail(Oracle::kOverlap, Site::kNone, "address-twice",
              text("granules that no live block holds"), number(address));
  if (!ledger_.in_smallest_hole(chunk, first, wish))
    run_.fail(Oracle::kMissedFailure, Site::kNone, "not-the-best-fit",
              text("a block in the chunk's smallest hole that fits"),
              text("one in a larger hole, at granule %llu", ull(first)));
  if (!ledger_.at_offset(chunk, address, wish))
    run_.fail(Oracle::kMissedFailure, Site::kNone, "elsewhere",
              text("the run at offset %u, or none", wish.data),
              text("offset %llu", ull(address - ledger_.chunks()[chunk].start)));
}

void GenPoolJudge::judge_words(std::uint32_t chunk, std::uint64_t first, std::uint64_t count) {
  if (!ledger_.words_agree(chunk, first, count))
    run_.fail(Oracle::kAccounting, Site::kNone, "bitmap", text("just the block's granules changed"),
              text("other bits in its words, from granule %llu", ull(first)));
  if (!ledger_.avail_agrees(chunk))
    run_.fail(Oracle::kAccounting, Site::kNone, "avail",
              text("avail %llu", ull(ledger_.chunks()[chunk].avail)),
              text("%llu", ull(atomics::load(*ledger_.chunks()[chunk].view.avail))));
}

void GenPoolJudge::judge_refusal(const GenLedger::Wish& wish) {
  if (ledger_.hole_fits(wish))
    run_.fail(Oracle::kSpuriousFailure, Site::kNone, refused_name(wish.policy),
              text("a block of %s bytes", number(wish.size).chars), text("NULL"));
}

// How a free of a size that no block of the program has would go in the newest chunk that holds the
// address.
GenPoolJudge::Course GenPoolJudge::course_of(std::uint64_t address, std::uint64_t size) const {
  struct Search {
    std::uint64_t address;
    bool found;
    ChunkView view;
  } search{address, false, {}};
  pool_->for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* wanted = static_cast<Search*>(context);
        if (wanted->found || wanted->address - view.start >= view.end - view.start + 1) return;
        wanted->found = true;
        wanted->view = view;
      },
      &search);
  if (!search.found) return Course::kInside;
  if (runs_off_bitmap(search.view, order_, address, size)) return Course::kRunsOff;
  const std::uint64_t first = (address - search.view.start) >> order_;
  const bool beyond =
      first > search.view.granules || ledger_.granules_for(size) > search.view.granules - first;
  return beyond ? Course::kBeyond : Course::kInside;
}

std::uint64_t GenPoolJudge::free_cost(std::uint64_t size) const {
  const std::uint64_t words =
      ledger_.trusted() ? ledger_.granules_for(size) / 64 : bitmap_bytes_ / 8;
  return 64 + ledger_.chunks().size() + words;
}

// The BUG that gen_pool promises for this free by its books, whichever function is called; kNone if
// it promises none, as where the size is another block's business, or where a race may change what
// it finds. What the first free of a misuse gave back is not allocated for its second.
BugSite GenPoolJudge::promised_bug(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t given_back = std::exchange(given_back_, 0);
  if (run_.scope().collisions_armed) return BugSite::kNone;
  if (given_back == address && given_back_at_ == run_.scope().position)
    return BugSite::kFreeNotAllocated;
  if (!ledger_.trusted()) return BugSite::kNone;
  const std::uint32_t chunk = ledger_.find(address);
  if (chunk == GenLedger::kNoChunk) return BugSite::kFreeNoChunk;
  const GenLedger::Chunk& holder = ledger_.chunks()[chunk];
  if (address + size - 1 > holder.start + holder.size - 1) return BugSite::kFreePastEnd;
  const std::uint64_t first = ledger_.granule_of(chunk, address);
  const std::uint64_t count = ledger_.granules_for(size);
  if (count == 0 || first >= holder.granules || count > holder.granules - first)
    return BugSite::kNone;
  if (!ledger_.all_live(chunk, first, count)) return BugSite::kFreeNotAllocated;
  given_back_ = address;
  given_back_at_ = run_.scope().position;
  return BugSite::kNone;
}

void GenPoolJudge::free(std::uint64_t address, std::uint64_t size, bool asks_owner) {
  BugSite promised = BugSite::kNone;
  if (run_.scope().is_misuse) {
    promised = promised_bug(address, size);
    ledger_.distrust();
  }
  // A block that is booked as live cannot run off the bitmap.
  const Course course = ledger_.trusted() ? Course::kInside : course_of(address, size);
  if (course == Course::kRunsOff) {
    if (run_.tracing())
      run_.trace(text("      undefined: the C would run off its bitmap; not executed"),
                 TraceKind::kNotExecuted);
    return;
  }
  // A peer could take the granule at which such a free stops.
  const bool races = run_.scope().collisions_armed && course == Course::kInside;
  BugSite expected = BugSite::kNone;
  if (run_.model_on())
    expected = races ? model_.free_stepwise(address, size, run_.scope().model_collisions)
                     : model_.free(address, size).bug;
  before(free_cost(size), expected);
  run_.call().required_bug = promised;
  if (races) let_peers_act();
  std::uint64_t owner = 0;
  if (asks_owner) {
    owner = pool_->free_owner(address, size);
  } else {
    pool_->free(address, size);
  }
  after();
  require_bug(promised);
  if (asks_owner) judge_owner(address, owner);
  if (ledger_.trusted()) judge_freed(address, size);
  expect_no_bug(expected);
}

void GenPoolJudge::judge_freed(std::uint64_t address, std::uint64_t size) {
  const std::uint32_t chunk = ledger_.find(address);
  const std::uint64_t first = ledger_.granule_of(chunk, address);
  const std::uint64_t count = ledger_.granules_for(size);
  ledger_.set_free(chunk, first, count);
  judge_words(chunk, first, count);
}

}  // namespace arenafuzz
