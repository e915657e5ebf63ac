// SPDX-License-Identifier: GPL-2.0-only
//
// The shortest program that shows a finding: one from which nothing can be taken away.
//
//   cut behind the finding -> drop operations (halves, quarters... single, pairs) -> faults
//   written out, dropped -> header -> numbers to their smallest edge -> slots renumbered
//   ^___________________________________ until nothing changes _____________________________|
//
//   Worked example: 256 operations that show unwind.alloc.page.pages-kept.within-chunk.vzalloc
//     enable s0 root m0
//     a0 = alloc s0 0x1 (fail vzalloc:1)
//
// A step is taken only if the program gets simpler (complexity.h) and shows the same whole
// signature: it never drifts to another. Other findings met on the way are returned too.
// The result depends on the program and the probe alone: no clock, no dice, no order of files.
//
// Ownership Borrows probe and watch.
// Units     runs of the probe.
// Errors    none; a program that does not show the signature comes back as it is, not minimal.
// Threads   one.
// Source    Zeller and Hildebrandt, "Simplifying and isolating
//           failure-inducing input" (ddmin).
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_MINIMIZER_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_MINIMIZER_H_

#include <string>

#include "fuzz/program/program.h"
#include "fuzz/triage/minimize/minimized.h"
#include "fuzz/triage/minimize/probe.h"

namespace arenafuzz {

// REQUIRES: a repaired program.
Minimized minimize(Probe& probe, const Program& program, const std::string& signature,
                   MinimizeWatch& watch);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_MINIMIZER_H_
