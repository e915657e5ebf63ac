// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/replay_result.h"

#include "fuzz/base/worker.h"

namespace arenafuzz {
namespace {

constexpr const char* kOutcomeNames[] = {"clean",   "not-run", "known", "old",   "change",
                                         "finding", "timeout", "exit",  "crash", "unreadable"};
static_assert(std::size(kOutcomeNames) == kOutcomeCount);

void put(base::RecordWriter* record, const ShownFinding& finding) {
  record->text(finding.signature).text(finding.tier).text(finding.meaning);
  record->text(finding.oracle).text(finding.reach);
  record->text(finding.operation).number(finding.position).text(finding.expected);
  record->text(finding.got)
      .number(finding.known ? 1 : 0)
      .number(finding.old ? 1 : 0)
      .number(finding.fails ? 1 : 0);
  record->text(finding.report).text(finding.facts);
  const FindingPlace& place = finding.place;
  record->number(place.last_call ? 1 : 0).text(place.no_line).number(place.lines.size());
  for (const SourceLine& line : place.lines)
    record->text(line.function).text(line.file).number(static_cast<std::uint64_t>(line.line));
}

ShownFinding get(base::RecordReader* record) {
  ShownFinding finding;
  finding.signature = record->text();
  finding.tier = record->text();
  finding.meaning = record->text();
  finding.oracle = record->text();
  finding.reach = record->text();
  finding.operation = record->text();
  finding.position = record->number();
  finding.expected = record->text();
  finding.got = record->text();
  finding.known = record->number() != 0;
  finding.old = record->number() != 0;
  finding.fails = record->number() != 0;
  finding.report = record->text();
  finding.facts = record->text();
  finding.place.last_call = record->number() != 0;
  finding.place.no_line = record->text();
  finding.place.lines.resize(record->number());
  for (SourceLine& line : finding.place.lines) {
    line.function = record->text();
    line.file = record->text();
    line.line = static_cast<int>(record->number());
  }
  return finding;
}

}  // namespace

const char* outcome_name(Outcome outcome) { return kOutcomeNames[static_cast<int>(outcome)]; }

// The caller knows the name.
std::string to_record(const FileResult& result) {
  base::RecordWriter record;
  record.number(static_cast<std::uint64_t>(result.outcome)).text(result.sentence);
  record.number(result.hash).number(result.operations).number(result.skipped).number(result.steps);
  record.text(result.end).text(result.why).number(result.out_of_budget ? 1 : 0);
  for (const std::uint64_t count : result.faults_fired) record.number(count);
  record.number(result.findings.size());
  for (const ShownFinding& finding : result.findings) put(&record, finding);
  return record.bytes();
}

void from_record(std::string_view bytes, FileResult* result) {
  base::RecordReader record(bytes);
  result->outcome = static_cast<Outcome>(record.number());
  result->sentence = record.text();
  result->hash = record.number();
  result->operations = record.number();
  result->skipped = record.number();
  result->steps = record.number();
  result->end = record.text();
  result->why = record.text();
  result->out_of_budget = record.number() != 0;
  for (std::uint64_t& count : result->faults_fired) count = record.number();
  for (std::uint64_t left = record.number(); left > 0; --left)
    result->findings.push_back(get(&record));
}

std::string to_record(const ShownFault& fault) {
  base::RecordWriter record;
  record.text(fault.site).number(fault.call).number(fault.operation).text(fault.cause);
  record.number(fault.amount).text(fault.unit).number(fault.frames.size());
  for (const std::string& frame : fault.frames) record.text(frame);
  return record.bytes();
}

void from_record(std::string_view bytes, ShownFault* fault) {
  base::RecordReader record(bytes);
  fault->site = record.text();
  fault->call = record.number();
  fault->operation = record.number();
  fault->cause = record.text();
  fault->amount = record.number();
  fault->unit = record.text();
  fault->frames.resize(record.number());
  for (std::string& frame : fault->frames) frame = record.text();
}

}  // namespace arenafuzz
