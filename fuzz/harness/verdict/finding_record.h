// SPDX-License-Identifier: GPL-2.0-only
//
// A finding as plain values: what lies as SIGNATURE.json beside its text, and what every reader of
// findings reads instead of that text (docs/commands.md, A finding on disk).
//
// Ownership Plain values. Threads: none.
// Units     position counts operations from 0.
#ifndef ARENAFUZZ_FUZZ_HARNESS_VERDICT_FINDING_RECORD_H_
#define ARENAFUZZ_FUZZ_HARNESS_VERDICT_FINDING_RECORD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

inline constexpr const char* kFindingSchema = "arenafuzz-finding-1";

struct FindingRecord {
  std::string signature;
  std::string tier;     // its word alone
  std::string meaning;  // of the oracle, one clause
  std::string oracle;
  std::string reach;
  std::string operation;  // as text; empty where none was under way
  std::uint64_t position = 0;
  std::string expected;
  std::string got;
  FindingPlace place;
  std::string facts;     // the report without the program
  std::string program;   // as text, without the line that names the format
  std::string artifact;  // the input as the engine wrote it, of a death
};

// All but facts, place and program, which cost time.
FindingRecord record_of(const Program& program, const Finding& finding);

// One object on one line. A byte above 127 is the character of that number, so that a name of a
// file survives whatever it is made of.
std::string finding_json(const FindingRecord& record);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_VERDICT_FINDING_RECORD_H_
