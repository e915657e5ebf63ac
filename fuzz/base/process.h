// SPDX-License-Identifier: GPL-2.0-only
//
// One child process: a command, or a function of ours that runs in a fork.
//
//   start() -> running -> reap() or wait() says how it ended
//
// Every child leads a process group of its own, is killed when this process dies, has no signal
// blocked or ignored, and leaves no core file. When it has ended, or the object is destroyed, what
// is left of its group is killed too.
//
// Ownership Owns the process; the files that it is given stay the caller's.
// Units     seconds, by the clock or of the processor; MiB resident.
// Errors    start() gives false, with errno of the call that failed. A command that cannot be run
//           ends with 127 and says so on its stderr.
// Threads   one: the thread that starts a child must outlive it.
#ifndef ARENAFUZZ_FUZZ_BASE_PROCESS_H_
#define ARENAFUZZ_FUZZ_BASE_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace arenafuzz::base {

struct ProcessOptions {
  std::vector<std::string> words = {};        // the program's name, then its arguments
  std::string binary = {};                    // the program's file; empty: words[0]
  std::vector<std::string> environment = {};  // NAME=value, over our own environment
  int input = -1;                             // -1: /dev/null
  int output = -1;                            // -1: /dev/null
  int error = -1;                             // -1: where output goes
};

struct ProcessEnd {
  int exit_code = -1;  // -1: a signal ended it
  int signal = 0;
  double processor_seconds = 0;  // user and system, with those it waited for
  std::uint64_t peak_kib = 0;
};

// 0: no limit.
struct Limits {
  double processor_seconds = 0;
  double idle_seconds = 0;     // stopped or asleep at a stretch: in a deadlock
  double waiting_seconds = 0;  // in total; time spent waiting for a processor does not count
  int resident_mib = 0;
};
enum class Excess : std::uint8_t { kNone, kProcessor, kIdle, kWaiting, kMemory };

// Whether a running process keeps to its limits. Only as exact as the looks are frequent: one each
// kLookMs.
inline constexpr int kLookMs = 20;
class Watch {
 public:
  Watch() = default;
  Watch(pid_t process, const Limits& limits) : process_(process), limits_(limits) {}
  // The limits start afresh with the next look: the process was given something else to do.
  void restart() { fresh_ = true; }
  Excess look();

 private:
  using Clock = std::chrono::steady_clock;
  pid_t process_ = 0;
  Limits limits_;
  bool fresh_ = true;
  Clock::time_point looked_at_;
  Clock::time_point busy_at_;  // when it was last seen running, or ready to
  double waited_ = 0;          // in all, as the looks saw it
  double processor_before_ = 0;
};

class Process {
 public:
  // Runs in a child that start() forked. It must not throw; _exit(0) follows.
  using Body = std::function<void()>;
  // False: end it.
  using GoOn = std::function<bool()>;

  Process() = default;
  ~Process() { stop(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool start(const ProcessOptions& options) { return start(options, {}); }
  // Runs `body` instead of a command; of the options only the files count.
  bool start(const ProcessOptions& options, const Body& body);

  bool running() const { return id_ > 0; }
  pid_t id() const { return id_; }
  // To the whole group.
  void send(int signal) const;
  // How it ended, once; none while it runs.
  std::optional<ProcessEnd> reap() { return reap(false); }
  // Until it has ended by itself, broken a limit, or `go_on` says no: then it is killed; for a
  // limit after `last_signal` and `grace` seconds if there is one. `excess` says which it was;
  // kNone with `go_on`, after which nobody waits for last words.
  ProcessEnd wait(const Limits& limits = {}, Excess* excess = nullptr, const GoOn& go_on = {},
                  int last_signal = 0, double grace = 0);
  // SIGKILL.
  void stop();

 private:
  std::optional<ProcessEnd> reap(bool wait);

  pid_t id_ = 0;
};

// Runs a command to its end; its stdout and stderr, `limit` bytes of it, in `output`.
struct Captured {
  bool started = false;
  ProcessEnd end;
  Excess excess = Excess::kNone;
  std::string output;
};
Captured run_captured(ProcessOptions options, const Limits& limits, std::size_t limit,
                      const Process::GoOn& go_on = {});

// Pages that a process has in memory, itself alone; 0 if it is gone.
std::uint64_t resident_pages(pid_t process);

// A file without a name, gone with its last descriptor; -1 with errno.
int nameless_file(const char* name);
// At most `limit` bytes from `offset` on; its last `limit` bytes.
std::string content_of(int file, std::size_t offset, std::size_t limit);
std::string end_of(int file, std::size_t limit);
std::size_t size_of(int file);

}  // namespace arenafuzz::base

#endif  // ARENAFUZZ_FUZZ_BASE_PROCESS_H_
