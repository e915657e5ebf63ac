// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/simulated_peers.h"

#include <algorithm>
#include <bit>

namespace arenafuzz {

bool SimulatedPeers::act(const Collision& collision, const ChunkView& chunk, atomics::Word* word,
                         std::uint64_t mask, bool misuse, Change* change) {
  const int bit = (std::countr_zero(mask) + kCollisionOffsets[collision.offset_code]) % 64;
  change->bit = std::uint64_t{1} << bit;
  change->word = static_cast<std::uint64_t>(word - chunk.words);
  change->granule = change->word * 64 + static_cast<std::uint64_t>(bit);
  const bool taken = (atomics::load(*word) & change->bit) != 0;
  if (change->granule >= chunk.granules || taken != collision.clear) return false;
  if (!collision.clear) {
    word->fetch_or(change->bit);
    taken_.push_back({word, bit});
    return true;
  }
  const auto own = std::find(taken_.begin(), taken_.end(), Bit{word, bit});
  change->of_a_block = own == taken_.end();
  if (change->of_a_block && !misuse) return false;
  word->fetch_and(~change->bit);
  if (own != taken_.end()) taken_.erase(own);
  return true;
}

}  // namespace arenafuzz
