// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/reproducer_check.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "fuzz/base/compilers.h"
#include "fuzz/base/files.h"
#include "fuzz/base/process.h"
#include "fuzz/base/quoting.h"
#include "fuzz/triage/minimize/command_watch.h"

namespace arenafuzz {
namespace {

constexpr const char* kAnyClang = "clang";
// Bounds a process that sleeps and wakes again and again: this many timeouts in total.
constexpr double kTimeoutsAsleep = 10;
constexpr std::size_t kMaxOutput = std::size_t{1} << 16;

// Where PATH has it; empty if nowhere.
std::string path_of(const std::string& name) {
  const char* all = std::getenv("PATH");
  const std::string path = all != nullptr ? all : "";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const std::string file = path.substr(at, end - at) + "/" + name;
    if (end != at && access(file.c_str(), X_OK) == 0) return file;
    at = end + 1;
  }
  return "";
}

// As the head of the file says it (reproducer_c.cc).
Words compile_words(const Context& context, const ReproducerInput& input, const std::string& source,
                    const std::string& binary) {
  return {input.compiler,
          "-std=gnu11",
          "-g",
          "-w",
          "-fsanitize=address",
          "-fno-strict-aliasing",
          "-fno-strict-overflow",
          "-nostdlibinc",
          "-I",
          context.build_folder + "/kernel-include",
          "-I",
          input.compiled + "/include",
          "-I",
          input.compiled,
          "-I",
          context.source_folder,
          source,
          input.compiled + "/lib/genalloc.c",
          "-o",
          binary};
}

// The first error that the compiler printed.
std::string first_error(const std::string& output) {
  const std::size_t at = output.find("error: ");
  if (at == std::string::npos) return "the compiler ended without a word";
  return printable(output.substr(at + 7, output.find('\n', at) - at - 7));
}

std::string run_it(const std::string& binary, bool endless, int timeout) {
  base::ProcessOptions options;
  options.words = {binary};
  // As a reader runs it. The second are read by ASan too.
  options.environment = {"ASAN_OPTIONS=detect_leaks=0", "UBSAN_OPTIONS="};
  const base::Limits limits{.processor_seconds = static_cast<double>(timeout),
                            .idle_seconds = static_cast<double>(timeout),
                            .waiting_seconds = kTimeoutsAsleep * timeout};
  const base::Captured run =
      base::run_captured(options, limits, kMaxOutput, [] { return !was_interrupted(); });
  if (!run.started) return "it could not be run";
  if (run.excess != base::Excess::kNone)
    return endless ? "" : "its calls, made outside of arenafuzz, do not come back";
  if (was_interrupted()) return "triage was stopped before it was tried";
  if (run.end.exit_code == 1 || run.end.signal != 0) return "";
  return "its calls, made outside of arenafuzz, do not fail";
}

}  // namespace

std::string reproducer_compiler() {
  if (!path_of(kAnyClang).empty()) return kAnyClang;
  for (const char* name : kClangs)
    if (!path_of(name).empty()) return name;
  return kAnyClang;
}

std::string reproducer_problem(const Context& context, const ReproducerInput& input,
                               const std::string& text, const std::string& folder, bool endless,
                               int timeout) {
  const std::string source = folder + "/reproducer-tried.c";
  const std::string binary = folder + "/reproducer-tried";
  base::ProcessOptions options;
  options.binary = path_of(input.compiler);
  if (options.binary.empty())
    return std::string("there is no clang to try it with: apt-get install ") + kClangs[0];
  options.words = compile_words(context, input, source, binary);
  options.environment = {"TMPDIR=" + folder};
  std::string why = write_durably(source, text).sentence;
  if (why.empty()) {
    const base::Captured run =
        base::run_captured(options, {}, kMaxOutput, [] { return !was_interrupted(); });
    if (!run.started || run.end.exit_code != 0)
      why = "it does not compile: " + first_error(run.output);
  }
  if (why.empty()) why = run_it(binary, endless, timeout);
  std::error_code ignored;
  std::filesystem::remove(source, ignored);
  std::filesystem::remove(binary, ignored);
  return why;
}

}  // namespace arenafuzz
