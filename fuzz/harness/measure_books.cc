// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/measure_books.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "fuzz/harness/executor.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kSizes[] = {8,   24,  40,  13,   64,   72,   32,   100,  128,   1,    136,
                                    200, 256, 520, 1000, 1048, 2048, 4096, 4097, 12288, 96,   56,
                                    16,  48,  80,  88,   104,  4096, 4096, 600,  20000, 16384};
constexpr int kRounds = 6;
constexpr int kRepeats = 12;  // of one block, within each round
constexpr std::uint64_t kRepeated[] = {4097, 16384, 40};

Operation alloc_of(std::size_t slot, std::uint64_t size) {
  Operation operation;
  operation.kind = OperationKind::kAlloc;
  operation.slot = static_cast<std::uint8_t>(slot);
  operation.size = size;
  return operation;
}

Operation free_of(std::size_t slot) {
  Operation operation;
  operation.kind = OperationKind::kFree;
  operation.slot = static_cast<std::uint8_t>(slot);
  return operation;
}

// Each round: one of each size, freed in another order; then some blocks over and over.
Program probe_program() {
  Program program;
  program.header.profile = Profile::kCorrect;
  program.header.arena_pages = 1024;
  Operation enable;
  enable.kind = OperationKind::kEnable;
  enable.arenas = 1;
  program.operations.push_back(enable);
  constexpr std::size_t kCount = std::size(kSizes);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < kCount; ++i) program.operations.push_back(alloc_of(i, kSizes[i]));
    for (std::size_t i = 0; i < kCount; ++i) program.operations.push_back(free_of(i * 5 % kCount));
    for (const std::uint64_t size : kRepeated)
      for (int i = 0; i < kRepeats; ++i) {
        program.operations.push_back(alloc_of(kCount, size));
        program.operations.push_back(free_of(kCount));
      }
  }
  return program;
}
static_assert(std::size(kSizes) % 5 != 0, "every slot is freed");

struct Chunk {
  std::uint64_t start;
  std::uint64_t end;
  std::uint64_t avail;
  std::uint64_t granules;
  std::vector<std::uint64_t> words;
  bool taken(std::uint64_t granule) const { return (words[granule / 64] >> granule % 64 & 1) != 0; }
};

struct State {
  std::vector<Chunk> chunks;
  std::uint64_t held = 0;  // pages
  int order = 3;
  const Chunk* at(std::uint64_t start) const {
    for (const Chunk& chunk : chunks)
      if (chunk.start == start) return &chunk;
    return nullptr;
  }
};

// What one alloc did.
struct Alloc {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint64_t chunk = 0;   // start of the chunk that was marked
  std::uint64_t first = 0;   // marked bytes: where they begin, and how many
  std::uint64_t marked = 0;  // 0: none
  std::int64_t avail = 0;    // taken from it
  bool grew = false;
  State before;  // only if it grew
};

// What changed in one state against another: bits that went to `to`.
struct Change {
  std::uint64_t chunk = 0;
  std::uint64_t first = 0;
  std::uint64_t bytes = 0;
  std::int64_t avail = 0;  // `to` - `from`
  bool one_run = true;
};

Change bits_gained(const State& from, const State& to, bool fresh_counts) {
  Change change;
  std::uint64_t last = 0;
  for (const Chunk& chunk : to.chunks) {
    const Chunk* other = from.at(chunk.start);
    if (other == nullptr && !fresh_counts) continue;
    const std::uint64_t granules =
        other == nullptr ? chunk.granules : std::min(chunk.granules, other->granules);
    for (std::uint64_t i = 0; i < granules; ++i) {
      if (!chunk.taken(i) || (other != nullptr && other->taken(i))) continue;
      if (change.bytes != 0 && (change.chunk != chunk.start || i != last + 1))
        change.one_run = false;
      if (change.bytes == 0) {
        change.chunk = chunk.start;
        change.first = chunk.start + (i << to.order);
      }
      last = i;
      change.bytes += std::uint64_t{1} << to.order;
    }
  }
  return change;
}

class Probe final : public StateSink {
 public:
  explicit Probe(const Program& program) : program_(&program) {}
  void before(std::size_t position, const Executor& executor) override {
    State now = take(executor);
    if (position > 0) learn(program_->operations[position - 1], now, executor);
    former_ = std::move(now);
    held_.push_back(former_.held);
  }
  bool readable() const { return readable_; }
  BookTraits traits() const;

 private:
  State take(const Executor& executor);
  void learn(const Operation& operation, const State& now, const Executor& executor);
  void learn_alloc(const Operation& operation, const State& now, const Executor& executor);
  void learn_free(const Operation& operation, const State& now);
  bool settles() const;
  bool fits(const BookTraits& traits) const;
  bool find_marks(BookTraits* traits) const;
  void find_alignment(BookTraits* traits) const;
  bool avail_follows() const;
  bool avail_is_of_its_own() const;
  bool grew_past_a_hole(const BookTraits& traits) const;

