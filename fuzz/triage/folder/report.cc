// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/base/quoting.h"
#include "fuzz/session/context.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/version.h"
#include "fuzz/triage/folder/journal.h"
#include "fuzz/triage/folder/lane_work.h"

namespace arenafuzz {
namespace {

Json members_json(const TriageResult& result, const TriageCluster& cluster) {
  const BuildChoice& build = result.found.builds[cluster.build];
  Json members = Json::array();
  for (const TriageMember& member : cluster.members)
    members.push_back({{"file", member.input->name},
                       {"signature", member.signature},
                       {"reliability", fmt::format("{}/{}", member.shown, kTriageRuns)},
                       {"engine", member.input->engine},
                       {"sanitizer", build.sanitizers},
                       {"first_seen", member.input->seen},
                       {"last_seen", member.input->seen}});
  return members;
}

// When the cluster's files were written.
std::pair<std::string, std::string> seen_of(const TriageCluster& cluster) {
  const auto [first, last] = std::minmax_element(
      cluster.members.begin(), cluster.members.end(),
      [](const TriageMember& a, const TriageMember& b) { return a.input->seen < b.input->seen; });
  return {first->input->seen, last->input->seen};
}

void print_cluster(std::FILE* stream, std::size_t number, const TriageCluster& cluster) {
  const auto reliable =
      std::count_if(cluster.members.begin(), cluster.members.end(),
                    [](const TriageMember& member) { return member.shown == kTriageRuns; });
  const Json& detail = cluster.detail;
  fmt::print(stream, "{:>3}. {:<11} {}\n     {} files, {} of them in {} runs of {}", number,
             cluster.state, cluster.signature, cluster.members.size(), reliable, kTriageRuns,
             kTriageRuns);
  if (detail.contains("operations"))
    fmt::print(stream, "; {} operations{}", detail["operations"].get<std::size_t>(),
               detail.value("minimal", false) ? "" : " so far");
  fmt::print(stream, "\n");
  if (detail.contains("decisive") && !text_of(detail["decisive"], "single").empty())
    fmt::print(stream, "     decisive: {}\n", text_of(detail["decisive"], "single"));
  for (const std::string& other : cluster.likely_same_cause)
    fmt::print(stream, "     likely the same cause: {}\n", other);
  if (detail.contains("lost"))
    fmt::print(stream, "     not minimized: {}\n", bytes_of(text_of(detail, "lost")));
  if (detail.contains("replay"))
    fmt::print(stream, "     {}\n", bytes_of(text_of(detail, "replay")));
}

}  // namespace

Json cluster_json(const TriageResult& result, const TriageCluster& cluster) {
  const bool regression = cluster.state == "regression";
  const auto [first, last] = seen_of(cluster);
  Json object{{"signature", cluster.signature},
              {"title", cluster.signature},
              {"state", cluster.state},
              {"mark", cluster.is_passed_over() ? cluster.state
                       : regression             ? "regression"
                                                : "new"},
              {"build", result.found.builds[cluster.build].name},
              {"folder", cluster.folder},
              {"files", members_json(result, cluster)},
              {"first_seen", first},
              {"last_seen", last}};
  for (const auto& [key, value] : cluster.detail.items()) {
    const bool bytes = key == "replay" || key == "lost" || key == "minimized" || key == "original";
    object[key] = bytes ? Json(bytes_of(value.get<std::string>())) : value;
  }
  object["likely_same_cause"] = cluster.likely_same_cause;
  object["likely_cause"] = cluster.cause;
  return object;
}

Json report_json(const TriageResult& result, const TriageOptions& options) {
  Json clusters = Json::array();
  for (const TriageCluster& cluster : result.clusters)
    clusters.push_back(cluster_json(result, cluster));
  return Json{
      {"command", "triage"},
      {"version", kSourceVersion},
      {"folder", options.folder},
      {"files", result.found.inputs.size()},
      {"replayed", result.replayed},
      {"interrupted", result.interrupted},
      {"baseline",
       options.choice.kernel.baseline.empty() ? Json() : Json(options.choice.kernel.baseline)},
      {"not_known", result.not_known()},
      {"likely_causes", result.likely_causes()},
      {"clusters", clusters},
      {"gone", result.gone},
      {"without_finding", result.quiet},
      {"known_not_met", options.known.unused_json()},
      {"unreadable", result.unreadable}};
}

void print_report(std::FILE* stream, const TriageResult& result, const TriageOptions& options) {
  std::size_t number = 0;
  for (const TriageCluster& cluster : result.clusters) print_cluster(stream, ++number, cluster);
  for (const Json& gone : result.gone)
    fmt::print(stream, "     {:<11} {}\n", text_of(gone, "state"), text_of(gone, "signature"));
  const std::size_t number_of_causes = result.likely_causes();
  const std::string causes =
      fmt::format("{} {}", number_of_causes, number_of_causes == 1 ? "cause" : "causes");
  std::string last;
  for (const std::string& sentence : result.unreadable)
    if (sentence != last) refuse(last = sentence);
  fmt::print(
      stream,
      "{} of {} files: {} clusters, {} not known, of likely {}; {} files without a finding, {} "
      "unreadable; {}\n",
      result.replayed, result.found.inputs.size(), result.clusters.size(), result.not_known(),
      causes, result.quiet.size(), result.unreadable.size(),
      shell_quoted(options.out + "/report.json"));
  const std::string unused = options.known.unused_sentence();
  if (!unused.empty()) fmt::print(stream, "{}\n", unused);
}

}  // namespace arenafuzz
