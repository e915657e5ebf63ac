// SPDX-License-Identifier: GPL-2.0-only
//
// A reproducer in C is compiled and run on the tree that it blames before it is kept: one that does
// not fail there would send a reader after nothing.
//
// Ownership Borrows for the call.
// Errors    a sentence, for the report: why the file is not kept.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_CHECK_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_CHECK_H_

#include <string>

#include "fuzz/session/context.h"
#include "fuzz/triage/reproduce/reproducer.h"

namespace arenafuzz {

// The clang that PATH has, of the versions that are known to do; "clang" if there is none.
std::string reproducer_compiler();

// Empty if `text`, compiled as its own head says, fails. Writes in `folder`, and leaves nothing.
// `endless`: it fails by not ending in `timeout` seconds of processor time.
std::string reproducer_problem(const Context& context, const ReproducerInput& input,
                               const std::string& text, const std::string& folder, bool endless,
                               int timeout);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_CHECK_H_
