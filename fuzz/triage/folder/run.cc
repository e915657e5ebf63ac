// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/run.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "fuzz/base/files.h"
#include "fuzz/base/quoting.h"
#include "fuzz/session/out_folder.h"
#include "fuzz/triage/folder/after.h"
#include "fuzz/triage/folder/baseline.h"
#include "fuzz/triage/folder/crash_files.h"
#include "fuzz/triage/folder/lane_work.h"
#include "fuzz/triage/folder/pages.h"
#include "fuzz/triage/minimize/command_watch.h"

namespace arenafuzz {
namespace {

std::string stamp_of(const std::string& binary) {
  struct stat state{};
  if (stat(binary.empty() ? kSelf : binary.c_str(), &state) != 0) return "none";
  return fmt::format("{}-{}.{}", state.st_size, state.st_mtim.tv_sec, state.st_mtim.tv_nsec);
}

LaneCommand lane_command(const Context& context, const TriageOptions& options,
                         const BuildChoice& build) {
  LaneCommand command;
  command.binary = build.binary.empty() ? kSelf : build.binary;
  command.words = {context.called_as, "--source-dir=" + context.source_folder,
                   "--called-as=" + context.called_as};
  if (build.binary.empty()) command.words.push_back("--bin-dir=" + context.build_folder);
  const bool compared = !options.choice.kernel.baseline.empty() && build.is_kernel();
  const std::vector<std::string> baseline =
      compared ? baseline_words(context) : std::vector<std::string>{};
  command.words.insert(command.words.end(), baseline.begin(), baseline.end());
  command.words.insert(command.words.end(), {"triage", "--lane"});
  command.words.insert(command.words.end(), build.words.begin(), build.words.end());
  if (compared)
    command.words.insert(command.words.end(), {"--baseline", options.choice.kernel.baseline});
  command.words.insert(command.words.end(), {"--timeout", std::to_string(options.choice.timeout),
                                             "--time", std::to_string(options.seconds),
                                             "--out=" + options.out, "--", options.folder});
  return command;
}

}  // namespace

Status TriageRun::prepare() {
  Status status = read_crash_folder(context_, options_.folder, options_.out, given_build(options_),
                                    options_.choice.given, &result_.found);
  if (status.ok()) status = see_to_baseline();
  if (status.ok()) status = claim_out_folder(options_.out, {"triage", "", "", ""});
  previous_ = previous_clusters(options_.out + "/report.json");
  watch_signals();  // who sees the journal can stop what it belongs to
  return status.ok() ? journal_.open(options_.out + "/journal.jsonl", description(), &previous_)
                     : status;
}

Status TriageRun::run() {
  std::vector<LaneCommand> commands;
  for (const BuildChoice& build : result_.found.builds)
    commands.push_back(lane_command(context_, options_, build));
  Lanes lanes(std::move(commands), options_.jobs);
  replay(lanes);
  order_clusters(&result_);
  if (problem_.ok()) shorten(lanes);
  if (!problem_.ok()) return problem_;
  link_causes(&result_);
  settle_states(previous_, options_, &result_);
  result_.interrupted = was_interrupted();
  const Json report = report_json(result_, options_);
  report_ = report.dump(2, ' ', false, Json::error_handler_t::replace);
  const Status status = write_durably(options_.out + "/report.json", report_ + "\n");
  return status.ok() ? write_pages(options_.out, report) : status;
}

void TriageRun::end() {
  if (result_.interrupted) return;
  after_report(context_, options_, result_, &journal_);
  journal_.finish();
}

Status TriageRun::see_to_baseline() {
  const RunChoice& choice = options_.choice;
  if (choice.kernel.baseline.empty()) return {};
  if (choice.kernel.kernel) {
    return check_baseline(context_, choice, &note_);
  }
  const auto& builds = result_.found.builds;
  if (std::none_of(builds.begin(), builds.end(),
                   [](const BuildChoice& build) { return build.is_kernel(); }))
    return {"--baseline compares kernel trees, and no file here was found on one: leave it out"};
  Json description;
  return ask_baseline(context_, choice, &description);
}

// What an answer of the journal depends on, besides the file.
Json TriageRun::description() const {
  Json builds = Json::array();
  for (const BuildChoice& build : result_.found.builds)
    builds.push_back({json_text(shell_line(build.words)), stamp_of(build.binary)});
  return {{"schema", "arenafuzz-triage-journal-1"},
          {"folder", json_text(options_.folder)},
          {"seconds", options_.seconds},
          {"baseline", json_text(options_.choice.kernel.baseline)},
          {"baseline_build", stamp_of(context_.baseline_folder + "/arenafuzz")},
          {"builds", builds}};
}

// Runs what the journal does not have yet.
void TriageRun::work(Lanes& lanes, const std::vector<LaneTask>& tasks,
                     const std::vector<std::string>& keys, const char* what,
                     std::vector<Json>* answers) {
  answers->resize(tasks.size());
  std::vector<LaneTask> left;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Json* known = journal_.find(keys[i]);
    if (known != nullptr) {
      (*answers)[i] = *known;
    } else {
      left.push_back(tasks[i]);
      places.push_back(i);
    }
  }
  std::size_t count = tasks.size() - left.size();
  lanes.run(
      left,
      [&](std::size_t index, const Json& answer) {
        ++count;
        (*answers)[places[index]] = answer;
        // Cut short, it is the best so far: the next triage goes on with it from the beginning.
        const bool whole = !was_interrupted() && !answer.contains("error");
        const Status status = whole ? journal_.add(keys[places[index]], answer) : Status{};
        if (!status.ok()) problem_ = status;
      },
      [&] {
        show_(fmt::format("{} of {} {}", count, tasks.size(), what));
        return problem_.ok() && !was_interrupted();
      });
}

