// SPDX-License-Identifier: GPL-2.0-only
//
// A cluster's reproducers and mail, written into its folder.
//
//   REPORT/CLUSTER/reproducer_test.cc   reproducer.c   reproducer_kunit.c   mail.txt
//
// Errors    a sentence.
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CLUSTER_FILES_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CLUSTER_FILES_H_

#include <nlohmann/json.hpp>

#include "fuzz/triage/folder/detail_input.h"

namespace arenafuzz {

// Adds "reproducers" to the detail.
Status write_reproducers(const DetailInput& input, const WrittenFinding& kept,
                         nlohmann::ordered_json* detail);

// As a reply to a patch or to a list: 72 columns.
std::string mail_text(const nlohmann::ordered_json& detail, const std::string& version,
                      const std::string& c_body, const std::string& program);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CLUSTER_FILES_H_
