// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz fuzz --backend kernel` on the default tree.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class KernelFuzzTest : public CliTest {};

TEST_F(KernelFuzzTest, ACleanRunSaysWhatItRanOn) {
  const CliResult result =
      run({"fuzz", "--backend", "kernel", "--time", "3", "--jobs", "1", "--out", "out"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, StartsWith("no --kernel-tree: the arena pool"));
  const std::string command = read("out/logs/commands.txt");
  EXPECT_THAT(command, HasSubstr("kernel_pool_faults_fuzzer --stats=out/stats/job-0"));
  EXPECT_THAT(command, HasSubstr("/corpus/pool_faults "));
  EXPECT_THAT(command, HasSubstr("/corpus/kernel_gen_pool"));
  EXPECT_THAT(result.out, HasSubstr("\nsummary of target kernel_pool_faults\n"));
  EXPECT_THAT(result.out, HasSubstr("\nclean: everything is in out\n"));
  EXPECT_TRUE(std::filesystem::exists(path("out/known.txt")));
}

TEST_F(KernelFuzzTest, JsonHasTheTreeAndTheSumOfEachFile) {
  const CliResult result =
      run({"fuzz", "--target", "kernel_gen_pool", "--json", "--jobs", "1", "--", "-runs=0"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object["backend"], "kernel");
  EXPECT_EQ(object["target"], "kernel_gen_pool");
  EXPECT_THAT(object["kernel_tree"]["origin"].get<std::string>(), StartsWith("the arena pool"));
  const auto sums = object["kernel_tree"]["sha256"];
  EXPECT_EQ(sums["lib/genalloc.c"].get<std::string>().size(), 64u);
  EXPECT_EQ(sums["kernel/sched/ext_arena.c"].get<std::string>().size(), 64u);
}

TEST_F(KernelFuzzTest, DifferentialCountsWhereTheTwoDifferByDesign) {
  const CliResult result =
      run({"fuzz", "--target", "differential", "--json", "--jobs", "1", "--", "-runs=0"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_GT(object["executions"], 100);
  EXPECT_GT(object["documented"], 0);
}

}  // namespace
}  // namespace arenafuzz
