// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/crash_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/cli/program_file.h"
#include "fuzz/cli/quoting.h"
#include "fuzz/harness/kernel_backend.h"
#include "fuzz/harness/options.h"
#include "fuzz/harness/verdict.h"
#include "fuzz/program/text.h"

namespace arenafuzz::cli {
namespace {

bool is_neighbours(OperationKind kind) {
  switch (kind) {
    case OperationKind::kClaim:
    case OperationKind::kRelease:
    case OperationKind::kReserve:
    case OperationKind::kUserFault:
    case OperationKind::kTeardown:
      return true;
    default:
      return false;
  }
}

// Read off the program alone, since the crash left no judge to ask: what it may have needed.
Reach reach_of(const Program& program) {
  const auto any = [&program](auto test) {
    return std::any_of(program.operations.begin(), program.operations.end(), test);
  };
  if (any([](const Operation& operation) {
        return operation.kind == OperationKind::kMisuseFree ||
               operation.kind == OperationKind::kGenMisuseFree;
      }))
    return Reach::kMisuse;
  if (any([](const Operation& operation) {
        return operation.kind == OperationKind::kAlloc && !is_caller_size(operation.size);
      }))
    return Reach::kCallerBug;
  if (any([](const Operation& operation) { return is_neighbours(operation.kind); }))
    return Reach::kNeighbour;
  const bool faults = program.has_plan || any([](const Operation& operation) {
                        return operation.faults[0].kind != FaultClause::Kind::kNone;
                      });
  return faults ? Reach::kMemoryPressure : Reach::kNormalUse;
}

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

}  // namespace arenafuzz::cli
