// SPDX-License-Identifier: GPL-2.0-only
//
// Two backends compared step by step.
#include "fuzz/harness/differential.h"

#include "fuzz/harness/backends/kernel_backend.h"
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"
#include "tests/tools/corpus_files.h"

namespace arenafuzz::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kPrograms = 500;  // of each profile

// Our pool against another backend.
template <typename Other>
struct DifferentialBench {
  template <typename... Arguments>
  explicit DifferentialBench(Arguments... arguments)
      : other(arguments...), differential(ours, other) {
    EXPECT_EQ(differential.error(), nullptr);
  }
  const Verdict& run(const Program& program, Options options = {}) {
    return differential.run(program, options);
  }
  const Verdict& run(std::string_view text, Options options = {}) {
    return run(program_of(text), options);
  }
  CppBackend ours;
  Other other;
  Differential differential;
};

// Corpus and generator: gen_pool's other policies are passed over, our pool has none of them.
std::vector<Program> corpus() {
  std::vector<std::string> files;
  EXPECT_TRUE(collect_files(std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus", &files));
  std::vector<Program> programs(files.size());
  std::string why;
  for (std::size_t i = 0; i < files.size(); ++i)
    EXPECT_TRUE(read_program(files[i], &programs[i], &why)) << why;
  return programs;
}

TEST(Differential, IsCleanOnTheCommittedCorpus) {
  DifferentialBench<KernelBackend> bench;
  int whole = 0;
  for (const Program& program : corpus()) {
    const Verdict& verdict = bench.run(program);
    ASSERT_EQ(first_finding(verdict), "clean") << print_program(program);
    whole += verdict.end == EndReason::kCompleted ? 1 : 0;
  }
  EXPECT_GT(whole, 50);
}

class DifferentialProfile : public ::testing::TestWithParam<Profile> {};

TEST_P(DifferentialProfile, IsCleanOnGeneratedPrograms) {
  DifferentialBench<KernelBackend> bench;
  int whole = 0;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = with_every_policy(seed, GetParam());
    const Verdict& verdict = bench.run(program);
    ASSERT_EQ(first_finding(verdict), "clean") << "seed " << seed << "\n" << print_program(program);
    whole += verdict.end == EndReason::kCompleted ? 1 : 0;
  }
  EXPECT_GT(whole, static_cast<int>(kPrograms) / 10) << "most end at a documented difference";
}

INSTANTIATE_TEST_SUITE_P(Each, DifferentialProfile,
                         ::testing::Values(Profile::kCorrect, Profile::kFaults, Profile::kMisuse),
                         [](const auto& chosen) { return profile_test_name(chosen.param); });

struct Documented {
  const char* name;
  const char* operations;
};
constexpr Documented kDocumented[] = {
    {"absurd-size", "a0 = alloc s0 0\n"},
    {"absurd-size", "a0 = alloc s0 2^64-1\n"},
    {"second-init", "enable s0 root m0\n"},
    {"overlapping-chunk", "a0 = alloc s0 16384\nrelease m0 0+4\na1 = alloc s0 16384\n"},
};

TEST(Differential, EndsByNameWhereTheTwoDifferByDesign) {
  DifferentialBench<KernelBackend> bench;
  for (const Documented& documented : kDocumented) {
    const Verdict& verdict = bench.run(
        std::string("header profile:misuse pages:64\nenable s0 root m0\n") + documented.operations);
    EXPECT_EQ(first_finding(verdict), "clean") << documented.operations;
    EXPECT_EQ(verdict.end, EndReason::kDocumented) << documented.operations;
    EXPECT_STREQ(verdict.documented, documented.name);
  }
}

TEST(Differential, GoesOnWhereNoPoolIsThereToDiffer) {
  DifferentialBench<KernelBackend> bench;
  const Verdict& verdict = bench.run("header profile:misuse pages:64\na0 = alloc s0 0\n");
  EXPECT_EQ(verdict.end, EndReason::kCompleted);
}

// What is wrong in any implementation keeps its own oracle; `difference` is for the rest.
struct Undocumented {
  Variant variant;
  const char* name;
  const char* operations;
  const char* first;
  const char* expected;
  const char* got;
};
constexpr Undocumented kUndocumented[] = {
    {Variant::kOldestChunkFirst, "OldestChunkFirst",
     "a0 = alloc s0 64\na1 = alloc s0 16384\nfree a1\na2 = alloc s0 64\n",
     "contract difference.alloc.none.step.within-chunk.none at 4", "-> m0+0x4000", "-> m0+0x40"},
    {Variant::kMovesBlocks, "MovesBlocks", "a0 = alloc s0 64\n",
     "contract difference.alloc.none.step.within-chunk.none at 1", "-> m0+0x0", "-> m0+0x3fc0"},
    {Variant::kBugOnFree, "BugOnFree", "a0 = alloc s0 64\nfree a0\n",
     "safety bug.free.free-not-allocated.bug.within-chunk.none at 2", "no BUG",
     "BUG free-not-allocated"},
    {Variant::kGrowsByEight, "GrowsByEight", "a0 = alloc s0 64\n",
     "contract difference.alloc.none.step.within-chunk.none at 1", "claim 4 pages -> page 0",
     "claim 8 pages -> page 0"},
    {Variant::kAbsorbsFault, "AbsorbsFault", "a0 = alloc s0 64 (fail vzalloc:1)\n",
     "contract difference.alloc.none.step.within-chunk.vzalloc at 1", "release page 0, 4 pages",
     "vzalloc 312 bytes -> ok"},
    {Variant::kReturnsPages, "ReturnsPages", "a0 = alloc s0 64\ndisable s0\n",
     "contract difference.disable.none.step.none.none at 2", "pool destroyed",
     "release page 0, 4 pages"},
    {Variant::kAvailNotRestored, "AvailNotRestored", "a0 = alloc s0 64\nfree a0\n",
     "safety accounting.free.none.avail.within-chunk.none at 2", "avail 16384", "16320"},
    {Variant::kUnwindWithoutRelease, "UnwindWithoutRelease", "a0 = alloc s0 64 (fail vzalloc:1)\n",
     "safety unwind.alloc.page.pages-kept.within-chunk.vzalloc at 1",
     "the pages held as before, by a call that failed", "page 0, 4 pages kept"},
};

std::string program_text(const Undocumented& difference) {
  return std::string("header profile:faults pages:64\nenable s0 root m0\n") + difference.operations;
}

class UndocumentedDifference : public ::testing::TestWithParam<Undocumented> {};

TEST_P(UndocumentedDifference, IsFoundWithTheModelAndWithout) {
  DifferentialBench<BrokenBackend> bench(GetParam().variant);
  for (const bool model : {true, false}) {
    Options options;
    options.use_model = model;
    const Verdict& verdict = bench.run(program_text(GetParam()), options);
    EXPECT_EQ(first_finding(verdict), GetParam().first);
    EXPECT_EQ(verdict.findings.size(), 1u);
  }
}

TEST_P(UndocumentedDifference, SaysInTheLinesOfTheTraceWhatDiffers) {
  DifferentialBench<BrokenBackend> bench(GetParam().variant);
  const Verdict& verdict = bench.run(program_text(GetParam()));
  ASSERT_FALSE(verdict.clean());
  EXPECT_EQ(verdict.findings[0].expected, GetParam().expected);
  EXPECT_EQ(verdict.findings[0].got, GetParam().got);
}

INSTANTIATE_TEST_SUITE_P(Each, UndocumentedDifference, ::testing::ValuesIn(kUndocumented),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

TEST(Differential, SeesNoneBetweenOurPoolAndItsSoundCopy) {
  DifferentialBench<BrokenBackend> bench(Variant::kSound);
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    ASSERT_EQ(first_finding(bench.run(small_program(seed, Profile::kFaults))), "clean")
        << "seed " << seed;
}

// Our pool, with allocs that cost nearly all the steps that one may take.
class SlowBackend final : public Backend {
 public:
  const char* name() const override { return "slow"; }
  void bind(MetadataSource& metadata) override { real_.bind(metadata); }
  PoolPort& pool(int scheduler) override {
    pool_.behind = &real_.pool(scheduler);
    return scheduler == 0 ? pool_ : real_.pool(scheduler);
  }
  GenPoolPort& gen_pool() override { return real_.gen_pool(); }
  void forget() override {
    real_.forget();
    pool_.behind = &real_.pool(0);
  }

 private:
  struct SlowPool final : PoolPort {
    int init(PageSource* map) override { return behind->init(map); }
    void destroy() override { behind->destroy(); }
    std::uint64_t alloc(std::uint64_t size) override {
      atomics::step(std::uint64_t{1} << 21);
      return behind->alloc(size);
    }
    void free(std::uint64_t address, std::uint64_t size) override { behind->free(address, size); }
    bool exists() const override { return behind->exists(); }
    bool newest_chunk(ChunkView* view) const override { return behind->newest_chunk(view); }
    void for_each_chunk(void (*visit)(void*, const ChunkView&), void* context) const override {
      behind->for_each_chunk(visit, context);
    }
    int granule_order() const override { return behind->granule_order(); }
    PoolPort* behind = nullptr;
  };
  CppBackend real_;
  SlowPool pool_;
};

TEST(Differential, SeesThatTheOtherEndsEarlyThoughNothingElseIsWrongWithIt) {
  DifferentialBench<SlowBackend> bench;
  std::string text = "header profile:correct pages:1048576 base:zero\nenable s0 root m0\n";
  for (int i = 0; i < 20; ++i) text += "a0 = alloc s0 8\n";
  const Verdict& verdict = bench.run(text, without_model());
  EXPECT_EQ(first_finding(verdict), "contract difference.disable.none.ends-early.none.none at 21");
  ASSERT_FALSE(verdict.clean());
  EXPECT_THAT(verdict.findings[0].expected, HasSubstr("-> m0+0x"));
  EXPECT_EQ(verdict.findings[0].got, "the end");
}

TEST(Differential, LeavesAFindingOfOurOwnPoolAsItIs) {
  BrokenBackend ours(Variant::kMisaligned);
  CppBackend other;
  Differential differential(ours, other);
  const Verdict& verdict = differential.run(
      program_of("header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64\n"), {});
  EXPECT_EQ(first_finding(verdict), "safety misaligned.alloc.none.address.within-chunk.none at 1");
}

TEST(Differential, GivesTheSameVerdictTwice) {
  DifferentialBench<BrokenBackend> bench(Variant::kMovesBlocks);
  const std::string text = "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64\n";
  const Verdict first = bench.run(text);
  const Verdict& second = bench.run(text);
  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_EQ(first_finding(first), first_finding(second));
}

}  // namespace
}  // namespace arenafuzz::testing
