// SPDX-License-Identifier: GPL-2.0-only
//
// --backend kernel on the default tree, end to end; kernel_tree_script_test.cc has trees of a
// user's.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kCorpus = std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus/";

constexpr const char* kProgram =
    "header profile:faults pages:64\n"
    "enable s0 root m0\n"
    "a3 = alloc s0 4097 (fail vzalloc:1)\n"
    "a4 = alloc s0 8192\n"
    "free a4\n";

class KernelTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    write("a.txt", kProgram);
  }
};

TEST_F(KernelTest, ReplayNamesTheDefaultTreeFirst) {
  const CliResult result = run({"replay", "--backend", "kernel", "a.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("no --kernel-tree: the arena pool"));
  EXPECT_THAT(result.out, HasSubstr("\na.txt: clean hash:"));
}

TEST_F(KernelTest, ReplayRunsTheCommittedCorpusClean) {
  for (const char* folder : {"pool_misuse", "kernel_gen_pool", "regression"}) {
    const CliResult result = run({"replay", "--backend", "kernel", kCorpus + folder});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr(" clean, 0 with a finding"));
  }
}

TEST_F(KernelTest, ReplayHasOneHashOnBothBackends) {
  const auto hash = [this](const char* backend) {
    const CliResult result = run({"replay", "--json", "--backend", backend, "a.txt"});
    return nlohmann::json::parse(result.out)["files"][0]["hash"].get<std::string>();
  };
  EXPECT_EQ(hash("cpp"), hash("kernel"));
}

TEST_F(KernelTest, JsonNamesTheBackendAndKeepsTheTreeOffStdout) {
  const CliResult result = run({"replay", "--json", "--backend", "kernel", "a.txt"});
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object["backend"], "kernel");
  EXPECT_EQ(object["exit"], 0);
  EXPECT_THAT(result.err, StartsWith("no --kernel-tree: "));
  const CliResult own = run({"replay", "--json", "a.txt"});
  EXPECT_EQ(nlohmann::json::parse(own.out)["backend"], "cpp");
  EXPECT_THAT(own.err, Not(HasSubstr("--kernel-tree")));
}

TEST_F(KernelTest, ATargetIsExchangedForItsKernelCounterpart) {
  const CliResult result =
      run({"replay", "--json", "--target", "pool_faults", "--backend", "kernel", "a.txt"});
  EXPECT_EQ(nlohmann::json::parse(result.out)["target"], "kernel_pool_faults");
}

TEST_F(KernelTest, AKernelTargetNeedsNoBackendWord) {
  const CliResult result = run({"replay", "--json", "--target", "kernel_gen_pool", "a.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out)["backend"], "kernel");
}

TEST_F(KernelTest, DifferentialEndsByNameWhereTheTwoDiffer) {
  write("zero.txt", "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 0\n");
  const CliResult result = run({"replay", "--target", "differential", "a.txt", "zero.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, ContainsRegex("\na.txt: clean hash:[0-9a-f]+ operations:4\n"));
  EXPECT_THAT(result.out, HasSubstr(" end:documented (absurd-size)\n"));
}

TEST_F(KernelTest, WhatCannotBeUsedIsRefusedInOneSentence) {
  write("glue.c", "");
  for (const char* command : {"replay", "fuzz"}) {
    expect_refusal(run({command, "--backend", "cpp", "--kernel-tree", "."}),
                   "--backend cpp runs our own pool");
    expect_refusal(run({command, "--backend", "cpp", "--glue", "glue.c"}),
                   "--backend cpp runs our own pool");
    expect_refusal(run({command, "--backend", "cpp", "--target", "kernel_pool"}),
                   "--backend cpp runs our own pool");
    expect_refusal(run({command, "--kernel-tree", "."}), "this binary was built with the kernel");
    expect_refusal(run({command, "--kernel-tree", "nowhere"}), "builds one for nowhere");
    expect_refusal(run({command, "--glue", "glue.c"}), "was built with another --glue");
    expect_refusal(run({command, "--glue", "nowhere.c"}), "was built with another --glue");
    expect_refusal(run({command, "--backend", "bsd"}), "unknown backend bsd: use cpp or kernel");
    expect_refusal(run({command, "--backend", "kernel", "--target", "program"}),
                   "target program does not run on a kernel tree");
    expect_refusal(run({command, "--backend", "kernel", "--target", "canary"}),
                   "target canary does not run on a kernel tree");
  }
}

TEST_F(KernelTest, BisectHasNoVerdictWhereItsWordsCannotBeUsed) {
  EXPECT_EQ(run({"replay", "--bisect", "--kernel-tree", ".", "a.txt"}).exit_code, 125);
  EXPECT_EQ(run({"replay", "--bisect", "--backend", "kernel", "a.txt"}).exit_code, 0);
}

}  // namespace
}  // namespace arenafuzz
