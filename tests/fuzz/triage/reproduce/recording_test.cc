// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/recording.h"

#include "fuzz/harness/backends/cpp_backend.h"
#include "tests/fuzz/triage/minimize/testing.h"

namespace arenafuzz::testing {
namespace {

using ::testing::SizeIs;

Recording recording_of(const std::string& text) {
  CppBackend backend;
  Executor executor(backend);
  return record(executor, backend, program_of(text), {});
}

TEST(Recording, HasWhatEachStepOfAnArenaPoolCameTo) {
  const Recording recording = recording_of(
      "header profile:misuse pages:64\nenable s0 root m0\na0 = alloc s0 4097 (fail vzalloc:1)\n"
      "a1 = alloc s0 4097\nfree a1\np0 = claim m0 4\nenable s0 root m0\n");
  ASSERT_THAT(recording.steps, SizeIs(6));
  EXPECT_TRUE(recording.ended);
  EXPECT_EQ(recording.steps[0].result, 0);
  const std::int64_t held = recording.steps[0].pages_held;
  EXPECT_EQ(recording.steps[1].address, kNoAddress);
  EXPECT_EQ(recording.steps[1].pages_held, held);
  ASSERT_TRUE(recording.steps[2].address);
  EXPECT_LT(*recording.steps[2].address, 64u * 4096);
  EXPECT_GT(recording.steps[2].pages_held, held);
  EXPECT_FALSE(recording.steps[3].address);
  EXPECT_EQ(recording.steps[4].pages_held, recording.steps[3].pages_held) << "no pool's";
  EXPECT_EQ(recording.steps[5].result, -EBUSY);
}

TEST(Recording, SaysWhatIsPassedOver) {
  const Recording recording =
      recording_of("header profile:correct pages:8\nenable s0 root m0\np0 = claim m0 1\n");
  ASSERT_THAT(recording.steps, SizeIs(2));
  EXPECT_FALSE(recording.steps[0].skipped);
  EXPECT_TRUE(recording.steps[1].skipped);
}

// A trace prints these as 2^32 and 2^40+4096.
TEST(Recording, HasAddressesAsNumbersHoweverATracePrintsThem) {
  for (const std::uint64_t start : {std::uint64_t{1} << 32, (std::uint64_t{1} << 40) + 4096}) {
    const Recording recording =
        recording_of("header profile:faults kind:gen_pool order:3\ncreate\nadd " +
                     std::to_string(start) + " size:4096\na0 = alloc 64\n");
    ASSERT_THAT(recording.steps, SizeIs(3));
    EXPECT_EQ(recording.steps[1].result, 0);
    EXPECT_EQ(recording.steps[2].address, start);
  }
}

}  // namespace
}  // namespace arenafuzz::testing
