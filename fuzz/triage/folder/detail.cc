// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/detail.h"

#include <fmt/format.h>

#include <filesystem>

#include "fuzz/harness/verdict/title.h"
#include "fuzz/program/text.h"
#include "fuzz/session/finding_file.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/folder/cluster_files.h"
#include "fuzz/triage/folder/journal.h"
#include "fuzz/triage/minimize/decisive.h"
#include "fuzz/triage/minimize/worker_probe.h"

namespace arenafuzz {
namespace {

// "CLUSTER/minimized.txt" of REPORT/CLUSTER/minimized.txt.
std::string below_report(const std::string& file) {
  const std::filesystem::path path(file);
  return (path.parent_path().filename() / path.filename()).string();
}

Json decisive_json(const Decisive& decisive) {
  Json faults = Json::array();
  for (const DecisiveFault& fault : decisive.faults)
    faults.push_back(
        {{"operation", fault.operation}, {"fault", fault.text}, {"else_clean", fault.clean}});
  return {{"single", decisive.single},
          {"operations", decisive.operations},
          {"faults", faults},
          {"fields", decisive.fields},
          {"turns_into", decisive.turns_into}};
}

// All that the shortest program shows, for linking signatures of one cause.
void add_shown(Probe& probe, const Program& program, const std::string& probed, Json* detail) {
  Json shows = Json::array();
  Json first = Json::array();
  const std::vector<Sighting> sightings = probe.run(program).sightings;
  std::size_t own = 0;
  for (const Sighting& sighting : sightings)
    if (sighting.signature == probed) own = sighting.position;
  for (const Sighting& sighting : sightings) {
    if (!sighting.fails) continue;
    shows.push_back(sighting.signature);
    if (sighting.position <= own) first.push_back(sighting.signature);
  }
  (*detail)["shows"] = shows;
  (*detail)["shows_first"] = first;
}

}  // namespace

Json cluster_detail(const DetailInput& input) {
  const Program& program = input.minimized.program;
  WrittenFinding kept;
  const std::string original = input.folder + "/original" + (input.file.is_text ? ".txt" : "");
  Status status = write_durably(original, input.file.content);
  if (status.ok())
    status = input.keeper.keep(program, input.probed, input.folder + "/minimized.txt", &kept);
  if (status.ok() && kept.finding)
    status = write_durably(record_name(kept.file), finding_json(*kept.finding));
  if (!status.ok()) return {{"error", json_text(status.sentence)}};
  Json detail{{"named", kept.signature},
              {"title", finding_title(kept.signature)},
              {"minimized", json_text(below_report(kept.file))},
              {"original", json_text(below_report(original))},
              {"minimal", input.minimized.minimal},
              {"operations", program.operations.size()},
              {"program", print_program(program)},
              {"report", kept.report},
              {"replay", json_text(input.keeper.replay_line(kept.file))}};
  if (kept.finding) {
    detail["expected"] = kept.finding->expected;
    detail["got"] = kept.finding->got;
    detail["where"] = places_json(kept.finding->place.lines);
    detail["where_is_last_call"] = kept.finding->place.last_call;
    if (kept.finding->position < program.operations.size())
      detail["failing_operation"] = kept.finding->position;
  }
  input.keeper.draw(program, kept, &detail);
  // Each try of what does not end costs its whole time.
  const bool late = input.probed == kTimeoutSignature;
  detail["decisive"] =
      decisive_json(late ? Decisive{} : find_decisive(input.probe, program, input.probed));
  if (input.reproducers) status = write_reproducers(input, kept, &detail);
  if (!status.ok()) return {{"error", json_text(status.sentence)}};
  if (late) detail["shows"] = detail["shows_first"] = Json::array({input.probed});
  if (!late) add_shown(input.probe, program, input.probed, &detail);
  return detail;
}

}  // namespace arenafuzz
