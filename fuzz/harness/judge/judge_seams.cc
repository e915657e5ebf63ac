// SPDX-License-Identifier: GPL-2.0-only
//
// The judge at the seams: every claim, release and metadata call passes through here.
#include <algorithm>

#include "fuzz/harness/judge/judge.h"

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
  judge_->note_metadata(site, bytes, memory, judge_->injector_->fired_total() != fired);
  return memory;
}

void RecordingMetadata::free(MetadataSite site, void* memory) {
  judge_->judge_freed_metadata(site, behind_->look_up(site, memory));
  judge_->note_metadata_freed(site, memory);
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
  if (call_.over_budget) stop(EndReason::kOutOfBudget);
  const std::uint64_t bound = call_.seam_bound;
  if (++seam_calls_ > bound)
    fail(Oracle::kHang, site, "seam-calls",
         text("at most %llu seam calls in one call into the pool",
              static_cast<unsigned long long>(bound)),
         text("more"));
}

// A destroy may give back the pages of every chunk: its first call is enough for the model to see;
// of other calls, the first so many.
// A refused claim is neither predicted nor compared: a backend may ask once or not
// (docs/arena_pool.md, Where our C++ pool deliberately differs).
void Judge::log(const SeamCall& call) {
  if (call.outcome != SeamCall::Outcome::kRefused)
    fold(static_cast<std::uint64_t>(call.kind) << 56 |
         static_cast<std::uint64_t>(call.outcome) << 48 | (call.amount & 0xffffffffffff));
  if (log_.size() < (call_.kind == CallKind::kDestroy ? 1 : SeamLog::kBound)) log_.add(call);
}

void Judge::note_metadata(MetadataSite site, std::uint64_t bytes, const void* record,
                          bool injected) {
  const bool done = record != nullptr;
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
    ++call_.metadata_kept;
    call_.made(record);
  }
}

void Judge::note_metadata_freed(MetadataSite site, const void* record) {
  if (!is_pool_metadata(site)) return;
  --pools_[call_.scheduler].metadata_out;
  --call_.metadata_kept;
  call_.freed(record);
  call_.metadata_freed = true;
}

std::uint64_t Judge::page_of(int map, std::uint64_t user_address) const {
  return (user_address - user_base_of(map, base_low(header_))) / page_bytes(header_);
}

std::uint64_t Judge::kernel_address(int map, std::uint64_t user_address) const {
  return kernel_base_of(map) + (user_address & 0xffffffff);
}

}  // namespace arenafuzz
