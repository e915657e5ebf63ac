// SPDX-License-Identifier: GPL-2.0-only
//
// A forked child that runs what may kill it, loop for ever, or leave by exit(), and answers in
// records.
//
//   this process --request--> child: serve(request) --record, record, ... end of the answer-->
//        ^                      | dies, or breaks a limit
//        +------- Death: how it ended, what it broke, what it had printed
//
// One child serves many requests, so that one costs no fork; it lives until something ends it. The
// limits begin again with each record. What the child prints goes to a file without a name, at most
// 16 MiB, and it can write no other file larger than that. One that takes too long is sent SIGABRT
// before SIGKILL: a sanitizer then prints where it is.
//
// Ownership Owns the child: a fork of this process as it was at that child's first request.
// Errors    problem() says why no child can be made, from then on: a caller exits with 2.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_BASE_WORKER_H_
#define ARENAFUZZ_FUZZ_BASE_WORKER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz/base/process.h"
#include "fuzz/base/status.h"

namespace arenafuzz::base {

struct Death {
  ProcessEnd end;
  Excess excess = Excess::kNone;  // what it was killed for; kNone: it ended by itself
  std::string log;                // the last it printed
  std::uint64_t place = 0;        // what Worker::set_place() was last given, by any child
};

// Values as bytes, for records: numbers, then texts with their length in front.
class RecordWriter {
 public:
  RecordWriter& number(std::uint64_t value);
  RecordWriter& text(std::string_view value);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};
// Reads them in the order in which they were written; zero and empty beyond the end.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number();
  std::string text();

 private:
  std::string_view rest_;
};

class Worker {
 public:
  // Called in the child while it serves: sends a record to the parent.
  using Send = std::function<void(std::string_view record)>;
  using Serve = std::function<void(std::string_view request, const Send& send)>;
  // Called in this process for each record; false: no more is wanted, the child is killed.
  using Receive = std::function<bool(std::string_view record)>;

  Worker(Serve serve, const Limits& limits);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  enum class Result : std::uint8_t { kAnswered, kDied, kStopped, kNoChild };
  // kStopped: by `receive`, or because go_on() said no.
  Result ask(std::string_view request, const Receive& receive);
  // How the last child that died ended.
  const Death& death() const { return death_; }
  // Whether a child waits for a request, or is at one.
  bool running() const { return process_.running(); }
  std::uint64_t deaths() const { return deaths_; }
  const Status& problem() const { return problem_; }
  void set_limits(const Limits& limits) { limits_ = limits; }
  // Asked after each kLookMs without data; `receive` ends a child that sends without a pause.
  void set_go_on(Process::GoOn go_on) { go_on_ = std::move(go_on); }
  // Kills the child: the next request forks a new one.
  void restart();
  // What the child has printed since this was called last, at most the last 256 KiB. Of one that
  // died Death::log has it.
  std::string take_output();
  // Called in the child: records where it is, for Death. Costs no system call. It stays from
  // request to request: set it at the beginning of each.
  void set_place(std::uint64_t place) const { place_->store(place, std::memory_order_relaxed); }

 private:
  bool start();
  [[noreturn]] void work(int channel) const;
  bool give(std::string_view request);
  enum class Event : std::uint8_t { kData, kEnd, kExcess, kStop };
  Event await(Watch* watch);
  bool next(std::string_view* record, bool* last);
  bool receive_some();
  Result bury(Excess excess);

  Serve serve_;
  Limits limits_;
  Process process_;
  Process::GoOn go_on_;
  int channel_ = -1;
  int output_ = -1;                              // a file without a name
  std::atomic<std::uint64_t>* place_ = nullptr;  // shared with the child
  std::size_t shown_ = 0;                        // bytes of it that were returned
  Death death_;
  std::uint64_t deaths_ = 0;
  Status problem_;
  std::string received_;
  std::size_t taken_ = 0;  // bytes of received_ that were used
  Excess excess_ = Excess::kNone;
};

}  // namespace arenafuzz::base

#endif  // ARENAFUZZ_FUZZ_BASE_WORKER_H_
