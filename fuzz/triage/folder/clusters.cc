// SPDX-License-Identifier: GPL-2.0-only
//
// How crash files become clusters, and what became of those of the report before.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fuzz/session/cluster.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/folder/lane_work.h"
#include "fuzz/triage/folder/report.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMaxFolderName = 120;

// A word for a folder, whatever a signature holds.
std::string folder_name(const std::string& signature) {
  std::string name;
  for (const char one : signature.substr(0, kMaxFolderName)) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '.' || one == '-';
    name += plain ? one : '_';
  }
  return name.empty() || name[0] == '.' ? "_" + name : name;
}

CauseMember member_of(const TriageCluster& cluster) {
  CauseMember member;
  member.signature = cluster.signature;
  member.probed = cluster.probed;
  member.build = cluster.build;
  tell_cause(cluster.detail, &member);
  return member;
}

std::set<std::string> files_of(const Json& cluster) {
  std::set<std::string> names;
  if (const auto files = cluster.find("files"); files != cluster.end() && files->is_array())
    for (const Json& file : *files) names.insert(text_of(file, "file"));
  return names;
}

bool was_reliable(const Json& cluster) {
  const auto files = cluster.find("files");
  return files != cluster.end() && files->is_array() &&
         std::any_of(files->begin(), files->end(), [](const Json& file) {
           return text_of(file, "reliability") == fmt::format("{0}/{0}", kTriageRuns);
         });
}

bool same(const Json& before, const TriageResult& result, const TriageCluster& cluster) {
  return text_of(before, "build") == result.found.builds[cluster.build].name &&
         same_cluster(text_of(before, "signature"), cluster.signature);
}

// What became of a cluster that no file shows now.
std::string state_of_gone(const Json& before, const TriageResult& result) {
  const std::set<std::string> names = files_of(before);
  const bool checked =
      std::any_of(result.found.inputs.begin(), result.found.inputs.end(),
                  [&](const CrashInput& input) { return names.contains(input.name); });
  if (!checked) return "not-checked";
  for (const TriageCluster& cluster : result.clusters)
    for (const TriageMember& member : cluster.members)
      if (names.contains(member.input->name)) {
        const bool was_there = cluster.state == "still-there" || cluster.is_passed_over();
        if (!was_there) return "changed";
      }
  const std::string state = text_of(before, "state");
  if (state == "fixed" || state == "incubating") return state;
  return was_reliable(before) ? "fixed" : "incubating";
}

}  // namespace

std::size_t TriageResult::not_known() const {
  return static_cast<std::size_t>(
      std::count_if(clusters.begin(), clusters.end(),
                    [](const TriageCluster& cluster) { return !cluster.is_passed_over(); }));
}

std::size_t TriageResult::likely_causes() const {
  std::size_t most = 0;
  for (const TriageCluster& cluster : clusters) most = std::max(most, cluster.cause);
  return most;
}

void add_to_clusters(const CrashInput& input, const Json& answer, TriageResult* result) {
  const std::size_t operations = answer.value("operations", std::size_t{0});
  const Json sightings = answer.value("sightings", Json::array());
  if (sightings.empty()) result->quiet.push_back(input.name);
  for (const Json& sighting : sightings) {
    const std::string signature = text_of(sighting, "signature");
    auto cluster = std::find_if(
        result->clusters.begin(), result->clusters.end(), [&](const TriageCluster& one) {
          return one.build == input.build && same_cluster(one.signature, signature);
        });
    if (cluster == result->clusters.end()) {
      cluster = result->clusters.insert(result->clusters.end(), TriageCluster{});
      cluster->signature = signature;
      cluster->build = input.build;
    }
    // The shortest of those that fail here alone, if there is one.
    const bool old = sighting.value("old", false);
    if (cluster->shortest == nullptr || (cluster->old && !old) ||
        (cluster->old == old && operations < cluster->shortest_operations)) {
      cluster->shortest = &input;
      cluster->shortest_operations = operations;
      cluster->probed = text_of(sighting, "probed");
      cluster->old = old;
    }
    // The probe may have two names for one report.
    if (cluster->members.empty() || cluster->members.back().input != &input)
      cluster->members.push_back({&input, signature, sighting.value("shown", 0)});
  }
}

void order_clusters(TriageResult* result) {
  std::sort(result->clusters.begin(), result->clusters.end(),
            [](const TriageCluster& a, const TriageCluster& b) {
              if (a.members.size() != b.members.size()) return a.members.size() > b.members.size();
              if (a.signature != b.signature) return a.signature < b.signature;
              return a.build < b.build;
            });
  std::set<std::string> taken;
  for (TriageCluster& cluster : result->clusters) {
    const std::string name = folder_name(cluster.signature);
    cluster.folder = name;
    for (int i = 2; !taken.insert(cluster.folder).second; ++i)
      cluster.folder = fmt::format("{}-{}", name, i);
  }
}

void tell_cause(const Json& detail, CauseMember* member) {
  const auto names = [](const Json& object, const char* key) {
    return object.value(key, std::vector<std::string>{});
  };
  member->program = text_of(detail, "program");
  member->shows = names(detail, "shows");
  member->shows_first = names(detail, "shows_first");
  if (detail.contains("decisive")) member->turns_into = names(detail["decisive"], "turns_into");
}

void link_causes(TriageResult* result) {
  std::vector<TriageCluster>& clusters = result->clusters;
  std::vector<CauseMember> members;
  members.reserve(clusters.size());
  for (const TriageCluster& cluster : clusters) members.push_back(member_of(cluster));
  const Causes causes = likely_causes(members);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    clusters[i].cause = causes.cause[i];
    for (const std::size_t other : causes.links[i])
      clusters[i].likely_same_cause.push_back(clusters[other].signature);
  }
}

void settle_states(const Json& previous, const TriageOptions& options, TriageResult* result) {
  for (TriageCluster& cluster : result->clusters) {
    const auto before = std::find_if(previous.begin(), previous.end(),
                                     [&](const Json& one) { return same(one, *result, cluster); });
    const std::string state = before != previous.end() ? text_of(*before, "state") : "";
    const bool was_gone = state == "fixed" || state == "incubating";
    const bool known = options.known.knows(cluster.signature);
    cluster.state = options.fixed.knows(cluster.signature) ? "regression"
                    : cluster.old                          ? "old"
                    : was_gone                             ? "regression"
                    : known                                ? "known"
                    : before == previous.end()             ? "new"
                                                           : "still-there";
  }
  for (const Json& before : previous) {
    const bool there =
        std::any_of(result->clusters.begin(), result->clusters.end(),
                    [&](const TriageCluster& cluster) { return same(before, *result, cluster); });
    if (there) continue;
    Json gone = before;
    gone["state"] = state_of_gone(before, *result);
    result->gone.push_back(std::move(gone));
  }
}

}  // namespace arenafuzz
