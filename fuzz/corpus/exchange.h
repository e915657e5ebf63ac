// SPDX-License-Identifier: GPL-2.0-only
//
// Corpora that come from elsewhere or go there: brought into today's form where they are, taken in
// from a folder or a zip, packed into a zip.
//
// Ownership Writes only into the folder or file that it is given; what is there already by its
//           content is not written again.
// Errors    a Status for what ends the work; what is wrong with one file is a note.
// Threads   one.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_CORPUS_EXCHANGE_H_
#define ARENAFUZZ_FUZZ_CORPUS_EXCHANGE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "fuzz/base/status.h"
#include "fuzz/corpus/form.h"
#include "fuzz/corpus/merge.h"

namespace arenafuzz {

// Called before each file or entry with how many are done, and of how many (0: not known). False:
// no more; what is done stays.
using ExchangeProgress = std::function<bool(std::size_t done, std::size_t of)>;

struct Migrated {
  std::size_t files = 0;
  std::size_t unchanged = 0;
  std::size_t texts = 0;
  std::vector<InputNote> changed;
  std::vector<InputNote> left_alone;
  std::vector<InputNote> unreadable;
};
// Each program below `folder` in the form that encode() writes. One that is named by its content
// gets its new name.
Status migrate(const CorpusForm& form, const std::string& folder, const ExchangeProgress& progress,
               Migrated* result);

struct Imported {
  std::size_t added = 0;
  std::size_t reencoded = 0;  // of those added
  std::size_t duplicates = 0;
  std::size_t damaged = 0;  // entries of a zip
  std::vector<InputNote> dropped;
  std::vector<InputNote> unreadable;
};
// The programs of `from`, a folder or a zip, into the folder `out`.
Status import_programs(const CorpusForm& form, const std::string& from, const std::string& out,
                       const ExchangeProgress& progress, Imported* result);

struct Exported {
  std::size_t programs = 0;
  std::size_t duplicates = 0;
  std::vector<InputNote> dropped;
  std::vector<InputNote> unreadable;
};
// The programs of `folders` into the zip `out`, which is written at the end.
Status export_programs(const CorpusForm& form, const std::vector<std::string>& folders,
                       const std::string& out, const ExchangeProgress& progress, Exported* result);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_EXCHANGE_H_
