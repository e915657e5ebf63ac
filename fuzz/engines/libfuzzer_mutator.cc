// SPDX-License-Identifier: GPL-2.0-only
//
// libFuzzer's custom mutator and crossover (the signatures are libFuzzer's): programs are mutated
// as programs; a fixed share goes to libFuzzer's own byte mutations, which know its dictionary and
// the values that were compared, and is made canonical afterwards.
//
// Source    fuzz/program/mutator.h.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/program/mutator.h"

// Weak: another engine, which passes over these functions, has none.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
  std::vector<std::uint8_t> out;
  if (arenafuzz::wants_plain_bytes(seed) && LLVMFuzzerMutate != nullptr) {
    size = LLVMFuzzerMutate(data, size, max_size);
    arenafuzz::canonicalise({data, size}, max_size, &out);
  } else {
    arenafuzz::mutate({data, size}, seed, max_size, &out, arenafuzz::engine_target());
  }
  std::copy(out.begin(), out.end(), data);
  return out.size();
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* out,
                                                 std::size_t max_size, unsigned int seed) {
  std::vector<std::uint8_t> mixed;
  arenafuzz::cross_over({first, first_size}, {second, second_size}, seed, max_size, &mixed,
                        arenafuzz::engine_target());
  std::copy(mixed.begin(), mixed.end(), out);
  return mixed.size();
}
