// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/corpus.h"
namespace arenafuzz::cli {
int migrate_corpus(const CorpusOptions&) { return refuse("not yet"); }
int import_corpus(const Context&, const CorpusOptions&) { return refuse("not yet"); }
int export_corpus(const Context&, const CorpusOptions&) { return refuse("not yet"); }
}  // namespace arenafuzz::cli
