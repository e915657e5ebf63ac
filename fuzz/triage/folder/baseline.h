// SPDX-License-Identifier: GPL-2.0-only
//
// --baseline DIR: whether what a program shows here is old, since it shows on that tree too.
//
//   this tree's lane (lane_work.h) --program--> BaselineProbe --> a lane of the baseline's build
//                                    <--signatures-----------------|
//
//   old   the same oracle, operation and site show there: by the program itself, or by the simplest
//         one that shows the same whole signature here
//   new   they do not
//
// Why the simplest: a change that is not a bug (another growth step, another placement) makes
// the same program take another way, so that the baseline's own finding need not show in it.
//
// What kills, hangs or leaves the baseline's process is named and compared like anything else.
//
// Ownership Owns the baseline's process; a RegressionProbe borrows both probes.
// Errors    problem(): the baseline cannot be asked at all.
// Threads   one.
// Source    docs/commands.md, "Old and new findings".
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_BASELINE_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_BASELINE_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/base/files.h"
#include "fuzz/session/context.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/run_choice.h"
#include "fuzz/triage/folder/lanes.h"
#include "fuzz/triage/minimize/probe.h"

namespace arenafuzz {

// The same oracle, operation and site; of sanitizer reports: one cluster, or one kind in one
// function.
bool same_finding(std::string_view left, std::string_view right);

// The words of a lane of this command that runs programs as `choice` says; with a baseline it tells
// old from new. `out`: a folder for its files. `seconds`: to minimize a program;
// 0: as long as a lane takes without --time.
LaneCommand judging_lane(const Context& context, const RunChoice& choice, const std::string& out,
                         int seconds = 0);

// What a tree's build says of itself, for {"do": "describe"}.
Json describe_tree();

// What the baseline's build says of itself; a sentence if it cannot be asked.
Status ask_baseline(const Context& context, const RunChoice& choice, Json* description);
// Likewise, and whether it can be compared with this build's tree. `note`: a sentence on it; empty
// without a baseline.
Status check_baseline(const Context& context, const RunChoice& choice, std::string* note,
                      Json* description = nullptr);

class BaselineProbe {
 public:
  // `out` as judging_lane()'s.
  BaselineProbe(const Context& context, const RunChoice& choice, const std::string& out);

  // Whether the program shows the finding there. False, with problem() set, if it could not be
  // asked.
  bool shows(const Program& program, std::string_view signature);
  const Status& problem() const { return problem_; }

 private:
  Lanes lanes_;
  std::string asked_;               // the last program, as text
  std::vector<std::string> shown_;  // its signatures there
  Status problem_;
};

// "Fails here, not there": a probe that does not show `probed` where the baseline shows it too.
// `probed` is the signature as the probe names it, `signature` as reports do: of a crash they
// differ.
class RegressionProbe final : public Probe {
 public:
  RegressionProbe(Probe& here, BaselineProbe& there, std::string probed, std::string signature)
      : here_(&here),
        there_(&there),
        probed_(std::move(probed)),
        signature_(std::move(signature)) {}
  const ProbeResult& run(const Program& program) override;

 private:
  Probe* here_;
  BaselineProbe* there_;
  std::string probed_;
  std::string signature_;
  ProbeResult result_;
};

// May run `here` 2000 times, and leaves another result in it. REQUIRES: `here` shows `probed` in
// the program; `signature` is its name.
bool is_old(Probe& here, BaselineProbe& there, const Program& program, const std::string& probed,
            const std::string& signature);

// For replay, which runs programs in a worker of its own: asks a lane of this tree, which asks the
// baseline's.
class OldOrNew {
 public:
  OldOrNew(const Context& context, const RunChoice& choice);
  // Those of the program's signatures that are old; none without a baseline.
  std::set<std::string> old_of(const Program& program, const std::vector<std::string>& signatures);
  // Why some could not be told, and count as new.
  const Status& problem() const { return problem_; }

 private:
  std::optional<Scratch> scratch_;
  std::optional<Lanes> lanes_;
  Status problem_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_BASELINE_H_
