// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/streams.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "fuzz/base/files.h"

namespace arenafuzz {
namespace {

struct Guard {
  int descriptor;
  int error;  // errno of the first write that failed
};
Guard guards[] = {{STDOUT_FILENO, 0}, {STDERR_FILENO, 0}};

// Claims that all was written: fmt::print would throw where it was not, in the middle of anything.
ssize_t write_guarded(void* cookie, const char* text, std::size_t size) {
  auto* guard = static_cast<Guard*>(cookie);
  if (guard->error == 0 && !write_all(guard->descriptor, std::string_view(text, size)))
    guard->error = errno;
  return static_cast<ssize_t>(size);
}

std::FILE* guarded(Guard* guard, std::FILE* plain, int buffering) {
  cookie_io_functions_t functions{};
  functions.write = write_guarded;
  std::FILE* stream = fopencookie(guard, "w", functions);
  if (stream == nullptr) return plain;
  std::setvbuf(stream, nullptr, buffering, BUFSIZ);
  return stream;
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

void guard_streams() {
  signal(SIGXFSZ, SIG_IGN);  // `ulimit -f`: the write fails, and the message names the file
  // The lowest number that is free is the one that was closed.
  for (int descriptor = 0; descriptor <= 2; ++descriptor)
    if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", O_RDWR);
  stdout = guarded(&guards[0], stdout, isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF);
  stderr = guarded(&guards[1], stderr, _IONBF);
}

int stream_error(std::FILE* stream) {
  std::fflush(stream);
  return guards[stream == stdout ? 0 : 1].error;
}

int descriptor_of(std::FILE* stream) { return stream == stdout ? STDOUT_FILENO : STDERR_FILENO; }

bool can_overwrite(std::FILE* stream) {
  const char* terminal = std::getenv("TERM");
  return isatty(descriptor_of(stream)) == 1 && is_set("TERM") &&
         std::string_view(terminal) != "dumb" && !is_set("NO_COLOR");
}

}  // namespace arenafuzz
