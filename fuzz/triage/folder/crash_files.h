// SPDX-License-Identifier: GPL-2.0-only
//
// The crash files of a folder, each with what it is to be run on.
//
//   libFuzzer's crash-, timeout-, oom- and leak-; AFL++'s crashes/ and hangs/; a `fuzz --out`
//   folder's findings/ and crashes/; OSS-Fuzz's testcases
//
// Ownership Plain values. Only the folder is read.
// Errors    a sentence; a file's own is kept with it.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CRASH_FILES_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CRASH_FILES_H_

#include <string>
#include <vector>

#include "fuzz/base/status.h"
#include "fuzz/triage/folder/build_file.h"

namespace arenafuzz {

struct CrashInput {
  std::string name;
  Status problem;         // why it cannot be run; empty: none
  std::size_t build = 0;  // index into CrashFolder::builds
  std::string engine;     // "libfuzzer", "afl", "oss-fuzz" or "" as its name tells
  std::string seen;       // when it was written, UTC
  std::string hash;       // of what a program's file can hold
};

struct CrashFolder {
  std::vector<CrashInput> inputs;   // by name
  std::vector<BuildChoice> builds;  // distinct
};

// Passes over what lies below `report`, an earlier triage's. `given`: what the user's words say,
// for files without a build.json or, with `overrides`, for all.
Status read_crash_folder(const Context& context, const std::string& folder,
                         const std::string& report, const BuildChoice& given, bool overrides,
                         CrashFolder* found);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CRASH_FILES_H_
