// SPDX-License-Identifier: GPL-2.0-only
//
// What a finding means on each backend, and what its report says of the sources.
#include "fuzz/harness/program_runner.h"

#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/verdict/report.h"
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

Finding finding_of(Oracle oracle) {
  Finding finding;
  finding.oracle = oracle;
  return finding;
}

TEST(ProgramRunner, FailsOnAnyTierOfOurOwnPool) {
  CppBackend backend;
  const ProgramRunner runner(backend);
  for (const Oracle oracle : {Oracle::kOverlap, Oracle::kOverClaim, Oracle::kChange})
    for (const bool strict : {true, false}) EXPECT_TRUE(runner.fails(finding_of(oracle), strict));
}

TEST(ProgramRunner, FailsOnAChangeOfAKernelTreeOnlyWhereItIsStrict) {
  KernelBackend backend;
  const ProgramRunner runner(backend);
  EXPECT_FALSE(runner.fails(finding_of(Oracle::kChange), false));
  EXPECT_TRUE(runner.fails(finding_of(Oracle::kChange), true));
  EXPECT_TRUE(runner.fails(finding_of(Oracle::kOverlap), false));
  EXPECT_TRUE(runner.fails(finding_of(Oracle::kOverClaim), false));
}

TEST(ProgramRunner, FailsOnADifference) {
  CppBackend ours;
  KernelBackend other;
  const ProgramRunner runner(ours, other);
  EXPECT_TRUE(runner.fails(finding_of(Oracle::kDifference), false));
}

TEST(ProgramRunner, IsNamedAfterWhatItRuns) {
  CppBackend ours;
  KernelBackend other;
  EXPECT_STREQ(ProgramRunner(ours).name(), "cpp");
  EXPECT_STREQ(ProgramRunner(other).name(), "kernel");
  const ProgramRunner both(ours, other);
  EXPECT_STREQ(both.name(), "differential");
  EXPECT_TRUE(both.is_differential());
  EXPECT_EQ(both.error(), nullptr);
}

// The default tree; each address that it gives out is off by four.
class MisalignedTree final : public Backend {
 public:
  const char* name() const override { return tree_.name(); }
  void bind(MetadataSource& metadata) override { tree_.bind(metadata); }
  PoolPort& pool(int scheduler) override {
    Pool& pool = pools_[scheduler];
    pool.behind = &tree_.pool(scheduler);
    return pool;
  }
  GenPoolPort& gen_pool() override { return tree_.gen_pool(); }
  void forget() override { tree_.forget(); }
  void set_page_bytes(std::uint64_t bytes) override { tree_.set_page_bytes(bytes); }
  std::string report_rows(const Finding& finding) const override {
    return tree_.report_rows(finding);
  }
  bool wants_backtraces() const override { return true; }
  bool changes_fail() const override { return false; }

 private:
  struct Pool final : PoolPort {
    int init(PageSource* map) override { return behind->init(map); }
    void destroy() override { behind->destroy(); }
    std::uint64_t alloc(std::uint64_t size) override { return behind->alloc(size) + 4; }
    void free(std::uint64_t address, std::uint64_t size) override { behind->free(address, size); }
    bool exists() const override { return behind->exists(); }
    bool newest_chunk(ChunkView* view) const override { return behind->newest_chunk(view); }
    void for_each_chunk(void (*visit)(void*, const ChunkView&), void* context) const override {
      behind->for_each_chunk(visit, context);
    }
    int granule_order() const override { return behind->granule_order(); }
    PoolPort* behind = nullptr;
  };
  KernelBackend tree_;
  Pool pools_[limits::kMaxSchedulers];
};

constexpr const char* kText =
    "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64\na1 = alloc s0 64\n";

