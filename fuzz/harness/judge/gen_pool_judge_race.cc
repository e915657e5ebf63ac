// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of gen_pool programs as the simulated peer: what a collision does just before a
// compare-and-swap of the pool (docs/format.md, What operations mean).
#include "fuzz/harness/judge/gen_pool_judge.h"

namespace arenafuzz {

void GenPoolJudge::let_peers_act() {
  if (!run_.scope().collisions_armed) return;
  atomics::hooks.context = this;
  atomics::hooks.before_compare_exchange = [](void* self, atomics::Word* word, std::uint64_t mask) {
    static_cast<GenPoolJudge*>(self)->before_swap(word, mask);
  };
}

void GenPoolJudge::before_swap(atomics::Word* word, std::uint64_t mask) {
  ++run_.scope().swaps;
  for (const Collision& collision : run_.scope().operation->collisions)
    if (collision.ordinal != 0 && collision.ordinal == run_.scope().swaps)
      act_as_peer(collision, word, mask);
}

void GenPoolJudge::act_as_peer(const Collision& collision, atomics::Word* word,
                               std::uint64_t mask) {
  struct Search {
    const atomics::Word* word;
    bool found;
    ChunkView view;
  } search{word, false, {}};
  pool_->for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* wanted = static_cast<Search*>(context);
        if (!SimulatedPeers::holds(view, wanted->word)) return;
        wanted->found = true;
        wanted->view = view;
      },
      &search);
  SimulatedPeers::Change change;
  const bool misuse = run_.header().profile == Profile::kMisuse;
  if (!search.found || !peers_.act(collision, search.view, word, mask, misuse, &change)) return;
  if (change.of_a_block) {
    ledger_.distrust();
    run_.saw_misuse();
    run_.call().lenient = true;
  }
  if (ledger_.trusted())
    ledger_.peer_changed(ledger_.find(search.view.start), change.granule, !collision.clear);
  if (run_.tracing())
    run_.trace(text("      a peer %s granule %llu of the chunk from 0x%llx",
                    collision.clear ? "clears" : "sets", ull(change.granule),
                    ull(search.view.start)));
}

}  // namespace arenafuzz
