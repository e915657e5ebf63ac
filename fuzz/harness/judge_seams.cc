// SPDX-License-Identifier: GPL-2.0-only
//
// The judge at the seams: every claim, release and metadata call passes through here.
#include <algorithm>

#include "fuzz/harness/judge.h"

namespace arenafuzz {
namespace {

SeamCall::Kind kind_of(MetadataSite site) {
  switch (site) {
    case MetadataSite::kKmalloc:
      return SeamCall::Kind::kKmalloc;
    case MetadataSite::kVzalloc:
      return SeamCall::Kind::kVzalloc;
    case MetadataSite::kSpan:
      return SeamCall::Kind::kSpan;
    case MetadataSite::kRelease:
      return SeamCall::Kind::kReleaseRecord;
  }
  return SeamCall::Kind::kKmalloc;
}

Site site_of(MetadataSite site) {
  switch (site) {
    case MetadataSite::kKmalloc:
      return Site::kKmalloc;
    case MetadataSite::kVzalloc:
      return Site::kVzalloc;
    case MetadataSite::kSpan:
      return Site::kSpan;
    case MetadataSite::kRelease:
      return Site::kRelease;
  }
  return Site::kNone;
}

bool is_pool_metadata(MetadataSite site) {
  return site == MetadataSite::kKmalloc || site == MetadataSite::kVzalloc;
}

}  // namespace

const char* seam_call_name(SeamCall::Kind kind) {
  switch (kind) {
    case SeamCall::Kind::kKmalloc:
      return "kmalloc";
    case SeamCall::Kind::kVzalloc:
      return "vzalloc";
    case SeamCall::Kind::kSpan:
      return "span record";
    case SeamCall::Kind::kReleaseRecord:
      return "free-space record";
    case SeamCall::Kind::kClaim:
      return "claim";
    case SeamCall::Kind::kRelease:
      return "release";
  }
  return "?";
}

std::uint64_t RecordingPages::claim(const ClaimRequest& request) {
  judge_->enter_seam(Site::kPage, true);
  const std::uint64_t fired = judge_->injector_->fired_total();
  const std::uint64_t address = behind_->claim(request);
  judge_->note_claim(map_, request, address, judge_->injector_->fired_total() != fired);
  return address;
}

void RecordingPages::release(std::uint64_t user_address, PageCount pages) {
  judge_->enter_seam(Site::kPage, false);
  judge_->note_release(map_, user_address, pages.value);
  behind_->release(user_address, pages);
}

void* RecordingMetadata::allocate(MetadataSite site, std::size_t bytes) {
  judge_->enter_seam(site_of(site), is_pool_metadata(site));
  const std::uint64_t fired = judge_->injector_->fired_total();
  void* memory = behind_->allocate(site, bytes);
  judge_->note_metadata(site, bytes, memory != nullptr, judge_->injector_->fired_total() != fired);
  return memory;
}

void RecordingMetadata::free(MetadataSite site, void* memory) {
  judge_->judge_freed_metadata(site, behind_->look_up(site, memory));
  judge_->note_metadata_freed(site);
  behind_->free(site, memory);
}

// What a kernel tree frees wrongly must not reach the stand-in, which would abort.
void Judge::judge_freed_metadata(MetadataSite site, BlockState state) {
  if (state == BlockState::kLive) return;
  if (options_.finding_backtraces) backtrace_ = capture_backtrace(nullptr);
  const char* difference = state == BlockState::kFreed       ? "freed-twice"
                           : state == BlockState::kOtherSite ? "freed-elsewhere"
                                                             : "never-allocated";
  fail(Oracle::kAccounting, site_of(site), difference,
       text("metadata freed once, by the counterpart of what allocated it"),
       text("%s: %s", site_name(site_of(site)), difference));
}

void Judge::on_sleeping_call(const char* what) {
  if (options_.finding_backtraces) backtrace_ = capture_backtrace(nullptr);
  fail(Oracle::kContext, Site::kNone, "sleeping-call",
       text("no call that may sleep in an RCU read section or under a spinlock"),
       text("%.60s with %d read sections and %d spinlocks", what, context_depth.rcu_read,
            context_depth.spinlock));
}

void Judge::enter_seam(Site site, bool sleeps) {
  if (options_.finding_backtraces) backtrace_ = capture_backtrace(nullptr);
  if (sleeps && !context_depth.may_sleep())
    fail(Oracle::kContext, site, "sleeping-call",
         text("no call that may sleep in an RCU read section or under a spinlock"),
         text("%s with %d read sections and %d spinlocks", site_name(site), context_depth.rcu_read,
              context_depth.spinlock));
  if (call_.kind == CallKind::kNone) return;
  const std::uint64_t bound =
      call_.kind == CallKind::kDestroy
          ? SeamLog::kBound + 4 * pools_[call_.scheduler].ledger.chunks().size()
          : SeamLog::kBound;
  if (++seam_calls_ > bound)
    fail(Oracle::kHang, site, "seam-calls",
         text("at most %llu seam calls in one call into the pool",
              static_cast<unsigned long long>(bound)),
         text("more"));
}

// A destroy may give back the pages of every chunk: its first call is enough for the model to see.
// A refused claim is neither predicted nor compared: a backend may ask once or not (fine print 1).
void Judge::log(const SeamCall& call) {
  if (call.outcome != SeamCall::Outcome::kRefused)
    fold(static_cast<std::uint64_t>(call.kind) << 56 |
         static_cast<std::uint64_t>(call.outcome) << 48 | (call.amount & 0xffffffffffff));
  if (call_.kind != CallKind::kDestroy || log_.size() == 0) log_.add(call);
}

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
  PoolState& pool = pools_[call_.scheduler];
  if (tracing()) {
    trace(text("      claim %llu pages -> %s", static_cast<unsigned long long>(call.amount),
               address != 0
                   ? text("page %llu", static_cast<unsigned long long>(page_of(map, address))).chars
               : injected ? "failed (injected)"
                          : "refused"));
  }
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
  if (pool.ledger.overlaps_chunk(start, request.pages.value * page_bytes(header_)))
    call_.overlap_guard = true;
  end_if_documented(call_.overlap_guard, "overlapping-chunk");
  if (call_.kind != CallKind::kAlloc) return;
  if (call_.size == 0) fail_claim("nothing-asked");
  if (++call_.claims_held > 1 && !pool.collided) fail_claim("second-claim");
  if (!pool.collided && pool.ledger.hole_fits(call_.size)) fail_claim("hole-fits");
}

