// SPDX-License-Identifier: GPL-2.0-only
//
// The programs that are measured.
#ifndef ARENAFUZZ_TESTS_BENCH_PROGRAM_SETS_H_
#define ARENAFUZZ_TESTS_BENCH_PROGRAM_SETS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "fuzz/program/program.h"

namespace arenafuzz::bench {

// Those that the bare loop can follow. The corpus is empty if it cannot be read.
std::vector<Program> corpus_programs();
// Every input of a folder, of any engine; empty if there is none.
std::vector<Program> folder_programs(const std::string& folder);
std::vector<Program> generated_programs(std::size_t count);
// `count` programs of so many random allocs and frees of small blocks on a large arena.
std::vector<Program> scale_programs(std::size_t count, std::size_t operations);

// Allocs and frees of blocks up to `most_bytes` on an arena of `pages`; `fill`: it is filled to the
// last page first, and stays nearly full.
std::vector<Program> churn_programs(std::size_t pages, std::size_t most_bytes, bool fill);

}  // namespace arenafuzz::bench

#endif  // ARENAFUZZ_TESTS_BENCH_PROGRAM_SETS_H_
