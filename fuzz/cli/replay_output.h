// SPDX-License-Identifier: GPL-2.0-only
//
// What `replay` prints: lines for people, one JSON object, or KTAP.
//
//   corpus/pool/enable-64: clean hash:3f0c... operations:12
//   X.txt: finding hash:... operations:3 unwind.alloc.page.pages-kept.within-chunk.vzalloc
//   2 programs: 1 clean, 1 with a finding
//
// A signature is reported once, by the first program that has it. Verdicts, reports and the trace
// go to stdout, so that a file has all of it, or to stderr where --json or --ktap own stdout.
// Threads: one.
#ifndef ARENAFUZZ_FUZZ_CLI_REPLAY_OUTPUT_H_
#define ARENAFUZZ_FUZZ_CLI_REPLAY_OUTPUT_H_

#include <cstdio>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "fuzz/cli/options.h"
#include "fuzz/session/replay_result.h"

namespace arenafuzz::cli {

class ReplayOutput final {
 public:
  // `passed_over`: files of the folders that are no programs.
  ReplayOutput(const ReplayOptions& options, std::size_t files, std::size_t passed_over);
  ~ReplayOutput();
  ReplayOutput(const ReplayOutput&) = delete;
  ReplayOutput& operator=(const ReplayOutput&) = delete;

  // Where lines for people go.
  std::FILE* stream() const { return stream_; }
  void start(const std::string& name);
  void line(const char* text);
  void note(const std::string& text);
  // The baseline could not be asked: what it would have told counts as new.
  void baseline_problem(const std::string& sentence) { baseline_problem_ = sentence; }
  void fault(const ShownFault& fault);
  void finish(FileResult result);
  bool enough() const { return options_.stop_at_first && bad() != 0; }
  // The summary; the exit code.
  int end();

 private:
  int exit_code() const;
  std::size_t count(Outcome outcome) const { return counts_[static_cast<int>(outcome)]; }
  // Programs with a finding, those that ended their process included.
  std::size_t bad() const;
  void finish_line(const FileResult& result);
  void finish_ktap(const FileResult& result);
  void finish_json(const FileResult& result);

  const ReplayOptions& options_;
  std::size_t files_;
  std::size_t passed_over_;
  std::FILE* stream_;
  std::size_t counts_[kOutcomeCount] = {};
  std::size_t out_of_budget_ = 0;
  std::string baseline_problem_;
  std::vector<std::string> trace_;
  std::unique_ptr<nlohmann::ordered_json> results_;
};

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_REPLAY_OUTPUT_H_
