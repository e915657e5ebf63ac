// SPDX-License-Identifier: GPL-2.0-only
//
// Memory behind the chunks that a gen_pool program adds from limits::kMemoryStart on, so that a
// gen_pool may zero a block (gen_pool_dma_zalloc), and so that any other write is seen.
//
//   | guard |  kMemoryBytes, each byte kUntouched between two calls  | guard |
//
// Ownership The mapping is the process's, made once and kept; every program finds it untouched.
// Units     bytes.
// Errors    valid() is false if the addresses are taken, and on 32 bits.
// Threads   one thread.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKENDS_GEN_MEMORY_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKENDS_GEN_MEMORY_H_

#include <cstdint>

#include "fuzz/program/limits.h"

namespace arenafuzz {

class GenMemory {
 public:
  GenMemory();

  bool valid() const { return valid_; }
  // All of [start, start + size) has memory behind it; never where there is none.
  bool holds(std::uint64_t start, std::uint64_t size) const {
    return valid_ && start - limits::kMemoryStart <= limits::kMemoryBytes &&
           size <= limits::kMemoryBytes - (start - limits::kMemoryStart);
  }

  // REQUIRES, here and below: holds(start, size), or valid() where nothing is named.
  bool is_zero(std::uint64_t start, std::uint64_t size) const;
  void restore(std::uint64_t start, std::uint64_t size);
  // The first address that was written to and not restored, 0 if none; the guards count.
  std::uint64_t first_touched() const;
  // After a program that left early.
  void restore_all();

 private:
  static constexpr std::uint64_t kGuardBytes = 65536;
  bool valid_ = false;
};

// The process's own.
GenMemory& gen_memory();
// A sentence if a 64-bit process could not have it, else nullptr.
const char* gen_memory_error();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKENDS_GEN_MEMORY_H_
