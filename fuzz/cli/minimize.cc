// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz minimize`: the shortest program that shows the same finding.
//
// Exit: 0 with the program written (also if stopped early), 2 if FILE shows no finding.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "fuzz/cli/backends.h"
#include "fuzz/cli/crash_report.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/options.h"
#include "fuzz/cli/program_file.h"
#include "fuzz/cli/quoting.h"
#include "fuzz/program/text.h"
#include "fuzz/triage/minimizer.h"
#include "fuzz/triage/worker_probe.h"

namespace arenafuzz::cli {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

// For one program; the executor's own bound on steps ends what merely runs long.
constexpr int kMillisecondsARun = 60000;

volatile sig_atomic_t interrupted = 0;
void on_signal(int) { interrupted = 1; }

// The clock, Ctrl-C, a line of progress a second (ten where nobody watches), and the best so far in
// OUT, so that even a kill loses little.
class Watch final : public MinimizeWatch {
 public:
  Watch(int seconds, std::string out)
      : seconds_(seconds), out_(std::move(out)), terminal_(isatty(STDERR_FILENO) == 1) {
    struct sigaction action{};
    action.sa_handler = on_signal;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
  }

  bool go_on(const Program& best, std::uint64_t runs) override {
    const double now = elapsed();
    if (now >= next_) {
      const std::string line = fmt::format("minimize: {} operations, {} runs, {:.0f} s",
                                           best.operations.size(), runs, now);
      fmt::print(stderr, "{}{}{}", terminal_ ? "\r" : "", line, terminal_ ? "\033[K" : "\n");
      shown_ = true;
      save(best);
      next_ = now + (terminal_ ? 1 : 10);
    }
    if (seconds_ != 0 && now >= seconds_) late_ = true;
    return !late_ && interrupted == 0;
  }

  // What cannot be written is said at the end.
  Status save(const Program& best) const { return write_durably(out_, print_program(best)); }

  void end() const {
    if (shown_ && terminal_) fmt::print(stderr, "\n");
  }
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - began_).count(); }

 private:
  int seconds_;
  std::string out_;
  bool terminal_;
  Clock::time_point began_ = Clock::now();
  double next_ = 1;
  bool shown_ = false;
  bool late_ = false;
};

// What is written of one signature.
struct Kept {
  std::string signature;
  std::string file;
  std::string report;
};

std::string without_extension(const std::string& name) {
  return name.ends_with(".txt") ? name.substr(0, name.size() - 4) : name;
}

class MinimizeRun {
 public:
  MinimizeRun(const Context& context, const MinimizeOptions& options)
      : context_(context),
        options_(options),
        runner_(backends_.make_runner(options.target, options.kernel)),
        stream_(options.json ? stderr : stdout) {
    run_options_.domain = options.domain.given ? options.domain.domain : Domain::kMisuse;
    // A file replays without its target where that only says which profile and backend.
    const bool needs_target =
        options.target != nullptr && (options.target->kind == TargetKind::kCanary ||
                                      options.target->kind == TargetKind::kDifferential);
    if (needs_target) {
      pinned_ = options.target->profile;
      replay_words_ = {"--target", options.target->name};
    }
    if (options.domain.given) {
      replay_words_.emplace_back("--domain");
      replay_words_.emplace_back(domain_name(options.domain.domain));
    }
    if (options.strict) replay_words_.emplace_back("--strict");
  }

  int run() {
    if (runner_->error() != nullptr) return refuse(runner_->error());
    ProgramFile file;
    Status status = load_program(options_.file, &file);
    if (!status.ok()) return refuse(status.sentence);
    if (options_.target != nullptr) file.program.header.profile = options_.target->profile;
    RunnerProbe inner(*runner_, run_options_, options_.strict, pinned_);
    WorkerProbe probe(inner, kMillisecondsARun);
    const std::string wanted = choose(probe.run(file.program));
    if (!probe.problem().empty()) return refuse(probe.problem());
    if (wanted.empty()) return kUnusable;
    Watch watch(options_.seconds, options_.out);
    status = watch.save(file.program);
    if (!status.ok()) return refuse(status.sentence + "; -o names another file");
    result_ = minimize(probe, file.program, wanted, watch);
    seconds_ = watch.elapsed();
    watch.end();
    if (!probe.problem().empty()) return refuse(probe.problem());
    operations_before_ = file.program.operations.size();
    status = keep(result_.program, wanted, options_.out, &main_);
    if (!status.ok()) return refuse(status.sentence);
    keep_beside();
    print();
    return kClean;
  }

 private:
  // Which finding; empty with a sentence printed if there is none.
  std::string choose(const ProbeResult& seen) const {
    bool any_known = false;
    for (const Sighting& sighting : seen.sightings) {
      if (!options_.signature.empty()) {
        if (sighting.signature == options_.signature) return sighting.signature;
        continue;
      }
      if (!sighting.fails) continue;
      if (!options_.known.contains(sighting.signature)) return sighting.signature;
      any_known = true;
    }
    const std::string name = shell_quoted(options_.file);
    if (!options_.signature.empty()) {
      refuse(fmt::format("{} does not show {}: replay it to see what it shows", name,
                         shell_quoted(options_.signature)));
    } else if (any_known) {
      refuse(name + " shows known findings alone: leave out --known to minimize one");
    } else {
      refuse(name +
             " shows no finding: name the target, backend and kernel tree that it was found with");
    }
    return "";
  }

