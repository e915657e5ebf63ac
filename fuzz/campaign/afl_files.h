// SPDX-License-Identifier: GPL-2.0-only
//
// What AFL++ leaves in its folder, read; and one run of a target outside of any engine.
//
//   OUT/afl/NAME/fuzzer_stats      edges, corpus, imports, stability
//   OUT/afl/NAME/crashes*, hangs*  inputs that ended the target, also of earlier runs
//   OUT/afl/NAME/queue             its corpus
//
// Ownership Plain values.
// Errors    what cannot be read counts as not there yet.
// Threads   none.
// Source    docs/fuzzing_in_depth.md of AFL++ 4.04c.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_AFL_FILES_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_AFL_FILES_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "fuzz/base/process.h"
#include "fuzz/campaign/plan.h"

namespace arenafuzz {

struct AflStatus {
  std::uint64_t edges = 0;
  std::uint64_t corpus = 0;
  std::uint64_t imported = 0;
  double stability = 0;  // percent; 0: not known yet
};
AflStatus read_afl_status(const std::string& file);

struct AflInput {
  std::string file;
  std::string copy;  // in OUT/crashes: where it is kept once it was looked at
  bool hang = false;
};
// Crashes and hangs that have no copy yet, ordered by name.
std::vector<AflInput> new_afl_inputs(const std::string& out);

// Copies to OUT/corpus the queue files that are not in `shared`: libFuzzer reads that folder again
// and again, and what a merge takes out of it is not brought back.
void share_afl_queues(const std::string& out, std::set<std::string>* shared);

struct SingleRun {
  bool started = false;
  bool timed_out = false;  // SIGABRT ended it then
  int exit_code = 0;       // 128 + signal, if one killed it
  std::string output;
};
// Runs the command to its end, for `seconds` of the processor at most, or asleep; or until `go_on`
// says no. `log` takes its output.
SingleRun run_once(const EngineCommand& command, int seconds, const std::string& log,
                   const base::Process::GoOn& go_on);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_AFL_FILES_H_
