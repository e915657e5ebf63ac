// SPDX-License-Identifier: GPL-2.0-only
//
// What a fuzz run has done so far.
// Ownership: plain values. Units: seconds, KiB, counts of this session. Errors, threads: none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_TOTALS_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_TOTALS_H_

#include <cstdint>

#include "fuzz/targets/stats.h"

namespace arenafuzz {

struct FuzzTotals {
  double seconds = 0;
  std::uint64_t executions = 0;
  std::uint64_t operations = 0;
  std::uint64_t skipped = 0;
  std::uint64_t out_of_budget = 0;
  std::uint64_t programs_with_findings = 0;
  std::uint64_t programs_with_changes = 0;  // alone, where those do not fail
  std::uint64_t not_run = 0;                // programs that the backend cannot run
  std::uint64_t documented = 0;             // programs ended by a documented difference
  std::uint64_t programs_with_known = 0;
  std::uint64_t programs_with_old = 0;  // --baseline shows their findings too
  std::uint64_t faults_fired[kFaultSiteCount] = {};
  std::uint64_t fault_outcomes[kFaultSiteCount][kFaultOutcomeCount] = {};
  std::uint64_t coverage = 0;  // of the job that has most
  std::uint64_t corpus = 0;    // likewise
  std::uint64_t peak_kib = 0;
  // Of AFL++'s jobs; its executions are part of those above.
  std::uint64_t afl_executions = 0;
  std::uint64_t afl_edges = 0;
  std::uint64_t afl_corpus = 0;
  std::uint64_t afl_imported = 0;
  double afl_stability = 0;  // percent, the lowest; 0: not known
  std::uint64_t deaths = 0;
  std::uint64_t deaths_without_report = 0;  // the engine printed nothing: killed, perhaps
  std::uint64_t known_deaths = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_TOTALS_H_
