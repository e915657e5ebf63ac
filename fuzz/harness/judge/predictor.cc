// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/predictor.h"

#include <algorithm>
#include <cerrno>

#include "src/pool/arena_pool.h"
#include "src/pool/gen_pool.h"

namespace arenafuzz {

namespace {

Text call_text(SeamCall::Kind kind, std::uint64_t amount) {
  return text("%s of %llu", seam_call_name(kind), static_cast<unsigned long long>(amount));
}

}  // namespace

// The next seam call of the log, which the model says is this one; nullptr if it differs.
const SeamCall* Predictor::next_call(SeamCall::Kind kind, std::uint64_t amount) {
  if (run_.call().cursor == run_.log().size()) {
    run_.differ(site_of(kind), "missing-call", call_text(kind, amount), text("no call"));
    return nullptr;
  }
  const SeamCall& call = run_.log()[run_.call().cursor++];
  if (call.kind != kind || call.amount != amount) {
    run_.differ(site_of(kind), call.kind == kind ? "amount" : "order", call_text(kind, amount),
                call_text(call.kind, call.amount));
    return nullptr;
  }
  return &call;
}

// A refused claim may be asked for where the model asks nothing (docs/arena_pool.md, Where our C++
// pool deliberately differs).
void Predictor::expect_no_more_calls() {
  if (!run_.model_on()) return;
  if (run_.call().cursor < run_.log().size() &&
      run_.log()[run_.call().cursor].outcome == SeamCall::Outcome::kRefused)
    ++run_.call().cursor;
  if (run_.call().cursor == run_.log().size()) return;
  const SeamCall& call = run_.log()[run_.call().cursor];
  run_.differ(site_of(call.kind), "extra-call", text("no further seam call"),
              call_text(call.kind, call.amount));
}

void Predictor::predict_init(PoolState& pool, bool with_map, bool existed, int result) {
  if (!run_.model_on()) return;
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
  if (run_.model_on() && result != expected)
    run_.differ(Site::kNone, "result", text("%d", expected), text("%d", result));
}

// The unwind of a growth: true if the log shows what the release policy makes of it.
bool Predictor::predict_release(PoolState& pool, std::uint64_t page, std::uint64_t pages) {
  ArenaModel& arena = state_.maps[pool.map].model;
  const SeamCall* release = next_call(SeamCall::Kind::kRelease, pages);
  if (release == nullptr) return false;
  if (state_.page_of(pool.map, release->address) != page) {
    run_.differ(Site::kPage, "elsewhere", text("page %llu", static_cast<unsigned long long>(page)),
                text("page %llu",
                     static_cast<unsigned long long>(state_.page_of(pool.map, release->address))));
    return false;
  }
  if (run_.header().deferred_release) {
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
bool Predictor::predict_growth(PoolState& pool, bool* grown) {
  *grown = false;
  ArenaModel& arena = state_.maps[pool.map].model;
  const std::uint64_t page = page_bytes(run_.header());
  const std::uint64_t pages =
      std::max(ArenaPool::kMinGrowthPages, (run_.call().size + page - 1) / page);
  const std::uint64_t lands = arena.find(pages);
  if (lands == ArenaModel::kNone) {
    // Refused: a backend may ask once or not at all (docs/arena_pool.md, Where our C++ pool
    // deliberately differs).
    if (run_.call().cursor < run_.log().size() &&
        run_.log()[run_.call().cursor].kind == SeamCall::Kind::kClaim &&
        run_.log()[run_.call().cursor].outcome != SeamCall::Outcome::kDone)
      ++run_.call().cursor;
    return true;
  }
  const SeamCall* claim = next_call(SeamCall::Kind::kClaim, pages);
  if (claim == nullptr) return false;
  if (claim->outcome == SeamCall::Outcome::kInjected) return true;
  if (claim->outcome == SeamCall::Outcome::kRefused ||
      state_.page_of(pool.map, claim->address) != lands) {
    run_.differ(Site::kPage, claim->address == 0 ? "refused" : "elsewhere",
                text("page %llu", static_cast<unsigned long long>(lands)),
                claim->address == 0
                    ? text("refused")
                    : text("page %llu", static_cast<unsigned long long>(
                                            state_.page_of(pool.map, claim->address))));
    return false;
  }
  arena.take(lands, pages);
  const std::uint64_t start = state_.kernel_address(pool.map, claim->address);
  if (pool.model.overlaps(start, pages * page)) {
    if (run_.call().cursor == run_.log().size() ||
        run_.log()[run_.call().cursor].kind != SeamCall::Kind::kVzalloc)
      return predict_release(pool, lands, pages);
    // The reviewed C code does so (docs/arena_pool.md, The arena pool): its name says which
    // difference this is.
    run_.differ(Site::kPage, "no-overlap-guard",
                text("the run given back, as it overlaps a live chunk"),
                text("a second chunk over the same addresses"));
    return false;
  }
  const SeamCall* metadata =
      next_call(SeamCall::Kind::kVzalloc, 56 + 8 * ((pages * page / 8 + 63) / 64));
  if (metadata == nullptr) return false;
  if (metadata->outcome == SeamCall::Outcome::kInjected) return predict_release(pool, lands, pages);
  pool.model.add(start, pages * page, state_.pages_of(pool));
  *grown = true;
  return true;
}

std::uint64_t Predictor::simulate_alloc(PoolState& pool, bool* agrees, BugSite* bug) {
  *agrees = true;
  *bug = BugSite::kNone;
  if (!pool.model.exists() || run_.call().size == 0 || run_.call().size > ArenaPool::kMaxSize)
    return 0;
  PoolModel::Place place = run_.call().place;
  while (true) {
    if (run_.scope().collisions_armed) {
      const std::uint64_t address =
          pool.model.alloc_stepwise(run_.call().size, run_.scope().model_collisions, bug);
      if (address != 0 || *bug != BugSite::kNone) return address;
    } else if (place.found) {
      return pool.model.commit(place);
    }
    bool grown = false;
    *agrees = predict_growth(pool, &grown);
    if (!*agrees || !grown) return 0;
    if (!run_.scope().collisions_armed) place = pool.model.place(run_.call().size);
  }
}

void Predictor::predict_alloc(PoolState& pool, std::uint64_t address) {
  bool agrees = true;
  BugSite bug = BugSite::kNone;
  const std::uint64_t expected = simulate_alloc(pool, &agrees, &bug);
  if (!agrees) return;
  if (bug != BugSite::kNone) {
    run_.differ(Site::kAllocRollback, "no-bug", text("BUG %s", bug_site_name(bug)), text("no BUG"));
    return;
  }
  expect_no_more_calls();
  if (!run_.model_on()) return;
  if (address != expected) {
    const char* difference = expected == 0 ? "granted" : address == 0 ? "refused" : "elsewhere";
    run_.differ(Site::kNone, difference, run_.address_text(expected), run_.address_text(address));
    return;
  }
  if (address == 0) return;
  const std::uint32_t index = pool.books.find(address);
  if (index >= pool.model.chunks().size()) return;
  const std::uint64_t avail = atomics::load(*pool.books.chunks()[index].view.avail);
  if (avail != pool.model.chunks()[index].avail)
    run_.differ(
        Site::kNone, "avail",
        text("avail %llu", static_cast<unsigned long long>(pool.model.chunks()[index].avail)),
        text("%llu", static_cast<unsigned long long>(avail)));
}

void Predictor::predict_free(PoolState& pool) {
  BugSite bug = BugSite::kNone;
  if (run_.scope().collisions_armed) {
    bug = pool.model.free_stepwise(run_.call().address, run_.call().size,
                                   run_.scope().model_collisions);
  } else {
    bug = pool.model.free(run_.call().address, run_.call().size).bug;
  }
  if (bug != BugSite::kNone) {
    run_.differ(Site::kNone, "no-bug", text("BUG %s", bug_site_name(bug)), text("no BUG"));
    return;
  }
  expect_no_more_calls();
  if (!run_.model_on() || !run_.scope().is_misuse) return;
  compare(pool);
}

void Predictor::predict_destroy(PoolState& pool) {
  const bool stepwise =
      (run_.scope().collisions_armed && run_.header().profile == Profile::kMisuse) ||
      pool.model.has_overlap();
  if (stepwise && pool.model.exists()) {
    CollisionState none;
    const BugSite bug = pool.model.destroy_stepwise(
        run_.scope().collisions_armed ? run_.scope().model_collisions : none);
    if (bug != BugSite::kNone)
      run_.differ(Site::kNone, "no-bug", text("BUG %s", bug_site_name(bug)), text("no BUG"));
  }
  expect_no_more_calls();
}

BugSite Predictor::predicted_bug(PoolState& pool) {
  bool agrees = true;
  BugSite bug = BugSite::kNone;
  switch (run_.call().kind) {
    case CallScope::Kind::kAlloc:
      simulate_alloc(pool, &agrees, &bug);
      return bug;
    case CallScope::Kind::kFree:
      if (run_.scope().collisions_armed)
        return pool.model.free_stepwise(run_.call().address, run_.call().size,
                                        run_.scope().model_collisions);
      return pool.model.free(run_.call().address, run_.call().size).bug;
    case CallScope::Kind::kDestroy:
      return pool.model.destroy_stepwise(run_.scope().model_collisions);
    default:
      return BugSite::kNone;
  }
}

void Predictor::compare(PoolState& pool) {
  const auto& chunks = pool.books.chunks();
  if (chunks.size() != pool.model.chunks().size()) {
    run_.differ(Site::kNone, "chunks", text("%zu chunks", pool.model.chunks().size()),
                text("%zu", chunks.size()));
    return;
  }
  for (std::uint32_t i = 0; i < chunks.size() && run_.model_on(); ++i) {
    const PoolModel::Chunk& expected = pool.model.chunks()[i];
    const ChunkView& view = chunks[i].view;
    if (view.start != expected.start || view.end != expected.end ||
        view.granules != expected.granules) {
      run_.differ(Site::kNone, "chunk-extent", run_.address_text(expected.start),
                  run_.address_text(view.start));
    } else if (atomics::load(*view.avail) != expected.avail) {
      run_.differ(Site::kNone, "avail",
                  text("avail %llu", static_cast<unsigned long long>(expected.avail)),
                  text("%llu", static_cast<unsigned long long>(atomics::load(*view.avail))));
    } else if (!pool.model.matches_words(i, view)) {
      run_.differ(Site::kNone, "bitmap", text("the free ranges of chunk %u as predicted", i),
                  text("another bitmap"));
    }
  }
}

}  // namespace arenafuzz
