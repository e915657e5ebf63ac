// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace arenafuzz::base {
namespace {

constexpr std::uint64_t kEndOfAnswer = ~std::uint64_t{0};
constexpr std::size_t kBlock = std::size_t{16} << 10;
constexpr std::size_t kMaxLog = std::size_t{256} << 10;
constexpr rlim_t kMaxOutput = rlim_t{16} << 20;
constexpr double kLastWordsSeconds = 5;
constexpr double kNow = 1e-9;
// Out of the way of code that closes the first descriptors.
constexpr int kChannelFrom = 512;
// An answer of more records than this is a long one: its records are left to gather for this many
// microseconds, since waking for each costs as much as many of them.
constexpr std::size_t kFewRecords = 16;
constexpr useconds_t kGatherPause = 4000;

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

bool receive_all(int channel, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t done = recv(channel, at, size, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    size -= static_cast<std::size_t>(done);
  }
  return true;
}

}  // namespace

RecordWriter& RecordWriter::number(std::uint64_t value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  return *this;
}

RecordWriter& RecordWriter::text(std::string_view value) {
  number(value.size());
  bytes_.append(value);
  return *this;
}

std::uint64_t RecordReader::number() {
  std::uint64_t value = 0;
  const std::size_t size = std::min(rest_.size(), sizeof value);
  std::memcpy(&value, rest_.data(), size);
  rest_.remove_prefix(size);
  return value;
}

