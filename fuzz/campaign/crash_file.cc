// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/crash_file.h"

#include <fmt/format.h>

#include "fuzz/base/quoting.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/program/text.h"
#include "fuzz/session/death_report.h"
#include "fuzz/session/program_file.h"

namespace arenafuzz {
namespace {

std::string row(const char* name, const std::string& value) {
  return fmt::format("# {:<11}{}\n", name, value);
}

}  // namespace

std::string crash_file(const FuzzPlan& plan, const SanitizerReport& report) {
  const TargetInfo& target = *plan.options().target;
  ProgramFile file;
  const bool has_input = !report.artifact.empty() && load_program(report.artifact, &file).ok();
  file.program.header.profile = target.profile;
  // What the format check found may not survive being printed: its bytes are the program.
  const std::string kept = target.runs_programs() || !has_input
                               ? plan.out("findings/" + report.signature + ".txt")
                               : report.artifact;
  std::string out = "# arenafuzz\n# ASSERTION FAILED: " + report.signature + "\n";
  out += row("signature", report.signature);
  out += row("tier", "safety: the target died");
  out += row("reach", reach_name(reach_of(file.program)));
  const bool kernel = plan.options().kernel.kernel;
  out += row("backend", backend_name(&target, plan.options().kernel));
  out += row("artifact", has_input ? printable(report.artifact) : "none was written");
  out += row("replay", plan.replay_line(kept));
  out += "# report\n" + commented(report.excerpt);
  const std::string tree = kernel ? kernel_tree_rows() : "";
  for (std::size_t at = 0; at < tree.size(); at = tree.find('\n', at) + 1)
    out += "# " + tree.substr(at, tree.find('\n', at) + 1 - at);
  const std::string text = print_program(file.program);
  return out + text.substr(text.find('\n') + 1);
}

}  // namespace arenafuzz
