// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/causes.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "fuzz/session/cluster.h"

namespace arenafuzz {
namespace {

// Each line's words without numbers: "a0 = alloc s0 16385 (fail vzalloc:1)" -> kinds and faults.
std::string skeleton(const std::string& program) {
  std::string out;
  std::istringstream lines(program);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#") || line.starts_with("header")) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;)
      if (std::isdigit(static_cast<unsigned char>(word[0])) == 0) out += word + ' ';
    out += '\n';
  }
  return out;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool leads_to(const CauseMember& member, const CauseMember& other) {
  if (other.probed.empty()) return false;
  if (!holds(member.shows, other.probed)) return holds(member.turns_into, other.probed);
  return holds(member.shows_first, other.probed) || holds(other.shows, member.probed);
}

bool one_cause(const CauseMember& left, const CauseMember& right) {
  if (left.build != right.build) return false;
  if (leads_to(left, right) || leads_to(right, left)) return true;
  if (same_complaint(left.signature, right.signature)) return true;
  const std::string program = skeleton(left.program);
  return !program.empty() && program == skeleton(right.program);
}

}  // namespace

Causes likely_causes(const std::vector<CauseMember>& members) {
  const std::size_t count = members.size();
  Causes causes;
  causes.cause.resize(count);
  causes.links.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = i + 1; k < count; ++k) {
      if (!one_cause(members[i], members[k])) continue;
      causes.links[i].push_back(k);
      causes.links[k].push_back(i);
    }
  for (std::size_t i = 0; i < count; ++i) {
    if (causes.cause[i] != 0) continue;
    ++causes.count;
    std::vector<std::size_t> reached = {i};
    while (!reached.empty()) {
      const std::size_t at = reached.back();
      reached.pop_back();
      if (causes.cause[at] != 0) continue;
      causes.cause[at] = causes.count;
      reached.insert(reached.end(), causes.links[at].begin(), causes.links[at].end());
    }
  }
  return causes;
}

}  // namespace arenafuzz
