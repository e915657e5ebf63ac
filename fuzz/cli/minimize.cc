// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz minimize`: the shortest program that shows the same finding.
//
// Exit: 0 with the program written (also if stopped early), 2 if FILE shows no finding.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "fuzz/base/files.h"
#include "fuzz/base/quoting.h"
#include "fuzz/cli/options.h"
#include "fuzz/program/text.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/program_file.h"
#include "fuzz/session/version.h"
#include "fuzz/triage/folder/baseline.h"
#include "fuzz/triage/folder/finding_keeper.h"
#include "fuzz/triage/minimize/command_watch.h"
#include "fuzz/triage/minimize/worker_probe.h"

namespace arenafuzz::cli {
namespace {

std::string without_extension(const std::string& name) {
  return name.ends_with(".txt") ? name.substr(0, name.size() - 4) : name;
}

class MinimizeRun {
 public:
  MinimizeRun(const Context& context, const MinimizeOptions& options)
      : context_(context),
        options_(options),
        keeper_(context, options.choice),
        stream_(options.json || options.out == kStandardStream ? stderr : stdout),
        file_(options.out) {}

  int run() {
    if (keeper_.error() != nullptr) return refuse(keeper_.error());
    std::error_code ignored;
    if (std::filesystem::equivalent(options_.file, options_.out, ignored))
      return refuse(shell_quoted(options_.file) +
                    " would overwrite itself: choose another name for -o");
    keep_as_given(options_.file);
    ProgramFile file;
    Status status = choose_work_file();
    if (status.ok()) status = load_program(options_.file, &file);
    if (!status.ok()) return refuse(status.sentence);
    const std::string folder = std::filesystem::path(file_).parent_path().string();
    if (!options_.choice.kernel.baseline.empty())
      baseline_.emplace(context_, options_.choice, folder.empty() ? "." : folder);
    keeper_.apply_target(&file.program);
    operations_before_ = file.program.operations.size();
    RunnerProbe inner = keeper_.make_probe();
    WorkerProbe probe(inner, run_limits(options_.choice.timeout));
    const ProbeResult seen = probe.run(file.program);
    const std::string wanted = choose(probe, seen, file.program);
    if (baseline_ && !baseline_->problem().ok()) return refuse(baseline_->problem().sentence);
    if (!probe.problem().ok()) return refuse(probe.problem().sentence);
    if (wanted.empty()) return refuse(reason());
    watch_signals();
    status = write_durably(file_, print_program(file.program));
    if (!status.ok()) return refuse(status.sentence + "; -o names another file");
    shorten(probe, file.program, wanted);
    if (!probe.problem().ok()) return refuse(probe.problem().sentence);
    status = keeper_.keep(result_.program, wanted, file_, &main_);
    if (status.ok()) status = copy_to_output();
    if (!status.ok()) return refuse(status.sentence);
    status = scratch_ ? Status{} : keep_beside();  // a stream has no folder to put them in
    print();
    if (options_.json) print_json();
    return status.ok() ? kClean : refuse(status.sentence);
  }

 private:
  // The work file is written again after each step, and read back. Where the output cannot be
  // (standard output, a pipe, a device) it is in a folder of its own, and copied once, at the end.
  Status choose_work_file() {
    std::error_code ignored;
    const auto type = std::filesystem::status(options_.out, ignored).type();
    const bool file = type == std::filesystem::file_type::not_found ||
                      type == std::filesystem::file_type::regular ||
                      type == std::filesystem::file_type::directory;
    if (file && options_.out != kStandardStream) return {};
    scratch_.emplace(std::filesystem::temp_directory_path(ignored).string());
    if (scratch_->folder().empty())
      return {"no folder for temporary files: name one that can be written with TMPDIR"};
    file_ = scratch_->folder() + "/minimized.txt";
    return {};
  }

  Status copy_to_output() {
    if (!scratch_) return {};
    std::string content;
    Status status = read_file(file_, std::string::npos, &content);
    if (status.ok()) status = write_durably(options_.out, content);
    if (status.ok()) main_.file = options_.out;
    return status;
  }

  // The signature to minimize for; empty if there is none. Keeps why others were passed over.
  std::string choose(Probe& probe, const ProbeResult& seen, const Program& program) {
    for (const Sighting& sighting : seen.sightings) {
      const std::string name = name_of(sighting.signature, program);
      if (!options_.signature.empty()) {
        if (name != options_.signature && sighting.signature != options_.signature) continue;
      } else if (!sighting.fails) {
        continue;
      } else if (is_known(name)) {
        any_known_ = true;
        continue;
      }
      if (!baseline_ || !is_old(probe, *baseline_, program, sighting.signature, name))
        return sighting.signature;
      any_old_ = true;
    }
    return "";
  }

  // What --known and --signature match: of a crash the name with its frames, for which the program
  // is run in a child.
  std::string name_of(const std::string& signature, const Program& program) {
    if (!WorkerProbe::is_crash(signature)) return signature;
    if (options_.known.empty() && options_.signature.empty() && !baseline_)
      return signature;  // nobody asks
    Status status;
    const std::string file = fmt::format("{}.symbolizing{}", without_extension(file_), getpid());
    const std::string name = keeper_.name_of_death(program, file, &status);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return name.empty() ? signature : name;
  }

