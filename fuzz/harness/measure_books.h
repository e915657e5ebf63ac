// SPDX-License-Identifier: GPL-2.0-only
//
// Measures how a pool keeps its books, from one fixed fault-free program, judged by what callers
// see alone. What is measured is believed only where it is consistent: every alloc marks one run
// that covers its block, its free clears just that run, avail goes along, and a round that is
// repeated takes no more pages. Where it is not, the books are judged in the reference's way: a
// defect cannot switch its own oracle off.
//
// Ownership None.
// Errors    a finding, a refusal or a BUG in the program: the default.
// Threads   one.
// Source    docs/verdicts.md, Books.
#ifndef ARENAFUZZ_FUZZ_HARNESS_MEASURE_BOOKS_H_
#define ARENAFUZZ_FUZZ_HARNESS_MEASURE_BOOKS_H_

#include "fuzz/harness/books/book_traits.h"

namespace arenafuzz {

class Executor;

struct MeasuredBooks {
  BookTraits traits;
  bool readable = true;  // the chunks; else what the backend shows are not chunks
};

// Runs the program on the executor's backend.
MeasuredBooks measure_books(Executor& executor);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_MEASURE_BOOKS_H_
