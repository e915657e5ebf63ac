// SPDX-License-Identifier: GPL-2.0-only
//
// The compilers of compilers.def that the command runs, or names in a message.
#ifndef ARENAFUZZ_FUZZ_BASE_COMPILERS_H_
#define ARENAFUZZ_FUZZ_BASE_COMPILERS_H_

namespace arenafuzz {

// Names of binaries and of packages, the preferred first.
inline constexpr const char* kClangs[] = {
#define ARENAFUZZ_CLANG(version) "clang-" #version,
#include "fuzz/base/compilers.def"
};
// Debian's versioned symbolizers: a sanitizer tries only a plain llvm-symbolizer in $PATH.
inline constexpr const char* kSymbolizers[] = {
#define ARENAFUZZ_CLANG(version) "/usr/bin/llvm-symbolizer-" #version,
#include "fuzz/base/compilers.def"
};
// Packages that AFL++ needs, as arguments of apt-get install. One row gives them.
inline constexpr const char* kAflPackages =
#define ARENAFUZZ_AFL_CLANG(version) "afl++ clang-" #version " libclang-rt-" #version "-dev"
#include "fuzz/base/compilers.def"
    ;

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_COMPILERS_H_
