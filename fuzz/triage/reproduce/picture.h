// SPDX-License-Identifier: GPL-2.0-only
//
// The pools before and after one operation of a program: chunks, used runs, claimed pages.
//
//   program --> a forked child runs it --> state before operation N, state after it --> pictures
//
// The child reads what the code under test has in memory, which a bug may have left broken: if it
// dies of that, or of the operation itself, what it had sent until then is the answer. So the
// operation that killed the process is known too.
//
// Ownership Borrows the runner for the call; plain values.
// Units     chunk addresses are bytes from their arena's first byte (of gen_pool programs:
//           as they are); used runs count granules, claimed runs pages.
// Errors    none: what cannot be had is not in the picture.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_PICTURE_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_PICTURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/base/process.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

struct PictureRun {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  friend bool operator==(const PictureRun&, const PictureRun&) = default;
};

struct ChunkPicture {
  int scheduler = 0;
  int map = -1;  // in no arena
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  std::uint64_t granules = 0;
  std::vector<PictureRun> used;
};

struct ArenaPicture {
  int map = 0;
  std::uint64_t pages = 0;
  std::vector<PictureRun> claimed;
};

struct PoolPicture {
  std::uint64_t page_bytes = 0;
  std::uint64_t granule_bytes = 8;
  std::vector<ChunkPicture> chunks;  // of each scheduler, newest first
  std::uint64_t left_out = 0;        // older chunks beyond kMostChunks
  std::vector<ArenaPicture> arenas;  // those alive
};

struct FailurePicture {
  std::optional<std::size_t> operation;  // as given, or the one that killed the process
  std::optional<PoolPicture> before;
  std::optional<PoolPicture> after;
};

// A picture is to be looked at: what exceeds these is left out.
inline constexpr std::size_t kMostChunks = 40;
inline constexpr std::size_t kMostRuns = 2000;  // of one chunk, of one arena

// `operation`: the failing one, or none if the program kills its process.
// REQUIRES: a runner over one backend, else nothing is known.
FailurePicture draw_failure(ProgramRunner& runner, const Options& options, const Program& program,
                            std::optional<std::size_t> operation, const base::Limits& limits);

// Runs of set bits, at most that many.
std::vector<PictureRun> used_runs(const ChunkView& view, std::size_t most);

// The state as it is. REQUIRES: memory of the code under test that can be read.
PoolPicture draw_pools(const Executor& executor, const Header& header);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_PICTURE_H_
