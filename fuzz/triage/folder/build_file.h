// SPDX-License-Identifier: GPL-2.0-only
//
// build.json next to findings: what they were found on, so that triage replays them on the same.
//
//   OUT/findings/build.json   (also for OUT/crashes)
//   { "schema": "arenafuzz-build-1",
//     "target": "kernel_pool_faults",     the row of targets.h; "canary" has a planted bug
//     "backend": "cpp" | "kernel" | "canary" | "differential",
//     "kernel_tree": "/src/linux",     "" where none was named
//     "glue": "", "arithmetic": true,     as --glue, --no-arithmetic
//     "kernel_version": "v6.12-3-gabc", "kernel_files": [{"path", "sha256"}, ...],   kernel alone
//     "build": "kernel/fuzz-1a2b3c4d5e6f",  the build's folder below the source's build/; "" if
//                                           it is elsewhere
//     "domain": "api", "strict": false,
//     "sanitizers": "address,undefined", "compiler": "clang 19.1.7" }
//
// Only a build below the source's own build/ is ever run: a folder from elsewhere cannot name
// another.
//
// Ownership Plain values.
// Errors    a sentence.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_BUILD_FILE_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_BUILD_FILE_H_

#include <string>
#include <vector>

#include "fuzz/base/files.h"
#include "fuzz/session/context.h"
#include "fuzz/session/run_choice.h"

namespace arenafuzz {

inline constexpr const char* kBuildFileName = "build.json";

std::string build_compiler();

Status write_build_file(const Context& context, const RunChoice& choice, const std::string& name);

// What runs a file's program, and how.
struct BuildChoice {
  std::string binary;  // the arenafuzz of that build; empty: this process's
  Words words;         // the options that mean it: "--target", "canary"...
  std::string name;    // what tells clusters apart: "canary", "kernel /src/linux"...
  std::string sanitizers;
  std::string engine;
  // A tree's sources, by themselves or compared with our own pool.
  bool is_kernel() const { return name.starts_with("kernel") || name.starts_with("differential"); }
};

// The choice that `name` stands for; "engine" stays empty.
Status read_build_file(const Context& context, const std::string& name, BuildChoice* choice);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_BUILD_FILE_H_
