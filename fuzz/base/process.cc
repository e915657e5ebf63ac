// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

extern char** environ;

namespace arenafuzz::base {
namespace {

constexpr int kCannotRun = 127;
constexpr useconds_t kFirstPause = 500;  // microseconds, then longer, up to a look

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const std::string& word : words) list.push_back(const_cast<char*>(word.c_str()));
  list.push_back(nullptr);
  return list;
}

// The settings, and what our own environment has of other names.
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

// The first thing that the child does.
void detach(pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotRun);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD, SIGTSTP, SIGXFSZ})
    signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
}

// Copies first: one of the files may have the number of another's place.
void place_files(const ProcessOptions& options) {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  const auto copy = [nothing](int file) {
    return fcntl(file >= 0 ? file : nothing, F_DUPFD_CLOEXEC, 3);
  };
  const int input = copy(options.input);
  const int output = copy(options.output);
  const int error = copy(options.error >= 0 ? options.error : options.output);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(error, STDERR_FILENO);
  for (const int file : {nothing, input, output, error})
    if (file > STDERR_FILENO) close(file);
}

// What /proc/PROCESS/NAME begins with; empty if it is gone.
std::string proc_text(pid_t process, const char* name) {
  const std::string path = "/proc/" + std::to_string(process) + "/" + name;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return "";
  std::string text = content_of(file, 0, 512);
  close(file);
  return text;
}

// Running, or ready to: 'R'; waiting for a disk ('D') is no deadlock either.
bool runs(const std::string& stat) {
  const std::size_t name = stat.rfind(") ");
  if (name == std::string::npos || name + 2 >= stat.size()) return true;
  return stat[name + 2] == 'R' || stat[name + 2] == 'D';
}

// Itself, or the symbolizer that a sanitizer started for its report on it.
bool is_busy(pid_t process) {
  if (runs(proc_text(process, "stat"))) return true;
  const std::string task = "task/" + std::to_string(process) + "/children";
  const std::string children = proc_text(process, task.c_str());
  for (const char* at = children.c_str(); *at != '\0';) {
    char* next = nullptr;
    const auto child = static_cast<pid_t>(std::strtol(at, &next, 10));
    if (next == at) break;
    const std::string stat = proc_text(child, "stat");
    if (stat.find("(llvm-symbolizer") != std::string::npos && runs(stat)) return true;
    at = *next == ' ' ? next + 1 : next;
  }
  return false;
}

long resident_mebibytes(pid_t process) {
  return static_cast<long>(resident_pages(process)) * sysconf(_SC_PAGESIZE) >> 20;
}

double processor_seconds(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

bool exceeds(double value, double limit) { return limit > 0 && value >= limit; }

}  // namespace

Excess Watch::look() {
  const Clock::time_point now = Clock::now();
  if (fresh_) {
    looked_at_ = busy_at_ = now;
    waited_ = 0;
    processor_before_ = processor_seconds(process_);
    fresh_ = false;
  }
  if (is_busy(process_))
    busy_at_ = now;
  else
    waited_ += std::chrono::duration<double>(now - looked_at_).count();
  looked_at_ = now;
  if (exceeds(processor_seconds(process_) - processor_before_, limits_.processor_seconds))
    return Excess::kProcessor;
  if (exceeds(seconds_since(busy_at_), limits_.idle_seconds)) return Excess::kIdle;
  if (exceeds(waited_, limits_.waiting_seconds)) return Excess::kWaiting;
  if (limits_.resident_mib > 0 && resident_mebibytes(process_) > limits_.resident_mib)
    return Excess::kMemory;
  return Excess::kNone;
}

