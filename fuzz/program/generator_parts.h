// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to the generator: what both kinds of program share.
//
// Source    generator.h.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_PARTS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_PARTS_H_

#include "fuzz/program/generator_options.h"
#include "fuzz/program/random.h"

namespace arenafuzz::generator {

// Appends operations until there are enough, with faults and collisions at this program's rates.
class Writer {
 public:
  Writer(const GeneratorOptions& options, Random& random, Program* program);

  bool full() const { return program_->operations.size() >= wanted_; }
  const Header& header() const { return program_->header; }
  bool allows(Profile profile) const { return header().profile >= profile; }
  Random& random() { return random_; }
  const GeneratorOptions& options() const { return options_; }

  // Adds the faults and collisions its kind takes. True if one of the faults lasts.
  bool push_disturbed(Operation operation);
  void push(const Operation& operation);

  // REQUIRES: something was pushed.
  bool last_has_fault() const {
    return program_->operations.back().faults[0].kind != FaultClause::Kind::kNone;
  }

  // Draws by weight among those the profile allows; kAlloc if all weights are 0.
  SwarmGroup draw_group();
  std::uint32_t weight(SwarmGroup group) const { return weights_[static_cast<int>(group)]; }

 private:
  void add_collisions(Operation& operation);

  const GeneratorOptions& options_;
  Random& random_;
  Program* program_;
  std::size_t wanted_;
  std::uint32_t weights_[kSwarmGroupCount] = {};
  std::uint32_t fault_rate_ = 0;      // of 64
  std::uint32_t collision_rate_ = 0;  // of 64
};

// Sizes that meet every edge: those of the granule, the bitmap word, the page, the chunk and the
// arena, and now and then an absurd one.
struct SizeMix {
  std::uint64_t granule = 8;
  std::uint64_t page = 4096;      // gen_pool: an ordinary chunk
  std::uint64_t whole = 1 << 18;  // the arena; gen_pool: the newest chunk
  std::uint32_t large_rate = 2;   // of 64: up to the whole
};
std::uint64_t draw_size(Random& random, const SizeMix& mix);
// One of the edges, -1, 0 or +1.
std::uint64_t draw_edge_size(Random& random, const SizeMix& mix);
// 0, 2^32, SIZE_MAX and the like.
std::uint64_t draw_absurd_size(Random& random);
// A misuse free with at least one thing wrong.
Operation draw_misuse_free(Random& random, OperationKind kind, const SizeMix& mix,
                           std::uint32_t schedulers);

void write_arena(Writer& writer);
void write_gen_pool(Writer& writer);

}  // namespace arenafuzz::generator

#endif  // ARENAFUZZ_FUZZ_PROGRAM_GENERATOR_PARTS_H_
