// SPDX-License-Identifier: GPL-2.0-only
//
// What triage says of a cluster once its shortest program is known, and the files it leaves:
//
//   REPORT/CLUSTER/original[.txt]   the shortest file as it came
//   REPORT/CLUSTER/minimized.txt    the shortest program, with its report as comments
//
// Ownership Borrows for the call.
// Errors    {"error": "a sentence"}.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_CLI_TRIAGE_DETAIL_H_
#define ARENAFUZZ_FUZZ_CLI_TRIAGE_DETAIL_H_

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/cli/finding_keeper.h"
#include "fuzz/cli/program_file.h"
#include "fuzz/triage/minimizer.h"

namespace arenafuzz::cli {

struct DetailInput {
  FindingKeeper& keeper;
  Probe& probe;
  const Minimized& minimized;
  const ProgramFile& file;
  const std::string& probed;  // the signature as the probe names it
  const std::string& folder;
  bool reproducers = true;  // also written, compiled and run
};

nlohmann::ordered_json cluster_detail(const DetailInput& input);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_TRIAGE_DETAIL_H_
