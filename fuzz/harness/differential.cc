// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/differential.h"

#include <algorithm>
#include <string>

namespace arenafuzz {
namespace {

class Recorder final : public EventSink {
 public:
  explicit Recorder(std::vector<std::uint64_t>& events) : events_(events) { events_.clear(); }
  bool event(std::uint64_t value, std::size_t) override {
    events_.push_back(value);
    return true;
  }

 private:
  std::vector<std::uint64_t>& events_;
};

class Comparer final : public EventSink {
 public:
  explicit Comparer(const std::vector<std::uint64_t>& events) : events_(events) {}
  bool event(std::uint64_t value, std::size_t) override {
    return at_ < events_.size() && events_[at_++] == value;
  }
  bool saw_all() const { return at_ == events_.size(); }

 private:
  const std::vector<std::uint64_t>& events_;
  std::size_t at_ = 0;
};

class Lines final : public TraceSink {
 public:
  // A refused claim may be asked for or not (docs/arena_pool.md, Where our C++ pool deliberately
  // differs).
  void step(const TraceStep& step) override {
    if (step.kind != TraceKind::kRefused && step.kind != TraceKind::kFinding)
      lines.emplace_back(step.text);
  }
  std::vector<std::string> lines;
};

std::string trimmed(const std::string& line) {
  const std::size_t from = line.find_first_not_of(' ');
  return from == std::string::npos ? "" : line.substr(from);
}

}  // namespace

const Verdict& Differential::run(const Program& program, const Options& options) {
  Options each = options;
  each.stop_at_documented = true;
  each.first_fit_only = true;
  each.trace = nullptr;
  Recorder recorder(events_);
  each.events = &recorder;
  const Verdict& ours = ours_.run(program, each);
  verdict_ = ours;
  if (!ours.clean()) return verdict_;

  Comparer comparer(events_);
  each.events = &comparer;
  each.trace = options.trace;
  const Verdict& other = other_.run(program, each);
  const EndReason our_end = ours.end;
  verdict_ = other;
  if (other.end == EndReason::kSkipped) return verdict_;
  for (Finding& finding : verdict_.findings) {
    if (finding.oracle == Oracle::kChange) finding.oracle = Oracle::kDifference;
    if (finding.oracle == Oracle::kDifference && finding.expected.empty())
      name_difference(program, each, &finding);
  }
  // Nothing was wrong with what the kernel did, but it stopped doing it.
  if (verdict_.clean() && (!comparer.saw_all() || other.end != our_end)) {
    Finding finding;
    finding.oracle = Oracle::kDifference;
    finding.difference = "ends-early";
    finding.position = program.operations.size();
    finding.operation = OperationKind::kDisable;
    name_difference(program, each, &finding);
    verdict_.findings.push_back(finding);
  }
  return verdict_;
}

// Runs both once more with a trace: the first lines that differ explain it best.
void Differential::name_difference(const Program& program, const Options& options,
                                   Finding* finding) {
  Options traced = options;
  traced.events = nullptr;
  Lines ours;
  traced.trace = &ours;
  ours_.run(program, traced);
  Lines other;
  traced.trace = &other;
  other_.run(program, traced);
  std::size_t at = 0;
  while (at < ours.lines.size() && at < other.lines.size() && ours.lines[at] == other.lines[at])
    ++at;
  finding->expected = at < ours.lines.size() ? trimmed(ours.lines[at]) : "the end";
  finding->got = at < other.lines.size() ? trimmed(other.lines[at]) : "the end";
}

}  // namespace arenafuzz
