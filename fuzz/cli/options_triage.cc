// SPDX-License-Identifier: GPL-2.0-only
//
// The options of minimize and triage.
#include "fuzz/cli/options_reader.h"
#include "fuzz/cli/quoting.h"

namespace arenafuzz::cli {
namespace {

// The words of commands that minimize: what a program is run on and what counts as a finding.
void add_choice(CLI::App& app, SharedWords* words, RunChoice* choice, bool* json) {
  add_shared(app, words);
  app.add_option(
      "--target", words->target,
      "run as this target does (its profile instead of the file's): " + target_list(", "));
  app.add_flag("--strict", choice->strict,
               "a difference from the reference is a finding; for our own pool it always is");
  app.add_flag("--json", *json, "one object on stdout, all else on stderr");
}

std::optional<int> check_choice(const Reader& reader, const SharedWords& words, RunChoice* choice) {
  if (const auto code =
          check_shared(reader, words, &choice->domain, &choice->target, &choice->kernel))
    return code;
  if (choice->target != nullptr && !choice->target->runs_programs())
    return reader.wrong(std::string("target ") + choice->target->name +
                        " runs no programs: name one that does");
  return std::nullopt;
}

}  // namespace

std::optional<int> read_minimize_options(const Words& words, MinimizeOptions* options) {
  Reader reader("minimize", "[OPTIONS] FILE",
                "Writes the shortest program that shows the same finding as FILE does.",
                "  arenafuzz minimize crash-1a2b --target pool_faults -o bug.txt\n"
                "  arenafuzz minimize X.txt --time 60 --json");
  SharedWords shared;
  CLI::App& app = reader.app();
  add_choice(app, &shared, &options->choice, &options->json);
  app.add_option("-o,--output", options->out, "the file to write (FILE.min.txt)");
  app.add_option("--signature", options->signature,
                 "the finding to keep (the first that is not known)");
  app.add_option("--time", options->seconds,
                 "seconds, then the best so far; 0 is until nothing more can be taken away (0)")
      ->check(CLI::Range(0, kMaxSeconds));
  if (const auto code = reader.read(words)) return code;
  if (const auto code = check_choice(reader, shared, &options->choice)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("minimize takes one file: name one program");
  options->file = names[0];
  if (app.get_option("--output")->count() != 0 && options->out.empty())
    return reader.wrong("--output is empty: name a file");
  if (options->out.empty()) options->out = options->file + ".min.txt";
  return read_known(shared.known, &options->known);
}

std::optional<int> read_triage_options(const Words& words, TriageOptions* options) {
  Reader reader("triage", "[OPTIONS] DIR",
                "Replays a folder of crash files, sorts them by cause and minimizes one of each.",
                "  arenafuzz triage fuzz-out\n"
                "  arenafuzz triage --target pool_faults --known known.txt afl/crashes");
  SharedWords shared;
  std::vector<std::string> fixed;
  CLI::App& app = reader.app();
  add_choice(app, &shared, &options->choice, &options->json);
  app.add_option("--out", options->out, "folder for report.json and programs (triage-out)");
  app.add_option("--fixed", fixed, "signatures once fixed: seen again, a regression")
      ->allow_extra_args(false);
  app.add_option("--time", options->seconds, "seconds to minimize each cluster; 0: no limit (30)")
      ->check(CLI::Range(0, kMaxSeconds));
  if (const auto code = reader.read(words)) return code;
  if (const auto code = check_choice(reader, shared, &options->choice)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("triage takes one folder: name one");
  if (options->out.empty()) return reader.wrong("--out is empty: name a folder");
  options->folder = names[0];
  if (const auto code = read_known(fixed, &options->fixed)) return code;
  return read_known(shared.known, &options->known);
}

}  // namespace arenafuzz::cli
