// SPDX-License-Identifier: GPL-2.0-only
//
// The compilers of compilers.def that the command itself runs, or names in a sentence.
#ifndef ARENAFUZZ_FUZZ_BASE_COMPILERS_H_
#define ARENAFUZZ_FUZZ_BASE_COMPILERS_H_

namespace arenafuzz {

// Names of binaries and of packages, the preferred first.
inline constexpr const char* kClangs[] = {
#define ARENAFUZZ_CLANG(version) "clang-" #version,
#include "fuzz/base/compilers.def"
};
// Where Debian has their symbolizers, which sanitizers do not look for.
inline constexpr const char* kSymbolizers[] = {
#define ARENAFUZZ_CLANG(version) "/usr/bin/llvm-symbolizer-" #version,
#include "fuzz/base/compilers.def"
};
// What AFL++ needs, as words of apt-get.
inline constexpr const char* kAflPackages =
#define ARENAFUZZ_AFL_CLANG(version) "afl++ clang-" #version " libclang-rt-" #version "-dev"
#include "fuzz/base/compilers.def"
    ;

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_COMPILERS_H_