std::string RecordReader::text() {
  const std::size_t size = std::min<std::size_t>(number(), rest_.size());
  std::string value(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return value;
}

Worker::Worker(Serve serve, const Limits& limits) : serve_(std::move(serve)), limits_(limits) {
  output_ = nameless_file("arenafuzz-worker");
  void* page =
      mmap(nullptr, sizeof *place_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED) place_ = static_cast<std::atomic<std::uint64_t>*>(page);
  if (output_ < 0 || place_ == nullptr)
    problem_ = {"no memory for what a child process says: end other programs"};
}

Worker::~Worker() {
  restart();
  if (output_ >= 0) close(output_);
  if (place_ != nullptr) munmap(place_, sizeof *place_);
}

void Worker::restart() {
  process_.stop();
  if (channel_ >= 0) close(channel_);
  channel_ = -1;
  received_.clear();
  taken_ = 0;
}

bool Worker::start() {
  int ends[2];
  if (ftruncate(output_, 0) != 0 || lseek(output_, 0, SEEK_SET) != 0 ||
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    problem_ = {std::string("cannot reach a child process (") + std::strerror(errno) +
                "): end other programs and try again"};
    return false;
  }
  shown_ = 0;
  ProcessOptions options;
  options.output = output_;
  const bool started = process_.start(options, [this, &ends] {
    close(ends[0]);
    const int channel = fcntl(ends[1], F_DUPFD_CLOEXEC, kChannelFrom);
    if (channel >= 0) close(ends[1]);
    work(channel >= 0 ? channel : ends[1]);
  });
  const int error = errno;
  close(ends[1]);
  channel_ = ends[0];
  if (started) return true;
  restart();
  problem_ = {std::string("cannot start a child process (") + std::strerror(error) +
              "): end other programs and try again"};
  return false;
}

// A process that the served code forked must not answer as well.
void Worker::work(int channel) const {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit printed{kMaxOutput, kMaxOutput};  // it writes no other file
  setrlimit(RLIMIT_FSIZE, &printed);
  const pid_t self = getpid();
  std::string message;
  const auto put = [channel, self, &message](std::uint64_t size, std::string_view record) {
    message.assign(reinterpret_cast<const char*>(&size), sizeof size);
    message += record;
    if (getpid() != self || !send_all(channel, message.data(), message.size())) _exit(1);
  };
  const Send send = [&put](std::string_view record) { put(record.size(), record); };
  std::string request;
  for (std::uint64_t size = 0; receive_all(channel, &size, sizeof size);) {
    request.resize(size);
    if (!receive_all(channel, request.data(), size)) break;
    serve_(request, send);
    put(kEndOfAnswer, {});
  }
  _exit(0);
}

bool Worker::give(std::string_view request) {
  const std::uint64_t size = request.size();
  return send_all(channel_, &size, sizeof size) &&
         send_all(channel_, request.data(), request.size());
}

// Data first: a child that is late because this process was is not to blame.
Worker::Event Worker::await(Watch* watch) {
  for (;;) {
    pollfd ready{channel_, POLLIN, 0};
    if (poll(&ready, 1, kLookMs) > 0)
      return (ready.revents & POLLIN) != 0 ? Event::kData : Event::kEnd;
    if (go_on_ && !go_on_()) return Event::kStop;
    excess_ = watch->look();
    if (excess_ != Excess::kNone) return Event::kExcess;
  }
}

// Whether a whole message has come, which is taken.
bool Worker::next(std::string_view* record, bool* last) {
  std::uint64_t size = 0;
  const std::size_t left = received_.size() - taken_;
  if (left < sizeof size) return false;
  std::memcpy(&size, received_.data() + taken_, sizeof size);
  *last = size == kEndOfAnswer;
  const std::size_t length = *last ? 0 : static_cast<std::size_t>(size);
  if (left - sizeof size < length) return false;
  *record = std::string_view(received_).substr(taken_ + sizeof size, length);
  taken_ += sizeof size + length;
  return true;
}

// What there is; false at the channel's end.
bool Worker::receive_some() {
  received_.erase(0, taken_);
  taken_ = 0;
  char block[kBlock];
  ssize_t got = 0;
  while ((got = recv(channel_, block, sizeof block, 0)) < 0 && errno == EINTR) {
  }
  if (got > 0) received_.append(block, static_cast<std::size_t>(got));
  return got > 0;
}

Worker::Result Worker::ask(std::string_view request, const Receive& receive) {
  if (!problem_.ok() || (!process_.running() && !start())) return Result::kNoChild;
  if (!give(request)) return bury(Excess::kNone);
  Watch watch(process_.id(), limits_);
  for (std::size_t records = 0;;) {
    std::string_view record;
    for (bool last = false; next(&record, &last); ++records) {
      watch.restart();
      if (last) return Result::kAnswered;
      if (receive(record)) continue;
      restart();
      return Result::kStopped;
    }
    if (records > kFewRecords) usleep(kGatherPause);
    const Event event = await(&watch);
    if (event == Event::kStop) {
      restart();
      return Result::kStopped;
    }
    if (event == Event::kExcess) return bury(excess_);
    if (event == Event::kEnd || !receive_some()) return bury(Excess::kNone);
  }
}

// A child that has closed its channel is about to end; if it does not, it hangs in what the code
// under test left behind.
Worker::Result Worker::bury(Excess excess) {
  death_ = {};
  death_.excess = excess;
  if (excess == Excess::kNone) {
    death_.end = process_.wait(limits_, &death_.excess, go_on_);
  } else {
    if (excess != Excess::kMemory) {
      process_.send(SIGABRT);
      process_.send(SIGCONT);
    }
    const double patience = excess != Excess::kMemory ? kLastWordsSeconds : kNow;
    death_.end = process_.wait({.processor_seconds = patience, .waiting_seconds = patience},
                               nullptr, go_on_);
  }
  death_.place = place_->load();
  const std::size_t size = size_of(output_);
  const std::size_t from = std::max(shown_, size > kMaxLog ? size - kMaxLog : 0);
  death_.log = content_of(output_, from, kMaxLog);
  shown_ = size;
  restart();
  ++deaths_;
  return Result::kDied;
}

std::string Worker::take_output() {
  const std::size_t size = size_of(output_);
  if (size <= shown_) return "";
  const std::size_t from = std::max(shown_, size > kMaxLog ? size - kMaxLog : 0);
  shown_ = size;
  return content_of(output_, from, kMaxLog);
}

}  // namespace arenafuzz::base
