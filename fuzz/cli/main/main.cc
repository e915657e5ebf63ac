// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "fuzz/cli/command.h"

// Debian's symbolizer has a version in its name, which sanitizers do not look for. Literals, since
// the options are asked for before anything may be formatted.
#define ARENAFUZZ_ASAN_OPTIONS "detect_leaks=0:quarantine_size_mb=8:allocator_may_return_null=1"
#define ARENAFUZZ_SYMBOLIZER(path) {path, ARENAFUZZ_ASAN_OPTIONS ":external_symbolizer_path=" path}

namespace {

struct Symbolizer {
  const char* path;
  const char* options;
};
constexpr Symbolizer kSymbolizers[] = {
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer"),
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer-19"),
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer-18"),
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer-17"),
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer-16"),
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer-15"),
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer-14"),
};

}  // namespace

// The command's own build carries the sanitizers too; what it runs in process is reported by them.
extern "C" const char* __asan_default_options();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __ubsan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  for (const Symbolizer& symbolizer : kSymbolizers)
    if (access(symbolizer.path, X_OK) == 0) return symbolizer.options;
  return ARENAFUZZ_ASAN_OPTIONS;
}
extern "C" const char* __ubsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "print_stacktrace=1";
}

int main(int argc, char** argv) { return arenafuzz::cli::run_command(argc, argv); }