void TriageRun::replay(Lanes& lanes) {
  std::vector<LaneTask> tasks;
  std::vector<std::string> keys;
  std::vector<const CrashInput*> inputs;
  for (const CrashInput& input : result_.found.inputs) {
    if (!input.problem.ok()) continue;
    const std::string name = json_text(input.name);
    tasks.push_back({input.build, {{"do", "replay"}, {"file", name}}});
    keys.push_back(fmt::format("replay {} {} {}", input.build, input.hash, name));
    inputs.push_back(&input);
  }
  std::vector<Json> answers;
  work(lanes, tasks, keys, "files replayed", &answers);
  std::size_t next = 0;
  for (const CrashInput& input : result_.found.inputs) {
    if (!input.problem.ok()) {
      result_.unreadable.push_back(input.problem.sentence);
      continue;
    }
    const Json& answer = answers[next++];
    if (answer.is_null()) continue;
    ++result_.replayed;
    if (answer.contains("unreadable") || answer.contains("error")) {
      const bool error = answer.contains("error");
      result_.unreadable.push_back(bytes_of(answer[error ? "error" : "unreadable"]));
    } else {
      add_to_clusters(input, answer, &result_);
    }
  }
}

void TriageRun::shorten(Lanes& lanes) {
  std::vector<LaneTask> tasks;
  std::vector<std::string> keys;
  for (const TriageCluster& cluster : result_.clusters) {
    const std::string file = json_text(cluster.shortest->name);
    tasks.push_back({cluster.build,
                     {{"do", "minimize"},
                      {"file", file},
                      {"probed", cluster.probed},
                      {"old", cluster.old},
                      {"folder", json_text(options_.out + "/" + cluster.folder)}}});
    keys.push_back(fmt::format("minimize {} {} {} {} {} {}", cluster.build, cluster.shortest->hash,
                               cluster.probed, cluster.old, cluster.folder, file));
  }
  std::vector<Json> answers;
  work(lanes, tasks, keys, "clusters minimized", &answers);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Json& answer = answers[i];
    if (answer.is_null()) answer = {{"lost", "stopped"}};
    if (answer.contains("error")) answer = {{"lost", answer["error"]}};
    result_.clusters[i].detail = std::move(answer);
  }
}

}  // namespace arenafuzz
