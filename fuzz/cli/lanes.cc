// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/lanes.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fuzz/cli/json_words.h"
#include "fuzz/cli/quoting.h"

namespace arenafuzz::cli {
namespace {

constexpr int kAnswerTickMs = 200;
constexpr std::size_t kMaxWords = 4096;

[[noreturn]] void become(const LaneCommand& command, int channel, int words, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  signal(SIGINT, SIG_IGN);  // a terminal's goes to all; the parent passes on what it means
  dup2(channel, STDIN_FILENO);
  dup2(channel, STDOUT_FILENO);
  dup2(words, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command.words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(command.binary.c_str(), arguments.data());
  _exit(127);
}

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

Lanes::Lanes(std::vector<LaneCommand> commands, int jobs) : commands_(std::move(commands)) {
  lanes_.resize(static_cast<std::size_t>(jobs));
}

Lanes::~Lanes() {
  for (Lane& lane : lanes_) stop(lane);
}

std::string Lanes::start(Lane& lane, std::size_t command) {
  stop(lane);
  int ends[2];
  lane.words = memfd_create("arenafuzz-lane", MFD_CLOEXEC);
  if (lane.words < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return std::string("cannot reach a process of its own (") + std::strerror(errno) + ")";
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(commands_[command], ends[1], lane.words, parent);
  close(ends[1]);
  lane.channel = ends[0];
  lane.command = command;
  lane.child = child;
  if (child >= 0) return "";
  const int error = errno;
  stop(lane);
  return std::string("cannot start a process (") + std::strerror(error) + "): end others";
}

void Lanes::stop(Lane& lane) {
  if (lane.channel >= 0) close(lane.channel);
  if (lane.child > 0) {
    kill(lane.child, SIGKILL);
    while (waitpid(lane.child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (lane.words >= 0) close(lane.words);
  lane = {};
}

std::string Lanes::last_words(Lane& lane) {
  std::string text(kMaxWords, '\0');
  const off_t size = lseek(lane.words, 0, SEEK_END);
  const off_t from =
      size > static_cast<off_t>(kMaxWords) ? size - static_cast<off_t>(kMaxWords) : 0;
  const ssize_t length = pread(lane.words, text.data(), text.size(), from);
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return last_sentence(text);
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

void Lanes::wait() {
  std::vector<pollfd> ready;
  for (const Lane& lane : lanes_)
    if (lane.busy) ready.push_back({lane.channel, POLLIN, 0});
  poll(ready.data(), ready.size(), kAnswerTickMs);
}

void Lanes::run(const std::vector<LaneTask>& tasks, const Done& done, const GoOn& go_on) {
  std::size_t next = 0;
  bool going = true;
  left_ = 0;
  while ((going && next < tasks.size()) || left_ != 0) {
    if (going && !go_on()) {
      going = false;
      for (const Lane& lane : lanes_)
        if (lane.busy) kill(lane.child, SIGTERM);
    }
    for (Lane& lane : lanes_) {
      if (!going || lane.busy || next == tasks.size()) continue;
      const LaneTask& task = tasks[next];
      std::string problem;
      if (lane.child < 0 || lane.command != task.lane) problem = start(lane, task.lane);
      if (problem.empty() && !give(lane, task)) problem = last_words(lane);
      if (problem.empty()) {
        lane.task = next;
        lane.busy = true;
        ++left_;
      } else {
        stop(lane);
        done(next, {{"error", problem}});
      }
      ++next;
    }
    wait();
    for (Lane& lane : lanes_) {
      pollfd one{lane.channel, POLLIN, 0};
      if (!lane.busy || poll(&one, 1, 0) <= 0 || take(lane, done)) continue;
      const std::string problem = last_words(lane);
      const bool busy = lane.busy;
      const std::size_t task = lane.task;
      stop(lane);
      if (!busy) continue;
      --left_;
      done(task, {{"error", problem}});
    }
  }
}

}  // namespace arenafuzz::cli
