// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of gen_pool programs as the simulated peer: what a collision does just before a
// compare-and-swap of the pool (docs/format.md, What operations mean).
#include <algorithm>
#include <bit>

#include "fuzz/harness/judge/judge_gen_pool.h"

namespace arenafuzz {

void GenPoolJudge::let_peers_act() {
  if (!judge_->collisions_armed()) return;
  atomics::hooks.context = this;
  atomics::hooks.before_compare_exchange = [](void* self, atomics::Word* word, std::uint64_t mask) {
    static_cast<GenPoolJudge*>(self)->before_swap(word, mask);
  };
}

void GenPoolJudge::before_swap(atomics::Word* word, std::uint64_t mask) {
  ++judge_->swaps_;
  for (const Collision& collision : judge_->operation_->collisions)
    if (collision.ordinal != 0 && collision.ordinal == judge_->swaps_)
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
        const std::uint64_t words = (view.granules + 63) / 64;
        if (wanted->word < view.words || wanted->word >= view.words + words) return;
        wanted->found = true;
        wanted->view = view;
      },
      &search);
  if (!search.found) return;
  const int bit = (std::countr_zero(mask) + kCollisionOffsets[collision.offset_code]) % 64;
  const std::uint64_t one = std::uint64_t{1} << bit;
  const std::uint64_t granule =
      static_cast<std::uint64_t>(word - search.view.words) * 64 + static_cast<std::uint64_t>(bit);
  const bool taken = (atomics::load(*word) & one) != 0;
  if (granule >= search.view.granules || taken != collision.clear) return;
  const auto peer = std::find(peers_.begin(), peers_.end(), Peer{word, bit});
  const bool known = peer != peers_.end();
  if (collision.clear && !known && judge_->header_.profile != Profile::kMisuse) return;
  if (collision.clear) {
    word->fetch_and(~one);
    if (known) peers_.erase(peer);
    if (!known) {  // that of a block
      ledger_.distrust();
      judge_->any_misuse_ = judge_->gen_lenient_ = true;
    }
  } else {
    word->fetch_or(one);
    peers_.push_back({word, bit});
  }
  if (ledger_.trusted())
    ledger_.peer_changed(ledger_.find(search.view.start), granule, !collision.clear);
  if (judge_->tracing())
    judge_->trace(text("      a peer %s granule %llu of the chunk from 0x%llx",
                       collision.clear ? "clears" : "sets", ull(granule), ull(search.view.start)));
}

}  // namespace arenafuzz
