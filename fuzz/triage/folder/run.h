// SPDX-License-Identifier: GPL-2.0-only
//
// A triage: a folder of crash files, sorted by cause.
//
//   files --three runs, each in a process of its own--> signatures --> clusters --> minimized
//
// This process runs none of the programs: lanes do (lane_work.h), several at a time, each with
// the build that found its files. What they answer goes through the journal, so that a triage that
// was stopped goes on where it was.
//
// Ownership Borrows context and options; owns journal and result. Writes only below options.out.
// Units     none.
// Errors    a Status for what ends the triage; files that cannot be read are in the result.
// Threads   one.
// Source    docs/triage.md.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_RUN_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_RUN_H_

#include <functional>
#include <string>
#include <vector>

#include "fuzz/base/status.h"
#include "fuzz/session/context.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/folder/journal.h"
#include "fuzz/triage/folder/lanes.h"
#include "fuzz/triage/folder/report.h"
#include "fuzz/triage/folder/triage_options.h"

namespace arenafuzz {

class TriageRun {
 public:
  // `show`: one line of progress.
  TriageRun(const Context& context, const TriageOptions& options,
            std::function<void(const std::string&)> show)
      : context_(context), options_(options), show_(std::move(show)) {}

  // Reads the folder, and what a triage before has left in options.out; asks the baseline.
  Status prepare();
  // Replays, sorts and minimizes; writes report.json and the pages. REQUIRES: prepare() was ok.
  Status run();
  // Once the report is printed: what the options want done with new clusters. Not of a triage that
  // was stopped, whose journal stays.
  void end();

  const TriageResult& result() const { return result_; }
  const std::string& report() const { return report_; }  // the text of report.json
  const std::string& note() const { return note_; }      // a sentence on the baseline, or empty

 private:
  Status see_to_baseline();
  Json description() const;
  void work(Lanes& lanes, const std::vector<LaneTask>& tasks, const std::vector<std::string>& keys,
            const char* what, std::vector<Json>* answers);
  void replay(Lanes& lanes);
  void shorten(Lanes& lanes);

  const Context& context_;
  const TriageOptions& options_;
  std::function<void(const std::string&)> show_;
  TriageJournal journal_;
  TriageResult result_;
  std::string report_;
  std::string note_;
  Json previous_;  // the clusters of the report before
  Status problem_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_RUN_H_
