// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/worker_probe.h"

#include <signal.h>
#include <unistd.h>

#include "tests/fuzz/triage/minimize/testing.h"

// As `minimize` and `triage` are run: a report names its frames by offsets, and each of the many
// deaths starts no symbolizer, which takes longer than all else.
extern "C" const char* __asan_default_options();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __ubsan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "symbolize=0";
}
extern "C" const char* __ubsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "symbolize=0";
}

namespace arenafuzz::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

const base::Limits kLong{.processor_seconds = 60, .idle_seconds = 60};

TEST(WorkerProbe, SaysWhatTheProbeInsideSays) {
  CountingProbe<BrokenBackend> direct(Variant::kUnwindWithoutRelease);
  CountingProbe<BrokenBackend> inner(Variant::kUnwindWithoutRelease);
  WorkerProbe worker(inner, kLong);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Program program = generated(seed, Profile::kFaults);
    const ProbeResult& wanted = direct.run(program);
    const ProbeResult& got = worker.run(program);
    ASSERT_EQ(got.sightings.size(), wanted.sightings.size());
    for (std::size_t i = 0; i < got.sightings.size(); ++i) {
      EXPECT_EQ(got.sightings[i].signature, wanted.sightings[i].signature);
      EXPECT_EQ(got.sightings[i].position, wanted.sightings[i].position);
      EXPECT_EQ(got.sightings[i].fails, wanted.sightings[i].fails);
    }
    ASSERT_EQ(got.fired.size(), wanted.fired.size());
    EXPECT_EQ(got.all_fired, wanted.all_fired);
    for (std::size_t i = 0; i < got.fired.size(); ++i) {
      EXPECT_EQ(got.fired[i].operation, wanted.fired[i].operation);
      EXPECT_EQ(got.fired[i].site, wanted.fired[i].site);
      EXPECT_EQ(got.fired[i].ordinal, wanted.fired[i].ordinal);
    }
  }
  EXPECT_TRUE(worker.problem().ok());
  EXPECT_EQ(worker.deaths(), 0u);
}

TEST(WorkerProbe, KeepsItsChildWhileNothingDies) {
  FunctionProbe inner([](const Program&) -> std::vector<std::string> {
    return {"pid-" + std::to_string(getpid())};
  });
  WorkerProbe worker(inner, kLong);
  const std::string first = worker.run({}).sightings.at(0).signature;
  EXPECT_EQ(worker.run({}).sightings.at(0).signature, first);
  EXPECT_NE(first, "pid-" + std::to_string(getpid()));
}

TEST(WorkerProbe, TakesADeathForASightingAndGoesOn) {
  FunctionProbe inner([](const Program& program) -> std::vector<std::string> {
    if (program.operations.size() == 1) raise(SIGKILL);
    return {"alive"};
  });
  WorkerProbe worker(inner, kLong);
  Program one;
  one.operations.resize(1);
  EXPECT_EQ(worker.run(one).sightings.at(0).signature, "crash:killed");
  EXPECT_EQ(worker.run({}).sightings.at(0).signature, "alive");
  EXPECT_EQ(worker.run(one).sightings.at(0).signature, "crash:killed");
  EXPECT_EQ(worker.deaths(), 2u);
}

TEST(WorkerProbe, EndsAProgramThatNeverEnds) {
  FunctionProbe inner([](const Program&) -> std::vector<std::string> {
    for (;;) pause();
  });
  WorkerProbe worker(inner, {.idle_seconds = 0.05});
  EXPECT_EQ(worker.run({}).sightings.at(0).signature, kTimeoutSignature);
}

#if ARENAFUZZ_TEST_ASAN
TEST(WorkerProbe, MinimizesAProgramThatKillsItsProcess) {
  CountingProbe<BrokenBackend> inner(Variant::kBitmapOneWordShort);
  WorkerProbe worker(inner, kLong);
  Program program = program_of(
      "header profile:faults pages:64\nenable s0 root m0\na0 = alloc s0 64 (fail page:1)\n"
      "a1 = alloc s0 20000\na2 = alloc s0 64\nfree a1\na3 = alloc s0 16384\nfree a3\n");
  const std::string signature = worker.run(program).sightings.at(0).signature;
  EXPECT_THAT(signature, StartsWith("crash:use-after-poison:"));
  const Minimized result = minimized(worker, program, signature);
  EXPECT_TRUE(result.minimal);
  EXPECT_THAT(result.program.operations, SizeIs(2));
  EXPECT_THAT(simplifications(worker, result.program, signature), IsEmpty());
}
#endif

}  // namespace
}  // namespace arenafuzz::testing
