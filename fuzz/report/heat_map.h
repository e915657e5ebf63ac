// SPDX-License-Identifier: GPL-2.0-only
//
// Injected faults by what came of the operation in which they fired: a table whose cells are
// darker for what happened more often, on a logarithmic scale.
//
// Ownership Plain values. Errors: none. Threads: no state.
// Source    docs/arena_pool.md, The fallible calls.
#ifndef ARENAFUZZ_FUZZ_REPORT_HEAT_MAP_H_
#define ARENAFUZZ_FUZZ_REPORT_HEAT_MAP_H_

#include <nlohmann/json.hpp>
#include <string>

namespace arenafuzz::report {

// `status`: with "fault_outcomes" and "totals"."faults_fired".
std::string heat_map(const nlohmann::json& status);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_HEAT_MAP_H_
