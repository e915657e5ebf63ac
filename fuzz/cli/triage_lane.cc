// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/triage_lane.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>

#include "fuzz/cli/finding_keeper.h"
#include "fuzz/cli/json_words.h"
#include "fuzz/cli/minimize_watch.h"
#include "fuzz/cli/program_file.h"
#include "fuzz/cli/quoting.h"
#include "fuzz/cli/triage_detail.h"
#include "fuzz/cli/triage_journal.h"
#include "fuzz/program/text.h"
#include "fuzz/triage/minimizer.h"
#include "fuzz/triage/worker_probe.h"

namespace arenafuzz::cli {
namespace {

constexpr base::Limits kLimits{10, 10, 100, 2048};

class TriageLane {
 public:
  TriageLane(const Context& context, const TriageOptions& options)
      : options_(options),
        keeper_(context, options.choice),
        inner_(keeper_.make_probe()),
        probe_(inner_, kLimits) {}

  const char* error() const { return keeper_.error(); }

  Json answer(const Json& request) {
    const std::string file = bytes_of(request.at("file").get<std::string>());
    Json answer = request.at("do") == "replay" ? replay(file) : shorten(request, file);
    if (!probe_.problem().empty()) return {{"error", probe_.problem()}};
    return answer;
  }

 private:
  struct Shown {
    int count = 0;
    std::size_t position = 0;
  };

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
      }
    }
    Json sightings = Json::array();
    for (const auto& [probed, one] : shown)
      sightings.push_back({{"probed", probed},
                           {"signature", named(file.program, probed)},
                           {"shown", one.count},
                           {"position", one.position}});
    return {{"sightings", sightings}, {"operations", file.program.operations.size()}};
  }

  // Each of a crash's identities is symbolized once.
  std::string named(const Program& program, const std::string& probed) {
    if (!WorkerProbe::is_crash(probed)) return probed;
    if (probed == kTimeoutSignature || probed == kMemorySignature) return probed;
    const auto [entry, fresh] = names_.try_emplace(probed, probed);
    if (!fresh) return entry->second;
    Status status;
    const std::string file = fmt::format("{}/symbolizing-{}.txt", options_.out, getpid());
    const SanitizerReport report = keeper_.symbolized(program, file, &status);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (!report.signature.empty()) entry->second = report.signature;
    return entry->second;
  }

  Json shorten(const Json& request, const std::string& name) {
    ProgramFile file;
    Status status = load_program(name, &file);
    if (!status.ok()) return {{"lost", json_text(status.sentence)}};
    keeper_.apply_target(&file.program);
    const auto probed = request.at("probed").get<std::string>();
    const std::string folder = bytes_of(request.at("folder").get<std::string>());
    status = make_folder(folder);
    if (!status.ok()) return {{"error", json_text(status.sentence)}};
    ProgressLine progress("");
    CommandWatch watch(options_.seconds, progress, [](const Program&) {}, /*quiet=*/true);
    const Minimized minimized = minimize(probe_, file.program, probed, watch);
    if (!probe_.problem().empty()) return {};
    if (!minimized.shows)
      return {{"lost", json_text(shell_quoted(name) + " changed, or shows it now and then only")}};
    const DetailInput input{keeper_, probe_, minimized, file, probed, folder};
    return cluster_detail(input);
  }

  const TriageOptions& options_;
  FindingKeeper keeper_;
  RunnerProbe inner_;
  WorkerProbe probe_;
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
    if (!request.is_object() || !request.contains("do") || !request.contains("file"))
      return refuse("a lane is given tasks by triage alone: leave out --lane");
    if (!write_line(lane->answer(request))) return kUnusable;
  }
  return kClean;
}

}  // namespace arenafuzz::cli
