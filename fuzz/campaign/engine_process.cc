// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/engine_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fuzz/base/quoting.h"

namespace arenafuzz {

Status no_room(const std::string& name, int error) {
  return {fmt::format("cannot write {} ({}): choose another folder with --out", shell_quoted(name),
                      std::strerror(error))};
}

Status start_process(const EngineCommand& command, const std::string& log_name,
                     base::Process* process) {
  const int log = open(log_name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (log < 0) return no_room(log_name, errno);
  base::ProcessOptions options;
  options.words = command.words;
  options.environment = command.environment;
  options.output = log;
  const bool started = process->start(options);
  const int error = errno;
  close(log);
  if (started) return {};
  return {fmt::format("cannot start a process ({}): use fewer --jobs", std::strerror(error))};
}

}  // namespace arenafuzz
