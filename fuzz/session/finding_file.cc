// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/finding_file.h"

#include <filesystem>

#include "fuzz/harness/verdict/report.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/version.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMaxRecord = std::size_t{64} << 20;

}  // namespace

std::string record_name(const std::string& text_name) {
  return std::filesystem::path(text_name).replace_extension(".json").string();
}

std::string finding_text(const FindingRecord& record) {
  return format_finding_file(with_version(record.facts), record.program);
}

Status write_finding(const std::string& text_name, const FindingRecord& record) {
  const Status status = write_durably(record_name(text_name), finding_json(record));
  return status.ok() ? write_durably(text_name, finding_text(record)) : status;
}

FindingRecord finding_of(const Json& object) {
  FindingRecord record;
  const std::pair<const char*, std::string*> texts[] = {
      {"signature", &record.signature},   {"tier", &record.tier},
      {"meaning", &record.meaning},       {"oracle", &record.oracle},
      {"reach", &record.reach},           {"operation", &record.operation},
      {"expected", &record.expected},     {"got", &record.got},
      {"no_line", &record.place.no_line}, {"facts", &record.facts},
      {"program", &record.program},       {"artifact", &record.artifact}};
  for (const auto& [name, text] : texts) *text = text_of(object, name);
  if (!object.is_object()) return record;
  const auto position = object.find("position");
  if (position != object.end() && position->is_number_unsigned()) record.position = *position;
  const auto where = object.find("where");
  if (where != object.end()) record.place.lines = places_of(*where);
  const auto last_call = object.find("where_is_last_call");
  record.place.last_call = last_call != object.end() && *last_call == true;
  return record;
}

bool read_finding(const std::string& text_name, FindingRecord* record) {
  std::string content;
  if (!read_file(record_name(text_name), kMaxRecord, &content).ok()) return false;
  const Json object = Json::parse(content, nullptr, false);
  if (text_of(object, "schema") != kFindingSchema) return false;
  *record = finding_of(object);
  for (std::string* text : {&record->facts, &record->program, &record->artifact, &record->expected,
                            &record->got, &record->operation})
    *text = bytes_of(*text);
  return true;
}

}  // namespace arenafuzz
