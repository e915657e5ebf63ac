// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "fuzz/cli/files.h"
#include "fuzz/cli/quoting.h"

namespace arenafuzz::cli {
namespace {

constexpr int kMaxJobs = 1024;
constexpr int kMaxSeconds = 366 * 24 * 3600;
constexpr const char* kDomainNames[] = {"callers", "api", "misuse"};
constexpr const char* kEngineNames[] = {"libfuzzer", "afl", "both"};

class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) { column_width(26); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: arenafuzz " + usage_ + "\n";
  }

 private:
  std::string usage_;
};

// CLI11 for what begins with a dash; all other words, and those after "--", are the reader's: in
// CLI11 a name such as "[x]" would be a list.
class Reader {
 public:
  Reader(const char* name, const char* usage, const char* about, const char* examples)
      : name_(name), app_(about) {
    app_.formatter(std::make_shared<HelpFormatter>(std::string(name) + " " + usage));
    app_.footer(std::string("Examples:\n") + examples);
    app_.set_help_flag("-h,--help", "print this and exit");
    app_.allow_extras();
  }

  CLI::App& app() { return app_; }
  const CLI::App& app() const { return app_; }
  const Words& names() const { return names_; }
  const Words& after_dashes() const { return after_; }

  std::optional<int> read(const Words& words) {
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes != words.end()) after_.assign(dashes + 1, words.end());
    Words reversed(words.begin(), dashes);
    std::reverse(reversed.begin(), reversed.end());
    try {
      app_.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
      fmt::print("{}", app_.help());
      return kClean;
    } catch (const CLI::ParseError& error) {
      return wrong(printable(error.what()));
    }
    for (const std::string& word : app_.remaining()) {
      if (word.size() > 1 && word[0] == '-') return wrong("unknown option " + shell_quoted(word));
      names_.push_back(word);
    }
    return std::nullopt;
  }

  int wrong(const std::string& what) const {
    return refuse(fmt::format("{} (see arenafuzz {} --help)", what, name_));
  }

 private:
  const char* name_;
  CLI::App app_;
  Words names_;
  Words after_;
};

// Options that several sub-commands have, as words until they are checked.
struct SharedWords {
  std::string backend;
  KernelChoice kernel;
  std::string target;
  const char* default_target = nullptr;
  std::string domain;
  std::vector<std::string> known;
};

void add_shared(CLI::App& app, SharedWords* words) {
  app.add_option("--backend", words->backend,
                 "cpp: our own pool (the default); kernel: a kernel tree's sources");
  app.add_option("--kernel-tree", words->kernel.tree,
                 "root of the kernel tree; without it tests/fixtures' arena pool over Debian's "
                 "lib/genalloc.c");
  app.add_option("--glue", words->kernel.glue,
                 "C file in place of src/kernel/arena_glue.c, where a patch changes a prototype");
  app.add_flag("--no-arithmetic", words->kernel.no_arithmetic,
               "do not check the tree's arena pool for sums that wrap and values that are cut");
  app.add_option("--domain", words->domain,
                 "sizes and orders that inputs may use: callers, api or misuse");
  app.add_option("--known", words->known,
                 "signatures to count and pass over, one a line; may be repeated")
      ->allow_extra_args(false);
}

std::string target_list(const char* separator) {
  std::string list;
  for (const TargetInfo& info : kTargets)
    list += fmt::format("{}{}", list.empty() ? "" : separator, info.name);
  return list;
}

