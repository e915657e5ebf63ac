// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of the pages that a pool claims and releases, whatever the call.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "fuzz/harness/judge/judge.h"

namespace arenafuzz {

void Judge::note_claim(int map, const ClaimRequest& request, std::uint64_t address, bool injected) {
  SeamCall call;
  call.kind = SeamCall::Kind::kClaim;
  call.amount = request.pages.value;
  call.address = address;
  call.outcome = address != 0 ? SeamCall::Outcome::kDone
                 : injected   ? SeamCall::Outcome::kInjected
                              : SeamCall::Outcome::kRefused;
  log(call);
  call_.pages_asked = call.amount;
  if (++call_.claims_asked == 1 && call.amount != 0)
    least_growth_ = std::min(least_growth_, call.amount);
  PoolState& pool = pools_[call_.scheduler];
  if (tracing()) {
    trace(text("      claim %llu pages -> %s", static_cast<unsigned long long>(call.amount),
               address != 0
                   ? text("page %llu", static_cast<unsigned long long>(page_of(map, address))).chars
               : injected ? "failed (injected)"
                          : "refused"));
  }
  if (call.amount == 0 && call_.kind == CallKind::kAlloc && call_.size != 0)
    fail(Oracle::kSpuriousFailure, Site::kPage, "no-pages-asked",
         text("a claim of the pages that %s bytes need", number(call_.size).chars),
         text("a claim of no pages"));
  if (address == 0) {
    // A claim that the arena would grant if it were asked properly is no cause for a refusal.
    const ClaimRequest proper{.pages = PageCount{std::max<std::uint64_t>(1, call.amount)}};
    call_.refused_or_injected |= injected || !maps_[map].arena->would_grant(proper);
    call_.claim_injected |= injected;
    if (injected) call_.room_at_fault = maps_[map].arena->would_grant(request);
    return;
  }
  fold(address);
  const std::uint64_t start = kernel_address(map, address);
  if (pool.ledger.holds_any(start, request.pages.value * page_bytes(header_)))
    call_.overlap_guard = true;
  const bool first = call_.pages_kept <= 0;
  pool.ledger.claimed(start, request.pages.value);
  forget_memory(map, page_of(map, address), request.pages.value);
  // An unwind may go page by page.
  if (call_.kind == CallKind::kAlloc || call_.kind == CallKind::kInit)
    call_.seam_bound = std::max(call_.seam_bound, SeamLog::kBound + 2 * request.pages.value);
  call_.pages_kept += static_cast<std::int64_t>(request.pages.value);
  end_if_documented(call_.overlap_guard, "overlapping-chunk");
  if (call_.kind == CallKind::kAlloc) judge_claim(pool, first);
}

// A granted claim: is it needed, and is what this call claimed in proportion? A peer that takes
// what a growth brought makes another one necessary.
void Judge::judge_claim(PoolState& pool, bool first) {
  if (call_.size == 0) fail_claim("nothing-asked");
  if (options_.judge_books && !pool.collided) {
    if (!first && book_traits_.once && !call_.overlap_guard) fail_claim("second-claim");
    if (first && pool.books.hole_fits(call_.size)) fail_claim("hole-fits");
  }
  if (pool.collided || pool.robbed || pool.misused) return;
  const std::uint64_t page = page_bytes(header_);
  const auto pages = static_cast<std::uint64_t>(std::max<std::int64_t>(0, call_.pages_kept));
  const std::uint64_t held = pool.ledger.held_pages();
  const std::uint64_t before = held - std::min(held, pages);
  const bool beyond = call_.size > header_.arena_pages * page;
  const std::uint64_t need = beyond ? 0 : (call_.size - 1) / page + 1;
  if (pages > 2 * need + 4 * least_growth_ + 2 * before) fail_claim("out-of-proportion");
  if (beyond) return;
  // Blocks of sizes from a to b, p bytes of them live together at most, need p * (1 + log2(b/a) /
  // 2) bytes under any first fit; chunks that no block may span, alignment and doubling each cost a
  // factor of two at most.
  const Ledger::Demand& demand = pool.ledger.demand();
  const std::uint64_t unit =
      options_.judge_books
          ? std::max(Ledger::kUnit, std::uint64_t{1} << pool.port.inner().granule_order())
          : Ledger::kUnit;
  const std::uint64_t asked = (call_.size + unit - 1) / unit * unit;
  const std::uint64_t largest = std::max(demand.largest, asked);
  const std::uint64_t smallest = std::min(demand.smallest, asked);
  const auto spread = static_cast<std::uint64_t>(std::bit_width(largest / smallest));
  const std::uint64_t peak = std::max(demand.peak, demand.live + asked) / Ledger::kUnit * unit;
  if (before > 8 * least_growth_ + 4 * (1 + spread) * (peak / page + 1))
    fail_claim("beyond-live-bytes");
}

void Judge::fail_claim(const char* difference) {
  fail(Oracle::kOverClaim, Site::kPage, difference,
       text("no more pages taken for %s bytes", number(call_.size).chars),
       text("%llu pages claimed, %llu held", static_cast<unsigned long long>(call_.pages_asked),
            static_cast<unsigned long long>(pools_[call_.scheduler].ledger.held_pages())));
}

// A release is believed in any call, if the pool holds the pages and no caller a block in them.
void Judge::note_release(int map, std::uint64_t address, std::uint64_t pages) {
  if (address != 0 && address >> 32 == 0) address |= user_base_of(map, 0);  // as the arena does
  log({SeamCall::Kind::kRelease, SeamCall::Outcome::kDone, pages, address});
  fold(address);
  if (tracing())
    trace(text("      release page %llu, %llu pages",
               static_cast<unsigned long long>(page_of(map, address)),
               static_cast<unsigned long long>(pages)));
  // The arena does nothing then, so the pool goes on holding what it holds.
  if (address == 0 || pages == 0) return;
  released_ = {page_of(map, address), pages};
  released_map_ = map;
  PoolState& pool = pools_[call_.scheduler];
  const std::uint64_t page = page_bytes(header_);
  const std::uint64_t start = kernel_address(map, address);
  // The arena rounds an address down to its page, as a pool may know.
  const std::uint64_t whole = start / page * page;
  const Text got =
      text("page %llu, %llu pages released", static_cast<unsigned long long>(page_of(map, address)),
           static_cast<unsigned long long>(pages));
  if (call_.kind == CallKind::kNone || map != pool.map ||
      user_base_of(map, 0) != (address >> 32 << 32) || !pool.ledger.holds_all(whole, pages * page))
    fail(Oracle::kUnwind, Site::kPage, wrong_release(address, pages),
         text("a release of pages that the pool holds"), got);
  if (call_.kind != CallKind::kDestroy && !pool.misused)
    for (std::uint64_t at = whole; at < whole + pages * page; at += page)
      if (pool.ledger.holds_last(at) && pool.ledger.any_live(at, page))
        fail(pool.robbed ? Oracle::kNeighbour : Oracle::kUnwind, Site::kPage, "live-block",
             text("a release of pages without a live block"), got);
  pool.ledger.released(whole, pages);
  call_.metadata_freed = true;  // the chunk may be gone, though its record is kept
  call_.pages_kept -= static_cast<std::int64_t>(pages);
  mark_robbed(map, page_of(map, address), pages, &pool);
  forget_memory(map, page_of(map, address), pages);
}

// Compared with what this call claimed, if it did: the likeliest mistake.
const char* Judge::wrong_release(std::uint64_t address, std::uint64_t pages) const {
  const char* difference = "never-claimed";
  for (std::uint32_t i = 0; i < log_.size(); ++i) {
    const SeamCall& claim = log_[i];
    if (claim.kind != SeamCall::Kind::kClaim || claim.address == 0) continue;
    if (claim.address != address) difference = "elsewhere";
    if (claim.address == address && claim.amount != pages) difference = "amount";
  }
  return difference;
}

// After a call that failed: the pool holds just the pages that it held before. Pages kept with a
// record of them are of use to the next alloc; without one they are lost.
void Judge::judge_unwind(PoolState& pool) {
  struct Edge {
    std::uint64_t page;
    int step;
  };
  std::array<Edge, 2 * SeamLog::kBound> edges{};
  std::size_t count = 0;
  const char* difference = "pages-kept";
  for (std::uint32_t i = 0; i < log_.size(); ++i) {
    const SeamCall& call = log_[i];
    const bool claim = call.kind == SeamCall::Kind::kClaim;
    if ((!claim && call.kind != SeamCall::Kind::kRelease) || call.address == 0) continue;
    const std::uint64_t page = page_of(pool.map, call.address);
    edges[count++] = {page, claim ? 1 : -1};
    edges[count++] = {page + call.amount, claim ? -1 : 1};
    if (!claim && call_.pages_kept != 0) difference = wrong_release(call.address, call.amount);
  }
  std::sort(edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(count),
            [](const Edge& a, const Edge& b) { return a.page < b.page; });
  // What the log has no room for shows in the sum alone.
  if (log_.size() == SeamLog::kBound) {
    if (call_.pages_kept == 0) return;
    count = 2;
    edges[0] = {0, call_.pages_kept > 0 ? 1 : -1};
    edges[1] = {static_cast<std::uint64_t>(std::abs(call_.pages_kept)), -edges[0].step};
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
    if (held > 0 && call_.collided) continue;
    if (held > 0 && call_.keeps_record()) {
      // Another good reason: a record that was refused once the growth was done.
      if (pool.collided || log_[log_.size() - 1].outcome == SeamCall::Outcome::kInjected) continue;
      fail(Oracle::kOverClaim, Site::kPage, "in-vain",
           text("no pages kept by an alloc of %s bytes that fails", number(call_.size).chars), got);
    }
    fail(Oracle::kUnwind, Site::kPage, held > 0 ? difference : "held-before",
         text("the pages held as before, by a call that failed"), got);
  }
}

}  // namespace arenafuzz
