// SPDX-License-Identifier: GPL-2.0-only
//
// The actions of `arenafuzz corpus`. Each prints what it did and returns the exit code.
// Errors: a sentence, exit code 2. Threads: none.
#ifndef ARENAFUZZ_FUZZ_CLI_CORPUS_H_
#define ARENAFUZZ_FUZZ_CLI_CORPUS_H_

#include <string>
#include <vector>

#include "fuzz/cli/options.h"
#include "fuzz/corpus/form.h"
#include "fuzz/corpus/merge.h"
#include "fuzz/session/json_words.h"

namespace arenafuzz::cli {

// None: each input's own profile.
CorpusForm form_of(const TargetInfo* target);

// Where the target's committed seeds are.
std::vector<std::string> seed_folders(const Context& context, const TargetInfo& target);

// One object on stdout.
void print_json(const Json& object);
Json notes_as_json(const std::vector<InputNote>& notes);
// A few of them, one per line, on stderr; the rest as a number.
void print_notes(const char* what, const std::vector<InputNote>& notes);

int merge_corpus(const Context& context, const CorpusOptions& options);
int migrate_corpus(const CorpusOptions& options);
int import_corpus(const Context& context, const CorpusOptions& options);
int export_corpus(const Context& context, const CorpusOptions& options);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_CORPUS_H_
