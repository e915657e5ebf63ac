// SPDX-License-Identifier: GPL-2.0-only
//
// Finds the rule that the books follow which a BooksProbe watched.
#include <algorithm>
#include <bit>

#include "fuzz/harness/books_probe.h"

namespace arenafuzz {

// A round takes no more pages than the same round before; the first ones may bring a pool to its
// working size.
bool BooksProbe::settles() const {
  const auto most = [&](std::size_t round) {
    const auto first =
        held_.begin() + static_cast<std::ptrdiff_t>(probe_->rounds_begin + round * probe_->round);
    return *std::max_element(first, first + static_cast<std::ptrdiff_t>(probe_->round));
  };
  return most(kProbeRounds - 1) <= most(2);
}

// Nor are more marks left behind, once all blocks are free.
bool BooksProbe::marks_settle() const {
  const auto left = [&](std::size_t round) {
    return marked_[probe_->rounds_begin + (round + 1) * probe_->round];
  };
  for (std::size_t round = 2; round + 1 < kProbeRounds; ++round)
    if (left(round) != left(kProbeRounds - 1)) return false;
  return true;
}

std::uint64_t BooksProbe::Growth::beside_chunks(const SparePages& rule) const {
  std::uint64_t sum = 0;
  for (const std::uint64_t pages : chunks) sum += rule.beside(pages);
  return sum;
}

// No run without a chunk: that one is lost.
bool BooksProbe::spare_fits(const SparePages& spare) const {
  return std::all_of(growths_.begin(), growths_.end(), [&spare](const Growth& growth) {
    const std::uint64_t wanted = growth.beside_chunks(spare);
    return growth.spare == wanted && (wanted == 0 || growth.runs <= growth.chunks.size());
  });
}

// The simplest rule for the pages that no chunk covers: the same number for each chunk, or one that
// goes with its size, most likely by a power of two. False: there is none.
bool BooksProbe::find_spare(SparePages* spare) const {
  constexpr std::uint64_t kMostConstant = 64;
  constexpr std::uint64_t kMostPer = 128;
  constexpr std::uint64_t kMostBeside = 2;
  for (std::uint64_t constant = 0; constant <= kMostConstant; ++constant)
    if (spare_fits(*spare = {.constant = constant})) return true;
  const auto goes_by = [&](std::uint64_t per) {
    for (std::uint64_t constant = 0; constant <= kMostBeside; ++constant)
      for (std::uint64_t least = 0; least <= kMostBeside; ++least)
        for (const bool up : {false, true})
          if (spare_fits(*spare = {constant, per, least, up})) return true;
    return false;
  };
  for (std::uint64_t per = 1; per <= kMostPer; per *= 2)
    if (goes_by(per)) return true;
  for (std::uint64_t per = 3; per <= kMostPer; ++per)
    if (goes_by(per)) return true;
  return false;
}

// In a new chunk the run may be longer at both ends: there the free decides.
bool BooksProbe::fits(const BookTraits& traits, bool* own_marks) const {
  *own_marks = false;
  return std::all_of(allocs_.begin(), allocs_.end(), [&](const Alloc& alloc) {
    const BookTraits::Marks marks = traits.marks(alloc.address, alloc.size, order_);
    const auto are = [&marks](const Run& run) {
      return marks.address == run.first && marks.bytes == run.bytes;
    };
    *own_marks |= alloc.marked > marks.bytes;
    if (alloc.run.bytes == 0 || are(alloc.run)) return true;
    return alloc.fresh && alloc.run.is_around(marks.address, marks.bytes) &&
           (alloc.freed.bytes == 0 || are(alloc.freed));
  });
}

bool BooksProbe::find_marks(BookTraits* traits) const {
  if (fits(*traits, &traits->own_marks)) return true;
  BookTraits wanted = *traits;
  for (const Alloc& alloc : allocs_)
    if (alloc.run.bytes != 0 && !alloc.fresh) wanted.before = alloc.address - alloc.run.first;
  for (wanted.extra = 0; wanted.extra <= 128; ++wanted.extra)
    for (wanted.unit = 1; wanted.unit <= 4096; wanted.unit *= 2)
      if (wanted.extra >= wanted.before && fits(wanted, &wanted.own_marks)) {
        *traits = wanted;
        return true;
      }
  return false;
}

void BooksProbe::find_alignment(BookTraits* traits) const {
  std::uint64_t low = 4096;
  bool natural = true;
  for (const Alloc& alloc : allocs_) {
    if (alloc.run.bytes == 0) continue;
    const std::uint64_t first = alloc.address - traits->before;
    low |= first;
    natural &= (first - alloc.run.chunk) % std::bit_ceil(alloc.size) == 0;
  }
  const std::uint64_t alignment = low & (~low + 1);
  const std::uint64_t granule = std::uint64_t{1} << order_;
  if (natural) {
    traits->natural = true;
  } else if (alignment > std::max(granule, traits->unit)) {
    traits->alignment = alignment;
  }
}

bool BooksProbe::avail_follows() const {
  return std::all_of(allocs_.begin(), allocs_.end(),
                     [](const Alloc& alloc) {
                       return alloc.avail == static_cast<std::int64_t>(alloc.marked);
                     }) &&
         std::all_of(returned_.begin(), returned_.end(),
                     [](std::int64_t rest) { return rest == 0; });
}

// avail is in another unit, or not kept at all; but what an alloc takes its free gives back.
bool BooksProbe::avail_is_of_its_own() const {
  if (std::any_of(returned_.begin(), returned_.end(), [](std::int64_t rest) { return rest != 0; }))
    return false;
  const Alloc* first = nullptr;
  for (const Alloc& alloc : allocs_) {
    if (alloc.marked == 0 || alloc.grew) continue;
    if (first == nullptr) first = &alloc;
    if (alloc.avail * static_cast<std::int64_t>(first->marked) !=
        first->avail * static_cast<std::int64_t>(alloc.marked))
      return false;
  }
  return first != nullptr;
}

bool BooksProbe::grew_past_a_hole(const BookTraits& traits) const {
  const auto fits_in = [&](const Chunk& chunk, const Alloc& alloc) {
    const std::uint64_t wanted = traits.marks(0, alloc.size, order_).bytes >> order_;
    const std::uint64_t step =
        std::max<std::uint64_t>(std::uint64_t{1} << order_,
                                traits.natural ? std::bit_ceil(alloc.size) : traits.alignment) >>
        order_;
    for (std::uint64_t at = 0; at + wanted <= chunk.granules; at += step) {
      std::uint64_t free = 0;
      while (free < wanted && !chunk.taken(at + free)) ++free;
      if (free == wanted) return true;
    }
    return false;
  };
  return std::any_of(allocs_.begin(), allocs_.end(), [&](const Alloc& alloc) {
    return alloc.grew && std::any_of(alloc.before.chunks.begin(), alloc.before.chunks.end(),
                                     [&](const Chunk& chunk) { return fits_in(chunk, alloc); });
  });
}

// What holds however the books are kept.
BookTraits BooksProbe::of_its_own() const {
  BookTraits traits;
  traits.late = late_;
  traits.once = !several_;
  traits.bits = traits.avail = traits.holes = false;
  // Pages outside the chunks are accepted where blocks were seen in them.
  traits.chunks = readable_ && any_marks_ && !(uncovered_ && beside_) && !merged_;
  if (!traits.chunks) return traits;
  find_spare(&traits.spare);
  // For example a page in which the pool keeps data of its own.
  constexpr std::uint64_t kMostOfInit = 64;
  const std::uint64_t beside = first_growth_.beside_chunks(traits.spare);
  if (first_growth_.spare > beside && first_growth_.spare - beside <= kMostOfInit)
    traits.init_pages = first_growth_.spare - beside;
  return traits;
}

// The default, which is the reference's way, wherever something was lost for the callers: pages,
// marks of a live block, or marks that stay behind.
BookTraits BooksProbe::traits() const {
  SparePages any;
  if (outside_ || !find_spare(&any) || !settles()) return {};
  BookTraits traits = of_its_own();
  if (!readable_ || !any_marks_ || merged_) return traits;
  const bool strange = odd_ || (unlike_ && !kept_back_);
  if (strange && (bare_ || !marks_settle())) return {};
  if (strange || kept_back_) return traits;
  traits.bits = true;
  if (!find_marks(&traits)) {
    traits.bits = traits.own_marks = false;
    return traits;
  }
  traits.avail = avail_follows() || !avail_is_of_its_own();
  find_alignment(&traits);
  traits.holes = !beside_ && !grew_past_a_hole(traits);
  return traits;
}

}  // namespace arenafuzz
