// SPDX-License-Identifier: GPL-2.0-only
//
// A simulated peer: changes one bit of the word that the code under test is about to swap
// (docs/format.md, What operations mean).
//
// Ownership Borrows words, which it compares and changes.
// Units     bits of a word; granules of a chunk.
// Threads   one thread.
// Source    docs/format.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_SIMULATED_PEERS_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_SIMULATED_PEERS_H_

#include <cstdint>
#include <vector>

#include "fuzz/program/program.h"
#include "src/pool/atomics.h"
#include "src/pool/seams.h"

namespace arenafuzz {

class SimulatedPeers {
 public:
  struct Change {
    std::uint64_t word = 0;  // of the chunk
    std::uint64_t bit = 0;   // one is set
    std::uint64_t granule = 0;
    bool of_a_block = false;  // cleared, though no peer had set it
  };

  static bool holds(const ChunkView& chunk, const atomics::Word* word) {
    return word >= chunk.words && word < chunk.words + (chunk.granules + 63) / 64;
  }

  // A program begins, or a pool.
  void forget() { taken_.clear(); }
  // What the collision does to `word`, which the code under test swaps under `mask`. False:
  // nothing, as the bit is not there, or is so already, or is a block's outside of misuse.
  // REQUIRES: holds(chunk, word).
  bool act(const Collision& collision, const ChunkView& chunk, atomics::Word* word,
           std::uint64_t mask, bool misuse, Change* change);

 private:
  struct Bit {
    const atomics::Word* word;
    int bit;
    friend bool operator==(const Bit&, const Bit&) = default;
  };
  std::vector<Bit> taken_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_SIMULATED_PEERS_H_
