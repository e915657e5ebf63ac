// SPDX-License-Identifier: GPL-2.0-only
//
// Pool and model over random programs, drawn by RapidCheck with a fixed seed (docs/design.md, One
// input, one verdict): a failure shrinks to the fewest operations.
#include <rapidcheck.h>

#include <cstdlib>

#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

constexpr std::uint64_t kSizes[] = {0,    1,     8,     13,    64,    512,        4095,
                                    4096, 16376, 16384, 16385, 65536, 1ull << 32, 1ull << 44};

rc::Gen<std::uint8_t> below(int bound) {
  return rc::gen::cast<std::uint8_t>(rc::gen::inRange(0, bound));
}

rc::Gen<FaultClause> fault() {
  return rc::gen::map(rc::gen::inRange(0, 16), [](int drawn) {
    if (drawn > 5) return FaultClause{};
    const auto kind = drawn == 5 ? FaultClause::Kind::kNth : FaultClause::Kind::kSite;
    const auto site = static_cast<FaultSite>(drawn == 5 ? 0 : drawn);
    return FaultClause{kind, site, false, 1};
  });
}

rc::Gen<Operation> operation() {
  return rc::gen::exec([] {
    static constexpr OperationKind kKinds[] = {
        OperationKind::kAlloc,   OperationKind::kAlloc,   OperationKind::kAlloc,
        OperationKind::kFree,    OperationKind::kFree,    OperationKind::kEnable,
        OperationKind::kDisable, OperationKind::kClaim,   OperationKind::kRelease,
        OperationKind::kWorker,  OperationKind::kTeardown};
    Operation drawn;
    drawn.kind = kKinds[*below(std::size(kKinds))];
    drawn.scheduler = *below(2);
    drawn.slot = *below(4);
    drawn.arenas = 1;
    drawn.size = kSizes[*below(std::size(kSizes))];
    drawn.target = static_cast<ReleaseTarget>(*below(3));
    drawn.page = *below(16);
    drawn.count = 1u + *below(6);
    drawn.faults[0] = *fault();
    drawn.collisions[0] = {*below(4), *rc::gen::arbitrary<bool>(), *below(8)};
    return drawn;
  });
}

// Both schedulers run on one small arena from the start.
Program program_with(bool deferred, bool best_fit, std::vector<Operation> operations) {
  Program program;
  program.header.profile = Profile::kFaults;
  program.header.arena_pages = 16;
  program.header.deferred_release = deferred;
  program.header.best_fit = best_fit;
  program.header.schedulers = 2;
  Operation enable;
  enable.kind = OperationKind::kEnable;
  enable.arenas = 1;
  program.operations = {enable, enable};
  program.operations[1].scheduler = 1;
  program.operations.insert(program.operations.end(), operations.begin(), operations.end());
  repair(program);
  return program;
}

rc::Gen<Program> any_program() {
  return rc::gen::apply(program_with, rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(),
                        rc::gen::container<std::vector<Operation>>(operation()));
}

class Property : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { setenv("RC_PARAMS", "seed=7 max_success=400 max_size=40", 1); }
};

TEST_F(Property, ThePoolDoesWhatTheModelPredicts) {
  Bench<> bench;
  EXPECT_TRUE(rc::check([&] {
    const Program program = *any_program();
    const Verdict& verdict = bench.run(program);
    RC_LOG() << print_program(program) << first_finding(verdict);
    RC_ASSERT(verdict.clean());
  }));
}

TEST_F(Property, SafetyAndContractNeedNoModel) {
  Bench<> bench;
  EXPECT_TRUE(rc::check([&] {
    const Program program = *any_program();
    const Verdict& verdict = bench.run(program, without_model());
    RC_LOG() << print_program(program) << first_finding(verdict);
    RC_ASSERT(verdict.clean());
  }));
}

TEST_F(Property, ALegitimatePatchIsNeverWorseThanAChange) {
  Bench<BrokenBackend> bench(Variant::kSingleRetry);
  EXPECT_TRUE(rc::check([&] {
    const Program program = *any_program();
    for (const Finding& finding : bench.run(program).findings) {
      RC_LOG() << print_program(program) << described(finding);
      RC_ASSERT(finding.tier() == Tier::kChange);
    }
  }));
}

TEST_F(Property, TheSameProgramHasTheSameHash) {
  Bench<> bench;
  Bench<> other;
  EXPECT_TRUE(rc::check([&] {
    const Program program = *any_program();
    const std::uint64_t hash = bench.run(program).trace_hash;
    RC_ASSERT(other.run(program).trace_hash == hash);
    RC_ASSERT(bench.run(program).trace_hash == hash);
  }));
}

}  // namespace
}  // namespace arenafuzz::testing
