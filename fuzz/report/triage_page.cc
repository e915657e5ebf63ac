// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/triage_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "fuzz/report/cluster_section.h"
#include "fuzz/report/fields.h"
#include "fuzz/report/html.h"
#include "fuzz/report/page.h"

namespace arenafuzz::report {
namespace {

// What is to be looked at comes first.
std::vector<std::string> states_in_order(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::string> states;
  for (const char* first :
       {"new", "regression", "still-there", "known", "old", "changed", "incubating", "fixed"})
    if (counts.contains(first)) states.emplace_back(first);
  for (const auto& [state, count] : counts)
    if (std::find(states.begin(), states.end(), state) == states.end()) states.push_back(state);
  return states;
}

std::map<std::string, std::uint64_t> count_states(const Json& clusters) {
  std::map<std::string, std::uint64_t> counts;
  for (const Json& cluster : clusters) ++counts[cluster_state(cluster)];
  return counts;
}

std::string figures(const Json& report, const Json& clusters) {
  const auto counts = count_states(clusters);
  std::string kinds;
  for (const std::string& state : states_in_order(counts))
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", counts.at(state), escaped(state));
  const auto files = number(report, "files");
  const auto replayed = number(report, "replayed");
  const std::size_t quiet = list(report, "without_finding").size();
  const std::size_t unreadable = list(report, "unreadable").size();
  const auto open = number(report, "not_known");
  std::string out = "<dl class=\"figures\">\n";
  out += figure("Signatures", some(clusters.size(), "cluster", "clusters"), kinds);
  if (const auto causes = number(report, "likely_causes"))
    out += figure("Likely causes", count(causes), "joined where linked below");
  out += figure("Not known before", fmt::format("<span class=\"{}\">{}</span>",
                                                open.value_or(0) > 0 ? "bad" : "", count(open)));
  out +=
      figure("Files", count(files),
             files && replayed && *replayed < *files ? count(replayed) + " of them replayed" : "");
  out += figure("Without a finding", count(static_cast<double>(quiet)), "files");
  out += figure("Unreadable", count(static_cast<double>(unreadable)), "files");
  return out + "</dl>\n";
}

std::string triage_header(const Json& report) {
  const std::string folder = text(report, "folder");
  std::string out = "<header><h1>Crash triage</h1>\n<p class=\"quiet\">";
  out += folder.empty() ? "Folder not known" : "Folder <code>" + escaped(folder) + "</code>";
  const Json& interrupted = field(report, "interrupted");
  const bool cut = interrupted.is_boolean() && interrupted.get<bool>();
  return out + "</p></header>\n" +
         (cut ? "<ul class=\"warnings\"><li>Triage was interrupted: files and programs are "
                "missing here. Start it again to go on.</li></ul>\n"
              : "");
}

std::string tools(const Json& clusters, const Json& gone) {
  auto counts = count_states(clusters);
  for (const auto& [state, count] : count_states(gone)) counts[state] += count;
  std::string out =
      "<div class=\"tools\" role=\"search\" aria-label=\"Filter clusters\">\n"
      "<input type=\"search\" id=\"words\" autocomplete=\"off\" placeholder=\"Filter: words of a "
      "title, program, file, report\" aria-label=\"Filter by text\">\n";
  for (const std::string& state : states_in_order(counts))
    out += fmt::format(
        "<label><input type=\"checkbox\" name=\"state\" value=\"{0}\" autocomplete=\"off\">{0} "
        "({1})</label>\n",
        escaped(state), counts.at(state));
  return out +
         "<button type=\"button\" id=\"unfold\">Unfold or fold all</button>\n"
         "<span class=\"quiet\" id=\"shown\" role=\"status\"></span>\n</div>\n";
}

std::string plain_list(const Json& all, const char* title) {
  std::string out;
  for (const Json& one : all) out += "<li><code>" + escaped(text_of(one)) + "</code></li>\n";
  return out.empty() ? out
                     : fmt::format(
                           "<details class=\"fold\"><summary>{} ({})</summary>\n<ul>\n{}"
                           "</ul></details>\n",
                           title, all.size(), out);
}

// Under a heading for each likely cause, where clusters share one.
std::string cluster_sections(const Json& clusters, const std::set<std::string>& signatures) {
  std::vector<std::vector<const Json*>> causes;
  std::map<std::uint64_t, std::size_t> places;
  for (const Json& cluster : clusters) {
    const auto cause = whole(cluster, "likely_cause");
    const auto place =
        cause ? places.emplace(*cause, causes.size()) : std::pair(places.end(), true);
    if (place.second) causes.emplace_back();
    causes[cause ? place.first->second : causes.size() - 1].push_back(&cluster);
  }
  std::string out;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (causes.size() < clusters.size())
      out += fmt::format("<h2>Likely cause {}: {} <small>({})</small></h2>\n", i + 1,
                         escaped(cluster_title(*causes[i][0])),
                         some(causes[i].size(), "signature", "signatures"));
    for (const Json* cluster : causes[i])
      out += cluster_section(*cluster, clusters.size() == 1, signatures);
  }
  return out;
}

}  // namespace

std::string triage_page(const Json& report) {
  const Json& clusters = list(report, "clusters");
  const Json& gone = list(report, "gone");
  Page page;
  page.title =
      fmt::format("{} - crash triage - arenafuzz", some(clusters.size(), "cluster", "clusters"));
  std::string& body = page.body;
  body = triage_header(report) + "<main>\n" + figures(report, clusters);
  if (clusters.empty() && gone.empty()) {
    body += "<p class=\"empty\" style=\"margin-top:22px\">No file here shows a finding.</p>\n";
  } else {
    body += tools(clusters, gone);
    body += "<p class=\"empty\" id=\"nothing\" hidden>No cluster fits the filter.</p>\n";
  }
  std::set<std::string> signatures;
  for (const Json* all : {&clusters, &gone})
    for (const Json& cluster : *all) signatures.insert(text(cluster, "signature"));
  body += cluster_sections(clusters, signatures);
  if (!gone.empty()) body += "<h2>Of the report before, not shown any more</h2>\n";
  for (const Json& cluster : gone) body += cluster_section(cluster, false, signatures);
  body += plain_list(list(report, "without_finding"), "Files without a finding");
  body += plain_list(list(report, "unreadable"), "Unreadable files");
  body += "</main>\n<footer>Written by arenafuzz from report.json next to this page.</footer>\n";
  page.version = readable(text(report, "version"));
  return render(page);
}

}  // namespace arenafuzz::report
