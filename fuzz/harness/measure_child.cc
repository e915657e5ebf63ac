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
#include <type_traits>

#include "fuzz/harness/executor.h"
#include "fuzz/harness/measure_books.h"

// There with every sanitizer, absent otherwise.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace arenafuzz {
namespace {

// It takes milliseconds. A tree that never ends must leave time for the program that shows it; one
// that sleeps for ever uses no processor time.
constexpr rlim_t kProcessorSeconds = 1;
constexpr int kWallMilliseconds = 6000;

void limit(int resource, rlim_t most) {
  const rlimit both{most, most};
  setrlimit(resource, &both);
}

// A death leaves nothing behind, neither what a sanitizer prints nor an engine's file of an input
// that crashed: no file can be opened.
[[noreturn]] void measure_and_exit(Executor& executor, int answer) {
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(nullptr);
  for (const int number : {SIGABRT, SIGALRM, SIGXCPU, SIGINT, SIGTERM}) signal(number, SIG_DFL);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  limit(RLIMIT_CPU, kProcessorSeconds);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 0);
  const MeasuredBooks measured = measure_books(executor);
  _exit(write(answer, &measured, sizeof measured) == sizeof measured ? 0 : 1);
}

// False: the tree ended the child. Where no child can be had it is measured here.
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
  int ready = 0;
  pollfd reader{ends[0], POLLIN, 0};
  while (child > 0 && (ready = poll(&reader, 1, kWallMilliseconds)) < 0 && errno == EINTR) {
  }
  if (child > 0 && ready == 0) kill(child, SIGKILL);
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
