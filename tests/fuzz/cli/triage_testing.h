// SPDX-License-Identifier: GPL-2.0-only
//
// A folder of four crash files of the canary's bug, and triage on it.
#ifndef ARENAFUZZ_TESTS_FUZZ_CLI_TRIAGE_TESTING_H_
#define ARENAFUZZ_TESTS_FUZZ_CLI_TRIAGE_TESTING_H_

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {

using Json = nlohmann::json;

inline constexpr const char* kHead =
    "# arenafuzz\nheader profile:faults pages:64\nenable s0 root m0\n";
inline constexpr const char* kWithin = "accounting.free.none.bitmap.within-chunk.none";
inline constexpr const char* kSeveral = "accounting.free.none.bitmap.several-pages.none";

class TriageTest : public CliTest {
 protected:
  // The canary's bug, once seen with a small block, twice with a large one, and a clean file.
  void SetUp() override {
    CliTest::SetUp();
    std::filesystem::create_directories(path("in"));
    const std::string head = kHead;
    write("in/crash-1.txt",
          head + "a0 = alloc s0 0\na1 = alloc s0 8192\na2 = alloc s0 8\nfree a1\n");
    write("in/crash-2.txt", head + "a0 = alloc s0 0\na1 = alloc s0 20000\nfree a1\n");
    write("in/crash-3.txt", head + "a9 = alloc s0 30000\na0 = alloc s0 0\nfree a9\n");
    write("in/crash-4.txt", head + "a0 = alloc s0 64\nfree a0\n");
  }
  CliResult triage(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"triage", "--target", "canary", "in"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  Json report() const { return Json::parse(read("triage-out/report.json")); }
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_TESTS_FUZZ_CLI_TRIAGE_TESTING_H_