  Words all_replay_words() const {
    Words words = replay_words_;
    if (options_.kernel.kernel) words.insert(words.end(), {"--backend", "kernel"});
    if (!options_.kernel.tree.empty())
      words.insert(words.end(), {"--kernel-tree", options_.kernel.tree});
    if (!options_.kernel.glue.empty()) words.insert(words.end(), {"--glue", options_.kernel.glue});
    if (options_.kernel.no_arithmetic) words.emplace_back("--no-arithmetic");
    return words;
  }

  std::string replay_line(const std::string& file) const {
    Words words = {context_.called_as, "replay"};
    const Words more = all_replay_words();
    words.insert(words.end(), more.begin(), more.end());
    if (file.starts_with("-")) words.emplace_back("--");
    words.push_back(file);
    return shell_line(words);
  }

  // Writes the program with its report as comments.
  Status keep(const Program& program, const std::string& wanted, const std::string& file,
              Kept* kept) {
    kept->file = file;
    kept->signature = wanted;
    return WorkerProbe::is_crash(wanted) ? keep_crash(program, kept) : keep_finding(program, kept);
  }

  Status keep_finding(const Program& program, Kept* kept) {
    const std::vector<Finding> findings = runner_->run(program, run_options_).findings;
    const auto found = std::find_if(findings.begin(), findings.end(), [kept](const Finding& one) {
      return signature(one) == kept->signature;
    });
    if (found == findings.end()) return {"the verdict changed from run to run: report this"};
    kept->report = runner_->report(program, *found, run_options_);
    return write_durably(kept->file, runner_->finding_file(program, *found, run_options_));
  }

  // First the bare program, which a process of its own then replays.
  Status keep_crash(const Program& program, Kept* kept) {
    const std::string text = print_program(program);
    const Status status = write_durably(kept->file, text);
    if (!status.ok()) return status;
    const SanitizerReport report = symbolized_report(context_, all_replay_words(), kept->file);
    if (report.signature.empty()) return {};
    kept->signature = report.signature;
    kept->report = report.excerpt;
    std::string head = "# arenafuzz\n# ASSERTION FAILED: " + report.signature + "\n# signature  " +
                       report.signature + "\n# tier       safety: the target " + "died\n# report\n";
    std::string_view rest = report.excerpt;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      head += "#   " + printable(rest.substr(0, end)) + "\n";
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return write_durably(kept->file, head + text.substr(text.find('\n') + 1));
  }

  void keep_beside() {
    std::size_t crashes = 0;
    for (const auto& [signature_met, program] : result_.beside) {
      if (options_.known.contains(signature_met)) continue;
      const bool crash = WorkerProbe::is_crash(signature_met);
      const std::string name = crash ? fmt::format("crash-{}", ++crashes) : signature_met;
      Kept kept;
      const std::string file = without_extension(options_.out) + ".beside." + name + ".txt";
      const Status status = keep(program, signature_met, file, &kept);
      if (!status.ok()) {
        refuse(status.sentence);
        continue;
      }
      beside_.push_back(std::move(kept));
    }
  }

  void print() const {
    const std::string ended = result_.minimal ? "nothing more can be taken away"
                              : interrupted != 0
                                  ? "stopped: the best so far"
                                  : "out of time: the best so far, more --time may shorten it";
    fmt::print(stream_, "{}", print_program(result_.program));
    fmt::print(stderr, "{}", main_.report);
    fmt::print(stream_, "{} of {} operations left, {} runs, {:.1f} s: {}\n",
               result_.program.operations.size(), operations_before_, result_.runs, seconds_,
               ended);
    for (const Kept& kept : beside_)
      fmt::print(stream_, "met on the way: {} in {}\n", kept.signature, shell_quoted(kept.file));
    fmt::print(stream_, "{}\n", replay_line(main_.file));
    if (!options_.json) return;
    Json beside = Json::array();
    for (const Kept& kept : beside_)
      beside.push_back({{"signature", kept.signature}, {"file", kept.file}});
    const Json object{{"command", "minimize"},
                      {"file", options_.file},
                      {"output", main_.file},
                      {"signature", main_.signature},
                      {"minimal", result_.minimal},
                      {"operations_before", operations_before_},
                      {"operations", result_.program.operations.size()},
                      {"runs", result_.runs},
                      {"seconds", seconds_},
                      {"program", print_program(result_.program)},
                      {"report", main_.report},
                      {"replay", replay_line(main_.file)},
                      {"beside", beside}};
    fmt::print("{}\n", object.dump(2, ' ', false, Json::error_handler_t::replace));
  }

  const Context& context_;
  const MinimizeOptions& options_;
  Backends backends_;
  std::unique_ptr<ProgramRunner> runner_;
  std::FILE* stream_;
  Options run_options_;
  std::optional<Profile> pinned_;
  Words replay_words_;
  Minimized result_;
  double seconds_ = 0;
  std::size_t operations_before_ = 0;
  Kept main_;
  std::vector<Kept> beside_;
};

}  // namespace

int run_minimize(const Context& context, const Words& words) {
  MinimizeOptions options;
  if (const auto code = read_minimize_options(words, &options)) return *code;
  restart_without_symbolizer(context, "minimize", words);
  if (options.kernel.kernel) print_kernel_tree(options.json ? stderr : stdout, options.kernel);
  return std::make_unique<MinimizeRun>(context, options)->run();
}

}  // namespace arenafuzz::cli
