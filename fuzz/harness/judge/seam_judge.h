// SPDX-License-Identifier: GPL-2.0-only
//
// The judge at the seams: every claim, release and metadata call passes through here.
//
// Ownership Borrows the run, the state and the judge of memory.
// Units     user addresses, pages of the arena, bytes of metadata.
// Threads   one thread.
// Source    docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_SEAM_JUDGE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_SEAM_JUDGE_H_

#include <cstdint>
#include <vector>

#include "fuzz/harness/judge/arena_state.h"
#include "fuzz/harness/judge/memory_judge.h"
#include "fuzz/harness/judge/program_run.h"

namespace arenafuzz {

class SeamJudge {
 public:
  SeamJudge(ProgramRun& run, ArenaState& state, MemoryJudge& memory)
      : run_(run), state_(state), memory_(memory) {}

  // Before a call goes on to what is behind the seam.
  void enter(Site site, bool sleeps);
  void judge_freed_metadata(MetadataSite site, BlockState state);
  // After it.
  void note_claim(int map, const ClaimRequest& request, std::uint64_t address, bool injected);
  void note_release(int map, std::uint64_t address, std::uint64_t pages);
  void note_metadata(MetadataSite site, std::uint64_t bytes, const void* record, bool injected);
  void note_metadata_freed(MetadataSite site, const void* record);
  std::uint64_t fired() const { return run_.injector().fired_total(); }

  // After a call that failed: the pool holds just the pages that it held before.
  void judge_unwind(PoolState& pool);

  // The worker is no call into a pool: it has a record for each span, or not.
  void begin_worker() { worker_records_.clear(); }
  const std::vector<bool>& worker_records() const { return worker_records_; }

 private:
  void log(const SeamCall& call);
  void judge_claim(PoolState& pool, bool first);
  [[noreturn]] void fail_claim(const char* difference);
  const char* wrong_release(std::uint64_t address, std::uint64_t pages) const;

  ProgramRun& run_;
  ArenaState& state_;
  MemoryJudge& memory_;
  ArenaModel::Span released_;  // by the last release
  int released_map_ = 0;
  std::vector<bool> worker_records_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_SEAM_JUDGE_H_
