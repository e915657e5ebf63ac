// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/worker_probe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sstream>

#include "fuzz/program/codec.h"
#include "fuzz/triage/crash_log.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMaxLog = std::size_t{64} << 10;

bool send_all(int channel, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t done = send(channel, at, size, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    size -= static_cast<std::size_t>(done);
  }
  return true;
}

// By `deadline`; at once if that is none.
using Clock = std::chrono::steady_clock;
enum class Received : std::uint8_t { kAll, kEnd, kLate };
Received receive_all(int channel, void* data, std::size_t size, Clock::time_point deadline) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{channel, POLLIN, 0};
    const int timeout = static_cast<int>(std::clamp<long long>(left, 0, 1 << 30));
    const int count = poll(&ready, 1, timeout);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return Received::kLate;
    const ssize_t done = recv(channel, at, size, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return Received::kEnd;
    at += done;
    size -= static_cast<std::size_t>(done);
  }
  return Received::kAll;
}

// One line a sighting or fault.
std::string written(const ProbeResult& result) {
  std::ostringstream out;
  out << result.all_fired << ' ' << result.sightings.size() << '\n';
  for (const Sighting& sighting : result.sightings)
    out << sighting.fails << ' ' << sighting.position << ' ' << sighting.signature << '\n';
  for (const Fired& fired : result.fired)
    out << fired.operation << ' ' << static_cast<int>(fired.site) << ' ' << fired.ordinal << '\n';
  return out.str();
}

void read_back(const std::string& text, ProbeResult* result) {
  std::istringstream in(text);
  std::size_t count = 0;
  in >> result->all_fired >> count;
  Sighting sighting;
  while (count-- > 0 && in >> sighting.fails >> sighting.position >> sighting.signature)
    result->sightings.push_back(sighting);
  Fired fired;
  int site = 0;
  while (in >> fired.operation >> site >> fired.ordinal) {
    fired.site = static_cast<FaultSite>(site);
    result->fired.push_back(fired);
  }
}

}  // namespace

WorkerProbe::WorkerProbe(Probe& inner, int milliseconds)
    : inner_(&inner), milliseconds_(milliseconds) {
  report_ = memfd_create("arenafuzz-report", MFD_CLOEXEC);
  if (report_ < 0) problem_ = "no memory for the reports of programs that crash";
}

WorkerProbe::~WorkerProbe() {
  stop();
  if (report_ >= 0) close(report_);
}

bool WorkerProbe::start() {
  int ends[2];
  if (ftruncate(report_, 0) != 0 || lseek(report_, 0, SEEK_SET) != 0 ||
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    problem_ = std::string("cannot reach a process of its own (") + std::strerror(errno) + ")";
    return false;
  }
  const pid_t parent = getpid();
  child_ = fork();
  if (child_ < 0) {
    problem_ = std::string("cannot start a process (") + std::strerror(errno) +
               "): end others and try again";
    close(ends[0]);
    close(ends[1]);
    return false;
  }
  if (child_ == 0) {
    close(ends[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    dup2(report_, STDERR_FILENO);
    work(ends[1]);
  }
  close(ends[1]);
  channel_ = ends[0];
  return true;
}

void WorkerProbe::work(int channel) {
  Program program;
  std::uint64_t size = 0;
  const auto never = Clock::time_point::max();
  while (receive_all(channel, &size, sizeof size, never) == Received::kAll) {
    bytes_.resize(size);
    if (receive_all(channel, bytes_.data(), size, never) != Received::kAll) break;
    decode(bytes_, &program);
    const std::string text = written(inner_->run(program));
    size = text.size();
    if (!send_all(channel, &size, sizeof size) || !send_all(channel, text.data(), text.size()))
      break;
  }
  _exit(0);
}

void WorkerProbe::stop() {
  if (child_ < 0) return;
  close(channel_);
  kill(child_, SIGKILL);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = channel_ = -1;
}

// True if the child answered; else it is gone.
bool WorkerProbe::exchange(const Program& program) {
  encode(program, &bytes_);
  const std::uint64_t size = bytes_.size();
  const auto deadline = Clock::now() + std::chrono::milliseconds(milliseconds_);
  std::uint64_t length = 0;
  Received received = Received::kEnd;
  if (send_all(channel_, &size, sizeof size) && send_all(channel_, bytes_.data(), bytes_.size()))
    received = receive_all(channel_, &length, sizeof length, deadline);
  if (received == Received::kAll) {
    answer_.resize(length);
    received = receive_all(channel_, answer_.data(), length, deadline);
  }
  if (received == Received::kAll) return true;
  bury(received == Received::kLate, program.operations.size());
  return false;
}

void WorkerProbe::bury(bool timed_out, std::size_t operations) {
  if (timed_out) kill(child_, SIGKILL);
  int status = 0;
  while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  close(channel_);
  child_ = channel_ = -1;
  ++deaths_;
  log_.resize(kMaxLog);
  const ssize_t length = pread(report_, log_.data(), log_.size(), 0);
  log_.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  CrashLog crash = read_crash_log(log_);
  if (crash.offsets.empty() && crash.kind == "died" && WIFSIGNALED(status))
    crash.kind = WTERMSIG(status) == SIGKILL ? "killed" : "died-of-a-signal";
  result_.sightings.push_back(
      {timed_out ? std::string(kTimeoutSignature) : crash_identity(crash), operations, true});
}

const ProbeResult& WorkerProbe::run(const Program& program) {
  result_ = {};
  if (!problem_.empty() || (child_ < 0 && !start())) return result_;
  if (exchange(program)) read_back(answer_, &result_);
  return result_;
}

}  // namespace arenafuzz
