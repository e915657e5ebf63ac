// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz corpus migrate`, `import` and `export`: what they print.
#include <fmt/format.h>

#include "fuzz/base/quoting.h"
#include "fuzz/cli/corpus.h"
#include "fuzz/corpus/exchange.h"
#include "fuzz/triage/minimize/command_watch.h"

namespace arenafuzz::cli {
namespace {

ExchangeProgress shown_on(ProgressLine& line) {
  watch_signals();
  return [&line](std::size_t done, std::size_t of) {
    if (was_interrupted()) return false;
    line.show(of == 0 ? fmt::format("{} entries", done) : fmt::format("{} of {} files", done, of));
    return true;
  };
}

int exit_code(const std::vector<InputNote>& unreadable) {
  if (was_interrupted())
    return refuse("interrupted: what is done is kept; the same command does the rest");
  return unreadable.empty() ? kClean : kUnusable;
}

}  // namespace

int migrate_corpus(const CorpusOptions& options) {
  ProgressLine progress("migrate");
  Migrated done;
  const Status status =
      migrate(form_of(options.choice.target), options.names[0], shown_on(progress), &done);
  progress.end();
  if (!status.ok()) return refuse(status.sentence);
  print_notes("changed", done.changed);
  print_notes("left alone", done.left_alone);
  print_notes("unreadable", done.unreadable);
  fmt::print(options.json ? stderr : stdout,
             "{} files: {} re-encoded, {} were so already, {} are text, {} left alone, {} "
             "unreadable\n",
             done.files, done.changed.size(), done.unchanged, done.texts, done.left_alone.size(),
             done.unreadable.size());
  if (options.json)
    print_json({{"command", "corpus migrate"},
                {"folder", options.names[0]},
                {"interrupted", was_interrupted()},
                {"files", done.files},
                {"changed", notes_as_json(done.changed)},
                {"unchanged", done.unchanged},
                {"text", done.texts},
                {"left_alone", notes_as_json(done.left_alone)},
                {"unreadable", notes_as_json(done.unreadable)}});
  return exit_code(done.unreadable);
}

int import_corpus(const Context& context, const CorpusOptions& options) {
  const TargetInfo& target = *options.choice.target;
  const std::string out = options.out.empty() ? seed_folders(context, target)[0] : options.out;
  ProgressLine progress("import");
  Imported done;
  const Status status =
      import_programs(form_of(&target), options.names[0], out, shown_on(progress), &done);
  progress.end();
  if (!status.ok() && done.damaged == 0) return refuse(status.sentence);
  print_notes("dropped", done.dropped);
  print_notes("unreadable", done.unreadable);
  fmt::print(options.json ? stderr : stdout,
             "{}: {} added, {} of them re-encoded; {} of a content met before, {} dropped, {} "
             "unreadable\n",
             shell_quoted(out), done.added, done.reencoded, done.duplicates, done.dropped.size(),
             done.unreadable.size());
  if (options.json)
    print_json({{"command", "corpus import"},
                {"target", target.name},
                {"from", options.names[0]},
                {"out", out},
                {"interrupted", was_interrupted()},
                {"added", done.added},
                {"reencoded", done.reencoded},
                {"duplicates", done.duplicates},
                {"dropped", notes_as_json(done.dropped)},
                {"unreadable", notes_as_json(done.unreadable)}});
  return status.ok() ? exit_code(done.unreadable) : refuse(status.sentence);
}

int export_corpus(const Context& context, const CorpusOptions& options) {
  const TargetInfo& target = *options.choice.target;
  ProgressLine progress("export");
  Exported done;
  const Status status = export_programs(
      form_of(&target), options.names.empty() ? seed_folders(context, target) : options.names,
      options.out, shown_on(progress), &done);
  progress.end();
  if (!status.ok()) return refuse(status.sentence);
  print_notes("dropped", done.dropped);
  print_notes("unreadable", done.unreadable);
  fmt::print(options.json ? stderr : stdout,
             "{}: {} programs; {} of a content met before, {} dropped, {} unreadable\n",
             shell_quoted(options.out), done.programs, done.duplicates, done.dropped.size(),
             done.unreadable.size());
  if (options.json)
    print_json({{"command", "corpus export"},
                {"target", target.name},
                {"out", options.out},
                {"programs", done.programs},
                {"duplicates", done.duplicates},
                {"dropped", notes_as_json(done.dropped)},
                {"unreadable", notes_as_json(done.unreadable)}});
  return done.unreadable.empty() ? kClean : kUnusable;
}

}  // namespace arenafuzz::cli
