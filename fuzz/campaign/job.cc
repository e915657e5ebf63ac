// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/job.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <vector>

#include "fuzz/base/quoting.h"

namespace arenafuzz {
namespace {

constexpr int kInterrupted = 72;  // libFuzzer's exit code after SIGINT

std::string read_from(const std::string& name, std::size_t offset, std::size_t limit) {
  std::string content;
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return content;
  content.resize(limit);
  const ssize_t got = pread(file, content.data(), limit, static_cast<off_t>(offset));
  close(file);
  content.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return content;
}

// AFL++'s fork server and its child stand below afl-fuzz.
std::uint64_t resident_pages_of_tree(pid_t process) {
  std::uint64_t resident = base::resident_pages(process);
  std::istringstream children(
      read_from(fmt::format("/proc/{0}/task/{0}/children", process), 0, std::size_t{1} << 16));
  for (pid_t child = 0; children >> child;) resident += resident_pages_of_tree(child);
  return resident;
}

// The engine says that its runs or its time are done, or that it was asked to stop (SIGUSR1); a
// tree that leaves by _exit(0) says nothing.
bool says_why_it_ended(std::string_view log) {
  constexpr std::array<std::string_view, 3> kLines = {
      "\nDone ", "libFuzzer: exiting as requested\n", "\nINFO: exiting: "};
  return std::any_of(kLines.begin(), kLines.end(), [log](std::string_view line) {
    return log.find(line) != std::string_view::npos;
  });
}

}  // namespace

FuzzJob::FuzzJob(const FuzzPlan& plan, int number)
    : plan_(plan),
      number_(number),
      log_(plan.out(fmt::format("logs/job-{}.log", number))),
      stats_name_(plan.out(fmt::format("stats/job-{}", number))) {}

FuzzJob::~FuzzJob() {
  if (stats_ != nullptr) munmap(stats_, sizeof(TargetStats));
}

Status FuzzJob::prepare() {
  unlink(stats_name_.c_str());
  const int file = open(stats_name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return no_room(stats_name_, errno);
  const int error = posix_fallocate(file, 0, sizeof(TargetStats));
  void* memory = MAP_FAILED;
  if (error == 0)
    memory = mmap(nullptr, sizeof(TargetStats), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) return no_room(stats_name_, error != 0 ? error : errno);
  stats_ = static_cast<TargetStats*>(memory);
  const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (log < 0) return no_room(log_, errno);
  close(log);
  return {};
}

Status FuzzJob::start(int seconds) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(log_, error);
  life_at_ = read_at_ = error ? 0 : static_cast<std::size_t>(size);
  executions_before_ = stats_->executions.load();
  stats_->input_size_and_one.store(0);
  const Status status = start_process(plan_.command(number_, seconds), log_, &process_);
  if (!status.ok()) return status;
  recycled_ = given_up_ = has_read_seeds_ = false;
  ++starts_;
  return {};
}

void FuzzJob::cut_log() {
  if (read_at_ < kMaxLog || truncate(log_.c_str(), 0) != 0) return;
  life_at_ = read_at_ = 0;
}

void FuzzJob::send(int signal) { process_.send(signal); }

void FuzzJob::ask_to_stop() { send(afl() ? SIGINT : SIGUSR1); }

void FuzzJob::recycle() {
  recycled_ = true;
  ask_to_stop();
}

void FuzzJob::give_up() {
  given_up_ = true;
  send(SIGKILL);
}

std::uint64_t FuzzJob::resident_mib() const {
  return running()
             ? resident_pages_of_tree(process_.id()) * static_cast<std::uint64_t>(getpagesize()) >>
                   20
             : 0;
}

std::optional<FuzzJob::End> FuzzJob::reap() {
  const auto ended = process_.reap();
  if (!ended) return std::nullopt;
  peak_kib_ = std::max(peak_kib_, ended->peak_kib);
  End end;
  end.ran_inputs = stats_->executions.load() != executions_before_;
  end.signal = ended->signal;
  end.exit_code = ended->exit_code;
  // SIGUSR1 kills a job that has no handler yet; nobody but us sends it.
  const bool asked = end.exit_code == kInterrupted || end.signal == SIGUSR1;
  const bool silent =
      !afl() && end.exit_code == 0 && end.ran_inputs && !says_why_it_ended(log_of_this_life());
  end.died = (end.exit_code != 0 && !asked && !given_up_) || silent;
  poll();
  return end;
}

std::string FuzzJob::log_of_this_life() const { return read_from(log_, life_at_, kMaxLog); }

std::optional<std::string> FuzzJob::input_under_way() const {
  const std::uint64_t size = stats_->input_size_and_one.load();
  if (size == 0 || size - 1 > sizeof stats_->input) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(stats_->input), size - 1);
}

// "#123 NEW    cov: 278 ft: 423 corp: 38/799b lim: 33 ..."
void FuzzJob::read_line(std::string_view line) {
  const auto number_after = [line](std::string_view mark, std::uint64_t* value) {
    const std::size_t at = line.find(mark);
    if (at == std::string_view::npos) return;
    std::from_chars(line.data() + at + mark.size(), line.data() + line.size(), *value);
  };
  if (!line.starts_with('#')) return;
  number_after("cov: ", &coverage_);
  number_after("corp: ", &corpus_);
  if (line.find("\tINITED ") != std::string_view::npos) has_read_seeds_ = true;
  if (line.find("\tRELOAD ") != std::string_view::npos) ++imported_;
}

void FuzzJob::poll() {
  if (afl()) {
    afl_status_ = read_afl_status(plan_.out("afl/" + plan_.afl_name(number_) + "/fuzzer_stats"));
    return;
  }
  for (;;) {
    const std::string text = read_from(log_, read_at_, std::size_t{1} << 20);
    const std::size_t last = text.rfind('\n');
    if (last == std::string::npos) {
      // A line longer than the whole block is no status line.
      if (text.size() == std::size_t{1} << 20) read_at_ += text.size();
      return;
    }
    for (std::size_t at = 0; at <= last;) {
      const std::size_t end = text.find('\n', at);
      read_line(std::string_view(text).substr(at, end - at));
      at = end + 1;
    }
    read_at_ += last + 1;
  }
}

}  // namespace arenafuzz