  const Program* program_;
  State former_;
  bool readable_ = true;
  bool outside_ = false;    // a chunk in no page that is held
  bool uncovered_ = false;  // pages held that no chunk covers
  bool beside_ = false;     // blocks in no chunk
  bool merged_ = false;     // a chunk grew, or took another's place
  bool odd_ = false;        // marks that do not cover their block
  bool unlike_ = false;     // cleared bits that are not those of the block freed
  bool kept_back_ = false;  // a free cleared nothing, or an alloc marked nothing
  bool any_marks_ = false;
  int order_ = 3;
  std::vector<Alloc> allocs_;
  std::vector<std::int64_t> returned_;  // avail, of a free: less what its alloc took
  std::size_t live_[256] = {};          // by slot: index of its alloc + 1
  std::vector<std::uint64_t> held_;
};

State Probe::take(const Executor& executor) {
  State state;
  const PoolPort& pool = executor.backend().pool(0);
  state.held = executor.judge().ledger(0).held_pages();
  if (!pool.exists()) return state;
  readable_ = readable_ && executor.chunks_are_readable(0);
  if (!readable_) return state;
  state.order = order_ = pool.granule_order();
  pool.for_each_chunk(
      [](void* context, const ChunkView& view) {
        Chunk chunk{view.start, view.end, atomics::load(*view.avail), view.granules, {}};
        for (std::uint64_t i = 0; i < (view.granules + 63) / 64; ++i)
          chunk.words.push_back(atomics::load(view.words[i]));
        static_cast<State*>(context)->chunks.push_back(std::move(chunk));
      },
      &state);
  std::uint64_t covered = 0;
  for (const Chunk& chunk : state.chunks) {
    const std::uint64_t bytes = chunk.end - chunk.start + 1;
    outside_ |=
        chunk.end < chunk.start || !executor.judge().ledger(0).holds_all(chunk.start, bytes);
    covered += bytes;
    const Chunk* former = former_.at(chunk.start);
    merged_ |= former != nullptr && former->end != chunk.end;
    if (former == nullptr)
      for (const Chunk& old : former_.chunks)
        merged_ |= old.start <= chunk.end && chunk.start <= old.end;
  }
  uncovered_ |= covered != state.held * 4096;
  return state;
}

void Probe::learn(const Operation& operation, const State& now, const Executor& executor) {
  if (operation.kind == OperationKind::kAlloc) learn_alloc(operation, now, executor);
  if (operation.kind == OperationKind::kFree) learn_free(operation, now);
}

std::int64_t avail_change(const State& from, const State& to) {
  std::int64_t sum = 0;
  for (const Chunk& chunk : to.chunks)
    if (const Chunk* other = from.at(chunk.start))
      sum += static_cast<std::int64_t>(chunk.avail - other->avail);
    else
      sum += static_cast<std::int64_t>(chunk.avail - (chunk.end - chunk.start + 1));
  return sum;
}

void Probe::learn_alloc(const Operation& operation, const State& now, const Executor& executor) {
  Alloc alloc;
  alloc.address = executor.block_address(operation.slot);
  alloc.size = operation.size;
  const Change set = bits_gained(former_, now, true);
  const Change cleared = bits_gained(now, former_, false);
  alloc.chunk = set.chunk;
  alloc.first = set.first;
  alloc.marked = set.bytes;
  alloc.avail = -avail_change(former_, now);
  alloc.grew = now.held > former_.held;
  if (alloc.grew) alloc.before = former_;
  any_marks_ |= set.bytes != 0;
  const auto inside = [&alloc](const Chunk& chunk) {
    return alloc.address >= chunk.start && alloc.address <= chunk.end;
  };
  const bool in_chunk = std::any_of(now.chunks.begin(), now.chunks.end(), inside);
  beside_ |= !in_chunk;
  kept_back_ |= set.bytes == 0 && in_chunk;
  odd_ |= !set.one_run;
  unlike_ |= cleared.bytes != 0;
  odd_ |= set.bytes != 0 && in_chunk &&
          (alloc.first > alloc.address || alloc.first + alloc.marked < alloc.address + alloc.size);
  allocs_.push_back(std::move(alloc));
  live_[operation.slot] = allocs_.size();
}

