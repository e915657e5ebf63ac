// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/lanes.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fuzz/base/quoting.h"
#include "fuzz/session/json_words.h"

namespace arenafuzz {
namespace {

constexpr int kAnswerTickMs = 200;
constexpr std::size_t kMaxWords = 4096;

bool send_line(int channel, const std::string& line) {
  std::size_t at = 0;
  while (at < line.size()) {
    const ssize_t done = send(channel, line.data() + at, line.size() - at, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += static_cast<std::size_t>(done);
  }
  return true;
}

std::string last_sentence(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  text.erase(0, text.rfind('\n') + 1);  // npos + 1 is 0
  constexpr std::string_view kOurs = "arenafuzz: ";
  if (text.starts_with(kOurs)) text.erase(0, kOurs.size());
  return text.empty() ? "a process of its own ended without a word: try again" : printable(text);
}

}  // namespace

Lanes::Lanes(std::vector<LaneCommand> commands, int jobs)
    : commands_(std::move(commands)), lanes_(static_cast<std::size_t>(jobs)) {}

Lanes::~Lanes() {
  for (Lane& lane : lanes_) stop(lane);
}

std::string Lanes::start(Lane& lane, std::size_t command) {
  stop(lane);
  int ends[2];
  lane.words = base::nameless_file("arenafuzz-lane");
  if (lane.words < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return std::string("cannot reach a process of its own (") + std::strerror(errno) + ")";
  base::ProcessOptions options;
  options.words = commands_[command].words;
  options.binary = commands_[command].binary;
  options.input = options.output = ends[1];
  options.error = lane.words;
  const bool started = lane.process.start(options);
  const int error = errno;
  close(ends[1]);
  lane.channel = ends[0];
  lane.command = command;
  if (started) return "";
  stop(lane);
  return std::string("cannot start a process (") + std::strerror(error) + "): end others";
}

void Lanes::stop(Lane& lane) {
  lane.process.stop();
  for (int* file : {&lane.channel, &lane.words}) {
    if (*file >= 0) close(*file);
    *file = -1;
  }
  lane.ready = lane.busy = false;
  lane.received.clear();
}

std::string Lanes::last_words(Lane& lane) {
  return last_sentence(base::end_of(lane.words, kMaxWords));
}

bool Lanes::give(Lane& lane, const LaneTask& task) {
  return send_line(lane.channel, task.request.dump() + "\n");
}

bool Lanes::take(Lane& lane, const Done& done) {
  char block[65536];
  const ssize_t got = recv(lane.channel, block, sizeof block, 0);
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  lane.received.append(block, static_cast<std::size_t>(got));
  for (std::size_t end = 0; (end = lane.received.find('\n')) != std::string::npos;) {
    const Json answer = Json::parse(lane.received.substr(0, end), nullptr, false);
    lane.received.erase(0, end + 1);
    if (answer.is_discarded()) return false;
    if (!lane.ready) {
      lane.ready = true;
    } else if (lane.busy) {
      lane.busy = false;
      --left_;
      done(lane.task, answer);
    }
  }
  return true;
}

void Lanes::wait(int milliseconds) {
  std::vector<pollfd> ready;
  for (const Lane& lane : lanes_)
    if (lane.busy) ready.push_back({lane.channel, POLLIN, 0});
  ::poll(ready.data(), ready.size(), milliseconds);
}

void Lanes::give_to(Lane& lane, std::size_t index, const LaneTask& task, const Done& done) {
  std::string problem;
  if (!lane.process.running() || lane.command != task.lane) problem = start(lane, task.lane);
  if (problem.empty() && !give(lane, task)) problem = last_words(lane);
  if (problem.empty()) {
    lane.task = index;
    lane.busy = true;
    ++left_;
  } else {
    stop(lane);
    done(index, {{"error", problem}});
  }
}

void Lanes::take_answers(const Done& done) {
  for (Lane& lane : lanes_) {
    pollfd one{lane.channel, POLLIN, 0};
    if (!lane.busy || ::poll(&one, 1, 0) <= 0 || take(lane, done)) continue;
    const std::string problem = last_words(lane);
    const bool busy = lane.busy;
    const std::size_t task = lane.task;
    stop(lane);
    if (!busy) continue;
    --left_;
    done(task, {{"error", problem}});
  }
}

void Lanes::begin(const LaneTask& task, const Done& done) { give_to(lanes_[0], 0, task, done); }

void Lanes::poll(int milliseconds, const Done& done) {
  wait(milliseconds);
  take_answers(done);
}

void Lanes::run(const std::vector<LaneTask>& tasks, const Done& done, const GoOn& go_on) {
  std::size_t next = 0;
  bool going = true;
  left_ = 0;
  while ((going && next < tasks.size()) || left_ != 0) {
    if (going && !go_on()) {
      going = false;
      for (const Lane& lane : lanes_)
        if (lane.busy) lane.process.send(SIGTERM);
    }
    for (Lane& lane : lanes_) {
      if (!going || lane.busy || next == tasks.size()) continue;
      give_to(lane, next, tasks[next], done);
      ++next;
    }
    wait(kAnswerTickMs);
    take_answers(done);
  }
}

}  // namespace arenafuzz