std::optional<int> check_shared(const Reader& reader, const SharedWords& words,
                                DomainChoice* domain, const TargetInfo** target,
                                KernelChoice* kernel) {
  if (!words.target.empty()) {
    *target = find_target(words.target);
    if (*target == nullptr)
      return reader.wrong("unknown target " + shell_quoted(words.target) + ": use one of " +
                          target_list(", "));
  } else if (words.default_target != nullptr) {
    *target = find_target(words.default_target);
  }
  for (const char* name : {"--kernel-tree", "--glue"}) {
    const CLI::Option* option = reader.app().get_option(name);
    if (option->count() != 0 && option->results().back().empty())
      return reader.wrong(fmt::format("nothing behind {}: name a file or folder", name));
  }
  *kernel = words.kernel;
  const Status status = settle_kernel_choice(words.backend, !words.target.empty(), kernel, target);
  if (!status.ok()) return reader.wrong(status.sentence);
  if (words.domain.empty()) return std::nullopt;
  for (int i = 0; i < 3; ++i) {
    if (words.domain != kDomainNames[i]) continue;
    *domain = {true, static_cast<Domain>(i)};
    return std::nullopt;
  }
  return reader.wrong("unknown domain " + shell_quoted(words.domain) +
                      ": use callers, api or misuse");
}

std::optional<int> read_known(const std::vector<std::string>& names, std::set<std::string>* known) {
  for (const std::string& name : names) {
    const Status status = read_signatures(name, known);
    if (!status.ok()) return refuse(status.sentence);
  }
  return std::nullopt;
}

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
    "  arenafuzz fuzz --jobs 1 -- -seed=7 -runs=1000000";

// The engine's number of processes: CLI11's checks name the bounds.
void add_fuzz_options(CLI::App& app, SharedWords* words, std::string* engine,
                      FuzzOptions* options) {
  add_shared(app, words);
  app.add_option("--target", words->target, target_help());
  app.add_option("--engine", *engine,
                 "libfuzzer (the default), afl (AFL++), or both, which share what they find");
  app.add_option("--time", options->seconds, "seconds; 0 is until stopped (60)")
      ->check(CLI::Range(0, kMaxSeconds));
  app.add_option("--jobs", options->jobs, "processes (all cores)")->check(CLI::Range(1, kMaxJobs));
  app.add_option("--out", options->out, "folder for new inputs, findings and logs (fuzz-out)");
  app.add_option("--corpus", options->corpus,
                 "folder of seeds, never written (corpus/<target> of the source)");
  app.add_flag("--strict", options->strict,
               "fail on every difference from the reference; our own pool always does");
  app.add_flag("--stop-at-first", options->stop_at_first, "end at the first new finding");
  app.add_flag("--json", options->json, "one object on stdout, all else on stderr");
}

constexpr const char* kReplayExamples =
    "  arenafuzz replay corpus/regression                every program of a folder\n"
    "  arenafuzz replay --trace fuzz-out/findings/X.txt  each step of one\n"
    "  git bisect run ./arenafuzz replay --bisect X.txt  0 good, 1 bad, 125 no verdict";

void add_replay_options(CLI::App& app, SharedWords* words, ReplayOptions* options) {
  add_shared(app, words);
  app.add_option(
      "--target", words->target,
      "run as this target does (its profile instead of the file's): " + target_list(", "));
  app.add_flag("--trace", options->trace, "print each step");
  app.add_flag("--backtrace", options->backtrace, "print where each fault fired");
  app.add_flag("--bisect", options->bisect, "exit 0 good, 1 bad, 125 no verdict");
  app.add_flag("--no-model", options->no_model, "safety and contract alone");
  app.add_flag("--strict", options->strict,
               "fail on every difference from the reference; our own pool always does");
  app.add_flag("--reverse", options->reverse, "in reverse order: the verdicts must be the same");
  app.add_flag("--json", options->json, "one object on stdout, all else on stderr");
  app.add_flag("--ktap", options->ktap, "KTAP on stdout, all else on stderr");
}

std::optional<int> check_engine(const Reader& reader, const std::string& engine,
                                FuzzOptions* options) {
  const auto* const end = std::end(kEngineNames);
  const auto* const name = std::find(std::begin(kEngineNames), end, engine);
  if (name == end)
    return reader.wrong("no engine " + shell_quoted(engine) + ": use libfuzzer, afl or both");
  options->engine = static_cast<EngineChoice>(name - std::begin(kEngineNames));
  if (options->engine == EngineChoice::kLibFuzzer) return std::nullopt;
  if (!options->kernel.tree.empty())
    return reader.wrong("AFL++ fuzzes the default tree alone: use --engine libfuzzer");
  if (options->engine != EngineChoice::kBoth) return std::nullopt;
  if (options->jobs == 1)
    return reader.wrong("two engines need two jobs: use --jobs 2 or one engine");
  if (!reader.after_dashes().empty())
    return reader.wrong("words after -- are for one engine: use --engine libfuzzer or afl");
  return std::nullopt;
}

