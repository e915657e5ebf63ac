// SPDX-License-Identifier: GPL-2.0-only
//
// A finding on disk: a program that a user can read and replay, and the same as a record beside it,
// which is what commands read.
//
//   S.txt    the facts as comments, the program
//   S.json   verdict/finding_record.h
//
// Ownership Plain values.
// Errors    a sentence; false where there is no record.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_SESSION_FINDING_FILE_H_
#define ARENAFUZZ_FUZZ_SESSION_FINDING_FILE_H_

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/base/files.h"
#include "fuzz/harness/verdict/finding_record.h"

namespace arenafuzz {

// "a/S.txt" -> "a/S.json"
std::string record_name(const std::string& text_name);

// The text, with the version that wrote it.
std::string finding_text(const FindingRecord& record);
// Both; the record first, so that no text is without one.
Status write_finding(const std::string& text_name, const FindingRecord& record);

// Fields of `replay --json` and of S.json have the same names; what is missing is empty.
FindingRecord finding_of(const nlohmann::ordered_json& object);
// The record beside the text; false if there is none that can be read.
bool read_finding(const std::string& text_name, FindingRecord* record);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_FINDING_FILE_H_
