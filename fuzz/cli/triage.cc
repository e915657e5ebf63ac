// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz triage`: a folder of crash files, sorted by cause.
//
//   files --three runs, each in a process of its own--> signatures --> clusters --> minimized
//
// Exit: 1 if any cluster is not known, else 2 if any file cannot be read, else 0.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "fuzz/cli/finding_keeper.h"
#include "fuzz/cli/minimize_watch.h"
#include "fuzz/cli/program_file.h"
#include "fuzz/cli/quoting.h"
#include "fuzz/cli/triage_pages.h"
#include "fuzz/program/text.h"
#include "fuzz/triage/cluster.h"
#include "fuzz/triage/minimizer.h"
#include "fuzz/triage/worker_probe.h"

namespace arenafuzz::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMillisecondsARun = 60000;
constexpr int kRuns = 3;

struct Member {
  std::string file;
  int shown = 0;  // of kRuns
};

struct Cluster {
  std::string signature;  // as --known names it
  std::string probed;     // as the probe names it in the shortest program
  std::vector<Member> members;
  Program shortest;
  Minimized minimized;
  WrittenFinding written;
  const char* mark = "new";
  Json picture = Json::object();
};

// A `fuzz --out` folder and AFL++'s hold more than crashes: there, these folders alone count.
bool in_crash_folder(const std::string& folder, const std::string& file) {
  const auto relative = std::filesystem::path(file).lexically_relative(folder);
  return std::any_of(relative.begin(), relative.end(), [](const std::filesystem::path& part) {
    return part == "crashes" || part == "hangs" || part == "findings";
  });
}

Status collect_crashes(const std::string& folder, std::vector<std::string>* files) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    return {shell_quoted(folder) + " is no folder: name one with crash files"};
  const Status status = collect_files(folder, files);
  if (!status.ok()) return status;
  std::erase_if(*files, [](const std::string& file) {
    return std::filesystem::path(file).filename() == "README.txt";  // AFL++'s
  });
  const bool sorted = std::any_of(files->begin(), files->end(), [&](const std::string& file) {
    return in_crash_folder(folder, file);
  });
  if (sorted)
    std::erase_if(*files, [&](const std::string& file) { return !in_crash_folder(folder, file); });
  return {};
}

class TriageRun {
 public:
  TriageRun(const Context& context, const TriageOptions& options)
      : options_(options),
        keeper_(context, options.choice),
        stream_(options.json ? stderr : stdout) {}

  int run() {
    if (keeper_.error() != nullptr) return refuse(keeper_.error());
    Status status = collect_crashes(options_.folder, &files_);
    if (status.ok()) status = make_folder(options_.out + "/minimized");
    if (!status.ok()) return refuse(status.sentence);
    watch_signals();
    ProgressLine progress("triage");
    RunnerProbe inner = keeper_.make_probe();
    WorkerProbe probe(inner, kMillisecondsARun);
    for (const std::string& file : files_) {
      if (was_interrupted()) break;
      progress.show(
          fmt::format("{} of {} files, {} clusters", replayed_, files_.size(), clusters_.size()));
      take(probe, file);
      if (!probe.problem().empty()) return refuse(probe.problem());
    }
    for (std::size_t i = 0; i < clusters_.size(); ++i) shorten(probe, progress, i);
    progress.end();
    if (!probe.problem().empty()) return refuse(probe.problem());
    std::sort(clusters_.begin(), clusters_.end(), [](const Cluster& a, const Cluster& b) {
      if (a.members.size() != b.members.size()) return a.members.size() > b.members.size();
      return a.signature < b.signature;
    });
    status = write_durably(options_.out + "/report.json", dump(report()) + "\n");
    if (status.ok()) status = write_pages(options_.out, report());
    if (!status.ok()) return refuse(status.sentence);
    print();
    return exit_code();
  }

 private:
  void take(WorkerProbe& probe, const std::string& name) {
    ProgramFile file;
    const Status status = load_program(name, &file);
    ++replayed_;
    if (!status.ok()) {
      unreadable_.push_back(status.sentence);
      return;
    }
    keeper_.apply_target(&file.program);
    std::map<std::string, int> shown;
    for (int i = 0; i < kRuns; ++i) {
      probe.restart();
      for (const Sighting& sighting : probe.run(file.program).sightings)
        if (sighting.fails) ++shown[sighting.signature];
    }
    if (shown.empty()) quiet_.push_back(name);
    for (const auto& [signature, count] : shown) add(name, file.program, signature, count);
  }

  void add(const std::string& name, const Program& program, const std::string& probed, int count) {
    const std::string signature = named(program, probed);
    auto cluster = std::find_if(clusters_.begin(), clusters_.end(), [&](const Cluster& one) {
      return same_cluster(one.signature, signature);
    });
    if (cluster == clusters_.end()) {
      cluster = clusters_.insert(clusters_.end(), Cluster{});
      cluster->signature = signature;
    }
    if (cluster->members.empty() ||
        program.operations.size() < cluster->shortest.operations.size()) {
      cluster->shortest = program;
      cluster->probed = probed;
    }
    // A report may be had under two of the probe's names.
    if (cluster->members.empty() || cluster->members.back().file != name)
      cluster->members.push_back({name, count});
  }

