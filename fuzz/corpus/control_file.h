// SPDX-License-Identifier: GPL-2.0-only
//
// The lines that libFuzzer adds to a merge's control file, read while they grow:
//
//   STARTED 3 120          file 3, of 120 bytes, is about to run
//   FT 3 64 5808 5960      it ran and showed these features
//   COV 3 12 17            edges seen for the first time: of no use here
//
// Ownership Plain values.
// Errors    a line of another form is passed over.
// Threads   none.
// Source    LLVM's FuzzerMerge.h.
#ifndef ARENAFUZZ_FUZZ_CORPUS_CONTROL_FILE_H_
#define ARENAFUZZ_FUZZ_CORPUS_CONTROL_FILE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "fuzz/corpus/set_cover.h"

namespace arenafuzz {

class ControlFile {
 public:
  // What was added since the last call; a line that is not complete waits for its rest.
  void add(std::string_view text);

  bool any_started() const { return any_started_; }
  std::size_t last_started() const { return last_started_; }
  // The features of the files that ran, by index.
  const std::map<std::size_t, Features>& features() const { return features_; }

 private:
  void add_line(std::string_view line);

  std::string rest_;
  bool any_started_ = false;
  std::size_t last_started_ = 0;
  std::map<std::size_t, Features> features_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_CONTROL_FILE_H_
