// SPDX-License-Identifier: GPL-2.0-only
//
// The judge's exact side: what the model predicts, seam call by seam call. A difference is a
// change; it switches the model off for the rest of the program.
#include <algorithm>
#include <bit>
#include <cerrno>

#include "fuzz/harness/judge/judge.h"
#include "src/pool/arena_pool.h"
#include "src/pool/gen_pool.h"

namespace arenafuzz {

void Judge::differ(Site site, const char* difference, const Text& expected, const Text& got) {
  report(Oracle::kChange, site, difference, expected, got);
  model_on_ = false;
}

namespace {

Site site_of(SeamCall::Kind kind) {
  switch (kind) {
    case SeamCall::Kind::kKmalloc:
      return Site::kKmalloc;
    case SeamCall::Kind::kVzalloc:
      return Site::kVzalloc;
    case SeamCall::Kind::kSpan:
      return Site::kSpan;
    case SeamCall::Kind::kReleaseRecord:
      return Site::kRelease;
    default:
      return Site::kPage;
  }
}

Text call_text(SeamCall::Kind kind, std::uint64_t amount) {
  return text("%s of %llu", seam_call_name(kind), static_cast<unsigned long long>(amount));
}

}  // namespace

// The next seam call of the log, which the model says is this one; nullptr if it differs.
const SeamCall* Judge::next_call(SeamCall::Kind kind, std::uint64_t amount) {
  if (cursor_ == log_.size()) {
    differ(site_of(kind), "missing-call", call_text(kind, amount), text("no call"));
    return nullptr;
  }
  const SeamCall& call = log_[cursor_++];
  if (call.kind != kind || call.amount != amount) {
    differ(site_of(kind), call.kind == kind ? "amount" : "order", call_text(kind, amount),
           call_text(call.kind, call.amount));
    return nullptr;
  }
  return &call;
}

// A refused claim may be asked for where the model asks nothing (docs/arena_pool.md, Where our C++
// pool deliberately differs).
void Judge::expect_no_more_calls() {
  if (!model_on()) return;
  if (cursor_ < log_.size() && log_[cursor_].outcome == SeamCall::Outcome::kRefused) ++cursor_;
  if (cursor_ == log_.size()) return;
  const SeamCall& call = log_[cursor_];
  differ(site_of(call.kind), "extra-call", text("no further seam call"),
         call_text(call.kind, call.amount));
}

void Judge::predict_init(PoolState& pool, bool with_map, bool existed, int result) {
  if (!model_on()) return;
  int expected = 0;
  if (with_map && existed) {
    expected = -EBUSY;
  } else if (with_map) {
    const SeamCall* call = next_call(SeamCall::Kind::kKmalloc, GenPool::kObjectBytes);
    if (call == nullptr) return;
    if (call->outcome == SeamCall::Outcome::kInjected) expected = -ENOMEM;
    if (expected == 0) pool.model.create(ArenaPool::kGranuleOrder);
  }
  expect_no_more_calls();
  if (model_on() && result != expected)
    differ(Site::kNone, "result", text("%d", expected), text("%d", result));
}

// The unwind of a growth: true if the log shows what the release policy makes of it.
bool Judge::predict_release(PoolState& pool, std::uint64_t page, std::uint64_t pages) {
  ArenaModel& arena = maps_[pool.map].model;
  const SeamCall* release = next_call(SeamCall::Kind::kRelease, pages);
  if (release == nullptr) return false;
  if (page_of(pool.map, release->address) != page) {
    differ(Site::kPage, "elsewhere", text("page %llu", static_cast<unsigned long long>(page)),
           text("page %llu", static_cast<unsigned long long>(page_of(pool.map, release->address))));
    return false;
  }
  if (header_.deferred_release) {
    const SeamCall* span = next_call(SeamCall::Kind::kSpan, ArenaMap::kSpanBytes);
    if (span == nullptr) return false;
    if (span->outcome == SeamCall::Outcome::kDone) arena.waiting().push_back({page, pages});
    return true;
  }
  const SeamCall* record = next_call(SeamCall::Kind::kReleaseRecord, ArenaMap::kReleaseRecordBytes);
  if (record == nullptr) return false;
  if (record->outcome == SeamCall::Outcome::kDone) arena.give(page, pages);
  return true;
}

// One growth. False if the log differs; *grown tells whether a chunk was added.
bool Judge::predict_growth(PoolState& pool, bool* grown) {
  *grown = false;
  ArenaModel& arena = maps_[pool.map].model;
  const std::uint64_t page = page_bytes(header_);
  const std::uint64_t pages = std::max(ArenaPool::kMinGrowthPages, (call_.size + page - 1) / page);
  const std::uint64_t lands = arena.find(pages);
  if (lands == ArenaModel::kNone) {
    // Refused: a backend may ask once or not at all (docs/arena_pool.md, Where our C++ pool
    // deliberately differs).
    if (cursor_ < log_.size() && log_[cursor_].kind == SeamCall::Kind::kClaim &&
        log_[cursor_].outcome != SeamCall::Outcome::kDone)
      ++cursor_;
    return true;
  }
  const SeamCall* claim = next_call(SeamCall::Kind::kClaim, pages);
  if (claim == nullptr) return false;
  if (claim->outcome == SeamCall::Outcome::kInjected) return true;
  if (claim->outcome == SeamCall::Outcome::kRefused || page_of(pool.map, claim->address) != lands) {
    differ(Site::kPage, claim->address == 0 ? "refused" : "elsewhere",
           text("page %llu", static_cast<unsigned long long>(lands)),
           claim->address == 0 ? text("refused")
                               : text("page %llu", static_cast<unsigned long long>(
                                                       page_of(pool.map, claim->address))));
    return false;
  }
  arena.take(lands, pages);
  const std::uint64_t start = kernel_address(pool.map, claim->address);
  if (pool.model.overlaps(start, pages * page)) {
    if (cursor_ == log_.size() || log_[cursor_].kind != SeamCall::Kind::kVzalloc)
      return predict_release(pool, lands, pages);
    // The reviewed C code does so (docs/arena_pool.md, The arena pool): its name says which
    // difference this is.
    differ(Site::kPage, "no-overlap-guard", text("the run given back, as it overlaps a live chunk"),
           text("a second chunk over the same addresses"));
    return false;
  }
  const SeamCall* metadata =
      next_call(SeamCall::Kind::kVzalloc, 56 + 8 * ((pages * page / 8 + 63) / 64));
  if (metadata == nullptr) return false;
  if (metadata->outcome == SeamCall::Outcome::kInjected) return predict_release(pool, lands, pages);
  pool.model.add(start, pages * page, pages_of(pool));
  *grown = true;
  return true;
}

std::uint64_t Judge::simulate_alloc(PoolState& pool, bool* agrees, BugSite* bug) {
  *agrees = true;
  *bug = BugSite::kNone;
  if (!pool.model.exists() || call_.size == 0 || call_.size > ArenaPool::kMaxSize) return 0;
  PoolModel::Place place = call_.place;
  while (true) {
    if (collisions_armed_) {
      const std::uint64_t address = pool.model.alloc_stepwise(call_.size, model_collisions_, bug);
      if (address != 0 || *bug != BugSite::kNone) return address;
    } else if (place.found) {
      return pool.model.commit(place);
    }
    bool grown = false;
    *agrees = predict_growth(pool, &grown);
    if (!*agrees || !grown) return 0;
    if (!collisions_armed_) place = pool.model.place(call_.size);
  }
}

void Judge::predict_alloc(PoolState& pool, std::uint64_t address) {
  bool agrees = true;
  BugSite bug = BugSite::kNone;
  const std::uint64_t expected = simulate_alloc(pool, &agrees, &bug);
  if (!agrees) return;
  if (bug != BugSite::kNone) {
    differ(Site::kAllocRollback, "no-bug", text("BUG %s", bug_site_name(bug)), text("no BUG"));
    return;
  }
  expect_no_more_calls();
  if (!model_on()) return;
  if (address != expected) {
    const char* difference = expected == 0 ? "granted" : address == 0 ? "refused" : "elsewhere";
    differ(Site::kNone, difference, address_text(expected), address_text(address));
    return;
  }
  if (address == 0) return;
  const std::uint32_t index = pool.books.find(address);
  if (index >= pool.model.chunks().size()) return;
  const std::uint64_t avail = atomics::load(*pool.books.chunks()[index].view.avail);
  if (avail != pool.model.chunks()[index].avail)
    differ(Site::kNone, "avail",
           text("avail %llu", static_cast<unsigned long long>(pool.model.chunks()[index].avail)),
           text("%llu", static_cast<unsigned long long>(avail)));
}

void Judge::predict_free(PoolState& pool) {
  BugSite bug = BugSite::kNone;
  if (collisions_armed_) {
    bug = pool.model.free_stepwise(call_.address, call_.size, model_collisions_);
  } else {
    bug = pool.model.free(call_.address, call_.size).bug;
  }
  if (bug != BugSite::kNone) {
    differ(Site::kNone, "no-bug", text("BUG %s", bug_site_name(bug)), text("no BUG"));
    return;
  }
  expect_no_more_calls();
  if (!model_on() || !operation_is_misuse_) return;
  compare_model(call_.scheduler);
}

void Judge::predict_destroy(PoolState& pool) {
  const bool stepwise =
      (collisions_armed_ && header_.profile == Profile::kMisuse) || pool.model.has_overlap();
  if (stepwise && pool.model.exists()) {
    CollisionState none;
    const BugSite bug = pool.model.destroy_stepwise(collisions_armed_ ? model_collisions_ : none);
    if (bug != BugSite::kNone)
      differ(Site::kNone, "no-bug", text("BUG %s", bug_site_name(bug)), text("no BUG"));
  }
  expect_no_more_calls();
}

BugSite Judge::predicted_bug(PoolState& pool) {
  bool agrees = true;
  BugSite bug = BugSite::kNone;
  switch (call_.kind) {
    case CallKind::kAlloc:
      simulate_alloc(pool, &agrees, &bug);
      return bug;
    case CallKind::kFree:
      if (collisions_armed_)
        return pool.model.free_stepwise(call_.address, call_.size, model_collisions_);
      return pool.model.free(call_.address, call_.size).bug;
    case CallKind::kDestroy:
      return pool.model.destroy_stepwise(model_collisions_);
    default:
      return BugSite::kNone;
  }
}

// The pool's chunks, words and avail against the model's ranges.
void Judge::compare_model(int scheduler) {
  PoolState& pool = pools_[scheduler];
  const auto& chunks = pool.books.chunks();
  if (chunks.size() != pool.model.chunks().size()) {
    differ(Site::kNone, "chunks", text("%zu chunks", pool.model.chunks().size()),
           text("%zu", chunks.size()));
    return;
  }
  for (std::uint32_t i = 0; i < chunks.size() && model_on(); ++i) {
    const PoolModel::Chunk& expected = pool.model.chunks()[i];
    const ChunkView& view = chunks[i].view;
    if (view.start != expected.start || view.end != expected.end ||
        view.granules != expected.granules) {
      differ(Site::kNone, "chunk-extent", address_text(expected.start), address_text(view.start));
    } else if (atomics::load(*view.avail) != expected.avail) {
      differ(Site::kNone, "avail",
             text("avail %llu", static_cast<unsigned long long>(expected.avail)),
             text("%llu", static_cast<unsigned long long>(atomics::load(*view.avail))));
    } else if (!pool.model.matches_words(i, view)) {
      differ(Site::kNone, "bitmap", text("the free ranges of chunk %u as predicted", i),
             text("another bitmap"));
    }
  }
}

void Judge::enabled(int result, int expected_error) {
  fold(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)));
  if (tracing()) trace(text("      -> %d", result));
  if (model_on() && result != expected_error)
    differ(Site::kNone, "result", text("%d", expected_error), text("%d", result));
}

}  // namespace arenafuzz
