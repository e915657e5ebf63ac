// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "fuzz/base/quoting.h"
#include "fuzz/cli/options.h"
#include "fuzz/cli/options_reader.h"

namespace arenafuzz::cli {
namespace {

constexpr int kMaxMib = 1 << 30;

std::string target_help() {
  std::string help = "what to fuzz (pool_faults):";
  for (const TargetInfo& info : kTargets)
    help += fmt::format("\n{}: {}", info.name, info.description);
  return help;
}

constexpr const char* kFuzzExamples =
    "  arenafuzz fuzz                               pool_faults for 60 s on all cores\n"
    "  arenafuzz fuzz --target pool --time 600      correct use, ten minutes\n"
    "  arenafuzz fuzz --known fuzz-out/known.txt    pass over what an earlier run found\n"
    "  arenafuzz fuzz --target canary --time 30     proof that the machinery finds a bug\n"
    "  arenafuzz fuzz --backend kernel --kernel-tree ~/linux --domain callers\n"
    "  arenafuzz fuzz --engine both --time 0        until stopped; arenafuzz status DIR shows how "
    "it stands\n"
    "  arenafuzz fuzz --jobs 1 -- -seed=7 -runs=1000000";

void add_fuzz_options(Reader& reader, SharedWords* words, std::string* engine,
                      FuzzOptions* options) {
  add_shared(reader, words);
  reader.add_text("--target", "NAME", &words->target, target_help());
  reader.add_text("--engine", "NAME", engine,
                  "libfuzzer (the default), afl (AFL++), or both, which share what they find");
  reader.add_duration("--time", &options->seconds, "60, 60s, 10m, 2h; 0 is until stopped (60)");
  reader.add_whole("--jobs", 1, kMaxJobs, &options->jobs, "processes (all cores)");
  add_timeout(reader, &options->timeout);
  reader.add_whole("--disk", 1, kMaxMib, &options->disk_mib,
                   "MiB that --out may take; near it logs are cut and the corpus is merged, above "
                   "it the run ends (no limit)");
  reader.add_whole("--memory", 1, kMaxMib, &options->memory_mib,
                   "MiB that all jobs together may keep resident; a job above its share is stopped "
                   "between two inputs and started again (no limit)");
  reader.add_text("--out", "DIR", &options->out,
                  "folder for new inputs, findings and logs (fuzz-out)");
  reader.add_text("--corpus", "DIR", &options->corpus,
                  "folder of seeds, never written (corpus/<target> of the source)");
  reader.add_flag("--strict", &options->strict,
                  "fail on every difference from the reference; our own pool always does");
  reader.add_flag("--stop-at-first", &options->stop_at_first, "end at the first new finding");
  reader.add_flag("--verbose", &options->verbose,
                  "print the engine's command line, which is in OUT/logs/commands.txt anyway");
  reader.add_flag("--json", &options->json, "one object on stdout, all else on stderr");
  reader.add_sandbox();
}

constexpr const char* kReplayExamples =
    "  arenafuzz replay corpus/regression                every program of a folder\n"
    "  arenafuzz replay --trace fuzz-out/findings/X.txt  each step of one\n"
    "  git bisect run ./arenafuzz replay --bisect X.txt  0 good, 1 bad, 125 no verdict";

void add_replay_options(Reader& reader, SharedWords* words, ReplayOptions* options) {
  add_shared(reader, words);
  reader.add_text(
      "--target", "NAME", &words->target,
      "run as this target does (its profile instead of the file's); fuzz --help lists them");
  reader.add_flag("--trace", &options->trace, "print each step");
  reader.add_flag("--backtrace", &options->backtrace, "print where each fault fired");
  reader.add_flag("--bisect", &options->bisect, "exit 0 good, 1 bad, 125 no verdict");
  reader.add_flag("--no-model", &options->no_model, "safety and contract alone");
  reader.add_flag("--strict", &options->strict,
                  "fail on every difference from the reference; our own pool always does");
  reader.add_flag("--stop-at-first", &options->stop_at_first, "end at the first new finding");
  add_timeout(reader, &options->timeout);
  reader.add_flag("--reverse", &options->reverse,
                  "in reverse order: the verdicts must be the same");
  reader.add_flag("--json", &options->json, "one object on stdout, all else on stderr");
  reader.add_flag("--ktap", &options->ktap, "KTAP on stdout, all else on stderr");
  reader.add_sandbox();
}

std::optional<int> check_engine(const Reader& reader, const std::string& engine,
                                FuzzOptions* options) {
  const auto* const end = std::end(kEngineNames);
  const auto* const name = std::find(std::begin(kEngineNames), end, engine);
  if (name == end)
    return reader.wrong("no engine " + shell_quoted(engine) + ": use libfuzzer, afl or both");
  options->engine = static_cast<EngineChoice>(name - std::begin(kEngineNames));
  if (options->engine == EngineChoice::kLibFuzzer) return std::nullopt;
  if (options->engine != EngineChoice::kBoth) return std::nullopt;
  if (options->jobs == 1)
    return reader.wrong("two engines need two jobs: use --jobs 2 or one engine");
  if (!reader.after_dashes().empty())
    return reader.wrong("words after -- are for one engine: use --engine libfuzzer or afl");
  return std::nullopt;
}

}  // namespace

std::optional<int> read_fuzz_options(const Words& words, FuzzOptions* options) {
  Reader reader("fuzz", "[OPTIONS] [-- ENGINE ARGS]",
                "Fuzzes a target and reports each distinct finding, most reachable first.",
                kFuzzExamples);
  SharedWords shared;
  shared.default_target = "pool_faults";
  std::string engine = "libfuzzer";
  add_fuzz_options(reader, &shared, &engine, options);
  if (const auto code = reader.read(words)) return code;
  if (const auto code =
          check_shared(reader, shared, &options->domain, &options->target, &options->kernel))
    return code;
  if (const auto code = check_engine(reader, engine, options)) return code;
  if (!reader.names().empty())
    return reader.wrong("unexpected word " + shell_quoted(reader.names()[0]) +
                        ": put words for the engine after --");
  if (options->jobs == 0) options->jobs = default_jobs();
  if (options->engine == EngineChoice::kBoth) options->jobs = std::max(options->jobs, 2);
  options->engine_words = reader.after_dashes();
  return read_known(shared.known, &options->known);
}

std::optional<int> read_replay_options(const Words& words, ReplayOptions* options) {
  Reader reader("replay", "[OPTIONS] FILE|DIR...",
                "Runs programs, bytes or text, and prints a verdict on each.", kReplayExamples);
  SharedWords shared;
  add_replay_options(reader, &shared, options);
  if (const auto code = reader.read(words)) return code;
  if (const auto code =
          check_shared(reader, shared, &options->domain, &options->target, &options->kernel))
    return code;
  options->files = all_names(reader);
  if (options->files.empty()) return reader.wrong("nothing to replay: name a file or a folder");
  if (options->json + options->ktap + options->bisect > 1)
    return reader.wrong("--json, --ktap and --bisect exclude each other: use one");
  if (options->ktap && options->stop_at_first)
    return reader.wrong("--ktap announces every program: leave out --stop-at-first");
  return read_known(shared.known, &options->known);
}

std::optional<int> read_status_options(const Words& words, StatusOptions* options) {
  Reader reader("status", "DIR", "Prints how the run stands that writes to DIR, or wrote to it.",
                "  arenafuzz status fuzz-out\n"
                "  watch -n 5 arenafuzz status fuzz-out\n"
                "  arenafuzz status fuzz-out --json | jq .totals.findings");
  reader.add_flag("--json", &options->json, "one object on stdout");
  if (const auto code = reader.read(words)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("status takes one folder: name a run's --out");
  options->folder = names[0];
  return std::nullopt;
}

std::optional<int> read_show_options(const Words& words, ShowOptions* options) {
  Reader reader("show", "FILE", "Prints a program, bytes or text, as text in its normal form.",
                "  arenafuzz show corpus/pool/enable-64");
  reader.add_flag("--json", &options->json, "one object on stdout");
  if (const auto code = reader.read(words)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("show takes one file: name one program");
  options->file = names[0];
  return std::nullopt;
}

std::optional<int> read_encode_options(const Words& words, EncodeOptions* options) {
  Reader reader("encode", "FILE -o OUT", "Turns a program's text into bytes.",
                "  arenafuzz encode bug.txt -o corpus/pool_faults/bug");
  reader.add_text("-o,--output", "FILE", &options->out, "the file to write");
  reader.add_flag("--json", &options->json, "one object on stdout");
  if (const auto code = reader.read(words)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("encode takes one file: name one program");
  if (options->out.empty()) return reader.wrong("no file to write: name it with -o OUT");
  options->file = names[0];
  return std::nullopt;
}

}  // namespace arenafuzz::cli
