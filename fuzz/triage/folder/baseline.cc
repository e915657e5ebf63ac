// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/baseline.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "fuzz/base/quoting.h"
#include "fuzz/program/limits.h"
#include "fuzz/program/text.h"
#include "fuzz/session/cluster.h"
#include "fuzz/triage/minimize/minimizer.h"
#include "fuzz/triage/minimize/worker_probe.h"
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kSameParts = 3;  // oracle, operation, site
// Bounds of the search for the simplest program: counts, so that the answer does not depend on a
// clock. One that ends its process counts as the most expensive program there may be.
constexpr std::uint64_t kSearchRuns = 2000;
constexpr std::uint64_t kSearchSteps = 4 * limits::kMaxSteps;

std::string_view first_parts(std::string_view signature) {
  std::size_t end = 0;
  for (std::size_t part = 0; part < kSameParts; ++part)
    end = std::min(signature.find('.', part == 0 ? 0 : end + 1), signature.size());
  return signature.substr(0, end);
}

class CountedSearch final : public Probe, public MinimizeWatch {
 public:
  explicit CountedSearch(Probe& probe) : probe_(&probe) {}
  const ProbeResult& run(const Program& program) override {
    const ProbeResult& shown = probe_->run(program);
    const bool died =
        std::any_of(shown.sightings.begin(), shown.sightings.end(),
                    [](const Sighting& one) { return WorkerProbe::is_crash(one.signature); });
    steps_ += died ? limits::kMaxSteps : shown.steps;
    return shown;
  }
  bool go_on(const Program&, std::uint64_t runs) override {
    return runs < kSearchRuns && steps_ < kSearchSteps;
  }

 private:
  Probe* probe_;
  std::uint64_t steps_ = 0;
};

// The answer of the only task, asked again if its process died of something else.
Json ask(Lanes& lanes, const Json& request) {
  Json answer;
  for (int attempt = 0; attempt < 2; ++attempt) {
    lanes.run(
        {{0, request}}, [&](std::size_t, const Json& got) { answer = got; }, [] { return true; });
    if (!answer.contains("error")) break;
  }
  return answer;
}

RunChoice on_baseline(const Context& context, const RunChoice& choice) {
  RunChoice there = choice;
  there.kernel.kernel = true;
  there.kernel.tree = choice.kernel.baseline;
  there.kernel.glue = context.baseline_glue;
  there.kernel.baseline.clear();
  return there;
}

LaneCommand baseline_lane(const Context& context, const RunChoice& choice, const std::string& out) {
  Context there = context;
  there.build_folder = context.baseline_folder;
  there.baseline_folder.clear();
  LaneCommand command = judging_lane(there, on_baseline(context, choice), out);
  command.binary = context.baseline_folder + "/arenafuzz";
  return command;
}

// The checksum of every compiled file.
std::vector<std::string> sums_of(const Json& description) {
  std::vector<std::string> sums;
  for (const Json& file : description.value("files", Json::array()))
    sums.push_back(text_of(file, "sha256"));
  std::sort(sums.begin(), sums.end());
  return sums;
}

std::string temporary_folder() {
  std::error_code error;
  const std::string folder = std::filesystem::temp_directory_path(error).string();
  return error ? "/tmp" : folder;
}

}  // namespace

bool same_finding(std::string_view left, std::string_view right) {
  return first_parts(left) == first_parts(right) || same_cluster(left, right);
}

LaneCommand judging_lane(const Context& context, const RunChoice& choice, const std::string& out,
                         int seconds) {
  LaneCommand command;
  command.binary = kSelf;
  command.words = {context.called_as};
  const auto add = [&command](const Words& words) {
    command.words.insert(command.words.end(), words.begin(), words.end());
  };
  add(context_words(context));
  add(baseline_words(context));
  add({"triage", "--lane"});
  add(run_words(choice));
  if (!choice.kernel.baseline.empty()) add({"--baseline", choice.kernel.baseline});
  if (seconds != 0) add({"--time", std::to_string(seconds)});
  add({"--timeout", std::to_string(choice.timeout), "--out=" + out, "--", "."});
  return command;
}

Json describe_tree() {
  Json files = Json::array();
  for (int i = 0; i < kernel_tree_info.file_count; ++i)
    files.push_back(
        {{"path", kernel_tree_info.files[i].path}, {"sha256", kernel_tree_info.files[i].sha256}});
  return {
      {"folder", kernel_tree_info.folder}, {"arena", kernel_tree_info.has_arena}, {"files", files}};
}

