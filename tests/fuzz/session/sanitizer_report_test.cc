// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/sanitizer_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arenafuzz {
namespace {

constexpr const char* kAsanLog =
    "#2 INITED cov: 3\n"
    "=================================================================\n"
    "==77==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000010 at pc 0x1\n"
    "READ of size 8 at 0x602000000010 thread T0\n"
    "    #0 0x55d1 in __asan_memcpy (/b/pool_fuzzer+0x1)\n"
    "    #1 0x55d2 in arenafuzz::GenPool::alloc(unsigned long) src/pool/gen_pool.cc:9:1\n"
    "    #2 0x55d3 in void arenafuzz::(anonymous namespace)::visit<int>(void*) src/a.cc:1\n"
    "    #3 0x55d4 in arenafuzz::ArenaPool::grow2(unsigned long) src/pool/arena_pool.cc:9\n"
    "    #4 0x55d5 in fuzzer::Fuzzer::RunOne() (/b/pool_fuzzer+0x2)\n"
    "\n"
    "0x602000000010 is located 0 bytes after 16-byte region\n"
    "    #0 0x55d6 in other(int) src/other.cc:3\n"
    "SUMMARY: AddressSanitizer: heap-buffer-overflow src/pool/gen_pool.cc:9:1\n"
    "MS: 1 ChangeBit-; base unit: 0\n"
    "artifact_prefix='o/crashes/'; Test unit written to o/crashes/crash-12\n";

// An input that was only slow is not the one that ended the process.
TEST(SanitizerReport, TakesNoSlowInputForTheLastOne) {
  const std::string slow =
      "artifact_prefix='o/crashes/'; Test unit written to o/crashes/slow-unit-3\n";
  SanitizerReport report;
  ASSERT_TRUE(read_sanitizer_report(slow + kAsanLog + slow, "", &report));
  EXPECT_EQ(report.artifact, "o/crashes/crash-12");
  ASSERT_TRUE(
      read_sanitizer_report(slow + "==7== ERROR: libFuzzer: deadly signal\n", "timeout", &report));
  EXPECT_EQ(report.artifact, "");
}

TEST(SanitizerReport, IsSignedByKindAndOwnFrames) {
  SanitizerReport report;
  ASSERT_TRUE(read_sanitizer_report(kAsanLog, "", &report));
  EXPECT_EQ(report.signature, "sanitizer.heap-buffer-overflow.GenPool-alloc.visit.ArenaPool-grow");
  EXPECT_EQ(report.artifact, "o/crashes/crash-12");
  ASSERT_EQ(report.places.size(), 2u) << "of our own pool, since there is no tree";
  EXPECT_EQ(report.places[0].file, "src/pool/gen_pool.cc");
  EXPECT_EQ(report.places[0].line, 9);
  EXPECT_THAT(report.excerpt, ::testing::StartsWith("==77==ERROR: AddressSanitizer"));
  EXPECT_THAT(report.excerpt, ::testing::Not(::testing::HasSubstr("MS: 1")));
}

// The shim's and the glue's frames are ours, and no patch changed the harness.
TEST(SanitizerReport, IsSignedByTheFramesOfAKernelTreeAloneIfThereAreAny) {
  SanitizerReport report;
  ASSERT_TRUE(read_sanitizer_report(
      "==7==ERROR: AddressSanitizer: use-after-poison on address 0x7f0 at pc 0x1\n"
      "    #0 0x1 in find_next_bit /s/src/kernel/shim/bits.h:77:3\n"
      "    #1 0x2 in free_runs /s/src/kernel/gen_pool_glue.c:240:25\n"
      "    #2 0x3 in gen_pool_for_each_chunk lib/genalloc.c:539:3\n"
      "    #3 0x4 in arenafuzz_gen_pool_destroy /s/src/kernel/gen_pool_glue.c:251:3\n"
      "    #4 0x5 in scx_arena_pool_destroy /b/kernel/sched/ext/arena.c:49:2\n"
      "    #5 0x6 in arenafuzz::GenPoolJudge::destroy() "
      "fuzz/harness/judge/gen_pool_judge_state.cc:70:10\n"
      "SUMMARY: AddressSanitizer: use-after-poison\n"
      "shadow bytes\n"
      "arenafuzz: the address lies 0 bytes behind a record of operation 1: add 65536 size:64\n",
      "", &report));
  EXPECT_EQ(report.signature,
            "sanitizer.use-after-poison.gen_pool_for_each_chunk.scx_arena_pool_destroy");
  ASSERT_EQ(report.places.size(), 2u);
  EXPECT_EQ(report.places[0].function, "gen_pool_for_each_chunk");
  EXPECT_EQ(report.places[0].file, "lib/genalloc.c");
  EXPECT_EQ(report.places[0].line, 539);
  EXPECT_EQ(report.places[1].file, "kernel/sched/ext/arena.c") << "named from the tree's root";
  EXPECT_THAT(report.excerpt, ::testing::EndsWith("record of operation 1: add 65536 size:64\n"));
  EXPECT_THAT(report.excerpt, ::testing::Not(::testing::HasSubstr("shadow bytes")));
}

// Debug information puts folders of the build in front of names, which are nowhere.
TEST(SanitizerReport, NamesFilesThatExist) {
  SanitizerReport report;
  ASSERT_TRUE(read_sanitizer_report(
      "==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0\n"
      "    #0 0x1 in gen_pool_add_owner "
      "build/kernel/fuzz-ac72/build/kernel/fuzz-ac72/kernel_tree.view/"
      "lib/genalloc.c:93:3\n"
      "    #1 0x2 in scx_arena_alloc build/kernel/fuzz-0c16/kernel/sched/ext_arena.c:104:37\n"
      "    #2 0x3 in vzalloc build/kernel/fuzz-ac72/../../../src/kernel/shim/memory.h:83\n"
      "    #3 0x4 in f(int) build/fuzz/build/fuzz/fuzz/harness/judge/judge_calls.cc:46:41\n"
      "    #4 0x5 in g (/b/pool_fuzzer+0x2)\n"
      "SUMMARY: AddressSanitizer: SEGV build/kernel/fuzz-0c16/kernel/sched/ext_arena.c:104:37 in "
      "x\n",
      "", &report));
  EXPECT_EQ(report.excerpt,
            "==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0\n"
            "    #0 0x1 in gen_pool_add_owner lib/genalloc.c:93:3\n"
            "    #1 0x2 in scx_arena_alloc kernel/sched/ext_arena.c:104:37\n"
            "    #2 0x3 in vzalloc src/kernel/shim/memory.h:83\n"
            "    #3 0x4 in f(int) fuzz/harness/judge/judge_calls.cc:46:41\n"
            "    #4 0x5 in g (/b/pool_fuzzer+0x2)\n"
            "SUMMARY: AddressSanitizer: SEGV kernel/sched/ext_arena.c:104:37 in x\n");
  EXPECT_EQ(report.places[1].line, 104);
}

TEST(SanitizerReport, TakesTheKindThatItIsGiven) {
  SanitizerReport report;
  ASSERT_TRUE(read_sanitizer_report(
      "==1== ERROR: libFuzzer: deadly signal\n    #0 0x1 in spin() a.cc\n", "timeout", &report));
  EXPECT_EQ(report.signature, "sanitizer.timeout.spin");
}

TEST(SanitizerReport, ReadsEveryKindWithoutItsNumbers) {
  const std::pair<const char*, const char*> kCases[] = {
      {"a.cc:3:9: runtime error: signed integer overflow: 1 + 2\n",
       "sanitizer.signed-integer-overflow.unknown"},
      {"a.cc:3: runtime error: index 7 out of bounds for type 'int [5]'\n",
       "sanitizer.index-out-of-bounds-for-type.unknown"},
      {"==1==ERROR: AddressSanitizer: SEGV on unknown address 0x0\n", "sanitizer.segv.unknown"},
      {"==1==ERROR: AddressSanitizer: attempting double-free on 0x1\n",
       "sanitizer.double-free.unknown"},
      {"==1== ERROR: libFuzzer: out-of-memory (used: 513Mb; limit: 512Mb)\n",
       "sanitizer.out-of-memory.unknown"},
      {"==1== ERROR: libFuzzer: timeout after 60 seconds\n", "sanitizer.timeout.unknown"},
      {"ASSERTION FAILED: codec.program.none\n==1== ERROR: libFuzzer: deadly signal\n",
       "codec.program.none"},
      {"[arenafuzz:FATAL:pool.cc(1)] Check failed: over-claim.alloc.page.in-vain.zero.none\n"
       "==1==ERROR: AddressSanitizer: ILL on unknown address 0x1\n",
       "over-claim.alloc.page.in-vain.zero.none"}};
  for (const auto& [log, signature] : kCases) {
    SanitizerReport report;
    EXPECT_TRUE(read_sanitizer_report(log, "", &report)) << log;
    EXPECT_EQ(report.signature, signature);
  }
}

TEST(SanitizerReport, IsAbsentFromALogWithoutOne) {
  SanitizerReport report;
  EXPECT_FALSE(read_sanitizer_report("#2 INITED cov: 3\nDone 7 runs\n", "", &report));
}

}  // namespace
}  // namespace arenafuzz
