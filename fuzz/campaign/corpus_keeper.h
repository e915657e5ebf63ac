// SPDX-License-Identifier: GPL-2.0-only
//
// Keeps OUT/corpus small while engines write to it: by `arenafuzz corpus merge` in a process of its
// own.
//
//   OUT/corpus --merge--> OUT/corpus.merged --renamed into--> OUT/corpus, less what was not taken
//
// Due when the corpus has twice the files that the last merge left. What came after the merge began
// is not touched. A kill between two steps leaves files too many, never too few.
//
// Ownership Owns the process.
// Errors    a merge that fails leaves the corpus as it is; problem() says why.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_CORPUS_KEEPER_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_CORPUS_KEEPER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/base/process.h"
#include "fuzz/base/status.h"
#include "fuzz/campaign/plan.h"

namespace arenafuzz {

class CorpusKeeper {
 public:
  explicit CorpusKeeper(const FuzzPlan& plan);
  ~CorpusKeeper();
  CorpusKeeper(const CorpusKeeper&) = delete;
  CorpusKeeper& operator=(const CorpusKeeper&) = delete;

  // Begins a merge if it is due, or at once if `wanted`; ends one that is done.
  void poll(std::uint64_t files, bool wanted);
  std::uint64_t merges() const { return merges_; }
  std::uint64_t removed() const { return removed_; }
  const Status& problem() const { return problem_; }

 private:
  void begin(std::uint64_t files);
  void take_over();

  const FuzzPlan& plan_;
  bool able_;
  base::Process process_;
  std::vector<std::string> before_;  // names in the corpus when the merge began
  std::uint64_t due_at_;             // files
  std::uint64_t merges_ = 0;
  std::uint64_t removed_ = 0;
  Status problem_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_CORPUS_KEEPER_H_
