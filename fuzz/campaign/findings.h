// SPDX-License-Identifier: GPL-2.0-only
//
// The findings of a run and of earlier ones in the same folder: per signature a text and a record
// (session/finding_file.h). Only records are read; a text says which findings there are, and what
// its program is where an older version left no record.
//
//   targets --> OUT/findings.new/S.* --collect()--> OUT/findings/S.*   (the shorter one stays)
//
// Targets keep a program only if it is shorter than what they find on disk; a folder of its own
// tells what this run found again from what lay there.
//
// Ownership Plain values.
// Errors    what cannot be written stays in findings.new, and problem() says so.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_FINDINGS_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_FINDINGS_H_

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fuzz/base/files.h"
#include "fuzz/campaign/fuzz_options.h"
#include "fuzz/harness/verdict/finding_record.h"

namespace arenafuzz {

struct KeptFinding : FindingRecord {
  std::string file;
};
// Whether it makes the run fail; else it is a change, only listed.
bool finding_fails(const FuzzOptions& options, const KeptFinding& finding);

// What the targets found, before the baseline was asked.
using PendingFinding = FindingRecord;

class Findings {
 public:
  // `compared`: with a baseline, what is found waits for settle().
  explicit Findings(const std::string& out, bool compared = false);

  // Takes over what an earlier run that was killed left behind.
  void open();
  // Takes what the targets wrote since.
  void collect();
  // A finding of this process.
  void add(const FindingRecord& finding) { take(finding); }
  // After the last collect().
  void close();

  // With a baseline: each signature is old or new, by the first of its programs. OUT/old.txt
  // lists those that are old, for the jobs.
  bool any_pending() const { return !pending_.empty(); }
  std::optional<PendingFinding> next_pending();
  void settle(const PendingFinding& finding, bool old);
  // What is old, met in this run.
  std::vector<KeptFinding> old() const { return read(old_met_, old_); }
  // What earlier sessions called old stays so as long as both trees, described by `trees`, do.
  Status open_old(const std::string& trees);

  std::size_t found_count() const { return found_.size(); }
  const std::set<std::string>& found_signatures() const { return found_; }
  std::string file_of(const std::string& signature) const;
  // A found one is this from now on.
  void shortened(const std::string& signature, const FindingRecord& finding);
  // Most reachable first.
  std::vector<KeptFinding> found() const;
  std::vector<KeptFinding> earlier() const;
  // The signatures of this run and of earlier ones.
  std::set<std::string> all_signatures() const;
  const Status& problem() const { return problem_; }
  // All of them, behind what the file holds: lines and comments of others stay.
  Status write_known(const std::string& name) const;

 private:
  std::vector<KeptFinding> read(const std::set<std::string>& signatures,
                                const std::string& folder) const;
  void keep(const std::string& folder, const FindingRecord& finding);
  void take(const FindingRecord& finding);
  void write_old_list();

  bool compared_;
  std::string kept_;
  std::string incoming_;
  std::string old_;  // a folder as kept_
  std::string old_list_;
  std::deque<PendingFinding> pending_;
  std::set<std::string> old_signatures_;
  std::set<std::string> old_met_;
  std::set<std::string> earlier_;
  std::set<std::string> found_;
  std::map<std::string, std::filesystem::file_time_type> taken_;
  Status problem_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_FINDINGS_H_
