// SPDX-License-Identifier: GPL-2.0-only
//
// An output folder is ours by a stamp, OUT/.arenafuzz.json: nothing is written into a folder that
// holds other files, nor a run of one target into the folder of another's.
//
//   new or empty -> made and stamped      ours, for the same -> continued
//   other files, no stamp -> refused      ours, for something else -> refused
//
// Ownership Plain values.
// Errors    a sentence.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_SESSION_OUT_FOLDER_H_
#define ARENAFUZZ_FUZZ_SESSION_OUT_FOLDER_H_

#include <string>

#include "fuzz/base/files.h"

namespace arenafuzz {

// What an output folder holds. What does not apply is empty.
struct OutStamp {
  std::string command;  // "fuzz" or "triage"
  std::string target;
  std::string backend;  // "cpp" or "kernel"
  std::string tree;     // the user's kernel tree, absolute
};

inline constexpr const char* kStampName = ".arenafuzz.json";

// Makes the folder ours, or refuses. Its parents are made too.
Status claim_out_folder(const std::string& folder, const OutStamp& stamp);

// Whether the folder is the --out of a fuzz run, by its stamp.
bool is_fuzz_folder(const std::string& folder);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_OUT_FOLDER_H_
