// SPDX-License-Identifier: GPL-2.0-only
//
// What every target does with an input: decode, run, judge, and act on a finding.
//
// An engine's command line may hold options of ours, which begin with "--" (libFuzzer passes over
// such words):
//   --findings=DIR   keep each distinct finding as DIR/<signature>.txt, the shortest program of
//                    each, and go on; without it a finding is printed and the process traps
//   --stats=FILE     publish counters (stats.h)
//   --times=FILE     publish how long inputs took (input_times.h)
//   --known=FILE     signatures to count and pass over, or their first parts (known_signature.h)
//   --old=FILE       signatures that are no failure, though their programs are kept; read again
//                    whenever the file changed
//   --domain=callers|api|misuse
//   --no-model       safety and contract alone
//   --strict         a change from the reference fails on a kernel tree too
//   --keep-going     print findings, do not trap (the replay main)
// "--" alone is nothing, as to libFuzzer. An unknown word is refused, but ignored under OSS-Fuzz,
// where kernel targets keep to the callers' domain and pass over what neighbours break
// (docs/oss-fuzz.md). They may also be given in the environment, one per line, in
// ARENAFUZZ_TARGET_OPTIONS: the driver of AFL++ takes each word of its command line for a file.
//
// Ownership One runner per process. Threads: one.
// Source    docs/design.md, docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_TARGETS_GLUE_H_
#define ARENAFUZZ_FUZZ_TARGETS_GLUE_H_

#include <cstddef>
#include <cstdint>

#include "fuzz/harness/backends/backend.h"
#include "fuzz/targets/targets.h"

namespace arenafuzz {

// Reads our options; prints one sentence and exits with 2 if one cannot be used.
void initialize_target(const TargetInfo& info, Backend& backend, int argc, char** argv);
// The same for a target that compares `ours` with `other`.
void initialize_differential_target(const TargetInfo& info, Backend& ours, Backend& other, int argc,
                                    char** argv);
// As an engine wants it: always 0. REQUIRES: initialize_target().
int run_input(const std::uint8_t* data, std::size_t size);
// Programs with a finding so far.
std::uint64_t findings_so_far();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_GLUE_H_
