// SPDX-License-Identifier: GPL-2.0-only
//
// What a fuzz run is asked to do.
//
// Ownership Plain values; the command's words fill them.
// Units     seconds, MiB.
// Errors    none.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_OPTIONS_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_OPTIONS_H_

#include <string>

#include "fuzz/session/known_findings.h"
#include "fuzz/session/run_choice.h"

namespace arenafuzz {

enum class EngineChoice { kLibFuzzer, kAfl, kBoth };
inline constexpr const char* kEngineNames[] = {"libfuzzer", "afl", "both"};
inline const char* engine_name(EngineChoice engine) {
  return kEngineNames[static_cast<int>(engine)];
}

struct FuzzOptions {
  EngineChoice engine = EngineChoice::kLibFuzzer;
  const TargetInfo* target = nullptr;
  KernelChoice kernel;
  DomainChoice domain;
  KnownFindings known;
  bool strict = false;
  bool stop_at_first = false;
  int seconds = 60;               // 0: until stopped
  int timeout = kDefaultTimeout;  // for one input
  int jobs = 0;
  int disk_mib = 0;    // of OUT; 0: no limit
  int memory_mib = 0;  // resident, of all jobs together; 0: no limit
  std::string out = "fuzz-out";
  std::string corpus;  // empty: the committed one
  bool json = false;
  bool verbose = false;
  Words engine_words;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_FUZZ_OPTIONS_H_
