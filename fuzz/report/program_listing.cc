// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/program_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "fuzz/report/fields.h"
#include "fuzz/report/html.h"

namespace arenafuzz::report {
namespace {

// Longer programs are cut: report.json and the file have them whole.
constexpr std::size_t kMostLines = 400;

std::vector<std::string> lines_of(const Json& program) {
  std::vector<std::string> lines;
  if (program.is_array()) {
    for (const Json& line : program) lines.push_back(text_of(line));
    return lines;
  }
  const std::string all = program.is_string() ? program.get<std::string>() : std::string();
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    lines.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string_view trimmed(std::string_view line) {
  const std::size_t from = line.find_first_not_of(" \t\r");
  return from == std::string_view::npos ? std::string_view() : line.substr(from);
}

// Comments, the header and the plan come before the operations, each on a line of its own.
bool is_operation(std::string_view line) {
  const std::string_view words = trimmed(line);
  return !words.empty() && words[0] != '#' && !words.starts_with("header ") &&
         !words.starts_with("plan ");
}

std::set<std::uint64_t> decisive_operations(const Json& cluster) {
  std::set<std::uint64_t> positions;
  for (const Json& position : list(object_in(cluster, "decisive"), "operations"))
    if (const auto at = whole(position)) positions.insert(*at);
  return positions;
}

// Each a text, or an object with the text as its "fault".
std::string joined(const Json& values) {
  std::string out;
  for (const Json& value : values) {
    const std::string words = value.is_object() ? text(value, "fault") : text_of(value);
    if (words.empty()) continue;
    out += (out.empty() ? "<code>" : "</code>, <code>") + escaped(words);
  }
  return out.empty() ? out : out + "</code>";
}

// What cannot be taken away, beyond the operations underlined in the listing.
std::string remarks(const Json& cluster) {
  const Json& decisive = object_in(cluster, "decisive");
  std::string out;
  if (const std::string single = text(decisive, "single"); !single.empty())
    out += "Decisive: " + escaped(single) + ". ";
  if (!list(decisive, "operations").empty()) out += "Underlined operations are decisive. ";
  if (const std::string faults = joined(list(decisive, "faults")); !faults.empty())
    out += "Decisive faults: " + faults + ". ";
  if (const std::string fields = joined(list(decisive, "fields")); !fields.empty())
    out += "Decisive header fields: " + fields + ". ";
  return out.empty() ? out : "<p class=\"quiet\">" + out + "</p>\n";
}

}  // namespace

std::string program_listing(const Json& cluster) {
  const std::vector<std::string> lines = lines_of(field(cluster, "program"));
  if (lines.empty()) return "";
  const auto failing = whole(cluster, "failing_operation");
  const std::set<std::uint64_t> decisive = decisive_operations(cluster);
  const Json& minimal = field(cluster, "minimal");
  std::string out =
      fmt::format("<h3>{}</h3>\n<pre class=\"program\">",
                  minimal.is_boolean() && !minimal.get<bool>() ? "Shortest program so far"
                                                               : "Shortest program");
  std::uint64_t operation = 0;
  for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
    if (!is_operation(lines[i])) {
      out += "<span class=\"quiet\">" + escaped(lines[i]) + "</span>";
      continue;
    }
    const std::string words = decisive.contains(operation)
                                  ? "<u class=\"decisive\">" + escaped(lines[i]) + "</u>"
                                  : escaped(lines[i]);
    out +=
        fmt::format("<span class=\"op{}\">{}</span>", failing == operation ? " fails" : "", words);
    ++operation;
  }
  out += "</pre>\n";
  if (lines.size() > kMostLines)
    out += fmt::format("<p class=\"quiet\">and {} more lines, in the file</p>\n",
                       lines.size() - kMostLines);
  if (failing && *failing >= operation && lines.size() <= kMostLines)
    out += "<p>It shows after the last operation, at the program's end.</p>\n";
  return out + remarks(cluster);
}

}  // namespace arenafuzz::report