void Probe::learn_free(const Operation& operation, const State& now) {
  const Alloc& alloc = allocs_[live_[operation.slot] - 1];
  const Change cleared = bits_gained(now, former_, false);
  const bool chunk_gone = alloc.marked != 0 && now.at(alloc.chunk) == nullptr;
  if (chunk_gone) return;
  unlike_ |= bits_gained(former_, now, true).bytes != 0;
  kept_back_ |= cleared.bytes == 0 && alloc.marked != 0;
  if (cleared.bytes != 0)
    unlike_ |= !cleared.one_run || cleared.first != alloc.first || cleared.bytes != alloc.marked;
  if (former_.chunks.size() == now.chunks.size())
    returned_.push_back(avail_change(former_, now) - alloc.avail);
}

// A round takes no more pages than the same round before; the first ones may bring a pool to its
// working size.
bool Probe::settles() const {
  const std::size_t round = (held_.size() - 1) / kRounds;
  const auto most = [&](int of) {
    const auto first =
        held_.begin() + static_cast<std::ptrdiff_t>(1 + of * static_cast<int>(round));
    return *std::max_element(first, first + static_cast<std::ptrdiff_t>(round));
  };
  return most(kRounds - 1) <= most(2);
}

bool Probe::fits(const BookTraits& traits) const {
  return std::all_of(allocs_.begin(), allocs_.end(), [&](const Alloc& alloc) {
    const BookTraits::Marks marks = traits.marks(alloc.address, alloc.size, order_);
    return alloc.marked == 0 || (marks.address == alloc.first && marks.bytes == alloc.marked);
  });
}

bool Probe::find_marks(BookTraits* traits) const {
  if (fits(*traits)) return true;
  BookTraits wanted = *traits;
  for (const Alloc& alloc : allocs_)
    if (alloc.marked != 0) wanted.before = alloc.address - alloc.first;
  for (wanted.extra = 0; wanted.extra <= 128; ++wanted.extra)
    for (wanted.unit = 1; wanted.unit <= 4096; wanted.unit *= 2)
      if (wanted.extra >= wanted.before && fits(wanted)) {
        *traits = wanted;
        return true;
      }
  return false;
}

void Probe::find_alignment(BookTraits* traits) const {
  std::uint64_t low = 4096;
  bool natural = true;
  for (const Alloc& alloc : allocs_) {
    if (alloc.marked == 0) continue;
    low |= alloc.first;
    natural &= (alloc.first - alloc.chunk) % std::bit_ceil(alloc.size) == 0;
  }
  const std::uint64_t alignment = low & (~low + 1);
  const std::uint64_t granule = std::uint64_t{1} << order_;
  if (natural) {
    traits->natural = true;
  } else if (alignment > std::max(granule, traits->unit)) {
    traits->alignment = alignment;
  }
}

bool Probe::avail_follows() const {
  return std::all_of(allocs_.begin(), allocs_.end(),
                     [](const Alloc& alloc) {
                       return alloc.avail == static_cast<std::int64_t>(alloc.marked);
                     }) &&
         std::all_of(returned_.begin(), returned_.end(),
                     [](std::int64_t rest) { return rest == 0; });
}

// In another unit, or not kept at all; but what an alloc takes its free gives back.
bool Probe::avail_is_of_its_own() const {
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

bool Probe::grew_past_a_hole(const BookTraits& traits) const {
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

BookTraits Probe::traits() const {
  BookTraits traits;
  if (outside_ || !settles()) return traits;
  BookTraits none;
  none.chunks = none.bits = none.avail = none.holes = false;
  if (!readable_ || !any_marks_) return none;
  if (!merged_ && (odd_ || (unlike_ && !kept_back_))) return traits;
  // Pages beside the chunks are believed in where blocks were seen in them.
  traits.chunks = !(uncovered_ && beside_) && !merged_;
  if (merged_ || kept_back_ || !find_marks(&traits)) {
    traits.bits = traits.avail = traits.holes = false;
    return traits;
  }
  if (!avail_follows() && avail_is_of_its_own()) traits.avail = false;
  find_alignment(&traits);
  if (beside_ || grew_past_a_hole(traits)) traits.holes = false;
  return traits;
}

}  // namespace

MeasuredBooks measure_books(Executor& executor) {
  const Program program = probe_program();
  Options options;
  options.use_model = false;
  options.judge_books = false;
  Probe probe(program);
  options.states = &probe;
  const Verdict& verdict = executor.run(program, options);
  MeasuredBooks measured;
  measured.readable = probe.readable();
  if (verdict.clean() && verdict.end == EndReason::kCompleted) measured.traits = probe.traits();
  return measured;
}

bool Executor::chunks_are_readable(int scheduler) const {
  return backend_->chunks_are_readable(
      scheduler,
      [](const void* records, const void* from, std::size_t bytes) {
        return static_cast<const MetadataStandIn*>(records)->is_readable(from, bytes);
      },
      &stand_in_);
}

}  // namespace arenafuzz
