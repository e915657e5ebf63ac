// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/lane_work.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>

#include "fuzz/base/quoting.h"
#include "fuzz/program/text.h"
#include "fuzz/session/cluster.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/program_file.h"
#include "fuzz/triage/folder/baseline.h"
#include "fuzz/triage/folder/detail.h"
#include "fuzz/triage/folder/finding_keeper.h"
#include "fuzz/triage/folder/journal.h"
#include "fuzz/triage/minimize/command_watch.h"
#include "fuzz/triage/minimize/minimizer.h"
#include "fuzz/triage/minimize/worker_probe.h"

namespace arenafuzz {
namespace {

constexpr const char* kNowAndThen = " changed, or shows it now and then only";

class TriageLane {
 public:
  TriageLane(const Context& context, const TriageOptions& options)
      : options_(options),
        keeper_(context, options.choice),
        inner_(keeper_.make_probe()),
        probe_(inner_, run_limits(options.choice.timeout)) {
    if (!options.choice.kernel.baseline.empty())
      baseline_.emplace(context, options.choice, options.out);
  }

  const char* error() const { return keeper_.error(); }

  Json answer(const Json& request) {
    Json answer = answer_to(request);
    if (!probe_.problem().ok()) return {{"error", probe_.problem().sentence}};
    if (baseline_ && !baseline_->problem().ok())
      answer["problem"] = json_text(baseline_->problem().sentence);
    return answer;
  }

 private:
  struct Shown {
    int count = 0;
    std::size_t position = 0;
  };

  Json answer_to(const Json& request) {
    const std::string task = text_of(request, "do");
    if (task == "describe") return describe_tree();
    if (task == "show" || task == "judge") {
      Program program;
      TextError error;
      if (!parse_program(text_of(request, "program"), &program, &error))
        return {{"error", "a lane was given a text that is no program"}};
      keeper_.apply_target(&program);
      return task == "show" ? show(program) : judge(program, request.at("signatures"));
    }
    const std::string file = bytes_of(text_of(request, "file"));
    return task == "replay" ? replay(file) : shorten(request, file);
  }

  // All that it shows, changes included.
  Json show(const Program& program) {
    const std::vector<Sighting> sightings = probe_.run(program).sightings;
    Json names = Json::array();
    for (const Sighting& sighting : sightings) names.push_back(named(program, sighting.signature));
    return {{"signatures", names}};
  }

  Json judge(const Program& program, const Json& signatures) {
    Json old = Json::array();
    const std::vector<Sighting> sightings = probe_.run(program).sightings;
    for (const Json& one : signatures) {
      const auto signature = one.get<std::string>();
      const auto here =
          std::find_if(sightings.begin(), sightings.end(), [&](const Sighting& sighting) {
            return same_cluster(named(program, sighting.signature), signature);
          });
      // What it does not show when it is run alone, and changes, are compared as they are.
      const bool plain = here == sightings.end() || !here->fails;
      if (plain ? baseline_->shows(program, signature)
                : is_old(probe_, *baseline_, program, here->signature, signature))
        old.push_back(one);
    }
    return {{"old", old}};
  }

  Json replay(const std::string& name) {
    ProgramFile file;
    const Status status = load_program(name, &file);
    if (!status.ok()) return {{"unreadable", json_text(status.sentence)}};
    keeper_.apply_target(&file.program);
    std::map<std::string, Shown> shown;
    for (int i = 0; i < kTriageRuns; ++i) {
      probe_.restart();
      for (const Sighting& sighting : probe_.run(file.program).sightings) {
        if (!sighting.fails) continue;
        Shown& one = shown[sighting.signature];
        ++one.count;
        one.position = sighting.position;
        // What does not end is run once: it would take as long each time, and end no sooner.
        if (sighting.signature == kTimeoutSignature) one.count = kTriageRuns;
      }
      if (shown.contains(std::string(kTimeoutSignature))) break;
    }
    Json sightings = Json::array();
    for (const auto& [probed, one] : shown) {
      const std::string name_of = named(file.program, probed);
      const bool old = baseline_ && is_old(probe_, *baseline_, file.program, probed, name_of);
      sightings.push_back({{"probed", probed},
                           {"signature", name_of},
                           {"shown", one.count},
                           {"position", one.position},
                           {"old", old}});
    }
    return {{"sightings", sightings}, {"operations", file.program.operations.size()}};
  }

