// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "fuzz/cli/commands.h"
#include "fuzz/session/sanitizer_settings.h"

// Debian's symbolizer has a version in its name, which sanitizers do not look for. Literals, since
// the options are asked for before anything may be formatted.
// handle_abort: abort() in a tree, or the signal for what takes too long, says where. exitcode: a
// sanitizer's complaint about this very process is no finding.
#define ARENAFUZZ_ASAN_OPTIONS \
  "detect_leaks=0:quarantine_size_mb=8:allocator_may_return_null=1:handle_abort=1:exitcode=2"
#define ARENAFUZZ_SYMBOLIZER(path) {path, ARENAFUZZ_ASAN_OPTIONS ":external_symbolizer_path=" path}

namespace {

struct Symbolizer {
  const char* path;
  const char* options;
};
constexpr Symbolizer kSymbolizers[] = {
    ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer"),
#define ARENAFUZZ_CLANG(version) ARENAFUZZ_SYMBOLIZER("/usr/bin/llvm-symbolizer-" #version),
#include "fuzz/base/compilers.def"
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

namespace {

// The options are read before main(): where the environment has some, start once more with ours.
void settle_options(char** argv) {
  bool changed = false;
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    const char* users = std::getenv(name);
    if (users == nullptr ||
        std::string_view(users).find(arenafuzz::kSettledOptions) != std::string_view::npos)
      continue;
    setenv(name, (std::string(users) + std::string(arenafuzz::kSettledOptions)).c_str(), 1);
    changed = true;
  }
  if (changed) execv("/proc/self/exe", argv);  // if it cannot, the user's hold
}

}  // namespace

int main(int argc, char** argv) {
  settle_options(argv);
  return arenafuzz::cli::run_command(argc, argv);
}
