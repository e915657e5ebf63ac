// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz bench`: runs the benchmark's binary. It stays its parent: the script takes an exit
// code that is not above its base for the death of the tool.
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
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
  int state = 0;
  if (access(binary.c_str(), X_OK) == 0) {
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      execv(binary.c_str(), argv.data());
      _exit(kUnusable);
    }
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR) {
    }
    if (child > 0 && WIFEXITED(state)) return WEXITSTATUS(state);
    if (child > 0)
      return refuse(
          fmt::format("the benchmark was ended by signal {}: run it again", WTERMSIG(state)));
  }
  return refuse(
      fmt::format("cannot run {} ({}): build it with cmake -S {} --preset fuzz && cmake "
                  "--build {} --target arenafuzz_bench",
                  shell_quoted(binary), std::strerror(errno), shell_quoted(context.source_folder),
                  shell_quoted(context.build_folder)));
}

}  // namespace arenafuzz::cli
