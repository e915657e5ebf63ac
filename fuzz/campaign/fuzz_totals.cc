// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/fuzz_totals.h"

namespace arenafuzz {

void add_published(const TargetStats& stats, FuzzTotals* sum) {
  for (const Counter& counter : kCounters)
    if (counter.published != nullptr) sum->*counter.total += (stats.*counter.published).load();
  for (int site = 0; site < kFaultSiteCount; ++site) {
    sum->faults_fired[site] += stats.faults_fired[site].load();
    for (int outcome = 0; outcome < kFaultOutcomeCount; ++outcome)
      sum->fault_outcomes[site][outcome] += stats.fault_outcomes[site][outcome].load();
  }
}

}  // namespace arenafuzz
