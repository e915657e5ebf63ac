// SPDX-License-Identifier: GPL-2.0-only
//
// What a cluster's files and its detail are made from.
// Ownership: borrows for the call. Errors: none. Threads: one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_DETAIL_INPUT_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_DETAIL_INPUT_H_

#include <string>

#include "fuzz/session/program_file.h"
#include "fuzz/triage/folder/finding_keeper.h"
#include "fuzz/triage/minimize/minimizer.h"

namespace arenafuzz {

struct DetailInput {
  FindingKeeper& keeper;
  Probe& probe;
  const Minimized& minimized;
  const ProgramFile& file;
  const std::string& probed;  // the signature as the probe names it
  const std::string& folder;
  bool reproducers = true;  // also written, compiled and run
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_DETAIL_INPUT_H_
