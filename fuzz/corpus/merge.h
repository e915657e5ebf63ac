// SPDX-License-Identifier: GPL-2.0-only
//
// Corpora merged into one: OUT keeps what it has, and gets the shortest programs of IN for each
// feature that nothing in OUT shows.
//
//   OUT, IN... --canonical, each content once--> measured --set cover--> reduced --measured--> OUT
//
// Inputs are only read. OUT only grows, a file at a time, each written under another name and
// renamed: a kill at any moment leaves it as it was or with some more. An input that ends the
// target's process is set aside, and the rest goes on. The same inputs give the same OUT, in any
// order and under any names, unless the watch is in a hurry.
//
// Ownership Plain values; scratch files are gone at the end.
// Errors    MergeResult::problem, a sentence.
// Threads   one; a child process at a time.
// Source    corpus/README.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_CORPUS_MERGE_H_
#define ARENAFUZZ_FUZZ_CORPUS_MERGE_H_

#include <string>
#include <vector>

#include "fuzz/base/status.h"
#include "fuzz/corpus/features.h"
#include "fuzz/corpus/form.h"

namespace arenafuzz {

struct MergeRequest {
  std::string out;              // a folder, made if there is something to write
  std::vector<std::string> in;  // files and folders
  CorpusForm form;
  TargetBinary target;
  std::string scratch = "/tmp";  // for temporary files; no newline in its name
  std::string aside;             // folder for inputs that end the process; empty: only named
  bool reduce = true;
};

enum class MergeStage { kRead, kMeasure, kReduce, kVerify, kWrite };
const char* merge_stage_name(MergeStage stage);

enum class Patience {
  kGoOn,
  kHurry,  // no more reducing
  kStop,   // now: OUT is as it was, or has some more
};

class MergeWatch {
 public:
  virtual ~MergeWatch() = default;
  virtual Patience go_on(MergeStage stage, std::size_t done, std::size_t all) = 0;
};

struct InputNote {
  std::string file;
  std::string why;
  std::string aside;  // where a copy is, if there is one
};

struct MergeResult {
  Status problem;
  bool stopped = false;
  std::size_t files = 0;       // of IN
  std::size_t duplicates = 0;  // of other files of IN, or of OUT
  std::size_t migrated = 0;    // were in another form: text, an older version, not canonical
  std::vector<InputNote> unreadable;
  std::vector<InputNote> dropped;   // cannot be read or brought into form
  std::vector<InputNote> ended;     // ended the target's process; those of OUT too
  std::size_t features_before = 0;  // of OUT
  std::size_t features_after = 0;
  std::size_t present = 0;  // files of OUT before
  std::size_t added = 0;
  std::size_t added_bytes = 0;
  std::size_t operations_taken = 0;  // of what was taken, before reducing
  std::size_t operations_added = 0;  // of what was added
  bool reduced_to_the_end = false;
};

MergeResult merge_corpora(const MergeRequest& request, MergeWatch& watch);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_MERGE_H_
