// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of the pages that a pool claims and releases, whatever the call.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "fuzz/harness/judge/seam_judge.h"

namespace arenafuzz {

void SeamJudge::note_claim(int map, const ClaimRequest& request, std::uint64_t address,
                           bool injected) {
  SeamCall call;
  call.kind = SeamCall::Kind::kClaim;
  call.amount = request.pages.value;
  call.address = address;
  call.outcome = address != 0 ? SeamCall::Outcome::kDone
                 : injected   ? SeamCall::Outcome::kInjected
                              : SeamCall::Outcome::kRefused;
  log(call);
  run_.call().pages_asked = call.amount;
  if (++run_.call().claims_asked == 1 && call.amount != 0)
    state_.least_growth = std::min(state_.least_growth, call.amount);
  PoolState& pool = state_.pool_of_call();
  if (run_.tracing()) {
    run_.trace(
        text("      claim %llu pages -> %s", static_cast<unsigned long long>(call.amount),
             address != 0
                 ? text("page %llu", static_cast<unsigned long long>(state_.page_of(map, address)))
                       .chars
             : injected ? "failed (injected)"
                        : "refused"),
        address != 0 ? TraceKind::kClaimed
        : injected   ? TraceKind::kOther
                     : TraceKind::kRefused,
        call.amount);
  }
  if (call.amount == 0 && run_.call().kind == CallScope::Kind::kAlloc && run_.call().size != 0)
    run_.fail(Oracle::kSpuriousFailure, Site::kPage, "no-pages-asked",
              text("a claim of the pages that %s bytes need", number(run_.call().size).chars),
              text("a claim of no pages"));
  if (address == 0) {
    // A claim that the arena would grant if it were asked properly is no cause for a refusal.
    const ClaimRequest proper{.pages = PageCount{std::max<std::uint64_t>(1, call.amount)}};
    run_.call().refused_or_injected |= injected || !state_.maps[map].arena->would_grant(proper);
    run_.call().claim_injected |= injected;
    if (injected) run_.call().room_at_fault = state_.maps[map].arena->would_grant(request);
    return;
  }
  run_.fold(address);
  const std::uint64_t start = state_.kernel_address(map, address);
  if (pool.ledger.holds_any(start, request.pages.value * page_bytes(run_.header())))
    run_.call().overlap_guard = true;
  const bool first = run_.call().pages_kept <= 0;
  pool.ledger.claimed(start, request.pages.value);
  memory_.forget(map, state_.page_of(map, address), request.pages.value);
  // An unwind may go page by page.
  if (run_.call().kind == CallScope::Kind::kAlloc || run_.call().kind == CallScope::Kind::kInit)
    run_.call().seam_bound =
        std::max(run_.call().seam_bound, SeamLog::kBound + 2 * request.pages.value);
  run_.call().pages_kept += static_cast<std::int64_t>(request.pages.value);
  run_.end_if_documented(run_.call().overlap_guard, "overlapping-chunk");
  if (run_.call().kind == CallScope::Kind::kAlloc) judge_claim(pool, first);
}

// A granted claim: is it needed, and is what this call claimed in proportion? A peer that takes
// what a growth brought makes another one necessary.
void SeamJudge::judge_claim(PoolState& pool, bool first) {
  if (run_.call().size == 0) fail_claim("nothing-asked");
  if (run_.options().judge_books && !pool.collided) {
    if (!first && state_.traits.once && !run_.call().overlap_guard) fail_claim("second-claim");
    if (first && pool.books.hole_fits(run_.call().size)) fail_claim("hole-fits");
  }
  if (pool.collided || pool.robbed || pool.misused) return;
  const std::uint64_t page = page_bytes(run_.header());
  const auto pages = static_cast<std::uint64_t>(std::max<std::int64_t>(0, run_.call().pages_kept));
  const std::uint64_t held = pool.ledger.held_pages();
  const std::uint64_t before = held - std::min(held, pages);
  const bool beyond = run_.call().size > run_.header().arena_pages * page;
  const std::uint64_t need = beyond ? 0 : (run_.call().size - 1) / page + 1;
  if (pages > 2 * need + 4 * state_.least_growth + 2 * before) fail_claim("out-of-proportion");
  if (beyond) return;
  // Blocks of sizes from a to b, p bytes of them live together at most, need p * (1 + log2(b/a) /
  // 2) bytes under any first fit; chunks that no block may span, alignment and doubling each cost a
  // factor of two at most.
  const Ledger::Demand& demand = pool.ledger.demand();
  const std::uint64_t unit =
      run_.options().judge_books
          ? std::max(Ledger::kUnit, std::uint64_t{1} << pool.port->granule_order())
          : Ledger::kUnit;
  const std::uint64_t asked = (run_.call().size + unit - 1) / unit * unit;
  const std::uint64_t largest = std::max(demand.largest, asked);
  const std::uint64_t smallest = std::min(demand.smallest, asked);
  const auto spread = static_cast<std::uint64_t>(std::bit_width(largest / smallest));
  const std::uint64_t peak = std::max(demand.peak, demand.live + asked) / Ledger::kUnit * unit;
  if (before > 8 * state_.least_growth + 4 * (1 + spread) * (peak / page + 1))
    fail_claim("beyond-live-bytes");
}

void SeamJudge::fail_claim(const char* difference) {
  run_.fail(Oracle::kOverClaim, Site::kPage, difference,
            text("no more pages taken for %s bytes", number(run_.call().size).chars),
            text("%llu pages claimed, %llu held",
                 static_cast<unsigned long long>(run_.call().pages_asked),
                 static_cast<unsigned long long>(state_.pool_of_call().ledger.held_pages())));
}

// A release is believed in any call, if the pool holds the pages and no caller a block in them.
void SeamJudge::note_release(int map, std::uint64_t address, std::uint64_t pages) {
  if (address != 0 && address >> 32 == 0) address |= user_base_of(map, 0);  // as the arena does
  log({SeamCall::Kind::kRelease, SeamCall::Outcome::kDone, pages, address});
  run_.fold(address);
  if (run_.tracing())
    run_.trace(text("      release page %llu, %llu pages",
                    static_cast<unsigned long long>(state_.page_of(map, address)),
                    static_cast<unsigned long long>(pages)),
               TraceKind::kReleased, pages);
  // The arena does nothing then, so the pool goes on holding what it holds.
  if (address == 0 || pages == 0) return;
  released_ = {state_.page_of(map, address), pages};
  released_map_ = map;
  PoolState& pool = state_.pool_of_call();
  const std::uint64_t page = page_bytes(run_.header());
  const std::uint64_t start = state_.kernel_address(map, address);
  // The arena rounds an address down to its page, as a pool may know.
  const std::uint64_t whole = start / page * page;
  const Text got = text("page %llu, %llu pages released",
                        static_cast<unsigned long long>(state_.page_of(map, address)),
                        static_cast<unsigned long long>(pages));
  if (run_.call().kind == CallScope::Kind::kNone || map != pool.map ||
      user_base_of(map, 0) != (address >> 32 << 32) || !pool.ledger.holds_all(whole, pages * page))
    run_.fail(Oracle::kUnwind, Site::kPage, wrong_release(address, pages),
              text("a release of pages that the pool holds"), got);
  if (run_.call().kind != CallScope::Kind::kDestroy && !pool.misused)
    for (std::uint64_t at = whole; at < whole + pages * page; at += page)
      if (pool.ledger.holds_last(at) && pool.ledger.any_live(at, page))
        run_.fail(pool.robbed ? Oracle::kNeighbour : Oracle::kUnwind, Site::kPage, "live-block",
                  text("a release of pages without a live block"), got);
  pool.ledger.released(whole, pages);
  run_.call().metadata_freed = true;  // the chunk may be gone, though its record is kept
  run_.call().pages_kept -= static_cast<std::int64_t>(pages);
  state_.mark_robbed(map, state_.page_of(map, address), pages, &pool);
  memory_.forget(map, state_.page_of(map, address), pages);
}

// Compared with what this call claimed, if it did: the likeliest mistake.
const char* SeamJudge::wrong_release(std::uint64_t address, std::uint64_t pages) const {
  const char* difference = "never-claimed";
  for (std::uint32_t i = 0; i < run_.log().size(); ++i) {
    const SeamCall& claim = run_.log()[i];
    if (claim.kind != SeamCall::Kind::kClaim || claim.address == 0) continue;
    if (claim.address != address) difference = "elsewhere";
    if (claim.address == address && claim.amount != pages) difference = "amount";
  }
  return difference;
}

// After a call that failed: the pool holds just the pages that it held before. Pages kept with a
// record of them are of use to the next alloc; without one they are lost.
void SeamJudge::judge_unwind(PoolState& pool) {
  struct Edge {
    std::uint64_t page;
    int step;
  };
  std::array<Edge, 2 * SeamLog::kBound> edges{};
  std::size_t count = 0;
  const char* difference = "pages-kept";
  for (std::uint32_t i = 0; i < run_.log().size(); ++i) {
    const SeamCall& call = run_.log()[i];
    const bool claim = call.kind == SeamCall::Kind::kClaim;
    if ((!claim && call.kind != SeamCall::Kind::kRelease) || call.address == 0) continue;
    const std::uint64_t page = state_.page_of(pool.map, call.address);
    edges[count++] = {page, claim ? 1 : -1};
    edges[count++] = {page + call.amount, claim ? -1 : 1};
    if (!claim && run_.call().pages_kept != 0)
      difference = wrong_release(call.address, call.amount);
  }
  std::sort(edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(count),
            [](const Edge& a, const Edge& b) { return a.page < b.page; });
  // What the log has no room for shows in the sum alone.
  if (run_.log().size() == SeamLog::kBound) {
    if (run_.call().pages_kept == 0) return;
    count = 2;
    edges[0] = {0, run_.call().pages_kept > 0 ? 1 : -1};
    edges[1] = {static_cast<std::uint64_t>(std::abs(run_.call().pages_kept)), -edges[0].step};
  }
  int held = 0;
  for (std::size_t i = 0; i < count; ++i) {
    held += edges[i].step;
    if (i + 1 == count || edges[i + 1].page == edges[i].page || held == 0) continue;
    const Text got =
        text("page %llu, %llu pages %s", static_cast<unsigned long long>(edges[i].page),
             static_cast<unsigned long long>(edges[i + 1].page - edges[i].page),
             held > 0 ? "kept" : "given back");
    // A peer took the fresh pages first: they are of use, in whatever record.
    if (held > 0 && run_.call().collided) continue;
    if (held > 0 && run_.call().keeps_record()) {
      // Another good reason: a record that was refused once the growth was done.
      if (pool.collided ||
          run_.log()[run_.log().size() - 1].outcome == SeamCall::Outcome::kInjected)
        continue;
      run_.fail(
          Oracle::kOverClaim, Site::kPage, "in-vain",
          text("no pages kept by an alloc of %s bytes that fails", number(run_.call().size).chars),
          got);
    }
    run_.fail(Oracle::kUnwind, Site::kPage, held > 0 ? difference : "held-before",
              text("the pages held as before, by a call that failed"), got);
  }
}

}  // namespace arenafuzz
