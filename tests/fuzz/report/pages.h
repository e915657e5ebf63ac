// SPDX-License-Identifier: GPL-2.0-only
//
// JSON as a campaign and a triage write it, and as nobody should: what the tests render.
#ifndef ARENAFUZZ_TESTS_FUZZ_REPORT_PAGES_H_
#define ARENAFUZZ_TESTS_FUZZ_REPORT_PAGES_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace arenafuzz::testing {

// Two jobs, three and a half hours, two findings.
nlohmann::json campaign_status();
// `count` samples of it.
std::vector<nlohmann::json> campaign_history(int count);
// Five clusters, one of each state.
nlohmann::json triage_report();

// Ends a text, an attribute and a script, with a control character and bytes that are no UTF-8.
inline const std::string kHostile =
    "</pre></script><script>document.title='ran'</script>\"'><img src=x "
    "onerror=\"document.title='ran'\">\n\x01\xC3(\xFF";
// The same report with `kHostile` in every text of it.
nlohmann::json hostile(nlohmann::json value);

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_REPORT_PAGES_H_
