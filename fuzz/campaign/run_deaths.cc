// SPDX-License-Identifier: GPL-2.0-only
//
// The part of FuzzRun that is about jobs that end by an input: each such death is a finding with
// its input kept, or a sentence.
//
//   input --`replay --json`, watched, by itself--> crash, exit, timeout or finding: kept as that
//                                                  nothing: what the engine printed is kept
#include <fmt/format.h>

#include <cstring>

#include "fuzz/base/quoting.h"
#include "fuzz/campaign/crash_file.h"
#include "fuzz/campaign/run.h"
#include "fuzz/corpus/content_hash.h"
#include "fuzz/harness/verdict/report.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"
#include "fuzz/session/crash_report.h"
#include "fuzz/session/finding_file.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/program_file.h"
#include "fuzz/session/sanitizer_report.h"

namespace arenafuzz {
namespace {

// The input as its target runs it.
Status load_as(const TargetInfo& target, const std::string& artifact, Program* program) {
  ProgramFile file;
  Status status = load_program(artifact, &file);
  if (status.ok() && target.kind == TargetKind::kKernelGenPool && !file.content.empty()) {
    file.content[0] = static_cast<char>(ProgramKind::kGenPool);
    decode({reinterpret_cast<const std::uint8_t*>(file.content.data()), file.content.size()},
           &file.program);
  }
  *program = file.program;
  program->header.profile = target.profile;
  return status;
}

}  // namespace

FuzzRun::Alone FuzzRun::keep_alone(const std::string& artifact) {
  const TargetInfo& target = *plan_.options().target;
  Program program;
  if (artifact.empty() || !target.runs_programs() || !load_as(target, artifact, &program).ok())
    return Alone::kUnknown;
  const std::string text = plan_.out("logs/alone.txt");
  if (!write_durably(text, print_program(program)).ok()) return Alone::kUnknown;
  const Json file =
      replayed(plan_.context(), plan_.replay_words(), plan_.options().timeout, text, not_stopped());
  if (file.is_null()) return Alone::kUnknown;
  const Json* finding = finding_in(file, "");
  if (finding == nullptr) return Alone::kNothing;
  const std::string signature = text_of(*finding, "signature");
  if (plan_.options().known.knows(signature)) {
    ++totals_.known_deaths;
    return Alone::kShown;
  }
  FindingRecord record = finding_of(*finding);
  record.program = program_text(program);
  record.artifact = printable(artifact);
  record.facts += report_row("artifact", record.artifact) +
                  report_row("replay", plan_.replay_line(findings_.file_of(signature)));
  findings_.add(record);
  return Alone::kShown;
}

std::string FuzzRun::keep_input(const FuzzJob& job) {
  const auto input = job.input_under_way();
  if (!input) return "";
  const std::string name = plan_.out(
      "crashes/died-" +
      content_hash({reinterpret_cast<const std::uint8_t*>(input->data()), input->size()}));
  const Status status = write_durably(name, *input);
  if (!status.ok()) warn(status.sentence);
  return status.ok() ? name : "";
}

void FuzzRun::keep_report(FuzzJob& job, const FuzzJob::End& end) {
  SanitizerReport report;
  const std::string log = job.log_of_this_life();
  const bool stuck = stuck_.contains(&job);
  const bool reported = read_sanitizer_report(log, stuck ? "timeout" : "", &report);
  if (report.artifact.empty() && (stuck || end.signal == 0)) report.artifact = keep_input(job);
  if (stuck && report.artifact.empty()) {
    // Killed between two inputs: none of them hangs.
    --totals_.deaths;
    warn("a job got too little of the processor to end when time was up: use fewer --jobs");
    return;
  }
  if (!set_seed_aside(log, report.artifact)) deaths_.push_back(elapsed());
  const bool late = stuck || report.signature.starts_with("sanitizer.timeout");
  const Alone alone = keep_alone(report.artifact);
  if (alone == Alone::kShown) return;
  // The engine's clock for an input is the time of day: the input decides, and not how many other
  // processes want the processor.
  if (late && alone == Alone::kNothing) {
    --totals_.deaths;
    warn(fmt::format("an input took too long once, and not when run by itself: {}",
                     shell_quoted(report.artifact)));
  } else if (reported && plan_.options().known.knows(report.signature)) {
    ++totals_.known_deaths;
  } else if (reported) {
    findings_.add(crash_finding(plan_, report));
  } else {
    ++totals_.deaths_without_report;
    warn(fmt::format(
        "a job ended without a report ({}) and was started again: see {}",
        end.signal != 0 ? strsignal(end.signal) : fmt::format("exit code {}", end.exit_code),
        shell_quoted(job.log_name())));
  }
}

bool FuzzRun::set_seed_aside(const std::string& log, const std::string& artifact) {
  if (artifact.empty() || log.find("INITED") != std::string::npos) return false;
  if (!plan_.drop_seed(artifact)) return false;
  warn("seeds that end a job were set aside: the rest is in " + shell_quoted(plan_.out("seeds")));
  return true;
}

}  // namespace arenafuzz
