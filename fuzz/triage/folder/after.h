// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to triage: what it begins with, and what it does once its report is written.
//
// Errors    a sentence on stderr, and an exit code.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_AFTER_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_AFTER_H_

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/triage/folder/journal.h"
#include "fuzz/triage/folder/report.h"

namespace arenafuzz {

// The build that the user's words mean.
BuildChoice given_build(const TriageOptions& options);
// The clusters of the report before, also those that were gone then.
nlohmann::ordered_json previous_clusters(const std::string& name);
// --on-new and --add-regression; what is done goes through the journal, so that it is done once.
void after_report(const Context& context, const TriageOptions& options, const TriageResult& result,
                  TriageJournal* journal);
// --mail
int print_mail(const TriageOptions& options);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_AFTER_H_
