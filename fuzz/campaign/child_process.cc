// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

extern char** environ;

namespace arenafuzz::campaign {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

// In the child, between fork and exec.
[[noreturn]] void become(char* const* words, char* const* environment, int log, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  dup2(open("/dev/null", O_RDWR), 0);
  dup2(log, 1);
  dup2(log, 2);
  execve(words[0], words, environment);
  dprintf(2, "arenafuzz: cannot run %s: %s\n", words[0], std::strerror(errno));
  _exit(127);
}

}  // namespace

std::vector<std::string> environment_with(std::vector<std::string> settings) {
  const std::size_t given = settings.size();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view old = *entry;
    bool replaced = false;
    for (std::size_t i = 0; i < given; ++i)
      replaced |= old.starts_with(settings[i].substr(0, settings[i].find('=') + 1));
    if (!replaced) settings.emplace_back(old);
  }
  return settings;
}

pid_t start_child(std::vector<std::string> words, std::vector<std::string> environment, int log) {
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> settings = pointers(environment);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(arguments.data(), settings.data(), log, parent);
  if (child > 0) setpgid(child, child);  // whoever comes first
  return child;
}

}  // namespace arenafuzz::campaign
