// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/finding_keeper.h"

#include "fuzz/base/quoting.h"
#include "fuzz/harness/verdict/report.h"
#include "fuzz/program/text.h"
#include "fuzz/session/finding_file.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/folder/pages.h"
#include "fuzz/triage/minimize/worker_probe.h"

namespace arenafuzz {

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

std::string FindingKeeper::replay_line_for_others() const {
  Words words = {"./arenafuzz", "replay"};
  for (const std::string& word : replay_words_) {
    const bool tree =
        !words.empty() && (words.back() == "--kernel-tree" || words.back() == "--baseline");
    const bool glue = words.back() == "--glue";
    words.push_back(tree   ? "linux"
                    : glue ? word.substr(word.rfind('/') + 1)  // npos + 1 is 0
                           : word);
  }
  words.emplace_back("minimized.txt");
  return shell_line(words);
}

std::string FindingKeeper::replay_line(const std::string& file) const {
  Words words = {context_.called_as, "replay"};
  words.insert(words.end(), replay_words_.begin(), replay_words_.end());
  if (file.starts_with("-")) words.emplace_back("--");
  words.push_back(file);
  return shell_line(words);
}

Json FindingKeeper::replay(const Program& program, const std::string& file, bool backtrace,
                           Status* status) const {
  *status = write_durably(file, print_program(program));
  if (!status->ok()) return {};
  Words words = replay_words_;
  if (backtrace && !runner_->is_differential()) words.emplace_back("--backtrace");
  return replayed(context_, words, choice_.timeout, file);
}

Status FindingKeeper::keep(const Program& program, const std::string& signature,
                           const std::string& file, WrittenFinding* kept) {
  kept->file = file;
  kept->signature = signature;
  kept->died = WorkerProbe::is_crash(signature);
  Status status;
  kept->replayed = replay(program, file, /*backtrace=*/true, &status);
  if (!status.ok()) return status;
  const Json* found = finding_in(kept->replayed, kept->died ? "" : signature);
  if (found == nullptr && kept->died) return {};  // now and then only: the program alone is kept
  if (found == nullptr) return {"the verdict changed from run to run: report this"};
  FindingRecord& record = kept->finding.emplace(finding_of(*found));
  record.program = program_text(program);
  kept->signature = record.signature;
  kept->report = text_of(*found, "report");
  return write_durably(file, finding_text(record));
}

void FindingKeeper::draw(const Program& program, const WrittenFinding& kept, Json* cluster) {
  std::optional<std::size_t> operation;
  if (kept.finding) operation = kept.finding->position;
  add_picture(draw_failure(*runner_, run_options_, program, operation, run_limits(choice_.timeout)),
              cluster);
  if (kept.replayed.contains("faults")) add_fault(kept.replayed["faults"], cluster);
}

std::string FindingKeeper::name_of_death(const Program& program, const std::string& file,
                                         Status* status) {
  const Json answer = replay(program, file, /*backtrace=*/false, status);
  const Json* found = finding_in(answer, "");
  return found != nullptr ? text_of(*found, "signature") : "";
}

}  // namespace arenafuzz
