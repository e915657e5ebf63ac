// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/executor.h"

#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

void expect_clean(Bench<>& bench, const Program& program) {
  const Verdict& verdict = bench.run(program);
  if (verdict.clean()) return;
  const Finding found = verdict.findings[0];
  FAIL() << described(found) << " expected " << found.expected << " got " << found.got << "\n"
         << bench.traced(print_program(program));
}

void expect_clean(Profile profile) {
  Bench<> bench;
  for (std::uint64_t seed = 0; seed < 500; ++seed)
    expect_clean(bench, small_program(seed, profile, 64));
  for (std::uint64_t seed = 0; seed < 25; ++seed) expect_clean(bench, generated(seed, profile));
}

TEST(Executor, FindsNothingInCorrectPrograms) { expect_clean(Profile::kCorrect); }
TEST(Executor, FindsNothingUnderFaultsAndNeighbours) { expect_clean(Profile::kFaults); }
TEST(Executor, FindsNothingInMisuse) { expect_clean(Profile::kMisuse); }

TEST(Executor, FindsNothingInGenPoolPrograms) {
  Bench<> bench;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Program program =
        generated(seed, static_cast<Profile>(seed % 3), 48, ProgramKind::kGenPool);
    const std::uint64_t hash = bench.run(program).trace_hash;
    for (int again = 0; again < 2; ++again) {
      const Verdict verdict = bench.run(program);
      ASSERT_EQ(first_finding(verdict), "clean") << "seed " << seed << ", after itself";
      ASSERT_EQ(verdict.trace_hash, hash) << "seed " << seed;
    }
  }
}

TEST(Executor, GivesTheSameHashAloneTwiceInReverseAndAfterOthers) {
  Bench<> bench;
  std::vector<Program> programs;
  std::vector<std::uint64_t> alone;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    programs.push_back(small_program(seed, static_cast<Profile>(seed % 3)));
    if (seed < 6) alone.push_back(Bench<>().run(programs.back()).trace_hash);
  }
  std::vector<std::uint64_t> forwards;
  for (const Program& program : programs) forwards.push_back(bench.run(program).trace_hash);
  for (std::size_t i = programs.size(); i-- > 0;) {
    EXPECT_EQ(bench.run(programs[i]).trace_hash, forwards[i]) << i;
    EXPECT_EQ(bench.run(programs[i]).trace_hash, forwards[i]) << i;
  }
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(alone[i], forwards[i]) << i;
}

TEST(Executor, GivesDifferentHashesToDifferentPrograms) {
  Bench<> bench;
  const std::string start = "header profile:faults\nenable s0 root m0\n";
  const std::uint64_t plain = bench.run(start + "a0 = alloc s0 64\n").trace_hash;
  EXPECT_NE(bench.run(start + "a0 = alloc s0 72\n").trace_hash, 0u);
  EXPECT_NE(bench.run(start + "a0 = alloc s0 64 (fail page:1)\n").trace_hash, plain);
  EXPECT_NE(bench.run(start + "a0 = alloc s0 64\nfree a0\n").trace_hash, plain);
}

TEST(Executor, TracingChangesNeitherHashNorVerdict) {
  Bench<> bench;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Program program = small_program(seed, Profile::kFaults);
    const Verdict plain = bench.run(program);
    Lines lines;
    Options options;
    options.trace = &lines;
    EXPECT_EQ(bench.run(program, options).trace_hash, plain.trace_hash);
    EXPECT_GE(lines.lines.size(), program.operations.size());
  }
}

TEST(Executor, EndsCleanlyWhenTheStepBudgetIsUsedUp) {
  Bench<> bench;
  std::string text = "header profile:faults pages:4096\n";
  for (int i = 0; i < 64; ++i)
    text += "enable_path s0 root m0 cpus:8192 shards:0 cids:0\nteardown m0\ndisable s0\n";
  const Verdict& verdict = bench.run(text);
  EXPECT_EQ(verdict.end, EndReason::kOutOfBudget);
  EXPECT_TRUE(verdict.clean());
  EXPECT_LT(verdict.operations, 192u);
  EXPECT_EQ(bench.run("header profile:correct\nenable s0 root m0\n").end, EndReason::kCompleted);
}

}  // namespace
}  // namespace arenafuzz::testing
