// SPDX-License-Identifier: GPL-2.0-only
//
// Programs made shorter, operation by operation, while each goes on to show the features that it
// was taken for.
//
//   a round: every program hands in candidates --> all are measured together --> each program takes
//            the one that drops the most, and hands in the next
//
//   candidates of 8 operations: without 0-3, without 4-7; of what is left without each pair;
//   without each one; if several did, then those together: the first two, the first three...
//
// Ends when no operation of any program can be dropped. Each round has many programs, since a
// measuring process takes longer to start than to run thousands of candidates.
//
// Ownership The caller's reductions.
// Errors    a candidate that is not measured is not taken.
// Threads   none.
// Source    Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (ddmin).
#ifndef ARENAFUZZ_FUZZ_CORPUS_REDUCE_H_
#define ARENAFUZZ_FUZZ_CORPUS_REDUCE_H_

#include <functional>
#include <span>
#include <vector>

#include "fuzz/corpus/features.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

struct Reduction {
  Program program;  // repaired; in the end the shorter one
  Features wanted;  // ascending
};

// One measurement for each program. False: end here.
using MeasurePrograms =
    std::function<bool(std::span<const Program> programs, std::vector<Measurement>* measurements)>;
// How many of the programs are done. False: end here.
using ReduceWatch = std::function<bool(std::size_t done, std::size_t all)>;

// True if nothing more can be dropped; false: ended early, with the best so far.
bool reduce_programs(std::span<Reduction> reductions, const MeasurePrograms& measure,
                     const ReduceWatch& watch);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_REDUCE_H_
