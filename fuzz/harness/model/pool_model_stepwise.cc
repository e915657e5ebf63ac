// SPDX-License-Identifier: GPL-2.0-only
//
// The pool model one compare-and-swap at a time: what collisions do (docs/format.md, What
// operations mean).
#include <algorithm>
#include <bit>

#include "fuzz/harness/books/shadow_bits.h"
#include "fuzz/harness/model/pool_model.h"

namespace arenafuzz {
namespace {

std::uint64_t peer_key(std::uint32_t chunk, std::uint64_t granule) {
  return std::uint64_t{chunk} << 32 | granule;
}

// No peer acts in the rest of the operation.
bool all_collided(const CollisionState& state) {
  return std::all_of(std::begin(state.collisions), std::end(state.collisions),
                     [&state](const Collision& one) { return one.ordinal <= state.swaps; });
}

}  // namespace

// The word's bits, 1 = taken; bits past the chunk's end read 0 as in the bitmap.
std::uint64_t PoolModel::word_bits(std::uint32_t chunk, std::uint64_t word) const {
  const std::uint64_t granules = chunks_[chunk].granules;
  const std::uint64_t begin = word * 64;
  std::uint64_t bits = begin + 64 <= granules ? kAllOnes : ~(kAllOnes << (granules - begin));
  FreeRange range;
  bool more = ranges_.at_or_below(chunk, static_cast<std::uint32_t>(begin), &range) ||
              ranges_.above(chunk, static_cast<std::uint32_t>(begin), &range);
  while (more && range.start < begin + 64) {
    const std::uint64_t from = std::max<std::uint64_t>(range.start, begin);
    const std::uint64_t to = std::min<std::uint64_t>(range.start + range.length, begin + 64);
    if (from < to) bits &= ~(kAllOnes >> (64 - (to - from)) << (from - begin));
    more = ranges_.above(chunk, range.start, &range);
  }
  return bits;
}

// REQUIRES: each bit of the mask is as `set` says it is not.
void PoolModel::change_bits(std::uint32_t chunk, std::uint64_t word, std::uint64_t mask, bool set) {
  while (mask != 0) {
    const int low = std::countr_zero(mask);
    const int length = std::countr_one(mask >> low);
    const auto start = static_cast<std::uint32_t>(word * 64 + static_cast<std::uint64_t>(low));
    if (set) {
      ranges_.take(chunk, start, static_cast<std::uint32_t>(length));
    } else {
      ranges_.give(chunk, start, static_cast<std::uint32_t>(length));
    }
    if (low + length == 64) break;
    mask &= kAllOnes << (low + length);
  }
}

// All granules of the run, or none and false if one of them is so already or past the chunk's end.
bool PoolModel::change_run(std::uint32_t chunk, std::uint64_t first, std::uint64_t count,
                           bool set) {
  if (first + count > chunks_[chunk].granules) return false;
  const auto start = static_cast<std::uint32_t>(first);
  if (set ? !ranges_.all_free(chunk, start, count) : !ranges_.all_taken(chunk, start, count))
    return false;
  if (set) {
    ranges_.take(chunk, start, static_cast<std::uint32_t>(count));
  } else {
    ranges_.give(chunk, start, static_cast<std::uint32_t>(count));
  }
  return true;
}

// The peer's act before this compare-and-swap, if the operation has one for it.
void PoolModel::collide(std::uint32_t chunk, std::uint64_t word, std::uint64_t mask,
                        CollisionState& state) {
  ++state.swaps;
  for (const Collision& collision : state.collisions) {
    if (collision.ordinal == 0 || collision.ordinal != state.swaps) continue;
    const std::uint64_t bit = (static_cast<std::uint64_t>(std::countr_zero(mask)) +
                               kCollisionOffsets[collision.offset_code]) %
                              64;
    const std::uint64_t granule = word * 64 + bit;
    if (granule >= chunks_[chunk].granules) continue;
    const bool taken = (word_bits(chunk, word) >> bit & 1) != 0;
    if (taken != collision.clear) continue;
    const auto peer =
        std::find(peer_granules_.begin(), peer_granules_.end(), peer_key(chunk, granule));
    if (!collision.clear) {
      change_bits(chunk, word, std::uint64_t{1} << bit, true);
      if (peer == peer_granules_.end()) peer_granules_.push_back(peer_key(chunk, granule));
    } else if (peer != peer_granules_.end() || state.misuse_allowed) {
      change_bits(chunk, word, std::uint64_t{1} << bit, false);
      if (peer != peer_granules_.end()) peer_granules_.erase(peer);
    }
  }
}

// One word, all or none; tries again while only other bits of the word changed.
bool PoolModel::swap_word(std::uint32_t chunk, std::uint64_t word, std::uint64_t mask, bool set,
                          CollisionState& state) {
  while (true) {
    const std::uint64_t before = word_bits(chunk, word);
    if ((set ? before & mask : ~before & mask) != 0) return false;
    collide(chunk, word, mask, state);
    if (word_bits(chunk, word) == before) break;
  }
  change_bits(chunk, word, mask, set);
  return true;
}

// Granules not done, as bitmap::set_run and clear_run count them. Once the operation's last
// collision is behind, a run without a conflict is changed whole: a destroy has thousands of words.
std::uint64_t PoolModel::run_words(std::uint32_t chunk, std::uint64_t first, std::uint64_t count,
                                   bool set, CollisionState& state) {
  std::uint64_t shift = first % 64;
  for (std::uint64_t word = first / 64; count > 0; ++word) {
    if (all_collided(state) && change_run(chunk, word * 64 + shift, count, set)) {
      state.swaps += (shift + count + 63) / 64;
      return 0;
    }
    const std::uint64_t room = 64 - shift;
    std::uint64_t mask = kAllOnes << shift;
    if (count < room) mask &= ~(kAllOnes << (shift + count));
    if (word * 64 >= chunks_[chunk].granules || !swap_word(chunk, word, mask, set, state))
      return count;
    count -= std::min(count, room);
    shift = 0;
  }
  return 0;
}

// The lowest run of `count` free granules at or after `from`.
bool PoolModel::find_run(std::uint32_t chunk, std::uint64_t from, std::uint64_t count,
                         std::uint64_t* start) const {
  FreeRange range;
  bool more = ranges_.at_or_below(chunk, static_cast<std::uint32_t>(from), &range) ||
              ranges_.above(chunk, static_cast<std::uint32_t>(from), &range);
  while (more) {
    const std::uint64_t begin = std::max<std::uint64_t>(range.start, from);
    const std::uint64_t end = std::uint64_t{range.start} + range.length;
    if (begin < end && end - begin >= count) {
      *start = begin;
      return true;
    }
    more = ranges_.above(chunk, range.start, &range);
  }
  return false;
}

std::uint64_t PoolModel::alloc_stepwise(std::uint64_t size, AllocPolicy policy, std::uint32_t data,
                                        CollisionState& state, BugSite* bug,
                                        std::uint32_t* warnings) {
  *bug = BugSite::kNone;
  *warnings = 0;
  Place place;
  place.count = static_cast<std::uint32_t>(granules_for(size));  // else no chunk has the avail
  for (std::size_t i = chunks_.size(); i-- > 0;) {
    Chunk& chunk = chunks_[i];
    const auto index = static_cast<std::uint32_t>(i);
    if (size == 0 || size > chunk.avail) continue;
    for (std::uint32_t from = 0; place_in(index, policy, data, from, &place);
         from = place.granule) {
      const std::uint64_t missing = run_words(index, place.granule, place.count, true, state);
      if (missing == 0) {
        set_avail(chunk, chunk.avail - (std::uint64_t{place.count} << order_));
        *warnings = place.warnings;
        return chunk.start + (std::uint64_t{place.granule} << order_);
      }
      if (run_words(index, place.granule, place.count - missing, false, state) != 0) {
        *bug = BugSite::kAllocRollback;
        return 0;
      }
    }
  }
  *warnings = place.warnings;
  return 0;
}

BugSite PoolModel::free_stepwise(std::uint64_t address, std::uint64_t size, CollisionState& state) {
  std::uint32_t index = 0;
  if (!chunk_holding(address, &index)) return BugSite::kFreeNoChunk;
  Chunk& chunk = chunks_[index];
  if (address + size - 1 > chunk.end) return BugSite::kFreePastEnd;
  const std::uint64_t count = granules_for(size);
  if (run_words(index, (address - chunk.start) >> order_, count, false, state) != 0)
    return BugSite::kFreeNotAllocated;
  set_avail(chunk, chunk.avail + (count << order_));
  return BugSite::kNone;
}

// Every run of taken granules, newest chunk first, freed by address (docs/arena_pool.md,
// Overlapping chunks).
BugSite PoolModel::destroy_stepwise(CollisionState& state) {
  for (std::size_t i = chunks_.size(); i-- > 0;) {
    const auto index = static_cast<std::uint32_t>(i);
    const Chunk& chunk = chunks_[i];
    std::uint64_t at = 0;
    while (at < chunk.granules) {
      FreeRange range;
      const auto here = static_cast<std::uint32_t>(at);
      if (ranges_.all_free(index, here, 1)) {  // skip the free range that holds `at`
        ranges_.at_or_below(index, here, &range);
        at = std::uint64_t{range.start} + range.length;
        continue;
      }
      const std::uint64_t stop = ranges_.above(index, here, &range) ? range.start : chunk.granules;
      const BugSite bug = free_stepwise(chunk.start + (at << order_), (stop - at) << order_, state);
      if (bug != BugSite::kNone) return bug;
      at = stop + 1;  // the granule that ended the run was free, and is not looked at again
    }
  }
  return any_taken() ? BugSite::kDestroyNotEmpty : BugSite::kNone;
}

bool PoolModel::any_taken() const {
  for (std::size_t i = 0; i < chunks_.size(); ++i)
    if (chunks_[i].granules > 0 &&
        !ranges_.all_free(static_cast<std::uint32_t>(i), 0, chunks_[i].granules))
      return true;
  return false;
}

}  // namespace arenafuzz
