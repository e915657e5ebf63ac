// SPDX-License-Identifier: GPL-2.0-only
//
// What a triage is asked to do.
//
// Ownership Plain values; the command's words fill them.
// Units     seconds.
// Errors    none.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_TRIAGE_OPTIONS_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_TRIAGE_OPTIONS_H_

#include <string>

#include "fuzz/session/known_findings.h"
#include "fuzz/session/run_choice.h"

namespace arenafuzz {

struct TriageOptions {
  RunChoice choice;
  std::string folder;
  std::string out = "triage-out";
  KnownFindings known;
  KnownFindings fixed;
  int seconds = 30;    // for each cluster
  int jobs = 0;        // processes at a time
  bool lane = false;   // this process answers another triage (lanes.h)
  std::string mail;    // the cluster to print as a mail, by number or signature
  std::string on_new;  // for a shell, once for each new cluster
  bool add_regression = false;
  bool json = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_TRIAGE_OPTIONS_H_
