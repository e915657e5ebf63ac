// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/cluster_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "fuzz/report/fields.h"
#include "fuzz/report/html.h"
#include "fuzz/report/page.h"
#include "fuzz/report/pool_picture.h"
#include "fuzz/report/program_listing.h"

namespace arenafuzz::report {
namespace {

constexpr std::size_t kMostFiles = 50;

std::vector<std::string> parts_of(const std::string& signature) {
  std::vector<std::string> parts(1);
  for (const char c : signature) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::string spaced(std::string part) {
  std::replace(part.begin(), part.end(), '-', ' ');
  return part;
}

// Alike for every cluster of a signature, so that links to it last.
std::string anchor(const std::string& signature) { return "c-" + word_of(signature); }

std::string link(const std::string& file, const std::string& words) {
  return fmt::format("<a href=\"{}\">{}</a>", escaped(url_of(file)), escaped(words));
}

void row(std::string* out, const char* name, const std::string& html) {
  if (!html.empty()) *out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
}

// The distinct values of one field of the files.
std::string all_of(const Json& cluster, const char* name) {
  std::set<std::string> values;
  for (const Json& file : list(cluster, "files"))
    if (const std::string value = text(file, name); !value.empty()) values.insert(value);
  if (values.empty()) return escaped(text(cluster, name));
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + escaped(value);
  return out;
}

std::string when(const Json& value) {
  return value.is_number() ? time_of_day(number(value)) : readable(text_of(value));
}

// The earliest or the latest that any file says; dates of one form order as text.
std::string seen(const Json& cluster, const char* name, bool first) {
  std::string found = when(field(cluster, name));
  for (const Json& file : list(cluster, "files")) {
    const std::string at = when(field(file, name));
    if (at.empty() || at == kNotKnown) continue;
    if (found.empty() || (first ? at < found : at > found)) found = at;
  }
  return escaped(found);
}

struct Reliability {
  std::uint64_t always = 0;
  std::uint64_t files = 0;
  std::string text;
};

// "3/3" says 3 runs of 3.
Reliability reliability_of(const Json& cluster) {
  Reliability all;
  std::string worst;
  for (const Json& file : list(cluster, "files")) {
    const std::string said = text(file, "reliability");
    ++all.files;
    const std::size_t slash = said.find('/');
    if (slash == std::string::npos) continue;
    if (said.substr(0, slash) == said.substr(slash + 1))
      ++all.always;
    else if (worst.empty() || said < worst)
      worst = said;
  }
  all.text = all.files == 0 ? ""
             : all.always == all.files
                 ? "shows in every run of every file"
                 : fmt::format("{} of {} files show it in every run", all.always, all.files);
  if (!worst.empty()) all.text += ", the least reliable in " + escaped(worst) + " runs";
  return all;
}

// "scx_arena_grow kernel/sched/ext_arena.c:69", a line each.
std::string where(const Json& cluster) {
  std::string out;
  for (const Json& place : list(cluster, "where"))
    out += fmt::format("{}<code>{} {}:{}</code>", out.empty() ? "" : "<br>",
                       escaped(text(place, "function")), escaped(text(place, "file")),
                       text_of(field(place, "line")));
  return out;
}

std::string verdict(const Json& cluster, const std::set<std::string>& signatures) {
  std::string out = "<dl class=\"pair\">\n";
  row(&out, "Expected", escaped(text(cluster, "expected")));
  row(&out, "Got", escaped(text(cluster, "got")));
  row(&out, field(cluster, "where_is_last_call") == true ? "Last call" : "Where", where(cluster));
  row(&out, "Tier", escaped(text(cluster, "tier")));
  row(&out, "Reach", escaped(text(cluster, "reach")));
  row(&out, "Reliability", reliability_of(cluster).text);
  row(&out, "Engines", all_of(cluster, "engine"));
  row(&out, "Sanitizers", all_of(cluster, "sanitizer"));
  row(&out, "First seen", seen(cluster, "first_seen", true));
  row(&out, "Last seen", seen(cluster, "last_seen", false));
  std::string alike;
  for (const Json& other : list(cluster, "likely_same_cause")) {
    const std::string name = text_of(other);
    if (name.empty()) continue;
    alike += alike.empty() ? "" : "<br>";
    alike += signatures.contains(name)
                 ? fmt::format("<a href=\"#{}\"><code>{}</code></a>", anchor(name), escaped(name))
                 : "<code>" + escaped(name) + "</code>";
  }
  row(&out, "Likely same cause", alike);
  return out + "</dl>\n";
}

std::string fault(const Json& cluster) {
  const Json& fired = object_in(cluster, "fault");
  if (fired.empty()) return "";
  std::string out = "<h3>The fault that fired</h3>\n<p>" + escaped(text(fired, "site"));
  if (const auto operation = whole(fired, "operation"))
    out += fmt::format(", in operation {}", *operation);
  if (const std::string note = text(fired, "note"); !note.empty()) out += ": " + escaped(note);
  out += "</p>\n";
  std::string frames;
  for (const Json& frame : list(fired, "backtrace")) frames += escaped(text_of(frame)) + "\n";
  return frames.empty() ? out : out + "<pre class=\"wrap\">" + frames + "</pre>\n";
}

std::string pools(const Json& cluster) {
  const Json& before = object_in(cluster, "pool_before");
  const Json& after = object_in(cluster, "pool_after");
  if (before.empty() && after.empty()) return "";
  const auto one = [](const char* title, const Json& pool, const Json& other) {
    return fmt::format("<div><h4>{}</h4>\n{}</div>\n", title,
                       pool.empty() ? fmt::format("<p class=\"empty\">{}</p>\n", kNotKnown)
                                    : pool_picture(pool, other));
  };
  return "<h3>The pool before and after the failing operation</h3>\n<div class=\"pools\">\n" +
         one("before", before, after) + one("after, as the finding left it", after, before) +
         "</div>\n" + pool_legend();
}

std::string replay(const Json& cluster, const std::string& id) {
  const std::string command = text(cluster, "replay");
  if (command.empty()) return "";
  return fmt::format(
      "<h3>Replay</h3>\n<div class=\"replay\"><pre id=\"{0}-replay\">{1}</pre><button "
      "type=\"button\" class=\"copy\" data-copies=\"{0}-replay\" aria-label=\"Copy the replay "
      "command\">Copy</button></div>\n",
      id, escaped(command));
}

std::string links(const Json& cluster) {
  static constexpr std::array<std::array<const char*, 2>, 4> kReproducers = {
      {{"googletest", "GoogleTest case"},
       {"c", "C file for the kernel side"},
       {"kunit", "KUnit case"},
       {"mail", "mail"}}};
  std::string out;
  const std::string original = text(cluster, "original");
  const std::string minimized = text(cluster, "minimized");
  const Json& reproducers = object_in(cluster, "reproducers");
  const Json& missing = object_in(cluster, "no_reproducer");
  if (!minimized.empty()) out += "<li>minimized: " + link(minimized, minimized) + "</li>\n";
  if (!original.empty()) out += "<li>original: " + link(original, original) + "</li>\n";
  for (const auto& [kind, words] : kReproducers)
    if (const std::string file = text(reproducers, kind); !file.empty())
      out += fmt::format("<li>{}: {}</li>\n", words, link(file, file));
    else if (const std::string why = text(missing, kind); !why.empty())
      out += fmt::format("<li class=\"quiet\">no {}: {}</li>\n", words, escaped(why));
  return out.empty() ? out : "<h3>Files and reproducers</h3>\n<ul>\n" + out + "</ul>\n";
}

std::string members(const Json& cluster) {
  const Json& files = list(cluster, "files");
  if (files.empty()) return "";
  std::string out = fmt::format(
      "<details class=\"fold\"><summary>Crash files ({})</summary>\n<div class=\"wide\"><table>"
      "<thead><tr><th>File</th><th class=\"n\">Shown in runs</th></tr></thead><tbody>\n",
      files.size());
  for (std::size_t i = 0; i < std::min(files.size(), kMostFiles); ++i) {
    const std::string name = text(files[i], "file");
    const std::string target = text(files[i], "link");
    out += fmt::format("<tr><td class=\"name\"><code>{}</code></td><td class=\"n\">{}</td></tr>\n",
                       link(target.empty() ? name : target, name),
                       escaped(text(files[i], "reliability")));
  }
  if (files.size() > kMostFiles)
    out += fmt::format("<tr><td class=\"quiet\">and {} more, in report.json</td><td></td></tr>\n",
                       files.size() - kMostFiles);
  return out + "</tbody></table></div></details>\n";
}

std::string report_text(const Json& cluster) {
  const std::string words = text(cluster, "report");
  if (words.empty()) return "";
  return "<details class=\"fold report\"><summary>Report</summary>\n<pre>" + escaped(words) +
         "</pre></details>\n";
}

}  // namespace

std::string cluster_state(const Json& cluster) {
  for (const char* name : {"state", "mark"})
    if (const std::string state = text(cluster, name); !state.empty()) return state;
  return "state not known";
}

std::string cluster_title(const Json& cluster) {
  if (const std::string title = text(cluster, "title"); !title.empty()) return title;
  const std::vector<std::string> parts = parts_of(text(cluster, "signature"));
  if (parts.size() < 4) return parts[0].empty() ? "a finding without a signature" : parts[0];
  if (parts[0] == "sanitizer") return fmt::format("{} in {}", spaced(parts[1]), parts[2]);
  std::string title = fmt::format("{} in {}: {}", parts[0], spaced(parts[1]), spaced(parts[3]));
  if (parts.size() > 4 && parts[4] != "none") title += ", " + spaced(parts[4]);
  if (parts.size() > 5 && parts[5] != "none") title += fmt::format(" ({} failed)", parts[5]);
  return title;
}

std::string cluster_section(const Json& cluster, bool open,
                            const std::set<std::string>& signatures) {
  const std::string signature = text(cluster, "signature");
  const std::string state = cluster_state(cluster);
  const std::string id = anchor(signature);
  // A campaign's cause has no files.
  const std::size_t files = list(cluster, "files").size();
  std::string meta = field(cluster, "files").is_null() ? "" : some(files, "file", "files");
  if (const auto operations = whole(cluster, "operations"))
    meta += (meta.empty() ? "" : ", ") + some(*operations, "operation", "operations");
  std::string out = fmt::format(
      "<details class=\"cluster\" id=\"{}\" data-state=\"{}\"{}><summary>{}<span class=\"title\">"
      "{}</span><span class=\"meta\">{}</span><code class=\"signature\">{}</code></summary>\n"
      "<div class=\"inside\">\n",
      id, escaped(state), open ? " open" : "", chip(state), escaped(cluster_title(cluster)), meta,
      escaped(signature));
  out += verdict(cluster, signatures);
  out += program_listing(cluster);
  out += pools(cluster);
  out += fault(cluster);
  out += replay(cluster, id);
  out += links(cluster);
  out += report_text(cluster);
  out += members(cluster);
  return out + "</div></details>\n";
}

}  // namespace arenafuzz::report
