// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/features.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "fuzz/base/files.h"
#include "fuzz/base/process.h"
#include "fuzz/corpus/control_file.h"
#include "fuzz/corpus/form.h"
#include "fuzz/session/log_line.h"

namespace arenafuzz {
namespace {

// A process starts in some 50 ms; a control file of this many files stays below a few megabytes.
constexpr std::size_t kFilesAProcess = 2000;
constexpr useconds_t kTickMicroseconds = 2000;
constexpr std::size_t kMaxLog = std::size_t{1} << 20;
constexpr const char* kSanitizerOptions[] = {
    "ASAN_OPTIONS=detect_leaks=0:symbolize=0:quarantine_size_mb=2:allocator_may_return_null=1",
    "UBSAN_OPTIONS=symbolize=0"};

// Ours where the caller does not set it.
std::vector<std::string> with_defaults(std::vector<std::string> settings) {
  for (const std::string_view setting : kSanitizerOptions) {
    const std::string_view name = setting.substr(0, setting.find('=') + 1);
    if (std::none_of(settings.begin(), settings.end(),
                     [name](const std::string& one) { return one.starts_with(name); }))
      settings.emplace_back(setting);
  }
  return settings;
}

// Why a process ended.
std::string reason_of(const std::string& log, const base::ProcessEnd& end) {
  const std::string_view said = reason_in(log);
  if (!said.empty()) return std::string(said);
  if (end.signal != 0) return "signal " + std::to_string(end.signal);
  return "exit code " + std::to_string(end.exit_code);
}

// "INFO: Loaded 1 modules   (1765 inline 8-bit counters): ...": features of eight times that and
// above are no edges but the depth of the stack, which depends on where the process was loaded.
std::uint32_t features_of_edges(const std::string& log) {
  constexpr std::string_view kMark = " inline 8-bit counters)";
  const std::size_t end = log.find(kMark);
  const std::size_t begin = end == std::string::npos ? end : log.rfind('(', end);
  std::uint32_t edges = 0;
  if (begin != std::string::npos) std::from_chars(log.data() + begin + 1, log.data() + end, edges);
  return edges == 0 ? ~std::uint32_t{0} : 8 * edges;
}

// A child and the control file that it adds to.
class Measuring {
 public:
  Measuring(const std::string& control, const std::string& log) : control_(control), log_(log) {}
  ~Measuring() {
    if (file_ >= 0) close(file_);
  }
  Measuring(const Measuring&) = delete;
  Measuring& operator=(const Measuring&) = delete;

  bool start(const TargetBinary& target) {
    base::ProcessOptions options;
    options.words = {target.path};
    std::vector<std::string>& words = options.words;
    words.insert(words.end(), target.words.begin(), target.words.end());
    words.insert(words.end(),
                 {"-merge_control_file=" + control_, "-merge_inner=2", "-rss_limit_mb=2560",
                  "-timeout=60", "-max_len=" + std::to_string(kMaxInputBytes)});
    file_ = open(control_.c_str(), O_RDONLY | O_CLOEXEC);
    const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file_ < 0 || log < 0 || lseek(file_, 0, SEEK_END) < 0) return false;
    options.environment = with_defaults(target.environment);
    options.output = log;
    const bool started = child_.start(options);
    const int error = errno;
    close(log);
    errno = error;
    return started;
  }

  // Reads what was added; false once the process is gone and all is read.
  bool go_on(ControlFile* lines) {
    const auto end = child_.reap();
    if (end) end_ = *end;
    char block[65536];
    for (ssize_t got = 0; (got = read(file_, block, sizeof(block))) > 0;)
      lines->add({block, static_cast<std::size_t>(got)});
    return !end;
  }

  bool went_well() const { return end_.exit_code == 0; }
  std::string log() const {
    Bytes bytes;
    read_bytes(log_, kMaxLog, &bytes).ignore();  // no log says as much as an empty one
    return {bytes.begin(), bytes.end()};
  }
  std::string reason() const { return reason_of(log(), end_); }

 private:
  std::string control_;
  std::string log_;
  int file_ = -1;
  base::Process child_;
  base::ProcessEnd end_;
};

}  // namespace

FeatureReader::FeatureReader(TargetBinary target, std::string scratch)
    : target_(std::move(target)), scratch_(std::move(scratch)) {}

bool FeatureReader::measure(std::span<const std::string> files, const Watch& watch,
                            std::vector<Measurement>* measurements) {
  measurements->assign(files.size(), {});
  for (std::size_t at = 0; at < files.size();) {
    if (!watch(at, files.size())) return false;
    const std::size_t past = measure_some(files, at, watch, measurements);
    if (past == 0) return false;
    at = past;
  }
  return watch(files.size(), files.size());
}

std::size_t FeatureReader::measure_some(std::span<const std::string> files, std::size_t first,
                                        const Watch& watch,
                                        std::vector<Measurement>* measurements) {
  const std::size_t count = std::min(kFilesAProcess, files.size() - first);
  const std::string control = scratch_ + "/control";
  const std::string empty = scratch_ + "/empty";
  std::string text = std::to_string(count + 1) + "\n0\n" + empty + "\n";
  for (std::size_t i = 0; i < count; ++i) text += files[first + i] + "\n";
  Measuring process(control, scratch_ + "/log");
  Status status = write_scratch(empty, "");
  if (status.ok()) status = write_scratch(control, text);
  if (status.ok() && !process.start(target_)) status = {"cannot start it", errno};
  if (!status.ok()) {
    problem_ = {"cannot measure coverage (" + status.reason() +
                "): make room in the folder for temporary files"};
    return 0;
  }
  ++processes_;
  ControlFile lines;
  while (process.go_on(&lines)) {
    const std::size_t ran = lines.features().size();
    if (!watch(first + ran - (ran != 0), files.size())) return 0;
    usleep(kTickMicroseconds);
  }
  const std::uint32_t limit = features_of_edges(process.log());
  for (const auto& [index, features] : lines.features()) {
    if (index == 0 || index > count) continue;
    const auto end = std::lower_bound(features.begin(), features.end(), limit);
    (*measurements)[first + index - 1] = {true, {features.begin(), end}, ""};
  }
  if (process.went_well() && lines.features().size() == count + 1) return first + count;
  const std::size_t last = lines.last_started();
  if (!lines.any_started() || last == 0 || last > count) {
    problem_ = {target_.path + " does not measure coverage (" + process.reason() +
                "): build it with the preset fuzz"};
    return 0;
  }
  // Killed by another process between two files.
  if (lines.features().contains(last)) return first + last;
  (*measurements)[first + last - 1].end = process.reason();
  return first + last;
}

}  // namespace arenafuzz
