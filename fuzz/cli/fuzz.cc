// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz fuzz`: the main job.
//
// Exit 1 if this run found something that is not known, else 0.
#include <fmt/format.h>

#include "fuzz/base/quoting.h"
#include "fuzz/base/run_signals.h"
#include "fuzz/campaign/findings.h"
#include "fuzz/campaign/plan.h"
#include "fuzz/campaign/run.h"
#include "fuzz/campaign/summary.h"
#include "fuzz/cli/options.h"
#include "fuzz/session/version.h"
#include "fuzz/triage/folder/baseline.h"
#include "fuzz/triage/folder/build_file.h"

namespace arenafuzz::cli {
namespace {

// A line of 700 characters each: kept for those who want to run an engine by hand.
Status tell_engine_commands(std::FILE* stream, const FuzzPlan& plan) {
  const FuzzOptions& options = plan.options();
  std::string lines = command_line(plan.command(0, options.seconds)) + "\n";
  if (options.engine == EngineChoice::kBoth)
    lines += command_line(plan.command(1, options.seconds)) + "\n";
  if (options.engine != EngineChoice::kLibFuzzer)
    lines +=
        "# AFL_SKIP_CPUFREQ, AFL_NO_AFFINITY and AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES: no setting "
        "of this machine is changed or needed; crashes are kept as inputs\n";
  if (options.verbose) fmt::print(stream, "{}", lines);
  return write_durably(plan.out("logs/commands.txt"), lines);
}

// OUT/known.txt, or the first of its kind that the user did not give to be read.
std::string known_file(const FuzzPlan& plan) {
  std::string name = plan.out("known.txt");
  for (int i = 2; is_given(name); ++i) name = plan.out(fmt::format("known-{}.txt", i));
  return name;
}

}  // namespace

int run_fuzz(const Context& context, const Words& words) {
  FuzzOptions options;
  if (const auto code = read_fuzz_options(words, &options)) return *code;
  std::FILE* stream = options.json ? stderr : stdout;
  FuzzPlan plan(context, options);
  std::string note;
  Json baseline;
  Status status = check_baseline(context, plan.run_choice(), &note, &baseline);
  if (!status.ok()) return refuse(status.sentence);
  // From here on a run that is stopped ends with its summary.
  block_run_signals();
  status = plan.prepare();
  if (!status.ok()) return refuse(status.sentence);
  status = write_build_file(context, plan.run_choice(), plan.out("findings/build.json"));
  if (!status.ok()) return refuse(status.sentence);
  const bool compared = !options.kernel.baseline.empty();
  Findings findings(options.out, compared);
  findings.open();
  if (compared) {
    Json trees{{"tree", describe_tree()}, {"baseline", baseline}};
    status = findings.open_old(trees.dump());
    if (!status.ok()) return refuse(status.sentence);
  }
  if (!findings.problem().ok()) return refuse(findings.problem().sentence);
  if (options.kernel.kernel) print_kernel_tree(stream, options.kernel);
  if (!note.empty()) fmt::print(stream, "{}\n", note);
  status = tell_engine_commands(stream, plan);
  if (!status.ok()) return refuse(status.sentence);
  fmt::print(stream, "job 0 of {}; seed {}; {}\n", options.jobs, plan.seed(), version_text());
  if (!plan.note().empty()) fmt::print(stream, "{}\n", plan.note());
  std::fflush(stream);
  FuzzRun run(plan, findings, stream);
  status = run.run();
  if (!status.ok()) return refuse(status.sentence);
  FuzzSummary summary(plan, findings, run);
  const std::string known = known_file(plan);
  status = findings.write_known(known);
  summary.known_file(status.ok() ? known : "");
  if (status.ok() && known != plan.out("known.txt"))
    summary.note(
        fmt::format("{} was given and is left as it is: what this run and earlier ones "
                    "found is listed in {}",
                    shell_quoted(plan.out("known.txt")), shell_quoted(known)));
  if (!status.ok()) summary.warn(status.sentence);
  const std::string changed = plan.changed_tree_file();
  if (!changed.empty())
    summary.warn(shell_quoted(changed) +
                 " changed during the run, which used it as it was at the start: run again");
  summary.print(stream);
  if (options.json) summary.print_json();
  return summary.exit_code();
}

}  // namespace arenafuzz::cli
