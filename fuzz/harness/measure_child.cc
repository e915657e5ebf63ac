// SPDX-License-Identifier: GPL-2.0-only
//
// Measures a tree's books in a child: a tree that dies of the measuring program dies of it alone,
// and the program that comes next is not blamed.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <type_traits>

#include "fuzz/harness/executor.h"
#include "fuzz/harness/measure_books.h"

// There with every sanitizer, absent otherwise.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());
// There with MemorySanitizer only.
extern "C" __attribute__((weak)) void __msan_unpoison(const volatile void* address,
                                                      std::size_t bytes);

namespace arenafuzz {
namespace {

// It takes milliseconds. A tree that never ends must leave time for the program that shows it; one
// that sleeps uses no processor time. Neither goes by the clock alone: a machine may be busy.
constexpr rlim_t kProcessorSeconds = 1;
constexpr int kLookMilliseconds = 100;
constexpr int kLooksAsleep = 10;

void limit(int resource, rlim_t most) {
  const rlimit both{most, most};
  setrlimit(resource, &both);
}

// A death leaves nothing behind, neither what a sanitizer prints nor an engine's file of an input
// that crashed: nothing can be written to a file. Descriptors can be had: UBSan reads through a
// pipe what it is not sure to be there, and ends a process that gets none.
[[noreturn]] void measure_and_exit(Executor& executor, int answer) {
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(nullptr);
  for (const int number : {SIGABRT, SIGALRM, SIGXCPU, SIGINT, SIGTERM}) signal(number, SIG_DFL);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  limit(RLIMIT_CPU, kProcessorSeconds);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  const MeasuredBooks measured = measure_books(executor);
  // What lies between its members has no value, and to write that would end the child.
  if (__msan_unpoison != nullptr) __msan_unpoison(&measured, sizeof measured);
  _exit(write(answer, &measured, sizeof measured) == sizeof measured ? 0 : 1);
}

// 'R' while it runs or waits for a processor; 0 where that cannot be said.
char state_of(pid_t process) {
  char name[32];
  char line[256] = {};
  std::snprintf(name, sizeof name, "/proc/%d/stat", static_cast<int>(process));
  const int file = open(name, O_RDONLY | O_CLOEXEC);
  const ssize_t size = file < 0 ? 0 : read(file, line, sizeof line - 1);
  if (file >= 0) close(file);
  const char* bracket = size > 0 ? std::strrchr(line, ')') : nullptr;
  return bracket != nullptr && bracket[1] == ' ' ? bracket[2] : '\0';
}

// Until there is something to read, or the child has been asleep or stopped for a second.
void wait_for_answer(int answer, pid_t child) {
  pollfd reader{answer, POLLIN, 0};
  for (int asleep = 0; child > 0 && asleep < kLooksAsleep;) {
    const int ready = poll(&reader, 1, kLookMilliseconds);
    if (ready > 0) return;
    const char state = state_of(child);
    asleep = state == 'S' || state == 'T' ? asleep + 1 : 0;
  }
  if (child > 0) kill(child, SIGKILL);
}

// False: the tree ended the child. Where no child can be made it is measured here.
bool measure_in_a_child(Executor& executor, MeasuredBooks* measured) {
  static_assert(std::is_trivially_copyable_v<MeasuredBooks>);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    *measured = measure_books(executor);
    return true;
  }
  std::fflush(nullptr);  // or the child would print it again
  const pid_t child = fork();
  if (child == 0) measure_and_exit(executor, ends[1]);
  close(ends[1]);
  MeasuredBooks answer;
  ssize_t got = 0;
  wait_for_answer(ends[0], child);
  while (child > 0 && (got = read(ends[0], &answer, sizeof answer)) < 0 && errno == EINTR) {
  }
  close(ends[0]);
  if (child < 0) {
    *measured = measure_books(executor);
    return true;
  }
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (got != sizeof answer) return false;
  *measured = answer;
  return true;
}

}  // namespace

// Not with the executor: not each that is made runs a program.
const BookTraits& Executor::book_traits() {
  if (books_measure_ != BooksMeasure::kNotYet) return judge_->book_traits();
  books_measure_ = BooksMeasure::kDone;  // measuring runs a program
  if (!backend_->books_are_measured()) return judge_->book_traits();
  MeasuredBooks measured;
  if (!measure_in_a_child(*this, &measured)) books_measure_ = BooksMeasure::kKilled;
  judge_->book_traits() = measured.traits;
  if (!measured.readable) backend_->hide_chunks();
  return judge_->book_traits();
}

}  // namespace arenafuzz
