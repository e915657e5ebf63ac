// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/finding_keeper.h"

#include <algorithm>

#include "fuzz/cli/quoting.h"
#include "fuzz/cli/triage_pages.h"
#include "fuzz/program/text.h"
#include "fuzz/triage/worker_probe.h"

namespace arenafuzz::cli {

FindingKeeper::FindingKeeper(const Context& context, const RunChoice& choice)
    : context_(context),
      choice_(choice),
      runner_(backends_.make_runner(choice.target, choice.kernel)) {
  run_options_.domain = choice.domain.given ? choice.domain.domain : Domain::kMisuse;
  // A file replays without its target where that only says which profile and backend.
  if (choice.target != nullptr && (choice.target->kind == TargetKind::kCanary ||
                                   choice.target->kind == TargetKind::kDifferential)) {
    pinned_ = choice.target->profile;
    replay_words_.emplace_back("--target");
    replay_words_.emplace_back(choice.target->name);
  }
  const auto add = [this](const char* option, const std::string& value) {
    replay_words_.emplace_back(option);
    replay_words_.push_back(value);
  };
  const KernelChoice& kernel = choice.kernel;
  if (choice.domain.given) add("--domain", domain_name(choice.domain.domain));
  if (choice.strict) replay_words_.emplace_back("--strict");
  if (kernel.kernel) add("--backend", "kernel");
  if (!kernel.tree.empty()) add("--kernel-tree", kernel.tree);
  if (!kernel.glue.empty()) add("--glue", kernel.glue);
  if (kernel.no_arithmetic) replay_words_.emplace_back("--no-arithmetic");
}

RunnerProbe FindingKeeper::make_probe() {
  return RunnerProbe(*runner_, run_options_, choice_.strict, pinned_);
}

void FindingKeeper::apply_target(Program* program) const {
  if (choice_.target != nullptr) program->header.profile = choice_.target->profile;
}

std::string FindingKeeper::replay_line(const std::string& file) const {
  Words words = {context_.called_as, "replay"};
  words.insert(words.end(), replay_words_.begin(), replay_words_.end());
  if (file.starts_with("-")) words.emplace_back("--");
  words.push_back(file);
  return shell_line(words);
}

Status FindingKeeper::keep(const Program& program, const std::string& signature,
                           const std::string& file, WrittenFinding* kept) {
  kept->file = file;
  kept->signature = signature;
  return WorkerProbe::is_crash(signature) ? keep_crash(program, kept) : keep_finding(program, kept);
}

Status FindingKeeper::keep_finding(const Program& program, WrittenFinding* kept) {
  const std::vector<Finding> findings = runner_->run(program, run_options_).findings;
  const auto found = std::find_if(findings.begin(), findings.end(), [kept](const Finding& one) {
    return signature(one) == kept->signature;
  });
  if (found == findings.end()) return {"the verdict changed from run to run: report this"};
  Finding finding = *found;  // a copy: the runner's own goes with its next run
  kept->finding = finding;
  kept->report = runner_->report(program, finding, run_options_);
  return write_durably(kept->file, runner_->finding_file(program, finding, run_options_));
}

void FindingKeeper::draw(const Program& program, std::optional<std::size_t> operation,
                         const std::string& file, nlohmann::ordered_json* cluster) {
  add_picture(draw_failure(*runner_, run_options_, program, operation), cluster);
  if (runner_->is_differential()) return;
  Words words = replay_words_;
  words.emplace_back("--backtrace");
  add_fault(replay_log(context_, words, file), cluster);
}

SanitizerReport FindingKeeper::symbolized(const Program& program, const std::string& file,
                                          Status* status) {
  *status = write_durably(file, print_program(program));
  return status->ok() ? symbolized_report(context_, replay_words_, file) : SanitizerReport{};
}

Status FindingKeeper::keep_crash(const Program& program, WrittenFinding* kept) {
  Status status;
  const SanitizerReport report = symbolized(program, kept->file, &status);
  if (!status.ok() || report.signature.empty()) return status;
  kept->signature = report.signature;
  kept->report = report.excerpt;
  const std::string text = print_program(program);
  return write_durably(kept->file,
                       "# arenafuzz\n# ASSERTION FAILED: " + report.signature + "\n# signature  " +
                           report.signature + "\n# tier       safety: the target died\n# report\n" +
                           commented(report.excerpt) + text.substr(text.find('\n') + 1));
}

}  // namespace arenafuzz::cli
