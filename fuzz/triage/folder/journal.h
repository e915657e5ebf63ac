// SPDX-License-Identifier: GPL-2.0-only
//
// What an unfinished triage has worked out, so that a kill costs at most what was under way.
//
//   REPORT/journal.jsonl    line 1: what this triage is; then {"key": ..., "answer": ...} each
//
// An answer is one write at the file's end; a line that a kill cut is passed over and overwritten.
// Gone once the report is written.
//
// Ownership Owns the file.
// Errors    a sentence.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_JOURNAL_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_JOURNAL_H_

#include <map>
#include <string>
#include <string_view>

#include "fuzz/base/files.h"
#include "fuzz/session/json_words.h"

namespace arenafuzz {

// FNV-1a, 64 bits, as 16 digits.
std::string hash_of(std::string_view bytes);

class TriageJournal {
 public:
  ~TriageJournal();
  // Continues a journal whose `what` is the same, else starts a new one. `seed`: stored with `what`
  // in a new journal; set to what was stored where one is continued.
  Status open(const std::string& name, const Json& what, Json* seed);
  // nullptr: not worked out yet.
  const Json* find(const std::string& key) const;
  Status add(const std::string& key, const Json& answer);
  std::size_t resumed() const { return resumed_; }
  // The report is written: the journal goes.
  void finish();

 private:
  bool read_old(const Json& what, Json* seed, std::size_t* length);

  std::string name_;
  int file_ = -1;
  std::map<std::string, Json> answers_;
  std::size_t resumed_ = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_JOURNAL_H_
