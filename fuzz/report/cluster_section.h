// SPDX-License-Identifier: GPL-2.0-only
//
// One cluster as a foldable section of the triage page.
// Ownership: plain values. Errors: none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_REPORT_CLUSTER_SECTION_H_
#define ARENAFUZZ_FUZZ_REPORT_CLUSTER_SECTION_H_

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace arenafuzz::report {

// "new", "known"...; "state not known" if it has none.
std::string cluster_state(const nlohmann::json& cluster);
// Its title, or the best that the signature gives. Not escaped.
std::string cluster_title(const nlohmann::json& cluster);

// `signatures`: of all clusters on the page, which it may link to.
std::string cluster_section(const nlohmann::json& cluster, bool open,
                            const std::set<std::string>& signatures);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_CLUSTER_SECTION_H_
