// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/decisive.h"

#include <algorithm>

#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

std::string clause_text(const FaultClause& clause) {
  const char* name = clause.kind == FaultClause::Kind::kNth ? "nth" : fault_site_name(clause.site);
  return std::string(name) + ":" + std::to_string(clause.ordinal) + (clause.lasting ? "+" : "");
}

std::string collision_text(const Collision& collision) {
  return "collide:" + std::to_string(collision.ordinal) + (collision.clear ? " clear" : " set");
}

// Sets one field to its plain value; only those that differ from it are tried.
struct HeaderField {
  const char* name;
  void (*make_plain)(Header& header);
};
constexpr HeaderField kHeaderFields[] = {
    {"base", [](Header& header) { header.base = BaseKind::kSmall; }},
    {"page", [](Header& header) { header.page_size_code = 0; }},
    {"placement", [](Header& header) { header.best_fit = false; }},
    {"release", [](Header& header) { header.deferred_release = false; }},
    {"unmapped", [](Header& header) { header.unmapped = false; }},
    {"maps", [](Header& header) { header.maps = 1; }},
    {"order", [](Header& header) { header.granule_order = 3; }},
    {"pages",
     [](Header& header) {
       header.arena_pages = std::max<std::uint32_t>(header.arena_pages, 1024);
     }},
};

class Question {
 public:
  Question(Probe& probe, const std::string& signature, Decisive* found)
      : probe_(probe), signature_(signature), found_(found) {}

  // Whether the candidate shows the finding no more; `clean`: nor anything else that fails.
  bool vanishes(Program candidate, bool* clean) {
    repair(candidate);
    const ProbeResult& seen = probe_.run(candidate);
    *clean = std::none_of(seen.sightings.begin(), seen.sightings.end(),
                          [](const Sighting& sighting) { return sighting.fails; });
    if (seen.find(signature_) != nullptr) return false;
    for (const Sighting& sighting : seen.sightings)
      if (sighting.fails) found_->turns_into.insert(sighting.signature);
    return true;
  }

 private:
  Probe& probe_;
  const std::string& signature_;
  Decisive* found_;
};

void ask_faults(Question& question, const Program& program, std::size_t i, Decisive* found) {
  const Operation& operation = program.operations[i];
  for (int k = 0; k < kClausesPerOperation; ++k) {
    if (operation.faults[k].kind == FaultClause::Kind::kNone) continue;
    Program candidate = program;
    candidate.operations[i].faults[k] = {};
    bool clean = false;
    if (question.vanishes(candidate, &clean))
      found->faults.push_back({i, clause_text(operation.faults[k]), clean});
  }
  for (int k = 0; k < kCollisionsPerOperation; ++k) {
    if (operation.collisions[k].ordinal == 0) continue;
    Program candidate = program;
    candidate.operations[i].collisions[k] = {};
    bool clean = false;
    if (question.vanishes(candidate, &clean))
      found->faults.push_back({i, collision_text(operation.collisions[k]), clean});
  }
}

void ask_header(Question& question, const Program& program, Decisive* found) {
  bool clean = false;
  for (const HeaderField& field : kHeaderFields) {
    Program candidate = program;
    field.make_plain(candidate.header);
    if (candidate.header == program.header) continue;
    if (question.vanishes(candidate, &clean)) found->fields.emplace_back(field.name);
  }
  if (!program.has_plan) return;
  Program candidate = program;
  candidate.has_plan = false;
  candidate.plan = {};
  if (question.vanishes(candidate, &clean)) found->fields.emplace_back("plan");
}

std::string most_decisive(const Program& program, const Decisive& found, std::size_t position) {
  const auto fault = std::find_if(found.faults.begin(), found.faults.end(),
                                  [](const DecisiveFault& one) { return one.clean; });
  const auto any = fault != found.faults.end() ? fault : found.faults.begin();
  if (any != found.faults.end())
    return "fault " + any->text + " of operation " + std::to_string(any->operation);
  if (!found.fields.empty()) return "header field " + found.fields.front();
  if (position < program.operations.size())
    return "operation " + std::to_string(position) + ": " +
           print_operation(program.operations[position]);
  if (found.operations.empty()) return "";
  const std::size_t last = found.operations.back();
  return "operation " + std::to_string(last) + ": " + print_operation(program.operations[last]);
}

}  // namespace

Decisive find_decisive(Probe& probe, const Program& program, const std::string& signature) {
  Decisive found;
  const Sighting* shown = probe.run(program).find(signature);
  if (shown == nullptr) return found;
  const std::size_t position = shown->position;
  Question question(probe, signature, &found);
  bool clean = false;
  for (std::size_t i = 0; i < program.operations.size(); ++i) {
    ask_faults(question, program, i, &found);
    Program candidate = program;
    candidate.operations.erase(candidate.operations.begin() + static_cast<std::ptrdiff_t>(i));
    if (question.vanishes(candidate, &clean)) found.operations.push_back(i);
  }
  ask_header(question, program, &found);
  found.single = most_decisive(program, found, position);
  return found;
}

}  // namespace arenafuzz
