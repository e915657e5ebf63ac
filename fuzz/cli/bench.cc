// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz bench`: runs the benchmark's binary. It stays its parent: the script takes an exit
// code that is not above its base for the death of the tool.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fuzz/base/process.h"
#include "fuzz/base/quoting.h"
#include "fuzz/cli/commands.h"

namespace arenafuzz::cli {

int run_bench(const Context& context, const Words& words) {
  const std::string binary = context.build_folder + "/tests/bench/arenafuzz_bench";
  base::ProcessOptions options;
  options.words = words;
  options.words.insert(options.words.begin(), binary);
  options.output = STDOUT_FILENO;
  options.error = STDERR_FILENO;
  base::Process benchmark;
  if (access(binary.c_str(), X_OK) == 0 && benchmark.start(options)) {
    const base::ProcessEnd end = benchmark.wait();
    if (end.exit_code >= 0) return end.exit_code;
    return refuse(fmt::format("the benchmark was ended by signal {}: run it again", end.signal));
  }
  return refuse(
      fmt::format("cannot run {} ({}): build it with cmake -S {} --preset fuzz && cmake "
                  "--build {} --target arenafuzz_bench",
                  shell_quoted(binary), std::strerror(errno), shell_quoted(context.source_folder),
                  shell_quoted(context.build_folder)));
}

}  // namespace arenafuzz::cli