  // Each of a crash's identities is named once, but those that say nothing of where.
  std::string named(const Program& program, const std::string& probed) {
    if (!WorkerProbe::is_crash(probed)) return probed;
    const bool placeless =
        probed == kTimeoutSignature || probed == kMemorySignature || probed == kExitSignature;
    const auto known = names_.find(probed);
    if (!placeless && known != names_.end()) return known->second;
    Status status;
    const std::string file = fmt::format("{}/symbolizing-{}.txt", options_.out, getpid());
    std::string name = keeper_.name_of_death(program, file, &status);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (name.empty()) name = probed;
    names_[probed] = name;
    return name;
  }

  Json shorten(const Json& request, const std::string& name) {
    ProgramFile file;
    Status status = load_program(name, &file);
    if (!status.ok()) return {{"lost", json_text(status.sentence)}};
    keeper_.apply_target(&file.program);
    const std::string probed = request.contains("signature")
                                   ? probed_as(file.program, text_of(request, "signature"))
                                   : text_of(request, "probed");
    if (probed.empty()) return {{"lost", json_text(shell_quoted(name) + kNowAndThen)}};
    const std::string folder = bytes_of(request.at("folder").get<std::string>());
    status = make_folder(folder);
    if (!status.ok()) return {{"error", json_text(status.sentence)}};
    ProgressLine progress("");
    CommandWatch watch(options_.seconds, progress, [](const Program&) {}, /*quiet=*/true);
    if (probed == kTimeoutSignature)
      probe_.set_limits(run_limits(std::min(options_.choice.timeout, kShortTimeout)));
    probe_.set_go_on([&watch] { return watch.in_time(); });
    const Minimized minimized =
        minimize_new(file.program, probed, request.value("old", false), watch);
    probe_.set_go_on([] { return !was_interrupted(); });
    probe_.set_limits(run_limits(options_.choice.timeout));
    if (!probe_.problem().ok()) return {};
    if (!minimized.shows) return {{"lost", json_text(shell_quoted(name) + kNowAndThen)}};
    const bool reproducers = request.value("reproducers", true);
    Json detail = cluster_detail({keeper_, probe_, minimized, file, probed, folder, reproducers});
    detail["probed"] = probed;
    return detail;
  }

  // What the probe calls the finding of that signature; empty if the program does not show it.
  std::string probed_as(const Program& program, const std::string& signature) {
    for (const Sighting& sighting : probe_.run(program).sightings)
      if (same_cluster(named(program, sighting.signature), signature)) return sighting.signature;
    return "";
  }

  // What is not old stays so: it fails here, and not there.
  Minimized minimize_new(const Program& program, const std::string& probed, bool old,
                         MinimizeWatch& watch) {
    if (!baseline_ || old) return minimize(probe_, program, probed, watch);
    RegressionProbe regression(probe_, *baseline_, probed, named(program, probed));
    return minimize(regression, program, probed, watch);
  }

  const TriageOptions& options_;
  FindingKeeper keeper_;
  RunnerProbe inner_;
  WorkerProbe probe_;
  std::optional<BaselineProbe> baseline_;
  std::map<std::string, std::string> names_;
};

bool read_line(std::string* rest, std::string* line) {
  for (;;) {
    const std::size_t end = rest->find('\n');
    if (end != std::string::npos) {
      *line = rest->substr(0, end);
      rest->erase(0, end + 1);
      return true;
    }
    char block[4096];
    const ssize_t got = read(STDIN_FILENO, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    rest->append(block, static_cast<std::size_t>(got));
  }
}

bool write_line(const Json& object) {
  const std::string line = object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t done = write(STDOUT_FILENO, line.data() + at, line.size() - at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += static_cast<std::size_t>(done);
  }
  return true;
}

}  // namespace

int run_triage_lane(const Context& context, const TriageOptions& options) {
  const auto lane = std::make_unique<TriageLane>(context, options);
  if (lane->error() != nullptr) return refuse(lane->error());
  watch_signals();  // SIGTERM: the best so far
  if (!write_line({{"ready", true}})) return kUnusable;
  std::string rest;
  for (std::string line; read_line(&rest, &line);) {
    const Json request = Json::parse(line, nullptr, false);
    if (!request.is_object() || !request.contains("do"))
      return refuse("a lane is given tasks by triage alone: leave out --lane");
    if (!write_line(lane->answer(request))) return kUnusable;
  }
  return kClean;
}

}  // namespace arenafuzz
