// SPDX-License-Identifier: GPL-2.0-only
//
// One program through our pool and through the kernel's sources, compared step by step.
//
//   program -> our pool   -> events e0 e1 e2 ...      (results, addresses, seam calls, BUGs)
//           -> the kernel -> events e0 e1 X           X differs: finding `difference`
//
// The events are those that the trace hash is made of. Where the two differ by design (absurd-size,
// second-init, overlapping-chunk: docs/arena_pool.md, Where our C++ pool deliberately differs) both
// runs end, and the verdict names the difference. What else the kernel's run shows (safety,
// contract) is part of the verdict; what would be a change against the model is a difference too,
// since our pool agrees with the model.
//
// Ownership Borrows both backends.
// Units     as Verdict.
// Errors    error() as Executor's.
// Threads   one.
// Source    docs/arena_pool.md, docs/verdicts.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_DIFFERENTIAL_H_
#define ARENAFUZZ_FUZZ_HARNESS_DIFFERENTIAL_H_

#include <vector>

#include "fuzz/harness/executor.h"

namespace arenafuzz {

class Differential {
 public:
  Differential(Backend& ours, Backend& other) : ours_(ours), other_(other) {}

  const char* error() const { return ours_.error() != nullptr ? ours_.error() : other_.error(); }

  // False: a tree ended the process that measured it.
  bool prepare() {
    ours_.book_traits();
    other_.book_traits();
    return !ours_.books_measure_died() && !other_.books_measure_died();
  }
  // The verdict stays valid until the next run. Findings of our pool come first.
  const Verdict& run(const Program& program, const Options& options);

 private:
  void name_difference(const Program& program, const Options& options, Finding* finding);

  Executor ours_;
  Executor other_;
  std::vector<std::uint64_t> events_;
  Verdict verdict_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_DIFFERENTIAL_H_
