// SPDX-License-Identifier: GPL-2.0-only
//
// Signatures that were renamed: lines of known files live for years, and go on meaning what they
// meant.
//
//   former                            present
//   accounting.free.none.bitmap  -->  change.free.none.bitmap     with all that begins so
//   bug.*.page.kept              -->  unwind.*.page.kept          '*': any one part, and the same
//
// Both have as many parts, and end at a dot or at the signature's end. No present name begins like
// a former one: a row is the whole way, also after a second renaming.
//
// Ownership Literals. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_HARNESS_VERDICT_RENAMED_SIGNATURES_H_
#define ARENAFUZZ_FUZZ_HARNESS_VERDICT_RENAMED_SIGNATURES_H_

#include <span>

namespace arenafuzz {

struct RenamedSignature {
  const char* former;
  const char* present;
};

std::span<const RenamedSignature> renamed_signatures();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_VERDICT_RENAMED_SIGNATURES_H_
