// SPDX-License-Identifier: GPL-2.0-only
//
// What the code under test raises while a call into it is under way: BUG, WARN, an end that never
// comes, arithmetic that is undefined, a call that may sleep, a compare-and-swap.
#include <algorithm>

#include "fuzz/harness/judge/judge.h"
#include "src/pool/context.h"

namespace arenafuzz {

void Judge::on_steps_exhausted() {
  atomics::hooks = {};
  run_.fail(
      Oracle::kHang, Site::kNone, "steps",
      text("at most %llu steps in this call", static_cast<unsigned long long>(call().hang_bound)),
      text("more"));
}

void Judge::on_arithmetic() {
  run_.note_backtrace();
  const Text wanted = text("arithmetic that C defines");
  const Text got = text("an undefined shift or division");
  // A free of NULL names no block: what is computed from its size is used for nothing.
  const bool harmless = call().kind == CallKind::kFree && call().address == 0;
  if (!harmless) run_.fail(Oracle::kArithmetic, Site::kNone, "undefined", wanted, got);
  if (run_.model_on()) run_.differ(Site::kNone, "undefined", wanted, got);
  run_.stop(EndReason::kFinding);
}

void Judge::on_sleeping_call(const char* what) {
  run_.note_backtrace();
  run_.fail(Oracle::kContext, Site::kNone, "sleeping-call",
            text("no call that may sleep in an RCU read section or under a spinlock"),
            text("%.60s with %d read sections and %d spinlocks", what, context_depth.rcu_read,
                 context_depth.spinlock));
}

bool Judge::bug_is_allowed(BugSite site, const PoolState& pool) const {
  if (run_.is_gen_pool()) return run_.call().lenient || site == run_.call().required_bug;
  return run_.scope().is_misuse || pool.misused;
}

void Judge::on_bug(BugSite site) {
  run_.note_backtrace();
  run_.scope().other_function = bug_function();
  const Site where = site_of(site);
  PoolState& pool = state_.pool_of_call();
  context_depth = {};
  const Text got = text("BUG %s", bug_site_name(site));
  if (run_.tracing()) run_.trace(text("      -> %s", got.chars));
  // What is wrong in any implementation is said first: `differential` compares at the fold.
  if (!bug_is_allowed(site, pool))
    run_.fail(!run_.is_gen_pool() && pool.robbed ? Oracle::kNeighbour : Oracle::kBug, where, "bug",
              text("no BUG"), got);
  run_.fold(0xb00 + static_cast<std::uint64_t>(site));
  if (!run_.model_on()) run_.stop(EndReason::kBug);
  const BugSite predicted =
      run_.is_gen_pool() ? call().expected_bug : predictor_.predicted_bug(pool);
  const bool none = predicted == BugSite::kNone && !run_.is_gen_pool();
  if (predicted != site)
    run_.differ(where, none ? "bug" : "other-bug", text("BUG %s", bug_site_name(predicted)), got);
  run_.stop(EndReason::kBug);
}

// A misuse or an absurd size may be warned of. A size that no arena can meet is no correct use
// either, and so is what a pool finds in pages that a neighbour released.
bool Judge::warn_is_allowed(const PoolState& pool) const {
  if (run_.is_gen_pool()) return run_.call().lenient;
  const bool absurd =
      run_.call().kind == CallKind::kAlloc && state_.is_impossible(run_.call().size);
  return run_.scope().is_misuse || absurd || pool.misused || pool.robbed;
}

// Unless the operation means it to. Each is listed once.
void Judge::on_warn(const char* function, const char* condition) {
  OperationScope& scope = run_.scope();
  ++scope.warnings;
  run_.fold(0x3a0);
  const Text got = text("WARN in %s: %s", function, condition);
  if (run_.tracing()) run_.trace(text("      -> %.180s", got.chars));
  if (scope.call.warn_expected) return;
  run_.note_backtrace();
  if (warn_is_allowed(state_.pool_of_call())) {
    if (run_.model_on()) run_.differ(Site::kNone, "warning", text("no WARN"), got);
    return;
  }
  const bool known =
      std::any_of(run_.findings().begin(), run_.findings().end(), [&](const Finding& finding) {
        return finding.oracle == Oracle::kWarn && finding.operation == scope.operation->kind &&
               finding.got == got.chars;
      });
  if (known) return;
  scope.other_function = function;
  run_.report(Oracle::kWarn, Site::kOther, "unexpected", text("no WARN"), got);
}

// While a pool is destroyed there are no peers, by contract, except in misuse.
void Judge::on_compare_exchange(atomics::Word* word, std::uint64_t mask) {
  if (call().kind == CallKind::kDestroy && header().profile != Profile::kMisuse) return;
  OperationScope& scope = run_.scope();
  ++scope.swaps;
  for (const Collision& collision : scope.operation->collisions)
    if (collision.ordinal != 0 && collision.ordinal == scope.swaps)
      act_as_peer(collision, word, mask);
}

void Judge::act_as_peer(const Collision& collision, atomics::Word* word, std::uint64_t mask) {
  PoolState& pool = state_.pool_of_call();
  books_.adopt_growth(pool);
  const auto& chunks = pool.books.chunks();
  const auto chunk = std::find_if(chunks.begin(), chunks.end(), [word](const Books::Chunk& known) {
    return SimulatedPeers::holds(known.view, word);
  });
  SimulatedPeers::Change change;
  const bool misuse = header().profile == Profile::kMisuse;
  if (chunk == chunks.end() || !peers_.act(collision, chunk->view, word, mask, misuse, &change))
    return;
  pool.collided = call().collided = true;
  if (call().kind == CallKind::kDestroy || change.of_a_block) {
    pool.misused = true;
    run_.saw_misuse();
  }
  const auto index = static_cast<std::uint32_t>(chunk - chunks.begin());
  if (collision.clear) {
    pool.books.peer_cleared(index, change.word, change.bit);
  } else {
    pool.books.peer_set(index, change.word, change.bit);
  }
  if (run_.tracing())
    run_.trace(text("      a peer %s granule %llu of chunk %u", collision.clear ? "clears" : "sets",
                    static_cast<unsigned long long>(change.granule), index));
}

}  // namespace arenafuzz
