// SPDX-License-Identifier: GPL-2.0-only
//
// What --known and --fixed name: the lines of files, and which of them meant something.
//
// Ownership Plain values; that a line was used is noted by const readers too.
// Errors    a sentence that names file and line.
// Threads   none.
// Source    docs/commands.md, "Known findings".
#ifndef ARENAFUZZ_FUZZ_SESSION_KNOWN_FINDINGS_H_
#define ARENAFUZZ_FUZZ_SESSION_KNOWN_FINDINGS_H_

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "fuzz/base/files.h"

namespace arenafuzz {

class KnownFindings {
 public:
  // Adds the lines of a file. No command writes that file from here on.
  Status read(const std::string& name);
  // The same signature, all that begin so, or for sanitizer reports the same cluster.
  bool knows(const std::string& signature) const;
  bool empty() const { return lines_.empty(); }

  // One line each, in their order: a file for jobs, which count by line what they pass over.
  std::string content() const;
  std::size_t size() const { return lines_.size(); }
  void mark_used(std::size_t line) const { lines_[line].used = true; }

  // What to say about them: renamed signatures, and lines that meant nothing. Empty: nothing.
  std::string renamed_sentence() const;
  std::string unused_sentence() const;
  // [{"file", "line", "signature"}]
  nlohmann::ordered_json unused_json() const;

 private:
  struct Line {
    std::string text;
    std::string file;
    std::size_t number = 0;
    mutable bool used = false;
  };
  static std::string place(const Line& line);
  std::vector<Line> lines_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_KNOWN_FINDINGS_H_
