// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/seam_judge.h"

#include "fuzz/harness/judge/judged_seams.h"
#include "src/pool/context.h"

namespace arenafuzz {
namespace {

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
  judge_->enter(Site::kPage, true);
  const std::uint64_t fired = judge_->fired();
  const std::uint64_t address = behind().claim(request);
  judge_->note_claim(map_, request, address, judge_->fired() != fired);
  return address;
}

void RecordingPages::release(std::uint64_t user_address, PageCount pages) {
  judge_->enter(Site::kPage, false);
  judge_->note_release(map_, user_address, pages.value);
  behind().release(user_address, pages);
}

void* RecordingMetadata::allocate(MetadataSite site, std::size_t bytes) {
  judge_->enter(site_of(site), is_pool_metadata(site));
  const std::uint64_t fired = judge_->fired();
  void* memory = behind().allocate(site, bytes);
  judge_->note_metadata(site, bytes, memory, judge_->fired() != fired);
  return memory;
}

void RecordingMetadata::free(MetadataSite site, void* memory) {
  judge_->judge_freed_metadata(site, behind().look_up(site, memory));
  judge_->note_metadata_freed(site, memory);
  behind().free(site, memory);
}

// What a kernel tree frees wrongly must not reach the stand-in, which would abort.
void SeamJudge::judge_freed_metadata(MetadataSite site, BlockState state) {
  if (state == BlockState::kLive) return;
  run_.note_backtrace();
  const char* difference = state == BlockState::kFreed       ? "freed-twice"
                           : state == BlockState::kOtherSite ? "freed-elsewhere"
                                                             : "never-allocated";
  run_.fail(Oracle::kAccounting, site_of(site), difference,
            text("metadata freed once, by the counterpart of what allocated it"),
            text("%s: %s", site_name(site_of(site)), difference));
}

void SeamJudge::enter(Site site, bool sleeps) {
  run_.note_backtrace();
  if (sleeps && !context_depth.may_sleep())
    run_.fail(Oracle::kContext, site, "sleeping-call",
              text("no call that may sleep in an RCU read section or under a spinlock"),
              text("%s with %d read sections and %d spinlocks", site_name(site),
                   context_depth.rcu_read, context_depth.spinlock));
  if (run_.call().kind == CallScope::Kind::kNone) return;
  if (run_.call().over_budget) run_.stop(EndReason::kOutOfBudget);
  const std::uint64_t bound = run_.call().seam_bound;
  if (++run_.call().seam_calls > bound)
    run_.fail(Oracle::kHang, site, "seam-calls",
              text("at most %llu seam calls in one call into the pool",
                   static_cast<unsigned long long>(bound)),
              text("more"));
}

// A destroy may give back the pages of every chunk: its first call is enough for the model to see;
// of other calls, the first so many.
// A refused claim is neither predicted nor compared: a backend may ask once or not
// (docs/arena_pool.md, Where our C++ pool deliberately differs).
void SeamJudge::log(const SeamCall& call) {
  if (call.outcome != SeamCall::Outcome::kRefused)
    run_.fold(static_cast<std::uint64_t>(call.kind) << 56 |
              static_cast<std::uint64_t>(call.outcome) << 48 | (call.amount & 0xffffffffffff));
  if (run_.log().size() < (run_.call().kind == CallScope::Kind::kDestroy ? 1 : SeamLog::kBound))
    run_.log().add(call);
}

void SeamJudge::note_metadata(MetadataSite site, std::uint64_t bytes, const void* record,
                              bool injected) {
  const bool done = record != nullptr;
  if (!done && !injected) run_.stop(EndReason::kOutOfBudget);  // the stand-in's region is used up
  SeamCall call;
  call.kind = seam_call_of(site);
  call.amount = bytes;
  call.outcome = done ? SeamCall::Outcome::kDone : SeamCall::Outcome::kInjected;
  if (run_.tracing())
    run_.trace(text("      %s %llu bytes -> %s", seam_call_name(call.kind),
                    static_cast<unsigned long long>(bytes), done ? "ok" : "failed (injected)"));
  if (run_.call().kind == CallScope::Kind::kNone) {  // the worker: as many as there are spans
    run_.fold(0xf5 + (done ? 1 : 0));
    worker_records_.push_back(done);
    run_.call().pages_lost |= !done;
    return;
  }
  log(call);
  if (done && site == MetadataSite::kSpan) state_.maps[released_map_].waiting.push_back(released_);
  if (!done) run_.call().refused_or_injected = true;
  if (!done && !is_pool_metadata(site)) run_.call().pages_lost = true;
  if (!done && site == MetadataSite::kVzalloc) run_.call().room_at_fault = true;
  if (done && is_pool_metadata(site)) {
    ++state_.pool_of_call().metadata_out;
    ++run_.call().metadata_made;
    ++run_.call().metadata_kept;
    run_.call().made(record);
  }
}

void SeamJudge::note_metadata_freed(MetadataSite site, const void* record) {
  if (!is_pool_metadata(site)) return;
  --state_.pool_of_call().metadata_out;
  --run_.call().metadata_kept;
  run_.call().freed(record);
  run_.call().metadata_freed = true;
}

}  // namespace arenafuzz
