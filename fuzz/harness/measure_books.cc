// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/measure_books.h"

#include <algorithm>
#include <vector>

#include "fuzz/harness/books_probe.h"
#include "fuzz/harness/executor.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kSizes[] = {8,   24,  40,  13,   64,   72,   32,   100,  128,   1,    136,
                                    200, 256, 520, 1000, 1048, 2048, 4096, 4097, 12288, 96,   56,
                                    16,  48,  80,  88,   104,  4096, 4096, 600,  20000, 16384};
constexpr int kRepeats = 12;  // of one block, within each round
constexpr std::uint64_t kExact[] = {16384, 16376, 20480, 16000, 24576, 15000};
constexpr std::uint64_t kRepeated[] = {4097, 16384, 40};
constexpr std::uint64_t kManyPages[] = {9, 16, 17, 33, 64, 100, 257};

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

class Writer {
 public:
  explicit Writer(Program* program) : program_(program) {}
  // The slot that the block goes to.
  std::size_t alloc(std::uint64_t size) {
    const std::size_t slot = next_++;
    program_->operations.push_back(alloc_of(slot, size));
    return slot;
  }
  void free(std::size_t slot) { program_->operations.push_back(free_of(slot)); }
  std::size_t begin() { return next_ = 0; }
  std::size_t count() const { return next_; }

 private:
  Program* program_;
  std::size_t next_ = 0;
};

// One chunk in full: by falling powers of two, a hole of nearly twice a size without an aligned
// place for it. A pool that aligns only some sizes passes over the hole.
//
//   | 8 | hole of 8176: 4096 from 4096 on end behind it | 8 | 8 | hole of 4080 | 8 | ...
void write_unaligned_holes(Writer writer) {
  std::vector<std::size_t> holes;
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t size = 4096; size >= 64; size /= 2) {
    writer.alloc(8);
    holes.push_back(writer.alloc(2 * size - 16));
    writer.alloc(8);
    sizes.push_back(size);
  }
  writer.alloc(128);
  for (std::size_t i = holes.size(); i-- > 0;) {
    writer.free(holes[i]);
    writer.alloc(sizes[i]);
  }
  for (std::size_t slot = 0; slot < writer.count(); ++slot)
    if (std::find(holes.begin(), holes.end(), slot) == holes.end()) writer.free(slot);
}

// The same with holes that small blocks leave behind, which no pool places as it does large ones.
void write_holes_of_small_blocks(Writer writer) {
  constexpr std::uint64_t kSmall = 128;
  constexpr std::size_t kBlocks = 128;  // 16 KiB
  bool freed[kBlocks] = {};
  for (std::size_t i = 0; i < kBlocks; ++i) writer.alloc(kSmall);
  for (std::uint64_t size = 256; size <= 4096; size *= 2) {
    const std::size_t begin = kBlocks - 4 * size / kSmall;
    const std::size_t end = begin + 2 * size / kSmall;
    for (std::size_t i = begin + 1; i + 1 < end; ++i) {
      writer.free(i);
      freed[i] = true;
    }
    writer.alloc(size);
  }
  for (std::size_t slot = 0; slot < writer.count(); ++slot)
    if (slot >= kBlocks || !freed[slot]) writer.free(slot);
}

// More than the pool has, in small steps: whatever it does when little is left, it does here. Then
// growths that are used up at once.
void write_filling(Writer writer) {
  for (int i = 0; i < 3; ++i) writer.alloc(4104);
  for (int i = 0; i < 240; ++i) writer.alloc(136);
  for (const std::uint64_t size : kExact) writer.alloc(size);
  for (std::size_t first = 0; first < 2; ++first)
    for (std::size_t slot = first; slot < writer.count(); slot += 2) writer.free(slot);
}

// One of each size, freed in another order; then some blocks over and over.
void write_round(Writer writer) {
  constexpr std::size_t kCount = std::size(kSizes);
  for (const std::uint64_t size : kSizes) writer.alloc(size);
  for (std::size_t i = 0; i < kCount; ++i) writer.free(i * 5 % kCount);
  for (const std::uint64_t size : kRepeated)
    for (int i = 0; i < kRepeats; ++i) {
      writer.begin();
      writer.free(writer.alloc(size));
    }
}

// Runs of many pages: what is kept out of a chunk may go with its size.
void write_large_runs(Writer writer) {
  for (const std::uint64_t pages : kManyPages) writer.alloc(pages * 4096);
}

ProbeProgram probe_program() {
  ProbeProgram probe;
  Program& program = probe.program;
  program.header.profile = Profile::kCorrect;
  program.header.arena_pages = 8192;
  Operation enable;
  enable.kind = OperationKind::kEnable;
  enable.arenas = 1;
  program.operations.push_back(enable);
  Writer first(&program);
  first.free(first.alloc(16384));
  write_holes_of_small_blocks(Writer(&program));
  write_unaligned_holes(Writer(&program));
  write_filling(Writer(&program));
  probe.rounds_begin = program.operations.size();
  for (std::size_t round = 0; round < kProbeRounds; ++round) write_round(Writer(&program));
  probe.round = (program.operations.size() - probe.rounds_begin) / kProbeRounds;
  write_large_runs(Writer(&program));
  return probe;
}
static_assert(std::size(kSizes) % 5 != 0, "every slot is freed");

}  // namespace

MeasuredBooks measure_books(Executor& executor) {
  const ProbeProgram watched = probe_program();
  Options options;
  options.use_model = false;
  options.judge_books = false;
  BooksProbe probe(watched);
  options.states = &probe;
  const Verdict& verdict = executor.run(watched.program, options);
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
