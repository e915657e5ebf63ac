// SPDX-License-Identifier: GPL-2.0-only
//
// The findings of a running target on disk: FOLDER/SIGNATURE.txt, which replays, and
// FOLDER/SIGNATURE.json, which the command reads. The shortest program of each signature stays.
//
// Ownership Plain values.
// Errors    what cannot be kept is printed: a finding is never lost silently.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_TARGETS_FINDING_FILES_H_
#define ARENAFUZZ_FUZZ_TARGETS_FINDING_FILES_H_

#include <cstddef>
#include <map>
#include <string>

#include "fuzz/harness/verdict/finding_record.h"

namespace arenafuzz {

class FindingFiles {
 public:
  void set_folder(const std::string& folder) { folder_ = folder; }
  bool used() const { return !folder_.empty(); }
  // Whether a program of so many operations is shorter than what is there.
  bool wants(const std::string& signature, std::size_t operations);
  void keep(const FindingRecord& record);

 private:
  std::string folder_;
  std::map<std::string, std::size_t> kept_;  // signature -> operations of the program on disk
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_FINDING_FILES_H_