  bool is_known(const std::string& name) const { return options_.known.knows(name); }

  std::string reason() const {
    const std::string name = shell_quoted(options_.file);
    if (any_old_)
      return name + " shows old findings alone, which " +
             shell_quoted(options_.choice.kernel.baseline) +
             " shows too: leave out --baseline to minimize one";
    if (!options_.signature.empty())
      return fmt::format("{} does not show {}: replay it to see what it shows", name,
                         shell_quoted(options_.signature));
    if (any_known_) return name + " shows known findings alone: leave out --known to minimize one";
    return name +
           " shows no finding: name the target, backend and kernel tree that it was found with";
  }

  void shorten(WorkerProbe& probe, const Program& program, const std::string& wanted) {
    ProgressLine progress("minimize");
    // After each step, so that a kill loses little. An error shows when the result is kept.
    CommandWatch watch(options_.seconds, progress, [this](const Program& best) {
      write_durably(file_, print_program(best)).ignore();
    });
    if (wanted == kTimeoutSignature)
      probe.set_limits(run_limits(std::min(options_.choice.timeout, kShortTimeout)));
    probe.set_go_on([&watch] { return watch.in_time(); });
    if (baseline_) {
      RegressionProbe regression(probe, *baseline_, wanted, name_of(wanted, program));
      result_ = minimize(regression, program, wanted, watch);
    } else {
      result_ = minimize(probe, program, wanted, watch);
    }
    seconds_ = watch.elapsed();
    progress.end();
  }

  // What failed first, if anything.
  Status keep_beside() {
    Status failed;
    std::size_t crashes = 0;
    for (const auto& [signature, program] : result_.beside) {
      const std::string named = name_of(signature, program);
      // By one run: is_old() may search for as long as the minimizer did.
      if (is_known(named) || (baseline_ && baseline_->shows(program, named))) continue;
      const bool crash = WorkerProbe::is_crash(signature);
      const std::string name = crash ? fmt::format("crash-{}", ++crashes) : signature;
      WrittenFinding kept;
      const Status status = keeper_.keep(
          program, signature, without_extension(options_.out) + ".beside." + name + ".txt", &kept);
      if (status.ok()) {
        beside_.push_back(std::move(kept));
      } else if (failed.ok()) {
        failed = status;
      }
    }
    return failed;
  }

  void print() const {
    const char* ended = result_.minimal     ? "nothing more can be taken away"
                        : was_interrupted() ? "stopped: the best so far"
                                            : "out of time: the best so far";
    if (!scratch_) fmt::print(stream_, "{}", print_program(result_.program));
    fmt::print(stderr, "{}", main_.report);
    fmt::print(stream_, "{} of {} operations left, {} runs, {:.1f} s: {}\n",
               result_.program.operations.size(), operations_before_, result_.runs, seconds_,
               ended);
    for (const WrittenFinding& kept : beside_)
      fmt::print(stream_, "met on the way: {} in {}\n", kept.signature, shell_quoted(kept.file));
    if (!scratch_) fmt::print(stream_, "{}\n", keeper_.replay_line(main_.file));
  }

  void print_json() const {
    Json beside = Json::array();
    for (const WrittenFinding& kept : beside_)
      beside.push_back({{"signature", kept.signature}, {"file", kept.file}});
    const Json object{{"command", "minimize"},
                      {"version", kSourceVersion},
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
                      {"replay", keeper_.replay_line(main_.file)},
                      {"beside", beside}};
    fmt::print("{}\n", object.dump(2, ' ', false, Json::error_handler_t::replace));
  }

  const Context& context_;
  const MinimizeOptions& options_;
  FindingKeeper keeper_;
  std::FILE* stream_;
  std::optional<Scratch> scratch_;
  std::string file_;  // the work file
  std::optional<BaselineProbe> baseline_;
  bool any_known_ = false;
  bool any_old_ = false;
  Minimized result_;
  double seconds_ = 0;
  std::size_t operations_before_ = 0;
  WrittenFinding main_;
  std::vector<WrittenFinding> beside_;
};

}  // namespace

int run_minimize(const Context& context, const Words& words) {
  MinimizeOptions options;
  if (const auto code = read_minimize_options(words, &options)) return *code;
  if (options.json && options.out == kStandardStream)
    return refuse("--json owns the standard output: name a file for -o");
  // Once, from its beginning: naming the frames of every crash of the search would take most of its
  // time.
  restart_without_symbolizer(context, "minimize", words);
  const KernelChoice& kernel = options.choice.kernel;
  std::string note;
  const Status status = check_baseline(context, options.choice, &note);
  if (!status.ok()) return refuse(status.sentence);
  if (kernel.kernel) print_kernel_tree(stderr, kernel);
  if (!note.empty()) fmt::print(stderr, "{}\n", note);
  return std::make_unique<MinimizeRun>(context, options)->run();
}

}  // namespace arenafuzz::cli