Status ask_baseline(const Context& context, const RunChoice& choice, Json* description) {
  const std::string name = shell_quoted(choice.kernel.baseline);
  if (context.baseline_folder.empty() ||
      access((context.baseline_folder + "/arenafuzz").c_str(), X_OK) != 0)
    return {fmt::format("there is no build of the baseline {}: run ./arenafuzz, which makes one",
                        name)};
  Lanes lanes({baseline_lane(context, choice, ".")}, 1);
  *description = ask(lanes, {{"do", "describe"}});
  if (!description->contains("error")) return {};
  return {fmt::format("the baseline {} cannot be run: {}", name,
                      bytes_of(text_of(*description, "error")))};
}

Status check_baseline(const Context& context, const RunChoice& choice, std::string* note,
                      Json* description) {
  const std::string& tree = choice.kernel.baseline;
  if (tree.empty()) return {};
  if (!choice.kernel.kernel)
    return {"--baseline compares kernel trees: name the tree to compare with --kernel-tree"};
  Json there;
  const Status status = ask_baseline(context, choice, &there);
  if (!status.ok()) return status;
  const std::string name = shell_quoted(tree);
  const bool gen_pool_alone = choice.target != nullptr && !choice.target->arena();
  if (kernel_tree_info.has_arena && !gen_pool_alone && !there.value("arena", false))
    return {
        fmt::format("the baseline {} has neither kernel/sched/ext_arena.c nor "
                    "kernel/sched/ext/arena.c: name one with an arena pool, or compare gen_pool "
                    "alone with --target kernel_gen_pool",
                    name)};
  std::error_code error;
  const bool itself =
      !choice.kernel.tree.empty() && std::filesystem::equivalent(tree, choice.kernel.tree, error);
  const bool same = sums_of(there) == sums_of(describe_tree());
  *note = fmt::format("baseline {}: {}", name,
                      itself ? "it is the tree itself, so that every finding is old"
                      : same ? "its files are those of the tree, so that every finding is old"
                             : "a finding that shows there too is old");
  if (description != nullptr) *description = there;
  return {};
}

BaselineProbe::BaselineProbe(const Context& context, const RunChoice& choice,
                             const std::string& out)
    : lanes_({baseline_lane(context, choice, out)}, 1) {}

bool BaselineProbe::shows(const Program& program, std::string_view signature) {
  std::string text = print_program(program);
  if (text != asked_) {
    asked_ = std::move(text);
    shown_.clear();
    const Json answer = ask(lanes_, {{"do", "show"}, {"program", asked_}});
    if (answer.contains("error")) problem_ = {bytes_of(text_of(answer, "error"))};
    for (const Json& name : answer.value("signatures", Json::array()))
      shown_.push_back(name.get<std::string>());
  }
  return std::any_of(shown_.begin(), shown_.end(),
                     [&](const std::string& one) { return same_finding(one, signature); });
}

const ProbeResult& RegressionProbe::run(const Program& program) {
  result_ = here_->run(program);
  if (result_.find(probed_) != nullptr && there_->shows(program, signature_))
    std::erase_if(result_.sightings,
                  [this](const Sighting& one) { return one.signature == probed_; });
  return result_;
}

OldOrNew::OldOrNew(const Context& context, const RunChoice& choice) {
  if (choice.kernel.baseline.empty()) return;
  scratch_.emplace(temporary_folder());
  lanes_.emplace(std::vector<LaneCommand>{judging_lane(context, choice, scratch_->folder())}, 1);
}

std::set<std::string> OldOrNew::old_of(const Program& program,
                                       const std::vector<std::string>& signatures) {
  std::set<std::string> old;
  if (!lanes_ || signatures.empty()) return old;
  const Json answer = ask(
      *lanes_, {{"do", "judge"}, {"program", print_program(program)}, {"signatures", signatures}});
  for (const char* name : {"error", "problem"})
    if (answer.contains(name)) problem_ = {bytes_of(text_of(answer, name))};
  for (const Json& one : answer.value("old", Json::array())) old.insert(one.get<std::string>());
  return old;
}

bool is_old(Probe& here, BaselineProbe& there, const Program& program, const std::string& probed,
            const std::string& signature) {
  CountedSearch search(here);
  return there.shows(program, signature) ||
         there.shows(minimize(search, program, probed, search).program, signature);
}

}  // namespace arenafuzz
