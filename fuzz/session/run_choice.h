// SPDX-License-Identifier: GPL-2.0-only
//
// How a command runs programs, as the user chose it.
//
// Ownership Plain values.
// Units     seconds of processor time, MiB resident.
// Errors    none.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_SESSION_RUN_CHOICE_H_
#define ARENAFUZZ_FUZZ_SESSION_RUN_CHOICE_H_

#include "fuzz/base/process.h"
#include "fuzz/harness/judge/run_options.h"
#include "fuzz/session/context.h"
#include "fuzz/session/kernel_choice.h"
#include "fuzz/targets/targets.h"

namespace arenafuzz {

// The input domain as a word, and whether the user gave one.
struct DomainChoice {
  bool given = false;
  Domain domain = Domain::kApi;
};
inline constexpr const char* kDomainNames[] = {"callers", "api", "misuse"};
const char* domain_name(Domain domain);

// Seconds of processor time for one program; asleep, it may take as long at a stretch, and ten
// times as long in all. Programs are bounded by counts to a second or two.
inline constexpr int kDefaultTimeout = 10;
// Where a program that does not end is made shorter, each try has this long: none that ends takes
// it.
inline constexpr int kShortTimeout = 3;
inline base::Limits run_limits(int timeout) {
  constexpr int kMaxMemoryMib = 2048;
  const double seconds = timeout;
  return {seconds, seconds, 10 * seconds, kMaxMemoryMib};
}

// How `minimize` and `triage` run programs.
struct RunChoice {
  KernelChoice kernel;
  const TargetInfo* target = nullptr;  // none: the profile is that of the file
  DomainChoice domain;
  bool strict = false;
  bool given = false;             // the user said anything of these
  int timeout = kDefaultTimeout;  // for one program
};

// The words that mean it, but for a baseline.
Words run_words(const RunChoice& choice);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_RUN_CHOICE_H_
