// SPDX-License-Identifier: GPL-2.0-only
//
// The one list of fuzz targets: the command's help and checks, CMake's binaries and the tests agree
// with it. An engine's binary of target T is called T_fuzzer.
#ifndef ARENAFUZZ_FUZZ_TARGETS_TARGETS_H_
#define ARENAFUZZ_FUZZ_TARGETS_TARGETS_H_

#include "fuzz/program/program.h"

namespace arenafuzz {

struct TargetInfo {
  const char* name;
  Profile profile;     // overwrites that of the input's header
  bool runs_programs;  // else it checks the program format alone
  bool canary;         // has a planted bug: never part of a campaign
  const char* description;
};

inline constexpr TargetInfo kTargets[] = {
    {"pool", Profile::kCorrect, true, false, "correct use of the pool"},
    {"pool_faults", Profile::kFaults, true, false,
     "failing calls, collisions, and neighbours that move pages"},
    {"pool_misuse", Profile::kMisuse, true, false, "wrong frees and enabling twice as well"},
    {"program", Profile::kMisuse, false, false,
     "the program format: bytes, text and plans round-trip"},
    {"canary", Profile::kFaults, true, true, "a planted bug: proof that the machinery works"},
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_TARGETS_H_
