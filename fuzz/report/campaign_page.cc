// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/campaign_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "fuzz/report/chart.h"
#include "fuzz/report/cluster_section.h"
#include "fuzz/report/fields.h"
#include "fuzz/report/heat_map.h"
#include "fuzz/report/html.h"
#include "fuzz/report/page.h"

namespace arenafuzz::report {
namespace {

constexpr int kRefreshSeconds = 10;
constexpr std::array<const char*, 2> kEngines = {"libfuzzer", "afl"};

std::string engine_name(const std::string& engine) {
  if (engine == "libfuzzer") return "libFuzzer";
  if (engine == "afl") return "AFL++";
  return engine.empty() ? kNotKnown : engine;
}

std::string or_not_known(const std::string& value) {
  return value.empty() ? kNotKnown : escaped(value);
}

// What the jobs of one engine do together.
struct EngineFigures {
  std::string name;
  std::uint64_t jobs = 0;
  std::optional<double> operations_per_second;
  std::optional<double> executions;
  std::optional<double> stability;  // the least
};

void add(std::optional<double>* sum, std::optional<double> value) {
  if (value) *sum = sum->value_or(0) + *value;
}

std::vector<EngineFigures> figures_by_engine(const Json& status) {
  std::vector<EngineFigures> all;
  for (const char* engine : kEngines) all.emplace_back().name = engine;
  for (const Json& job : list(status, "jobs")) {
    const std::string name = text(job, "engine");
    auto engine = std::find_if(all.begin(), all.end(),
                               [&](const EngineFigures& one) { return one.name == name; });
    if (engine == all.end()) {
      all.emplace_back().name = name;
      engine = all.end() - 1;
    }
    ++engine->jobs;
    add(&engine->operations_per_second, number(job, "operations_per_second"));
    add(&engine->executions, number(job, "executions"));
    if (const auto stability = number(job, "stability"))
      engine->stability = std::min(engine->stability.value_or(*stability), *stability);
  }
  std::erase_if(all, [](const EngineFigures& engine) { return engine.jobs == 0; });
  return all;
}

std::string a_second(std::optional<double> value, const char* what) {
  return value ? short_count(value) + " " + what : std::string(kNotKnown);
}

// Executions a second over the whole run time: the status tells their number only.
std::optional<double> mean_executions(std::optional<double> executions, const Json& status) {
  const auto seconds = number(status, "run_seconds");
  if (!executions || !seconds || *seconds < 1) return std::nullopt;
  return *executions / *seconds;
}

std::string speed_figures(const Json& status) {
  const Json& totals = object_in(status, "totals");
  const auto mean = [&status](std::optional<double> executions) {
    const auto value = mean_executions(executions, status);
    return value ? short_count(value) + " exec/s on average" : std::string();
  };
  std::string out = figure("Speed", a_second(number(totals, "operations_per_second"), "ops/s"),
                           mean(number(totals, "executions")));
  std::optional<double> stability;
  for (const EngineFigures& engine : figures_by_engine(status)) {
    std::string remark = some(engine.jobs, "job", "jobs");
    if (const std::string executions = mean(engine.executions); !executions.empty())
      remark += ", " + executions;
    out += figure(escaped(engine_name(engine.name)),
                  a_second(engine.operations_per_second, "ops/s"), remark);
    if (engine.stability) stability = std::min(stability.value_or(100), *engine.stability);
  }
  if (!stability) return out;
  return out + figure("Stability", count(stability) + " %", "AFL++, the least of its jobs");
}

std::string last_find(const Json& status) {
  const auto run = number(status, "run_seconds");
  const auto at = number(status, "last_new_find_seconds");
  if (!run || !at || *at > *run) return figure("Last new find", kNotKnown);
  return figure("Last new find", duration(*run - *at) + " ago", "at " + duration(at));
}

std::string resident(const Json& status) {
  std::optional<double> sum;
  for (const Json& job : list(status, "jobs")) add(&sum, number(job, "resident_mib"));
  return sum ? count(sum) + " MiB" : kNotKnown;
}

std::string limit(const Json& status, const char* name) {
  const auto value = number(object_in(status, "limits"), name);
  return value && *value > 0 ? fmt::format("of {} MiB", count(value)) : "";
}

std::string figures(const Json& status) {
  const Json& totals = object_in(status, "totals");
  const auto seconds = number(object_in(status, "limits"), "seconds");
  const auto findings = number(totals, "findings");
  const auto disk = number(status, "disk_mib");
  const auto corpus_bytes = number(totals, "corpus_bytes");
  std::string out = "<dl class=\"figures\">\n";
  out += figure("Run time", duration(number(status, "run_seconds")),
                !seconds        ? ""
                : *seconds <= 0 ? "until stopped"
                                : "of " + duration(seconds));
  out += last_find(status);
  out += figure("Findings", fmt::format("<span class=\"{}\">{}</span>",
                                        findings.value_or(0) > 0 ? "bad" : "", count(findings)));
  out += figure("Coverage", count(number(totals, "coverage")), "edges");
  out += figure("Corpus", count(number(totals, "corpus_files")),
                corpus_bytes ? "programs, " + byte_count(corpus_bytes) : "programs");
  out += speed_figures(status);
  out += figure("Executions", short_count(number(totals, "executions")),
                number(totals, "operations")
                    ? short_count(number(totals, "operations")) + " operations"
                    : "");
  out += figure("Memory", resident(status), limit(status, "memory_mib"));
  out += figure("Disk", disk ? count(disk) + " MiB" : kNotKnown, limit(status, "disk_mib"));
  return out + "</dl>\n";
}

std::string campaign_header(const Json& status) {
  const std::string target = text(status, "target");
  const std::string backend = text(status, "backend");
  const std::string state = text(status, "state");
  std::string out = fmt::format("<header><div class=\"top\"><h1>{}{}</h1>{}</div>\n",
                                target.empty() ? "Target not known" : escaped(target),
                                backend.empty() ? "" : " on " + escaped(backend),
                                chip(state.empty() ? "state not known" : state));
  out += fmt::format("<p class=\"quiet\">Fuzzing campaign. Began {}, updated {}",
                     time_of_day(number(status, "began")), time_of_day(number(status, "updated")));
  if (const auto sessions = whole(status, "sessions"))
    out += ", " + some(*sessions, "session", "sessions");
  if (const auto process = whole(status, "process")) out += fmt::format(", process {}", *process);
  return out + ".</p></header>\n";
}

std::string warnings(const Json& status) {
  std::string out;
  for (const Json& warning : list(status, "warnings"))
    if (const std::string words = text_of(warning); !words.empty())
      out += fmt::format("<li>{}</li>\n", escaped(words));
  return out.empty() ? out : "<ul class=\"warnings\" aria-label=\"Warnings\">\n" + out + "</ul>\n";
}

// Reads y of a sample.
using Reader = std::optional<double> (*)(const Json& sample);

std::vector<Point> points(const std::vector<Json>& history, Reader read) {
  std::vector<Point> out;
  for (const Json& sample : history) {
    const auto x = number(sample, "t");
    const auto y = read(sample);
    if (x && y) out.push_back({*x, *y});
  }
  return out;
}

bool any_above_zero(const std::vector<Point>& all) {
  return std::any_of(all.begin(), all.end(), [](const Point& point) { return point.y > 0; });
}

Chart one(const char* title, const char* unit, bool from_zero, std::vector<Point> all) {
  Chart chart;
  chart.title = title;
  chart.unit = unit;
  chart.from_zero = from_zero;
  chart.series.push_back({"", std::move(all)});
  return chart;
}

std::string curves(const std::vector<Json>& history) {
  std::string out = "<h2>Over time</h2>\n<div class=\"charts\">\n";
  out += draw(one("Coverage", "edges", false,
                  points(history, [](const Json& s) { return number(s, "coverage"); })));
  const auto afl = points(history, [](const Json& s) { return number(s, "afl_edges"); });
  if (any_above_zero(afl)) out += draw(one("Coverage of AFL++", "edges", false, afl));
  out += draw(one("Corpus", "programs", false,
                  points(history, [](const Json& s) { return number(s, "corpus"); })));
  Chart speed;
  speed.title = "Speed";
  speed.unit = "ops/s";
  const std::array<Reader, kEngines.size()> readers = {
      [](const Json& s) { return number(object_in(s, "operations_per_second"), "libfuzzer"); },
      [](const Json& s) { return number(object_in(s, "operations_per_second"), "afl"); }};
  for (std::size_t i = 0; i < kEngines.size(); ++i) {
    // An engine that does not run has no curve, and leaves the other its colour.
    auto all = points(history, readers[i]);
    if (!any_above_zero(all)) all.clear();
    speed.series.push_back({engine_name(kEngines[i]), std::move(all)});
  }
  out += draw(speed);
  Chart findings = one("Findings", "distinct", true,
                       points(history, [](const Json& s) { return number(s, "findings"); }));
  findings.steps = true;
  out += draw(findings);
  out += draw(one("Memory", "MiB resident", true,
                  points(history, [](const Json& s) { return number(s, "resident_mib"); })));
  return out + "</div>\n";
}

std::string cell(const std::string& value) { return "<td class=\"n\">" + value + "</td>"; }

// `ended`: what a job that does not run is called. While others run, it died.
std::string job_row(const Json& job, const char* ended) {
  const Json& alive = field(job, "alive");
  const auto stability = number(job, "stability");
  const auto memory = number(job, "resident_mib");
  std::string out =
      "<tr><th scope=\"row\">" + or_not_known(text(job, "name")) + "</th><td>" +
      escaped(engine_name(text(job, "engine"))) + "</td><td>" +
      (alive.is_boolean() ? chip(alive.get<bool>() ? "alive" : ended) : std::string(kNotKnown)) +
      "</td>";
  for (const char* name : {"restarts", "executions", "operations"})
    out += cell(short_count(number(job, name)));
  out += cell(short_count(number(job, "operations_per_second")));
  out += cell(count(number(job, "coverage"))) + cell(count(number(job, "corpus")));
  out += cell(memory ? count(memory) + " MiB" : kNotKnown);
  out += cell(stability ? count(stability) + " %" : "–");
  return out + cell(number(job, "imported") ? count(number(job, "imported")) : "–") + "</tr>\n";
}

std::string jobs(const Json& status) {
  const Json& all = list(status, "jobs");
  if (all.empty()) return "<h2>Jobs</h2>\n<p class=\"empty\">no job</p>\n";
  std::string out =
      "<h2>Jobs</h2>\n<div class=\"wide\"><table><thead><tr><th>Job</th><th>Engine</th>"
      "<th>State</th><th class=\"n\">Restarts</th><th class=\"n\">Executions</th>"
      "<th class=\"n\">Operations</th><th class=\"n\">Ops/s</th><th class=\"n\">Coverage</th>"
      "<th class=\"n\">Corpus</th><th class=\"n\">Memory</th><th class=\"n\">Stability</th>"
      "<th class=\"n\">Imported</th></tr></thead><tbody>\n";
  const char* ended = text(status, "state") == "stopped" ? "stopped" : "dead";
  for (const Json& job : all) out += job_row(job, ended);
  return out + "</tbody></table></div>\n";
}

std::string causes(const Json& status) {
  const Json& all = list(status, "causes");
  if (all.empty()) return "";
  std::set<std::string> signatures;
  for (const Json& cause : all) signatures.insert(text(cause, "signature"));
  std::string out = fmt::format("<h2>Likely causes ({})</h2>\n", all.size());
  for (const Json& cause : all) out += cluster_section(cause, all.size() <= 2, signatures);
  return out;
}

std::string findings(const Json& status) {
  const Json& all = list(status, "findings");
  if (all.empty()) return "<h2>Findings</h2>\n<p class=\"empty\">no finding so far</p>\n";
  std::string out =
      "<h2>Findings</h2>\n<div class=\"wide\"><table><thead><tr><th>Signature</th>"
      "<th class=\"n\">First seen</th><th>Program</th></tr></thead>"
      "<tbody>\n";
  for (const Json& finding : all) {
    const std::string file = text(finding, "file");
    out += "<tr><td class=\"name\"><code>" + or_not_known(text(finding, "signature")) + "</code>" +
           (text(finding, "title").empty() ? "" : "<br>" + escaped(text(finding, "title"))) +
           "</td>" + cell(duration(number(finding, "first_seen_seconds"))) + "<td>" +
           (file.empty() ? std::string(kNotKnown)
                         : fmt::format("<a href=\"{}\">open</a>", escaped(url_of(file)))) +
           "</td></tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace

std::string campaign_page(const Json& status, const std::vector<Json>& history) {
  Page page;
  const std::string target = text(status, "target");
  page.title = (target.empty() ? "campaign" : target) + " - arenafuzz";
  if (text(status, "state") == "running") page.refresh_seconds = kRefreshSeconds;
  page.body = campaign_header(status) + "<main>\n" + warnings(status) + figures(status) +
              curves(history) + heat_map(status) + causes(status) + findings(status) +
              jobs(status) +
              "</main>\n<footer>Written by arenafuzz from status.json and history.jsonl next to "
              "this page.</footer>\n";
  page.version = readable(text(status, "version"));
  return render(page);
}

}  // namespace arenafuzz::report
