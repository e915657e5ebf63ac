// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/report.h"

#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

constexpr const char* kProgram =
    "header profile:faults\nenable s0 root m0\na3 = alloc s0 4097 (fail vzalloc:1)\nfree a3\n";

constexpr const char* kHead =
    "ASSERTION FAILED: unwind.alloc.page\n"
    "signature  unwind.alloc.page.pages-kept.within-chunk.vzalloc\n"
    "tier       safety: a call kept, lost or wrongly released pages\n"
    "reach      caller bug\n"
    "operation  1: a3 = alloc s0 4097 (fail vzalloc:1)\n"
    "expected   the pages held as before, by a call that failed\n"
    "got        page 0, 4 pages kept\n"
    "backend    broken\n";

constexpr const char* kHeaderLine =
    "header profile:faults pages:64 base:small page:4096 placement:lowest release:immediate "
    "schedulers:1 maps:1\n";

class Report : public ::testing::Test {
 protected:
  Bench<BrokenBackend> bench{Variant::kUnwindWithoutRelease};
};

TEST_F(Report, HasOneFixedForm) {
  const Finding finding = bench.run(kProgram).findings.at(0);
  EXPECT_EQ(format_report(bench.program, finding, "broken"),
            std::string(kHead) + "program\n  " + kHeaderLine +
                "  0: enable s0 root m0\n> 1: a3 = alloc s0 4097 (fail vzalloc:1)\n  2: free a3\n");
}

TEST_F(Report, AsAFileIsAProgramThatFailsTheSameWay) {
  const Finding finding = bench.run(kProgram).findings.at(0);
  const std::string file = format_finding_file(format_facts(bench.program, finding, "broken"),
                                               program_text(bench.program));
  EXPECT_EQ(file.substr(0, file.find('\n')), "# arenafuzz");
  EXPECT_NE(file.find("# ASSERTION FAILED: unwind.alloc.page\n"), std::string::npos);
  EXPECT_NE(file.find(kHeaderLine), std::string::npos);
  EXPECT_EQ(first_finding(bench.run(file)), described(finding));
}

TEST_F(Report, CutsLongProgramsAroundTheOperation) {
  Finding finding = bench.run(kProgram).findings.at(0);
  Program program = bench.program;
  program.operations.resize(100, program.operations[2]);
  finding.position = 60;
  const std::string text = format_report(program, finding, "broken");
  EXPECT_NE(text.find("  ... 20 operations before\n"), std::string::npos);
  EXPECT_NE(text.find("  ... 36 operations after\n"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 8 + 2 + 1 + 44 + 1);
}

TEST_F(Report, SaysWhenItShowedOnlyAtTheEnd) {
  Finding finding = bench.run(kProgram).findings.at(0);
  finding.position = bench.program.operations.size();
  const std::string text = format_report(bench.program, finding, "broken");
  EXPECT_NE(text.find("operation  after the last one, at the program's end\n"), std::string::npos);
  EXPECT_EQ(text.find("\n> "), std::string::npos);
}

}  // namespace
}  // namespace arenafuzz::testing
