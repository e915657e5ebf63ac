// SPDX-License-Identifier: GPL-2.0-only
//
// What came of one program, as plain values: what the watched child of `replay` sends.
//
// Ownership Plain values.
// Errors    none.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_SESSION_REPLAY_RESULT_H_
#define ARENAFUZZ_FUZZ_SESSION_REPLAY_RESULT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "faultinject/fault_plan.h"
#include "fuzz/harness/verdict/finding_record.h"

namespace arenafuzz {

// Worse ones further down. The three before the last: the program ended its process, or had to be
// ended; that is the tool's verdict and no part of a trace hash.
enum class Outcome : std::uint8_t {
  kClean,
  kNotRun,
  kKnown,
  kOld,
  kChange,
  kFinding,
  kTimeout,
  kExit,
  kCrash,
  kUnreadable,
};
inline constexpr int kOutcomeCount = 10;
const char* outcome_name(Outcome outcome);
constexpr bool is_death(Outcome outcome) {
  return outcome >= Outcome::kTimeout && outcome <= Outcome::kCrash;
}

// Facts, place and report only where it is reported: not if it is known or old, or if a file before
// this one had it.
struct ShownFinding : FindingRecord {
  bool known = false;
  bool old = false;   // the baseline shows it too
  bool fails = true;  // else it is a change, only listed
  std::string report;
};

// A fault that fired, with --backtrace.
struct ShownFault {
  std::string site;
  std::uint64_t call = 0;  // of its site in the operation, from 1
  std::uint64_t operation = 0;
  std::string cause;
  std::uint64_t amount = 0;
  std::string unit;
  std::vector<std::string> frames;
};

struct FileResult {
  std::string name;
  Outcome outcome = Outcome::kClean;
  std::string sentence;  // why it cannot be read, or what the format check found
  std::uint64_t hash = 0;
  std::uint64_t operations = 0;
  std::uint64_t skipped = 0;
  std::uint64_t steps = 0;
  std::string end;  // the verdict's reason; empty where the process ended
  std::string why;
  bool out_of_budget = false;
  std::uint64_t faults_fired[kFaultSiteCount] = {};
  std::vector<ShownFinding> findings;
  std::vector<ShownFault> faults;
};

std::string to_record(const FileResult& result);
void from_record(std::string_view record, FileResult* result);
std::string to_record(const ShownFault& fault);
void from_record(std::string_view record, ShownFault* fault);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_REPLAY_RESULT_H_
