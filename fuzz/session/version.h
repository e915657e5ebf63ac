// SPDX-License-Identifier: GPL-2.0-only
//
// Which arenafuzz this is: the source as git calls it when it was built, and what built it.
// cmake/version.cmake writes the definition of `kSourceVersion`, again whenever it changes.
// Threads: constants.
#ifndef ARENAFUZZ_FUZZ_SESSION_VERSION_H_
#define ARENAFUZZ_FUZZ_SESSION_VERSION_H_

#include <string>

namespace arenafuzz {

extern const char* const kSourceVersion;  // "v1.2-3-g0123456789ab-dirty", or "no git"

// "clang 19.1.7, sanitizers address,undefined"
std::string build_text();
// "arenafuzz <kSourceVersion> (<build_text>)"
std::string version_text();
// A finding's facts, with a last row that says which arenafuzz found it.
std::string with_version(const std::string& facts);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_VERSION_H_