  // Each of a crash's identities is symbolized once.
  std::string named(const Program& program, const std::string& probed) {
    if (!WorkerProbe::is_crash(probed)) return probed;
    const auto [entry, fresh] = names_.try_emplace(probed, probed);
    if (!fresh) return entry->second;
    Status status;
    const std::string file = options_.out + "/minimized/symbolizing.txt";
    const SanitizerReport report = keeper_.symbolized(program, file, &status);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (!report.signature.empty()) entry->second = report.signature;
    return entry->second;
  }

  void shorten(WorkerProbe& probe, ProgressLine& progress, std::size_t index) {
    Cluster& cluster = clusters_[index];
    if (options_.known.contains(cluster.signature)) cluster.mark = "known";
    if (options_.fixed.contains(cluster.signature)) cluster.mark = "regression";
    CommandWatch watch(options_.seconds, progress, [](const Program&) {});
    cluster.minimized = minimize(probe, cluster.shortest, cluster.probed, watch);
    const std::string file =
        fmt::format("{}/minimized/{}.txt", options_.out,
                    WorkerProbe::is_crash(cluster.signature) ? fmt::format("crash-{}", index + 1)
                                                             : cluster.signature);
    const Status status =
        keeper_.keep(cluster.minimized.program, cluster.probed, file, &cluster.written);
    if (!status.ok()) refuse(status.sentence);
    const auto& finding = cluster.written.finding;
    keeper_.draw(cluster.minimized.program,
                 finding ? std::optional(finding->position) : std::nullopt, file, &cluster.picture);
  }

  std::size_t unknown() const {
    return static_cast<std::size_t>(std::count_if(
        clusters_.begin(), clusters_.end(),
        [](const Cluster& cluster) { return std::string_view(cluster.mark) != "known"; }));
  }

  int exit_code() const {
    if (unknown() != 0) return kFound;
    return unreadable_.empty() ? kClean : kUnusable;
  }

  Json json_of(const Cluster& cluster) const {
    Json members = Json::array();
    for (const Member& member : cluster.members)
      members.push_back(
          {{"file", member.file}, {"reliability", fmt::format("{}/{}", member.shown, kRuns)}});
    Json object{{"signature", cluster.signature},
                {"mark", cluster.mark},
                {"files", members},
                {"minimized", cluster.written.file},
                {"minimal", cluster.minimized.minimal},
                {"operations", cluster.minimized.program.operations.size()},
                {"program", print_program(cluster.minimized.program)},
                {"report", cluster.written.report},
                {"replay", keeper_.replay_line(cluster.written.file)}};
    if (cluster.written.finding) {
      object["expected"] = cluster.written.finding->expected;
      object["got"] = cluster.written.finding->got;
      object["failing_operation"] = cluster.written.finding->position;
    }
    object.update(cluster.picture);
    return object;
  }

  Json report() const {
    Json clusters = Json::array();
    for (const Cluster& cluster : clusters_) clusters.push_back(json_of(cluster));
    return Json{
        {"command", "triage"},   {"folder", options_.folder},        {"files", files_.size()},
        {"replayed", replayed_}, {"interrupted", was_interrupted()}, {"not_known", unknown()},
        {"clusters", clusters},  {"without_finding", quiet_},        {"unreadable", unreadable_}};
  }

  static std::string dump(const Json& object) {
    return object.dump(2, ' ', false, Json::error_handler_t::replace);
  }

  void print() const {
    for (const Cluster& cluster : clusters_) {
      const auto reliable = static_cast<std::size_t>(
          std::count_if(cluster.members.begin(), cluster.members.end(),
                        [](const Member& member) { return member.shown == kRuns; }));
      fmt::print(stream_,
                 "{:<10} {}\n           {} files, {} of them in {} runs of {}; {} "
                 "operations{}\n           {}\n",
                 cluster.mark, cluster.signature, cluster.members.size(), reliable, kRuns, kRuns,
                 cluster.minimized.program.operations.size(),
                 cluster.minimized.minimal ? "" : " so far",
                 keeper_.replay_line(cluster.written.file));
    }
    for (const std::string& sentence : unreadable_) refuse(sentence);
    fmt::print(stream_,
               "{} of {} files: {} clusters, {} not known; {} files without a finding, {} "
               "unreadable; {}\n",
               replayed_, files_.size(), clusters_.size(), unknown(), quiet_.size(),
               unreadable_.size(), shell_quoted(options_.out + "/index.html"));
    if (options_.json) fmt::print("{}\n", dump(report()));
  }

  const TriageOptions& options_;
  FindingKeeper keeper_;
  std::FILE* stream_;
  std::vector<std::string> files_;
  std::size_t replayed_ = 0;
  std::vector<Cluster> clusters_;
  std::vector<std::string> quiet_;
  std::vector<std::string> unreadable_;
  std::map<std::string, std::string> names_;
};

}  // namespace

int run_triage(const Context& context, const Words& words) {
  TriageOptions options;
  if (const auto code = read_triage_options(words, &options)) return *code;
  restart_without_symbolizer(context, "triage", words);
  const KernelChoice& kernel = options.choice.kernel;
  if (kernel.kernel) print_kernel_tree(stderr, kernel);
  return std::make_unique<TriageRun>(context, options)->run();
}

}  // namespace arenafuzz::cli
