// SPDX-License-Identifier: GPL-2.0-only
//
// The shortest program of a cluster, its operations numbered and the failing one marked.
// Ownership: plain values. Errors: none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_REPORT_PROGRAM_LISTING_H_
#define ARENAFUZZ_FUZZ_REPORT_PROGRAM_LISTING_H_

#include <nlohmann/json.hpp>
#include <string>

namespace arenafuzz::report {

// Reads "program" (text, or lines), "failing_operation" and "decisive"; empty without a program.
std::string program_listing(const nlohmann::json& cluster);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_PROGRAM_LISTING_H_
