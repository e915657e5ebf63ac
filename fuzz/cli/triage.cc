// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz triage`: what it prints.
//
// Exit: 1 if any cluster is not known, else 2 if any file cannot be read, else 0.
#include <fmt/format.h>

#include "fuzz/cli/options.h"
#include "fuzz/session/crash_report.h"
#include "fuzz/triage/folder/after.h"
#include "fuzz/triage/folder/lane_work.h"
#include "fuzz/triage/folder/pages.h"
#include "fuzz/triage/folder/run.h"
#include "fuzz/triage/minimize/command_watch.h"

namespace arenafuzz::cli {
namespace {

int triage(const Context& context, const TriageOptions& options) {
  ProgressLine progress("triage");
  TriageRun run(context, options, [&progress](const std::string& line) { progress.show(line); });
  Status status = run.prepare();
  if (!run.note().empty()) fmt::print(stderr, "{}\n", run.note());
  if (status.ok()) status = run.run();
  progress.end();
  if (!status.ok()) return refuse(status.sentence);
  const TriageResult& result = run.result();
  print_report(options.json ? stderr : stdout, result, options);
  if (options.json) fmt::print("{}\n", run.report());
  run.end();
  if (result.interrupted)
    refuse(
        fmt::format("stopped with {} of {} files replayed: the same command continues from there",
                    result.replayed, result.found.inputs.size()));
  if (result.not_known() != 0) return kFound;
  if (result.interrupted) return kUnusable;
  return result.unreadable.empty() ? kClean : kUnusable;
}

}  // namespace

int run_triage(const Context& context, const Words& words) {
  TriageOptions options;
  if (const auto code = read_triage_options(words, &options)) return *code;
  if (!options.mail.empty()) return print_mail(options);
  restart_without_symbolizer(context, "triage", words);
  if (options.lane) return run_triage_lane(context, options);
  const KernelChoice& kernel = options.choice.kernel;
  if (kernel.kernel) print_kernel_tree(stderr, kernel);
  return triage(context, options);
}

}  // namespace arenafuzz::cli
