// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/sarif.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/report/cluster_section.h"
#include "fuzz/report/fields.h"
#include "fuzz/report/html.h"

namespace arenafuzz::report {
namespace {

// The tree's root, for readers of the file: no name of this machine's folders.
constexpr const char* kSourceRoot = "SRCROOT";

// "unwind" of unwind.alloc.page...; of a sanitizer's report its kind too.
std::string rule_of(const std::string& signature) {
  const bool sanitizer = signature.starts_with("sanitizer.");
  const std::size_t first = signature.find('.');
  const std::size_t end =
      sanitizer && first != std::string::npos ? signature.find('.', first + 1) : first;
  const std::string rule = readable(signature.substr(0, end));
  return rule.empty() ? "finding" : rule;
}

const char* level_of(const std::string& state) {
  const bool passed_over = state == "known" || state == "old";
  return passed_over || state == "fixed" || state == "incubating" ? "note" : "error";
}

std::string message_of(const Json& cluster) {
  std::string message = cluster_title(cluster);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) message += std::string("\n") + name + ": " + value;
  };
  add("expected", text(cluster, "expected"));
  add("got", text(cluster, "got"));
  add("replay", text(cluster, "replay"));
  return readable(message);
}

// The program, in the report's folder.
Json program_of(const Json& cluster) {
  std::string file = text(cluster, "minimized");
  if (file.empty()) file = text(cluster, "original");
  if (file.empty()) return nullptr;
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", url_of(file)}}}, {"region", {{"startLine", 1}}}}}};
}

// A line of the sources under test, named from their root.
Json place_of(const Json& place) {
  const auto line = whole(place, "line");
  const std::string file = text(place, "file");
  if (file.empty() || !line || *line == 0) return nullptr;
  Json location{{"physicalLocation",
                 {{"artifactLocation", {{"uri", url_of(file)}, {"uriBaseId", kSourceRoot}}},
                  {"region", {{"startLine", *line}}}}}};
  if (const std::string function = readable(text(place, "function")); !function.empty())
    location["logicalLocations"] = {{{"name", function}, {"kind", "function"}}};
  return location;
}

// Where it went wrong, innermost first; only a program's finding is without.
void add_locations(const Json& cluster, Json* result) {
  const bool last_call = field(cluster, "where_is_last_call") == true;
  Json places = Json::array();
  for (const Json& one : list(cluster, "where"))
    if (Json place = place_of(one); !place.is_null()) places.push_back(std::move(place));
  Json program = program_of(cluster);
  if (places.empty()) {
    if (!program.is_null()) (*result)["locations"].push_back(std::move(program));
    return;
  }
  if (last_call) places[0]["message"] = {{"text", "the last call out before the finding was made"}};
  (*result)["locations"].push_back(places[0]);
  Json frames = Json::array();
  for (const Json& place : places) frames.push_back({{"location", place}});
  (*result)["stacks"] = Json::array({{{"frames", frames}}});
  if (!program.is_null()) {
    program["message"] = {{"text", "the shortest program that shows it"}};
    (*result)["relatedLocations"] = Json::array({std::move(program)});
  }
}

// `compared`: with a baseline, as SARIF calls what shows there too.
Json result_of(const Json& cluster, std::size_t rule_index, bool compared) {
  const std::string signature = readable(text(cluster, "signature"));
  const std::string state = cluster_state(cluster);
  Json result{{"ruleId", rule_of(signature)},
              {"ruleIndex", rule_index},
              {"level", level_of(state)},
              {"message", {{"text", message_of(cluster)}}},
              {"locations", Json::array()},
              {"occurrenceCount", std::max<std::size_t>(list(cluster, "files").size(), 1)},
              {"partialFingerprints", {{"arenafuzzSignature/v1", signature}}},
              {"properties", {{"signature", signature}, {"state", readable(state)}}}};
  add_locations(cluster, &result);
  if (compared) result["baselineState"] = state == "old" ? "unchanged" : "new";
  // A viewer then counts it as seen to, and shows it on demand.
  if (state == "known")
    result["suppressions"] = {{{"kind", "external"}, {"justification", "a known finding"}}};
  return result;
}

}  // namespace

Json sarif(const Json& report) {
  std::vector<std::string> names;
  Json rules = Json::array();
  Json results = Json::array();
  for (const Json& cluster : list(report, "clusters")) {
    const std::string name = rule_of(text(cluster, "signature"));
    auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      found = names.insert(names.end(), name);
      const std::string tier = readable(text(cluster, "tier"));
      rules.push_back(
          {{"id", name}, {"shortDescription", {{"text", tier.empty() ? "oracle " + name : tier}}}});
    }
    results.push_back(result_of(cluster, static_cast<std::size_t>(found - names.begin()),
                                !text(report, "baseline").empty()));
  }
  Json driver{{"name", "arenafuzz"}, {"rules", rules}};
  if (const std::string version = readable(text(report, "version")); !version.empty())
    driver["version"] = version;
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({{{"tool", {{"driver", driver}}},
                                 {"columnKind", "utf16CodeUnits"},
                                 {"results", results}}})}};
}

}  // namespace arenafuzz::report
