// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/crash_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CrashLog, HasTheKindAndTheOffsetsOfTheFirstStack) {
  const CrashLog crash = read_crash_log(
      "==12==ERROR: AddressSanitizer: heap-use-after-free on address 0x7f01 at pc 0x55d0\n"
      "READ of size 8\n"
      "    #0 0x55d0c3 (/a b/arenafuzz+0x1d0c3) (BuildId: 0a1b)\n"
      "    #1 0x55d0d4 (/a b/arenafuzz+0x1d0d4)\n"
      "\n"
      "freed by thread T0 here:\n"
      "    #0 0x55ffff (/a b/arenafuzz+0x9)\n");
  EXPECT_EQ(crash.kind, "heap-use-after-free");
  EXPECT_THAT(crash.offsets, ElementsAre("0x1d0c3", "0x1d0d4"));
  EXPECT_EQ(crash_identity(crash), "crash:heap-use-after-free:0x1d0c3:0x1d0d4");
}

TEST(CrashLog, TakesNamesWhereItWasSymbolized) {
  const CrashLog crash = read_crash_log(
      "==1==ERROR: AddressSanitizer: SEGV on unknown address\n    #0 0x55 in gen_pool_add x.c:3\n");
  EXPECT_THAT(crash.offsets, ElementsAre("gen-pool-add"));
}

TEST(CrashLog, OfUndefinedBehaviourLeavesOutTheNumbers) {
  EXPECT_EQ(read_crash_log("a.c:3:4: runtime error: shift exponent 64 is too large\n").kind,
            "shift-exponent-is-too-large");
}

TEST(CrashLog, OfAFindingIsTheFindingInEitherForm) {
  const std::string stack =
      "==1==ERROR: AddressSanitizer: ILL on unknown address 0x1\n    #0 0x5 in finding_bug "
      "x.cc:1\n";
  for (const char* line : {"ASSERTION FAILED: over-claim.alloc.page\n",
                           "[arenafuzz:FATAL:pool.cc(1)] Check failed: "
                           "over-claim.alloc.page.in-vain.zero.none\n"}) {
    const CrashLog crash = read_crash_log(line + stack);
    EXPECT_EQ(crash.kind, "over-claim.alloc.page") << line;
    EXPECT_THAT(crash.offsets, ElementsAre("finding-bug"));
  }
  EXPECT_EQ(read_crash_log("ASSERTION FAILED: ").kind, "died");
  EXPECT_EQ(read_crash_log("Check failed: x == 3").kind, "died");
  EXPECT_EQ(read_crash_log("ASSERTION FAILED: a.b").kind, "a.b");
}

TEST(CrashLog, IsTheSameWhateverTheProcessAndItsAddresses) {
  const auto log = [](const char* pid, const char* address) {
    return std::string("==") + pid + "==ERROR: AddressSanitizer: SEGV on unknown address " +
           address + "\n    #0 " + address + " (/x+0x10)\n";
  };
  EXPECT_EQ(crash_identity(read_crash_log(log("1", "0x5500"))),
            crash_identity(read_crash_log(log("77", "0x6600"))));
}

TEST(CrashLog, WithoutAReportIsADeath) {
  for (const char* log : {"", "hello\n", "\n\n", "==ERROR"}) {
    EXPECT_EQ(read_crash_log(log).kind, "died") << log;
    EXPECT_THAT(read_crash_log(log).offsets, IsEmpty());
  }
}

TEST(CrashLog, CutAnywhereIsStillRead) {
  const std::string log =
      "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x1\n    #0 0x5 (/x+0x10)\n";
  for (std::size_t length = 0; length <= log.size(); ++length)
    EXPECT_THAT(crash_identity(read_crash_log(log.substr(0, length))),
                ::testing::StartsWith("crash:"));
}

TEST(CrashIdentity, EndsWithItsInnermostFrames) {
  CrashLog crash{"SEGV", {"0x1", "0x2", "0x3", "0x4", "0x5"}};
  const std::string identity = crash_identity(crash);
  crash.offsets[4] = "0x6";
  EXPECT_EQ(crash_identity(crash), identity);
  crash.offsets[3] = "0x7";
  EXPECT_NE(crash_identity(crash), identity);
}

}  // namespace
}  // namespace arenafuzz
