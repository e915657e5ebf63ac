// SPDX-License-Identifier: GPL-2.0-only
//
// The options of `arenafuzz corpus`: one help for its four actions.
#include <fmt/format.h>

#include <algorithm>

#include "fuzz/base/quoting.h"
#include "fuzz/cli/options_reader.h"

namespace arenafuzz::cli {
namespace {

constexpr const char* kAbout =
    "Corpora of a target: folders of programs. Inputs are never changed, but by migrate.\n"
    "  merge OUT IN...        OUT gets the shortest programs of IN for all coverage that OUT "
    "lacks\n"
    "  migrate FOLDER         every program of bytes in the present form of the format, in place\n"
    "  import ZIP|FOLDER      a ClusterFuzz corpus, as canonical programs (--out FOLDER)\n"
    "  export -o FILE.zip     a corpus for ClusterFuzz: flat, named by SHA-1";
constexpr const char* kExamples =
    "  arenafuzz corpus merge --target pool_faults merged fuzz-out/corpus corpus/pool_faults\n"
    "  arenafuzz corpus merge --target pool --time 60 corpus/pool fuzz-out/corpus\n"
    "  arenafuzz corpus migrate old-corpus\n"
    "  arenafuzz corpus import --target pool pool_fuzzer_corpus.zip --out imported\n"
    "  arenafuzz corpus export --target pool -o pool_fuzzer_seed_corpus.zip";

struct ActionRow {
  const char* name;
  CorpusAction action;
  const char* options;  // those it has, with spaces around
};
constexpr ActionRow kActions[] = {
    {"merge", CorpusAction::kMerge,
     " --target --backend --kernel-tree --glue --no-arithmetic --domain --known --aside "
     "--no-reduce "
     "--time --json "},
    {"migrate", CorpusAction::kMigrate, " --target --json "},
    {"import", CorpusAction::kImport, " --target --out --json "},
    {"export", CorpusAction::kExport, " --target --out --json "},
};

void add_corpus_options(Reader& reader, SharedWords* words, CorpusOptions* options) {
  add_shared(reader, words);
  reader.add_text(
      "--target", "NAME", &words->target,
      "whose inputs they are (pool_faults; migrate: as each file says); fuzz --help lists them");
  reader.add_text("-o,--out", "NAME", &options->out,
                  "import: the folder to fill (corpus/<target> of the source); export: the zip");
  reader.add_text("--aside", "DIR", &options->aside,
                  "merge: folder for inputs that end the target's process (OUT.aside)");
  reader.add_flag("--no-reduce", &options->no_reduce, "merge: take programs as long as they are");
  reader.add_duration("--time", &options->seconds,
                      "merge, of reducing: 60, 60s, 10m, 2h; 0 is until nothing more can be taken "
                      "away (0)");
  reader.add_flag("--json", &options->json, "one object on stdout, all else on stderr");
}

std::optional<int> check_names(const Reader& reader, CorpusOptions* options) {
  Words& names = options->names;
  if (std::find(names.begin(), names.end(), "") != names.end())
    return reader.wrong("an empty name: name a file or a folder");
  switch (options->action) {
    case CorpusAction::kMerge:
      if (names.size() < 2)
        return reader.wrong("merge takes OUT and at least one IN: name folders");
      options->out = names[0];
      names.erase(names.begin());
      while (options->out.size() > 1 && options->out.back() == '/') options->out.pop_back();
      if (options->aside.empty()) options->aside = options->out + ".aside";
      return std::nullopt;
    case CorpusAction::kMigrate:
      if (names.size() != 1) return reader.wrong("migrate takes one folder: name one");
      return std::nullopt;
    case CorpusAction::kImport:
      if (names.size() != 1) return reader.wrong("import takes one zip or folder: name one");
      return std::nullopt;
    case CorpusAction::kExport:
      if (options->out.empty()) return reader.wrong("no zip to write: name it with -o FILE.zip");
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> read_corpus_options(const Words& words, CorpusOptions* options) {
  Reader reader("corpus", "merge|migrate|import|export [OPTIONS] NAME...", kAbout, kExamples);
  SharedWords shared;
  shared.default_target = "pool_faults";
  add_corpus_options(reader, &shared, options);
  if (const auto code = reader.read(words)) return code;
  options->names = all_names(reader);
  if (options->names.empty())
    return reader.wrong("no action given: use merge, migrate, import or export");
  const std::string action = options->names[0];
  options->names.erase(options->names.begin());
  const auto* row = std::find_if(std::begin(kActions), std::end(kActions),
                                 [&](const ActionRow& one) { return action == one.name; });
  if (row == std::end(kActions))
    return reader.wrong("unknown action " + shell_quoted(action) +
                        ": use merge, migrate, import or export");
  options->action = row->action;
  for (const CLI::Option* option : reader.app().get_options()) {
    const std::string name = "--" + option->get_lnames().front();
    if (option->count() != 0 &&
        std::string_view(row->options).find(" " + name + " ") == std::string_view::npos)
      return reader.wrong(fmt::format("{} has no {}: leave it out", action, name));
  }
  RunChoice& choice = options->choice;
  if (options->action == CorpusAction::kMigrate) shared.default_target = nullptr;
  if (const auto code =
          check_shared(reader, shared, &choice.domain, &choice.target, &choice.kernel))
    return code;
  if (choice.target != nullptr && choice.target->canary())
    return reader.wrong("canary has a planted bug and no part in any corpus: name another target");
  options->known_files = shared.known;
  KnownFindings known;
  if (const auto code = read_known(shared.known, &known)) return code;
  return check_names(reader, options);
}

}  // namespace arenafuzz::cli
