// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fuzz/report/fields.h"
#include "fuzz/report/html.h"

namespace arenafuzz::report {
namespace {

struct Named {
  const char* name;
  const char* meaning;
};
constexpr std::array<Named, 5> kSites = {{{"F1", "pool object (kmalloc)"},
                                          {"F2", "page claim"},
                                          {"F3", "chunk and bitmap (vzalloc)"},
                                          {"F4", "span record of a release"},
                                          {"F5", "free-space record of a release"}}};
// The names of fault_outcome_name().
constexpr std::array<Named, 5> kOutcomes = {{{"served", "in spite of the fault"},
                                             {"no memory", "-ENOMEM or NULL"},
                                             {"error", "another error"},
                                             {"BUG", ""},
                                             {"finding", ""}}};
constexpr std::size_t kMostNames = 32;  // the JSON may be anyone's: bounds the table

std::string meaning_of(std::span<const Named> names, const std::string& name) {
  for (const Named& one : names)
    if (name == one.name) return one.meaning;
  return "";
}

void add_name(std::vector<std::string>* names, const std::string& name) {
  if (names->size() < kMostNames && std::find(names->begin(), names->end(), name) == names->end())
    names->push_back(name);
}

std::string head(const std::string& name, std::span<const Named> names, const char* scope) {
  const std::string meaning = meaning_of(names, name);
  return fmt::format("<th scope=\"{}\">{}{}</th>", scope, escaped(name),
                     meaning.empty() ? "" : fmt::format("<small>{}</small>", meaning));
}

std::string cell(std::optional<double> value, double most, bool alarm) {
  if (!value) return "<td class=\"none\">–</td>";
  if (*value <= 0) return "<td class=\"none\">0</td>";
  // Logarithmic: counts span six orders of magnitude.
  const double share = std::log1p(*value) / std::log1p(std::max(most, *value));
  return fmt::format("<td{} style=\"--h:{:.2f}\" title=\"{}\">{}</td>",
                     alarm ? " class=\"alarm\"" : "", share, count(value), short_count(value));
}

}  // namespace

std::string heat_map(const Json& status) {
  const Json& outcomes = object_in(status, "fault_outcomes");
  const Json& fired = object_in(object_in(status, "totals"), "faults_fired");
  std::vector<std::string> sites;
  std::vector<std::string> columns;
  for (const Named& site : kSites) add_name(&sites, site.name);
  for (const Named& outcome : kOutcomes) add_name(&columns, outcome.name);
  double most = 0;
  for (const auto& [site, row] : outcomes.items()) {
    add_name(&sites, site);
    if (!row.is_object()) continue;
    for (const auto& [outcome, value] : row.items()) {
      add_name(&columns, outcome);
      most = std::max(most, number(value).value_or(0));
    }
  }
  for (const auto& [site, value] : fired.items()) add_name(&sites, site);
  std::string out =
      "<h2>Injected faults by outcome of the operation</h2>\n<div class=\"wide\"><table "
      "class=\"heat\"><thead><tr><th scope=\"col\"></th>"
      "<th scope=\"col\">fired</th>";
  for (const std::string& outcome : columns) out += head(outcome, kOutcomes, "col");
  out += "</tr></thead><tbody>\n";
  for (const std::string& site : sites) {
    out += "<tr>" + head(site, kSites, "row");
    out +=
        fmt::format("<td class=\"none\">{}</td>",
                    number(fired, site.c_str()) ? short_count(number(fired, site.c_str())) : "–");
    for (const std::string& outcome : columns)
      out += cell(number(object_in(outcomes, site.c_str()), outcome.c_str()), most,
                  outcome == "BUG" || outcome == "finding");
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace arenafuzz::report
