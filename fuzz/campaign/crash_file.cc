// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/crash_file.h"

#include "fuzz/base/quoting.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/verdict/report.h"
#include "fuzz/session/death_report.h"
#include "fuzz/session/program_file.h"

namespace arenafuzz {
FindingRecord crash_finding(const FuzzPlan& plan, const SanitizerReport& report) {
  const TargetInfo& target = *plan.options().target;
  ProgramFile file;
  const bool has_input = !report.artifact.empty() && load_program(report.artifact, &file).ok();
  file.program.header.profile = target.profile;
  // What the format check found may not survive being printed: its bytes are the program.
  const std::string kept = target.runs_programs() || !has_input
                               ? plan.out("findings/" + report.signature + ".txt")
                               : report.artifact;
  const bool kernel = plan.options().kernel.kernel;
  FindingRecord finding;
  finding.signature = report.signature;
  finding.tier = tier_name(Tier::kSafety);
  finding.meaning = "the target died";
  finding.reach = reach_name(reach_of(file.program));
  finding.artifact = has_input ? printable(report.artifact) : "none was written";
  finding.program = program_text(file.program);
  finding.facts =
      "ASSERTION FAILED: " + report.signature + "\n" + report_row("signature", report.signature) +
      report_row("tier", finding.tier + ": " + finding.meaning) +
      report_row("reach", finding.reach) +
      report_row("backend", backend_name(&target, plan.options().kernel)) +
      report_row("artifact", finding.artifact) + report_row("replay", plan.replay_line(kept)) +
      "report\n" + indented(report.excerpt) + (kernel ? kernel_tree_rows() : "");
  return finding;
}

}  // namespace arenafuzz