// Without a symbolizer a frame is an offset in the binary: then no line of the tree is known.
TEST(ProgramRunner, ReportsTheTreesLinesAndTheSumOfEachFile) {
  MisalignedTree backend;
  ProgramRunner runner(backend);
  const Program program = program_of(kText);
  const Verdict verdict = runner.run(program, {});
  ASSERT_EQ(first_finding(verdict), "safety misaligned.alloc.none.address.within-chunk.none at 1");
  const std::string report = runner.report(program, verdict.findings[0], {});
  EXPECT_THAT(report, HasSubstr("\nbackend    kernel\nprogram\n"));
  EXPECT_THAT(report, ContainsRegex("\ntree       .*the arena pool.*\n"
                                    "           lib/genalloc.c sha256:[0-9a-f]+\n"
                                    "           include/linux/genalloc.h sha256:[0-9a-f]+\n"
                                    "           kernel/sched/ext_arena.c sha256:[0-9a-f]+\n"
                                    "           kernel/sched/ext_arena.h sha256:[0-9a-f]+\n$"));
  EXPECT_THAT(report, HasSubstr("\nlast call  "));
#if ARENAFUZZ_TEST_ASAN
  EXPECT_THAT(report, ContainsRegex("gen_pool_add_owner lib/genalloc.c:[0-9]+\n"));
  EXPECT_THAT(report,
              ContainsRegex("           scx_arena_alloc kernel/sched/ext_arena.c:[0-9]+\n"));
#endif
}

TEST(ProgramRunner, ReportsNoRowsOfATreeOnOurOwnPool) {
  BrokenBackend backend(Variant::kMisaligned);
  ProgramRunner runner(backend);
  const Program program = program_of(kText);
  const Verdict verdict = runner.run(program, {});
  ASSERT_FALSE(verdict.clean());
  EXPECT_THAT(runner.report(program, verdict.findings[0], {}),
              AllOf(HasSubstr("\nbackend    broken\nprogram\n"), Not(HasSubstr("\ntree "))));
}

TEST(ProgramRunner, WritesAFindingFileThatIsTheProgramAgain) {
  MisalignedTree backend;
  ProgramRunner runner(backend);
  const Program program = program_of(kText);
  const Verdict verdict = runner.run(program, {});
  ASSERT_FALSE(verdict.clean());
  const FindingRecord record = runner.reported(program, verdict.findings[0], {}).record;
  const std::string file = format_finding_file(record.facts, record.program);
  EXPECT_THAT(file, HasSubstr("\n# tree       "));
  EXPECT_EQ(print_program(program_of(file)), print_program(program));
}

TEST(ProgramRunner, FindsTheSameAfterAReportAsBefore) {
  MisalignedTree backend;
  ProgramRunner runner(backend);
  const Program program = program_of(kText);
  const Verdict before = runner.run(program, {});
  ASSERT_FALSE(before.clean());
  runner.report(program, before.findings[0], {});
  const Verdict& after = runner.run(program, {});
  EXPECT_EQ(first_finding(after), first_finding(before));
  EXPECT_EQ(after.trace_hash, before.trace_hash);
}

TEST(ProgramRunner, PassesOnWhatABackendCannotRun) {
  struct GenPoolsAlone final : Backend {
    const char* name() const override { return "gen_pools"; }
    void bind(MetadataSource& metadata) override { real.bind(metadata); }
    PoolPort& pool(int scheduler) override { return real.pool(scheduler); }
    GenPoolPort& gen_pool() override { return real.gen_pool(); }
    void forget() override { real.forget(); }
    bool can_run(const Header& header, const char** why) const override {
      *why = "no arena";
      return header.kind == ProgramKind::kGenPool;
    }
    CppBackend real;
  };
  CppBackend ours;
  GenPoolsAlone other;
  ProgramRunner alone(other);
  EXPECT_EQ(alone.run(program_of(kText), {}).end, EndReason::kSkipped);
  ProgramRunner both(ours, other);
  const Verdict& verdict = both.run(program_of(kText), {});
  EXPECT_EQ(verdict.end, EndReason::kSkipped);
  EXPECT_STREQ(verdict.documented, "no arena");
  EXPECT_TRUE(verdict.clean());
}

}  // namespace
}  // namespace arenafuzz::testing
