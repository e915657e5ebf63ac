// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz bench`: becomes the benchmark's binary.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fuzz/cli/command.h"
#include "fuzz/cli/quoting.h"

namespace arenafuzz::cli {

int run_bench(const Context& context, const Words& words) {
  const std::string binary = context.build_folder + "/tests/bench/arenafuzz_bench";
  std::vector<char*> argv{const_cast<char*>(binary.c_str())};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(binary.c_str(), argv.data());
  return refuse(
      fmt::format("cannot run {} ({}): build it with cmake -S {} --preset fuzz && cmake "
                  "--build {} --target arenafuzz_bench",
                  shell_quoted(binary), std::strerror(errno), shell_quoted(context.source_folder),
                  shell_quoted(context.build_folder)));
}

}  // namespace arenafuzz::cli
