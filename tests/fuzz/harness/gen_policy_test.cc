// SPDX-License-Identifier: GPL-2.0-only
//
// The model's policies against a gen_pool that looks at one granule after the other, and what a
// gen_pool with other habits may do without being called broken.
#include <map>

#include "tests/fuzz/harness/broken_gen_pool.h"
#include "tests/fuzz/harness/testing.h"
#include "tests/tools/seed_files.h"

namespace arenafuzz::testing {
namespace {

using PlainBench = Bench<GenPoolBackend<BitmapGenPool>>;

Program drawn(std::uint64_t seed, Profile profile, bool all_policies = true) {
  GeneratorOptions options;
  options.seed = seed;
  options.profile = profile;
  options.operations = 48;
  options.kind = ProgramKind::kGenPool;
  options.all_policies = all_policies;
  Program program;
  generate(options, &program);
  return program;
}

constexpr std::uint64_t kPrograms = 2000;

class EachProfile : public ::testing::TestWithParam<Profile> {};

TEST_P(EachProfile, ThePlainPoolDoesWhatTheModelPredictsByEveryPolicy) {
  PlainBench bench;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = drawn(seed, GetParam());
    Options options;
    options.compare_always = seed % 4 == 0;
    const Verdict& verdict = bench.run(program, options);
    ASSERT_TRUE(verdict.clean()) << "seed " << seed << ": " << first_finding(verdict) << "\n"
                                 << verdict.findings[0].expected << " | " << verdict.findings[0].got
                                 << "\n"
                                 << print_program(program);
  }
}

TEST_P(EachProfile, TheBooksFindNothingInThePlainPool) {
  PlainBench bench;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = drawn(seed, GetParam());
    Options options = without_model();
    options.compare_always = seed % 4 == 0;
    const Verdict& verdict = bench.run(program, options);
    ASSERT_TRUE(verdict.clean()) << "seed " << seed << ": " << first_finding(verdict) << "\n"
                                 << print_program(program);
  }
}

TEST_P(EachProfile, OurOwnPoolAndThePlainOneHaveOneTraceHash) {
  PlainBench plain;
  Bench<> own;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Program program = drawn(seed, GetParam(), false);
    const std::uint64_t hash = own.run(program).trace_hash;
    ASSERT_EQ(plain.run(program).trace_hash, hash) << "seed " << seed;
  }
}

std::string profile_name(const ::testing::TestParamInfo<Profile>& info) {
  constexpr const char* kNames[] = {"Correct", "Faults", "Misuse"};
  return kNames[static_cast<int>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Each, EachProfile,
                         ::testing::Values(Profile::kCorrect, Profile::kFaults, Profile::kMisuse),
                         profile_name);

// That the programs above reach each policy, its successes and its refusals, and the warning.
TEST(DrawnPrograms, ReachEachPolicyBothWays) {
  PlainBench bench;
  std::map<AllocPolicy, std::pair<int, int>> reached;  // granted, refused
  int warnings = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Program program = drawn(seed, Profile::kFaults);
    Lines lines;
    Options options;
    options.trace = &lines;
    bench.run(program, options);
    AllocPolicy policy{};
    for (const std::string& line : lines.lines) {
      warnings += line.find("WARN in gen_pool_fixed_alloc") != std::string::npos ? 1 : 0;
      if (line.find("= alloc") != std::string::npos) {
        const std::size_t position = std::stoul(line);
        policy = program.operations[position].policy;
      } else if (line.find("      address 0") == 0) {
        ++reached[policy].second;
      } else if (line.find("      address") == 0) {
        ++reached[policy].first;
      }
    }
  }
  EXPECT_GT(warnings, 10);
  for (int i = 0; i < kAllocPolicyCount; ++i) {
    EXPECT_GT(reached[static_cast<AllocPolicy>(i)].first, 50) << i;
    EXPECT_GT(reached[static_cast<AllocPolicy>(i)].second, 20) << i;
  }
}

struct Patch {
  GenVariant variant;
  const char* name;
};
constexpr Patch kPatches[] = {
    {GenVariant::kBestFit, "BestFit"},
    {GenVariant::kHighestHole, "HighestHole"},
    {GenVariant::kOldestChunkFirst, "OldestChunkFirst"},
    {GenVariant::kAbsorbsFault, "AbsorbsFault"},
    {GenVariant::kWarnsNot, "WarnsNot"},
};

class LegitGenPatch : public ::testing::TestWithParam<Patch> {};

TEST_P(LegitGenPatch, IsSilentWithoutTheModelAndOnlyAChangeWithIt) {
  Bench<GenPoolBackend<BrokenGenPool>> bench(GetParam().variant);
  int changes = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Program program = drawn(seed, Profile::kFaults);
    for (const Finding& finding : bench.run(program).findings) {
      ++changes;
      ASSERT_EQ(finding.tier(), Tier::kChange)
          << "seed " << seed << ": " << described(finding) << "\n"
          << print_program(program);
    }
    const Verdict& verdict = bench.run(program, without_model());
    ASSERT_TRUE(verdict.clean()) << "seed " << seed << ": " << first_finding(verdict);
  }
  EXPECT_GT(changes, 0);
}

INSTANTIATE_TEST_SUITE_P(Each, LegitGenPatch, ::testing::ValuesIn(kPatches),
                         [](const auto& patch) { return std::string(patch.param.name); });

// A defect behind a change is still seen: the books go on where the model stops.
TEST(AfterAChange, TheBooksStillJudge) {
  Bench<GenPoolBackend<BrokenGenPool>> bench(GenVariant::kHighestHoleAndAvailNotRestored);
  const Verdict& verdict = bench.run(
      "header profile:faults kind:gen_pool order:3\ncreate\nadd 65536 size:64\na0 = alloc 8\n"
      "free a0\n");
  ASSERT_EQ(verdict.findings.size(), 2u);
  EXPECT_EQ(described(verdict.findings[0]), "change change.gen-alloc.none.address.none.none at 2");
  EXPECT_EQ(described(verdict.findings[1]), "safety accounting.gen-free.none.avail.none.none at 3");
}

TEST(Seeds, OfEveryKindAreCleanOnThePlainPool) {
  PlainBench bench;
  std::string why;
  const auto seeds = make_seeds(std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus/seeds", &why);
  ASSERT_EQ(why, "");
  for (const Seed& seed : seeds) {
    const Program program = program_of(seed.text);
    if (program.header.kind != ProgramKind::kGenPool) continue;
    for (const bool model : {true, false}) {
      Options options;
      options.use_model = model;
      EXPECT_EQ(first_finding(bench.run(program, options)), "clean") << seed.name;
    }
  }
}

}  // namespace
}  // namespace arenafuzz::testing
