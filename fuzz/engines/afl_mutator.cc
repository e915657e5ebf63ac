// SPDX-License-Identifier: GPL-2.0-only
//
// AFL++'s custom mutator, a shared library that afl-fuzz loads:
//
//   AFL_CUSTOM_MUTATOR_LIBRARY=<build>/fuzz/engines/libarenafuzz_afl_mutator.so afl-fuzz ...
//
// Trimming drops operations, first in halves, then ever shorter runs, down to single ones; each
// candidate is canonical.
//
// Ownership afl_custom_init() gives the state, afl_custom_deinit() takes it; what the other calls
//           return belongs to the state and holds until the next such call.
// Errors    none: any bytes can be mutated.
// Threads   one per state.
// Source    docs/custom_mutators.md of AFL++; loaded and run by Debian 12's 4.04c;
// fuzz/program/mutator.h.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/mutator.h"

namespace arenafuzz {
namespace {

struct AflMutator {
  explicit AflMutator(unsigned int seed) : random(seed) {}

  Random random;
  std::vector<std::uint8_t> mutated;
  // Trimming.
  Program kept;  // the shortest so far that does the same
  Program candidate;
  std::size_t at = 0;   // the run of `kept` that the candidate lacks
  std::size_t run = 0;  // 0: done
  std::vector<std::uint8_t> trimmed;
};

// Past the end with this length of run: again from the front with half of it.
void next_run(AflMutator& state) {
  if (state.at < state.kept.operations.size()) return;
  state.at = 0;
  state.run = state.kept.operations.empty() ? 0 : state.run / 2;
}

}  // namespace
}  // namespace arenafuzz

#define AFL_CALL extern "C" __attribute__((visibility("default")))

using arenafuzz::AflMutator;

// Declared first, since nothing here includes AFL++'s header.
AFL_CALL void* afl_custom_init(void* afl, unsigned int seed);
AFL_CALL void afl_custom_deinit(void* data);
AFL_CALL std::size_t afl_custom_fuzz(void* data, std::uint8_t* bytes, std::size_t size,
                                     std::uint8_t** out, std::uint8_t* other,
                                     std::size_t other_size, std::size_t max_size);
AFL_CALL std::int32_t afl_custom_init_trim(void* data, std::uint8_t* bytes, std::size_t size);
AFL_CALL std::size_t afl_custom_trim(void* data, std::uint8_t** out);
AFL_CALL std::int32_t afl_custom_post_trim(void* data, std::uint8_t success);

void* afl_custom_init(void* /*afl*/, unsigned int seed) { return new AflMutator(seed); }

void afl_custom_deinit(void* data) { delete static_cast<AflMutator*>(data); }

std::size_t afl_custom_fuzz(void* data, std::uint8_t* bytes, std::size_t size, std::uint8_t** out,
                            std::uint8_t* other, std::size_t other_size, std::size_t max_size) {
  AflMutator& state = *static_cast<AflMutator*>(data);
  const std::uint64_t seed = state.random.next();
  if (other != nullptr && state.random.chance(1, 4)) {
    arenafuzz::cross_over({bytes, size}, {other, other_size}, seed, max_size, &state.mutated);
  } else {
    arenafuzz::mutate({bytes, size}, seed, max_size, &state.mutated);
  }
  *out = state.mutated.data();
  return state.mutated.size();
}

// 0: nothing to trim, else 1: afl_custom_post_trim() says when it is over.
std::int32_t afl_custom_init_trim(void* data, std::uint8_t* bytes, std::size_t size) {
  AflMutator& state = *static_cast<AflMutator*>(data);
  arenafuzz::decode({bytes, size}, &state.kept);
  arenafuzz::encode(state.kept, &state.trimmed);
  state.at = 0;
  state.run = (state.kept.operations.size() + 1) / 2;
  // afl-fuzz ends itself over a candidate longer than the input.
  return state.run == 0 || state.trimmed.size() > size ? 0 : 1;
}

std::size_t afl_custom_trim(void* data, std::uint8_t** out) {
  AflMutator& state = *static_cast<AflMutator*>(data);
  state.candidate = state.kept;
  auto& operations = state.candidate.operations;
  const std::size_t end = std::min(state.at + state.run, operations.size());
  operations.erase(operations.begin() + static_cast<std::ptrdiff_t>(state.at),
                   operations.begin() + static_cast<std::ptrdiff_t>(end));
  arenafuzz::encode(state.candidate, &state.trimmed);
  *out = state.trimmed.data();
  return state.trimmed.size();
}

std::int32_t afl_custom_post_trim(void* data, std::uint8_t success) {
  AflMutator& state = *static_cast<AflMutator*>(data);
  if (success != 0) {
    state.kept = state.candidate;
  } else {
    state.at += state.run;
  }
  arenafuzz::next_run(state);
  return state.run == 0 ? 1 : 0;
}