Words all_names(const Reader& reader) {
  Words names = reader.names();
  names.insert(names.end(), reader.after_dashes().begin(), reader.after_dashes().end());
  return names;
}

}  // namespace

const char* engine_name(EngineChoice engine) { return kEngineNames[static_cast<int>(engine)]; }
const char* domain_name(Domain domain) { return kDomainNames[static_cast<int>(domain)]; }

std::optional<int> read_fuzz_options(const Words& words, FuzzOptions* options) {
  Reader reader("fuzz", "[OPTIONS] [-- ENGINE ARGS]",
                "Fuzzes a target and reports each distinct finding, most reachable first.",
                kFuzzExamples);
  SharedWords shared;
  shared.default_target = "pool_faults";
  std::string engine = "libfuzzer";
  add_fuzz_options(reader.app(), &shared, &engine, options);
  if (const auto code = reader.read(words)) return code;
  if (const auto code =
          check_shared(reader, shared, &options->domain, &options->target, &options->kernel))
    return code;
  if (const auto code = check_engine(reader, engine, options)) return code;
  if (!reader.names().empty())
    return reader.wrong("unexpected word " + shell_quoted(reader.names()[0]) +
                        ": put words for the engine after --");
  if (options->out.empty()) return reader.wrong("--out is empty: name a folder");
  if (options->jobs == 0)
    options->jobs = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxJobs);
  if (options->engine == EngineChoice::kBoth) options->jobs = std::max(options->jobs, 2);
  options->known_files = shared.known;
  options->engine_words = reader.after_dashes();
  return read_known(shared.known, &options->known);
}

std::optional<int> read_replay_options(const Words& words, ReplayOptions* options) {
  Reader reader("replay", "[OPTIONS] FILE|DIR...",
                "Runs programs, bytes or text, and prints a verdict on each.", kReplayExamples);
  SharedWords shared;
  add_replay_options(reader.app(), &shared, options);
  if (const auto code = reader.read(words)) return code;
  if (const auto code =
          check_shared(reader, shared, &options->domain, &options->target, &options->kernel))
    return code;
  options->files = all_names(reader);
  if (options->files.empty()) return reader.wrong("nothing to replay: name a file or a folder");
  if (options->json + options->ktap + options->bisect > 1)
    return reader.wrong("--json, --ktap and --bisect exclude each other: use one");
  return read_known(shared.known, &options->known);
}

std::optional<int> read_show_options(const Words& words, ShowOptions* options) {
  Reader reader("show", "FILE", "Prints a program, bytes or text, as text in its normal form.",
                "  arenafuzz show corpus/pool/enable-64");
  reader.app().add_flag("--json", options->json, "one object on stdout");
  if (const auto code = reader.read(words)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("show takes one file: name one program");
  options->file = names[0];
  return std::nullopt;
}

std::optional<int> read_encode_options(const Words& words, EncodeOptions* options) {
  Reader reader("encode", "FILE -o OUT", "Turns a program's text into bytes.",
                "  arenafuzz encode bug.txt -o corpus/pool_faults/bug");
  reader.app().add_option("-o,--output", options->out, "the file to write");
  reader.app().add_flag("--json", options->json, "one object on stdout");
  if (const auto code = reader.read(words)) return code;
  const Words names = all_names(reader);
  if (names.size() != 1) return reader.wrong("encode takes one file: name one program");
  if (options->out.empty()) return reader.wrong("no file to write: name it with -o OUT");
  options->file = names[0];
  return std::nullopt;
}

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
