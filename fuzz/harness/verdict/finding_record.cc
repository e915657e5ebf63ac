// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/finding_record.h"

#include <cstdio>
#include <string_view>

#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char one : text) {
    const auto byte = static_cast<unsigned char>(one);
    if (one == '"' || one == '\\') {
      out += '\\';
      out += one;
    } else if (byte < 0x20 || byte >= 0x7f) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(byte));
      out += escaped;
    } else {
      out += one;
    }
  }
  return out + '"';
}

// One object, field by field. The targets that write it link the standard library alone.
class JsonObject {
 public:
  JsonObject& text(const char* name, std::string_view value) {
    return field(name, json_string(value));
  }
  JsonObject& number(const char* name, std::uint64_t value) {
    return field(name, std::to_string(value));
  }
  JsonObject& flag(const char* name, bool value) { return field(name, value ? "true" : "false"); }
  JsonObject& field(const char* name, const std::string& value) {
    fields_ += (fields_.empty() ? "" : ", ") + json_string(name) + ": " + value;
    return *this;
  }
  std::string str() const { return "{" + fields_ + "}"; }

 private:
  std::string fields_;
};

std::string places_list(const std::vector<SourceLine>& places) {
  std::string list;
  for (const SourceLine& place : places) {
    JsonObject one;
    one.text("function", place.function).text("file", place.file);
    one.number("line", static_cast<std::uint64_t>(place.line));
    list += (list.empty() ? "" : ", ") + one.str();
  }
  return "[" + list + "]";
}

}  // namespace

FindingRecord record_of(const Program& program, const Finding& finding) {
  const OracleInfo& oracle = oracle_info(finding.oracle);
  FindingRecord record;
  record.signature = signature(finding);
  record.tier = tier_name(finding.tier());
  record.meaning = oracle.meaning;
  record.oracle = oracle.name;
  record.reach = reach_name(finding.reach);
  record.position = finding.position;
  if (finding.position < program.operations.size())
    record.operation = print_operation(program.operations[finding.position]);
  record.expected = finding.expected;
  record.got = finding.got;
  return record;
}

std::string finding_json(const FindingRecord& record) {
  JsonObject object;
  object.text("schema", kFindingSchema).text("signature", record.signature);
  object.text("tier", record.tier).text("meaning", record.meaning).text("oracle", record.oracle);
  object.text("reach", record.reach).text("operation", record.operation);
  object.number("position", record.position);
  object.text("expected", record.expected).text("got", record.got);
  object.field("where", places_list(record.place.lines));
  object.flag("where_is_last_call", record.place.last_call);
  object.text("no_line", record.place.no_line).text("facts", record.facts);
  object.text("program", record.program).text("artifact", record.artifact);
  return object.str() + "\n";
}

}  // namespace arenafuzz
