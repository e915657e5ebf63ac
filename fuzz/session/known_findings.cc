// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/known_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/base/quoting.h"
#include "fuzz/harness/verdict/known_signature.h"
#include "fuzz/session/cluster.h"
#include "fuzz/session/json_words.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kPlaces = 5;  // that one sentence names

std::string listed(const std::vector<std::string>& items, const char* separator) {
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), kPlaces); ++i)
    text += (i == 0 ? "" : separator) + items[i];
  if (items.size() > kPlaces) text += fmt::format(" and {} more", items.size() - kPlaces);
  return text;
}

}  // namespace

std::string KnownFindings::place(const Line& line) {
  return fmt::format("{} line {}", shell_quoted(line.file), line.number);
}

Status KnownFindings::read(const std::string& name) {
  std::string content;
  const Status status = read_file(name, kMaxKnownBytes + 1, &content);
  if (!status.ok()) return status;
  keep_as_given(name);
  for (KnownLines lines(content); lines.next();) {
    const Line line{std::string(lines.text()), name, lines.number()};
    const std::string problem = signature_problem(line.text);
    if (!problem.empty())
      return {fmt::format("{}: {}: write signatures as reports have them, or their first parts",
                          place(line), problem)};
    lines_.push_back(line);
  }
  if (content.size() > kMaxKnownBytes)
    return {fmt::format("{} is larger than {} MiB: name a file of signatures", shell_quoted(name),
                        kMaxKnownBytes >> 20)};
  return {};
}

bool KnownFindings::knows(const std::string& signature) const {
  bool known = false;
  for (const Line& line : lines_) {
    if (!names_signature(line.text, signature) && !same_cluster(line.text, signature)) continue;
    line.used = known = true;
  }
  return known;
}

std::string KnownFindings::content() const {
  std::string text;
  for (const Line& line : lines_) text += line.text + "\n";
  return text;
}

std::string KnownFindings::renamed_sentence() const {
  std::vector<std::string> renamed;
  for (const Line& line : lines_) {
    const std::string present = present_name(line.text);
    if (!present.empty())
      renamed.push_back(fmt::format("{}, {}, is {} now", place(line), line.text, present));
  }
  return renamed.empty() ? "" : "renamed, and understood as before: " + listed(renamed, "; ");
}

std::string KnownFindings::unused_sentence() const {
  std::vector<std::string> unused;
  for (const Line& line : lines_)
    if (!line.used) unused.push_back(place(line));
  if (unused.empty()) return "";
  return fmt::format("{} of {} known signatures {} not met: {}", unused.size(), lines_.size(),
                     unused.size() == 1 ? "was" : "were", listed(unused, ", "));
}

Json KnownFindings::unused_json() const {
  Json unused = Json::array();
  for (const Line& line : lines_)
    if (!line.used)
      unused.push_back({{"file", line.file}, {"line", line.number}, {"signature", line.text}});
  return unused;
}

}  // namespace arenafuzz
