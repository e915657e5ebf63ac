// SPDX-License-Identifier: GPL-2.0-only
//
// The state of a run in one line: overwritten in place on a terminal, else a line of its own.
// Threads: none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_STATUS_LINE_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_STATUS_LINE_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "fuzz/campaign/fuzz_totals.h"

namespace arenafuzz {

std::string status_line(const FuzzTotals& totals, double operations_per_second,
                        std::size_t findings);
// `last`: the line stays.
void print_status(std::FILE* stream, bool terminal, bool last, const std::string& line);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_STATUS_LINE_H_
