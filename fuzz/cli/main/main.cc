// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/command.h"

// The command's own build carries the sanitizers too; what it runs in process is reported by them.
extern "C" const char* __asan_default_options();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __ubsan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "detect_leaks=0:quarantine_size_mb=8:allocator_may_return_null=1";
}
extern "C" const char* __ubsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "print_stacktrace=1";
}

int main(int argc, char** argv) { return arenafuzz::cli::run_command(argc, argv); }
