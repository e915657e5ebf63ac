// SPDX-License-Identifier: GPL-2.0-only
//
// A program's run, step by step, as a reproducer wants to check it.
//
//   1 a0 = alloc s0 16385 (fail vzalloc:1)   result none, 0 pages held, pool 0: no chunk
//
// Ownership Plain values.
// Units     bytes, pages, granules; addresses relative to the arena's kernel start.
// Errors    none: a run that ends early has fewer steps.
// Threads   one executor at a time runs.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_RECORDING_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_RECORDING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/harness/executor.h"

namespace arenafuzz {

struct RecordedChunk {
  std::uint64_t address = 0;
  std::uint64_t granules = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> used;  // first granule, length
  friend bool operator==(const RecordedChunk&, const RecordedChunk&) = default;
};

struct RecordedPool {
  bool exists = false;
  std::uint64_t size = 0;
  std::uint64_t avail = 0;
  std::uint64_t used = 0;  // granules
  std::vector<RecordedChunk> chunks;
  friend bool operator==(const RecordedPool&, const RecordedPool&) = default;
};

inline constexpr std::uint64_t kNoAddress = ~std::uint64_t{0};

struct RecordedStep {
  std::optional<std::int64_t> result;    // an error number, or what a gen_pool call said
  std::optional<std::uint64_t> address;  // kNoAddress: NULL
  std::int64_t pages_held = 0;           // claimed by pools and not released
  bool skipped = false;                  // nothing was called: profile, domain, or no map
  bool cut_short = false;                // a free that would run off its bitmap was not made
  std::vector<RecordedPool> pools;       // afterwards; of a gen_pool program, one
  friend bool operator==(const RecordedStep&, const RecordedStep&) = default;
};

struct Recording {
  std::vector<RecordedStep> steps;
  bool ended = false;  // the program came to its end
};

// REQUIRES: the backend is the executor's.
Recording record(Executor& executor, Backend& backend, const Program& program,
                 const Options& options);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_RECORDING_H_