bool Process::start(const ProcessOptions& options, const Body& body) {
  stop();
  const std::vector<char*> words = pointers(options.words);
  const std::vector<std::string> settings = environment_with(options.environment);
  const std::vector<char*> environment = pointers(settings);
  std::fflush(nullptr);  // or the child would print it again
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    detach(parent);
    place_files(options);
    if (body) {
      body();
      _exit(0);
    }
    execve(options.binary.empty() ? words[0] : options.binary.c_str(), words.data(),
           environment.data());
    dprintf(STDERR_FILENO, "arenafuzz: cannot run %s: %s\n", words[0], std::strerror(errno));
    _exit(kCannotRun);
  }
  setpgid(child, child);  // whichever comes first
  id_ = child;
  return true;
}

void Process::send(int signal) const {
  if (running()) kill(-id_, signal);
}

// The group is killed while the process is not yet reaped: its number cannot be another's.
std::optional<ProcessEnd> Process::reap(bool wait) {
  if (!running()) return std::nullopt;
  siginfo_t info{};
  const int options = WEXITED | WNOWAIT | (wait ? 0 : WNOHANG);
  int got = 0;
  while ((got = waitid(P_PID, static_cast<id_t>(id_), &info, options)) != 0 && errno == EINTR) {
  }
  if (got == 0 && info.si_pid == 0) return std::nullopt;
  send(SIGKILL);
  int state = 0;
  rusage used{};
  while (wait4(id_, &state, 0, &used) < 0 && errno == EINTR) {
  }
  id_ = 0;
  ProcessEnd end;
  end.exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
  end.signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
  end.processor_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  end.peak_kib = static_cast<std::uint64_t>(used.ru_maxrss);
  return end;
}

ProcessEnd Process::wait(const Limits& limits, Excess* excess, const GoOn& go_on, int last_signal,
                         double grace) {
  Watch watch(id_, limits);
  Excess broken = Excess::kNone;
  std::optional<ProcessEnd> end;
  for (useconds_t pause = kFirstPause; !(end = reap(false)) && running();) {
    broken = watch.look();
    if (broken != Excess::kNone || (go_on && !go_on())) break;
    usleep(pause);
    pause = std::min<useconds_t>(2 * pause, kLookMs * 1000);
  }
  if (excess != nullptr) *excess = broken;
  if (end || !running()) return end.value_or(ProcessEnd{});
  if (last_signal != 0 && broken != Excess::kNone) {
    send(last_signal);
    const auto asked = std::chrono::steady_clock::now();
    while (!(end = reap(false)) && seconds_since(asked) < grace) usleep(kLookMs * 1000);
    if (end) return *end;
  }
  send(SIGKILL);
  return reap(true).value_or(ProcessEnd{});
}

void Process::stop() {
  if (!running()) return;
  send(SIGKILL);
  reap(true);
}

std::uint64_t resident_pages(pid_t process) {
  const std::string text = proc_text(process, "statm");
  const std::size_t space = text.find(' ');
  return space == std::string::npos ? 0 : std::strtoull(text.c_str() + space, nullptr, 10);
}

int nameless_file(const char* name) { return memfd_create(name, MFD_CLOEXEC); }

std::string content_of(int file, std::size_t offset, std::size_t limit) {
  std::string text(limit, '\0');
  const ssize_t length = pread(file, text.data(), limit, static_cast<off_t>(offset));
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return text;
}

std::size_t size_of(int file) {
  struct stat state{};
  return fstat(file, &state) == 0 ? static_cast<std::size_t>(state.st_size) : 0;
}

std::string end_of(int file, std::size_t limit) {
  const std::size_t size = size_of(file);
  return content_of(file, size - std::min(size, limit), limit);
}

Captured run_captured(ProcessOptions options, const Limits& limits, std::size_t limit,
                      const Process::GoOn& go_on) {
  Captured captured;
  options.output = nameless_file("arenafuzz-output");
  Process process;
  if (options.output < 0 || !process.start(options)) return captured;
  captured.started = true;
  captured.end = process.wait(limits, &captured.excess, go_on);
  captured.output = content_of(options.output, 0, limit);
  close(options.output);
  return captured;
}

}  // namespace arenafuzz::base
