// SPDX-License-Identifier: GPL-2.0-only
//
// What coverage each input of a corpus shows, as libFuzzer itself counts it: edges of the target's
// instrumented code with the bucket of their hit count. Without its features of stack depth, which
// differ from process to process.
//
//   files --> control file --> T_fuzzer -merge_control_file=F -merge_inner=2 --> FT lines --> here
//                  ^                      |
//                  +--- the files behind one that ended the process <---+
//
// That is the inner step of libFuzzer's crash-resistant -set_cover_merge, run without its outer
// one: that hands its words to a shell unquoted and does not say which input ended a process.
// Every process begins with an empty input that is not counted, so that what only the first run of
// a process shows (a guard of a static) is nobody's.
//
// Ownership Owns files in the scratch folder that it was given, and its child process.
// Errors    problem(): a sentence, once the binary cannot be run at all.
// Threads   one. The child is killed with its parent.
// Source    LLVM's FuzzerMerge.h, the control file's format (clang 14 to 19).
#ifndef ARENAFUZZ_FUZZ_CORPUS_FEATURES_H_
#define ARENAFUZZ_FUZZ_CORPUS_FEATURES_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "fuzz/base/status.h"
#include "fuzz/corpus/set_cover.h"

namespace arenafuzz {

struct TargetBinary {
  std::string path;
  std::vector<std::string> words;        // the target's own: --known=FILE...
  std::vector<std::string> environment;  // NAME=value, before ours
};

struct Measurement {
  bool measured = false;
  Features features;
  std::string end;  // not measured: what the process said at its end; empty: it never got there
};

class FeatureReader {
 public:
  // How many of them are measured. False: stop.
  using Watch = std::function<bool(std::size_t done, std::size_t all)>;

  // The scratch folder's name must have no newline in it.
  FeatureReader(TargetBinary target, std::string scratch);

  // Measures files whose names have no newline; one result per index. False: stopped, or a
  // problem().
  bool measure(std::span<const std::string> files, const Watch& watch,
               std::vector<Measurement>* measurements);

  const Status& problem() const { return problem_; }
  std::size_t processes() const { return processes_; }

 private:
  // Measures the files from `first` on, as far as one process gets; returns how far, 0 if there is
  // a problem or it was stopped.
  std::size_t measure_some(std::span<const std::string> files, std::size_t first,
                           const Watch& watch, std::vector<Measurement>* measurements);

  TargetBinary target_;
  std::string scratch_;
  Status problem_;
  std::size_t processes_ = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_FEATURES_H_
