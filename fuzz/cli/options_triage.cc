// SPDX-License-Identifier: GPL-2.0-only
//
// The options of minimize and triage.
#include "fuzz/base/files.h"
#include "fuzz/base/quoting.h"
#include "fuzz/cli/options_reader.h"

namespace arenafuzz::cli {
namespace {

// The words of commands that minimize: what a program is run on and what counts as a finding.
void add_choice(Reader& reader, SharedWords* words, RunChoice* choice, bool* json) {
  add_shared(reader, words);
  reader.add_text(
      "--target", "NAME", &words->target,
      "run as this target does (its profile instead of the file's); fuzz --help lists them");
  add_timeout(reader, &choice->timeout);
  reader.add_flag("--strict", &choice->strict,
                  "fail on every difference from the reference; our own pool always does");
  reader.add_flag("--json", json, "one object on stdout, all else on stderr");
}

std::optional<int> check_choice(const Reader& reader, const SharedWords& words, RunChoice* choice) {
  if (const auto code =
          check_shared(reader, words, &choice->domain, &choice->target, &choice->kernel))
    return code;
  choice->given = choice->target != nullptr || choice->kernel.kernel || choice->domain.given ||
                  choice->strict || !words.backend.empty();
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
  add_choice(reader, &shared, &options->choice, &options->json);
  reader.add_text("-o,--output", "FILE", &options->out,
                  "the file to write (FILE.min.txt; minimized.txt if FILE is no regular file)");
  reader.add_text("--signature", "SIGNATURE", &options->signature,
                  "the finding to keep (the first that fails and is neither known nor old)");
  reader.add_duration("--time", &options->seconds,
                      "stop with the best so far after 60, 60s, 10m or 2h; 0: no limit (0)");
  if (const auto code = reader.read(words)) return code;
  if (const auto code = check_choice(reader, shared, &options->choice)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("minimize takes one file: name one program");
  options->file = names[0];
  const bool no_file = options->file == kStandardStream || options->file.starts_with("/dev/") ||
                       options->file.starts_with("/proc/");
  if (options->out.empty()) options->out = no_file ? "minimized.txt" : options->file + ".min.txt";
  return read_known(shared.known, &options->known);
}

namespace {

void add_triage_options(Reader& reader, std::vector<std::string>* fixed, TriageOptions* options) {
  reader.add_text("--out", "DIR", &options->out,
                  "folder for the report and reproducers (triage-out)");
  reader.add_texts("--fixed", "FILE", fixed,
                   "signatures that were fixed: seen again, a regression");
  reader.add_duration("--time", &options->seconds,
                      "time for each cluster: 60, 60s, 10m or 2h; 0: no limit (30)");
  reader.add_whole("--jobs", 1, kMaxJobs, &options->jobs, "processes (all cores)");
  reader.add_text(
      "--mail", "CLUSTER", &options->mail,
      "print this cluster of the report, by number or signature, as a mail; runs nothing");
  reader.add_text("--on-new", "COMMAND", &options->on_new,
                  "shell command, run for each new cluster with its JSON on stdin");
  reader.add_flag("--add-regression", &options->add_regression,
                  "put each new cluster's shortest program into corpus/regression");
  reader.add_sandbox();
  // Makes this process a lane (lanes.h): not for users.
  reader.add_flag("--lane", &options->lane, "");
  reader.hide("--lane");
}

}  // namespace

std::optional<int> read_triage_options(const Words& words, TriageOptions* options) {
  Reader reader("triage", "[OPTIONS] DIR",
                "Replays a folder of crash files, sorts them by cause and minimizes one of each.",
                "  arenafuzz triage fuzz-out                    each on the build that found it\n"
                "  arenafuzz triage fuzz-out --mail 1           the first cluster, as a mail\n"
                "  arenafuzz triage --target pool_faults --known known.txt afl/crashes");
  SharedWords shared;
  std::vector<std::string> fixed;
  add_choice(reader, &shared, &options->choice, &options->json);
  add_triage_options(reader, &fixed, options);
  if (const auto code = reader.read(words)) return code;
  if (const auto code = check_choice(reader, shared, &options->choice)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("triage takes one folder: name one");
  options->folder = names[0];
  if (options->jobs == 0) options->jobs = default_jobs();
  if (const auto code = read_known(fixed, &options->fixed)) return code;
  return read_known(shared.known, &options->known);
}

}  // namespace arenafuzz::cli