void Judge::fail_claim(const char* difference) {
  fail(Oracle::kOverClaim, Site::kPage, difference,
       text("no more pages taken for %s bytes", number(call_.size).chars),
       text("%llu pages claimed", static_cast<unsigned long long>(log_[log_.size() - 1].amount)));
}

// A release must give back exactly what this call claimed; a destroy may give back the pool's own.
void Judge::note_release(int map, std::uint64_t address, std::uint64_t pages) {
  if (address != 0 && address >> 32 == 0) address |= user_base_of(map, 0);  // as the arena does
  log({SeamCall::Kind::kRelease, SeamCall::Outcome::kDone, false, pages, address});
  fold(address);
  if (tracing())
    trace(text("      release page %llu, %llu pages",
               static_cast<unsigned long long>(page_of(map, address)),
               static_cast<unsigned long long>(pages)));
  released_ = {page_of(map, address), pages};
  released_map_ = map;
  const char* difference = "never-claimed";
  for (std::uint32_t i = 0; i < log_.size(); ++i) {
    SeamCall& claim = log_[i];
    if (claim.kind != SeamCall::Kind::kClaim || claim.matched || claim.address == 0) continue;
    if (claim.address == address && claim.amount == pages) {
      claim.matched = true;
      --call_.claims_held;
      return;
    }
    difference = claim.address != address ? "elsewhere" : "amount";
  }
  PoolState& pool = pools_[call_.scheduler];
  if (call_.kind == CallKind::kDestroy && owns_pages(pool, map, address, pages)) return;
  fail(
      Oracle::kUnwind, Site::kPage, difference,
      text("a release of just the pages that this call claimed"),
      text("page %llu, %llu pages released", static_cast<unsigned long long>(page_of(map, address)),
           static_cast<unsigned long long>(pages)));
}

void Judge::note_metadata(MetadataSite site, std::uint64_t bytes, bool done, bool injected) {
  if (!done && !injected) stop(EndReason::kOutOfBudget);  // the stand-in's region is used up
  SeamCall call;
  call.kind = kind_of(site);
  call.amount = bytes;
  call.outcome = done ? SeamCall::Outcome::kDone : SeamCall::Outcome::kInjected;
  if (tracing())
    trace(text("      %s %llu bytes -> %s", seam_call_name(call.kind),
               static_cast<unsigned long long>(bytes), done ? "ok" : "failed (injected)"));
  if (call_.kind == CallKind::kNone) {  // the worker: as many as there are spans
    fold(0xf5 + (done ? 1 : 0));
    worker_records_.push_back(done);
    call_.pages_lost |= !done;
    return;
  }
  log(call);
  if (done && site == MetadataSite::kSpan) maps_[released_map_].waiting.push_back(released_);
  if (!done) call_.refused_or_injected = true;
  if (!done && !is_pool_metadata(site)) call_.pages_lost = true;
  if (!done && site == MetadataSite::kVzalloc) call_.room_at_fault = true;
  if (done && is_pool_metadata(site)) {
    ++pools_[call_.scheduler].metadata_out;
    ++call_.metadata_made;
  }
}

void Judge::note_metadata_freed(MetadataSite site) {
  if (is_pool_metadata(site)) --pools_[call_.scheduler].metadata_out;
}

bool Judge::owns_pages(PoolState& pool, int map, std::uint64_t address, std::uint64_t pages) {
  const std::uint64_t page = page_bytes(header_);
  const std::uint64_t start = kernel_address(map, address);
  for (std::uint64_t i = 0; i < pages; ++i)
    if (pool.ledger.find(start + i * page) == Ledger::kNoChunk) return false;
  return true;
}

std::uint64_t Judge::page_of(int map, std::uint64_t user_address) const {
  return (user_address - user_base_of(map, base_low(header_))) / page_bytes(header_);
}

std::uint64_t Judge::kernel_address(int map, std::uint64_t user_address) const {
  return kernel_base_of(map) + (user_address & 0xffffffff);
}

}  // namespace arenafuzz
