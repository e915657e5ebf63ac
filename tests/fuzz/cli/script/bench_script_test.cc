// SPDX-License-Identifier: GPL-2.0-only
//
// ./arenafuzz bench --kills and --fuzz: their words, one kill, and what a Ctrl-C leaves.
#include <gmock/gmock.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/fuzz/cli/script/script_run.h"

namespace arenafuzz {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class BenchScript : public ScriptTest {
 protected:
  void SetUp() override {
    ScriptTest::SetUp();
    if (std::system("command -v python3 >/dev/null") != 0)
      GTEST_SKIP() << "to un-skip, install python3";
    fs::remove_all(scratch_);
    fs::create_directory(scratch_);
  }
  // Where a temporary folder of the command's is looked for.
  const std::string scratch_ = path("scratch");
};

TEST_F(BenchScript, RefusesWordsThatItCannotUse) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"bench", "--kills", "no_such_defect"}, "no defect 'no_such_defect': use names of"},
      {{"bench", "--kills", "--seeds", "many"}, "--seeds: invalid int value: 'many'"},
      {{"bench", "--kills", "--cap", "0"}, "give --seeds 1 to 1000 and --cap 1 to 3600 seconds"},
      {{"bench", "--kills", "--backend", "kernel"}, "leave out --kernel-tree and --backend"},
      {{"bench", "--fuzz", "--soon"}, "unrecognized arguments: --soon"},
  };
  for (const auto& [words, sentence] : cases) {
    const CliResult result = script(words);
    EXPECT_EQ(2, result.exit_code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(sentence));
    EXPECT_EQ("", result.out);
  }
}

TEST_F(BenchScript, FindsAPlantedDefectFromNothing) {
  const CliResult result = run_shell("TMPDIR=" + quoted(scratch_) + " " +
                                     command({"bench", "--kills", "--alone", "--json", "--seeds",
                                              "1", "--cap", "20", "unwind_one_page_short"}));
  ASSERT_EQ(0, result.exit_code) << result.err;
  const nlohmann::json report = nlohmann::json::parse(result.out);
  EXPECT_THAT(report["survivors"], IsEmpty());
  EXPECT_EQ("unwind_one_page_short", report["defects"][0]["defect"]);
  EXPECT_EQ(0, report["defects"][0]["arenafuzz"]["survived"]);
  EXPECT_NEAR(report["cpu_to_kill"], report["defects"][0]["arenafuzz"]["seconds"][0], 1e-9);
  EXPECT_LT(report["cpu_to_kill"], 20.0);
  EXPECT_TRUE(fs::is_empty(scratch_));
}

TEST_F(BenchScript, LeavesNothingWhenItIsStopped) {
  const CliResult result = run_shell(
      "TMPDIR=" + quoted(scratch_) + " " +
      command({"bench", "--kills", "--alone", "--cap", "3600",
               "blind_store_instead_of_compare_exchange"}) +
      " & until ls " + quoted(scratch_) +
      "/*/lane-0/run.log; do kill -0 $! || exit; sleep 0.1; done; sleep 3; kill -TERM $!; "
      "wait $!; echo ended $?; ps -eo args | grep -F " +
      quoted(scratch_) + " | grep -vw grep");
  EXPECT_THAT(result.out, EndsWith("\nended 143\n")) << result.err;
  EXPECT_TRUE(fs::is_empty(scratch_));
}

TEST_F(BenchScript, LongTailIsTheShareOfTheSlowestThousandth) {
  // 999 inputs of 1 us and one that takes as long as all of them; then 2,000 that are alike.
  const std::string python =
      "import sys, struct; sys.path.insert(0, " + quoted(ARENAFUZZ_SOURCE_DIR "/tests/bench") +
      "); import fuzz_rate as f\n"
      "def tail(inputs):\n"
      "  counts, times = [0] * f.BUCKETS, [0] * f.BUCKETS\n"
      "  for bucket, count, each in inputs: counts[bucket], times[bucket] = count, count * each\n"
      "  open('times', 'wb').write(struct.pack(f'{2 * f.BUCKETS}Q', *counts, *times))\n"
      "  return f.long_tail('times')\n"
      "print(tail([(160, 999, 1000), (310, 1, 999000)]), tail([(160, 2000, 1000)]))\n";
  write("tail.py", python);
  const CliResult result = run_shell("cd " + quoted(path("")) + " && python3 -B tail.py");
  EXPECT_EQ("(0.5, 0.000999) (0.001, 1e-06)\n", result.out) << result.err;
}

}  // namespace
}  // namespace arenafuzz
