// SPDX-License-Identifier: GPL-2.0-only
//
// The sound fixture with gen_pool_of_linux_4_5.patch of tests/fixtures/patches/interfaces: what a
// tree lacks is named and left out, and all else runs.
#include "tests/fuzz/harness/trees/tree_bench.h"

namespace arenafuzz::testing {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

constexpr const char* kHeader = "header profile:faults kind:gen_pool order:3\n";

std::string traced(const std::string& operations) {
  TreeBench bench;
  Lines lines;
  Options options;
  options.trace = &lines;
  bench.run(kHeader + operations, options);
  std::string text;
  for (const std::string& line : lines.lines) text += line + "\n";
  return text;
}

TEST(OldInterface, IsNamedByWhatItLacks) {
  EXPECT_EQ(
      kernel_tree_lacks(),
      "its gen_pool lacks owners, dma_alloc_algo, dma_zalloc, devm_gen_pool_create: operations "
      "that need it do nothing");
  EXPECT_THAT(KernelBackend().sources_line(), HasSubstr("; its gen_pool lacks owners"));
}

TEST(OldInterface, RunsWhatIsThere) {
  TreeBench bench;
  EXPECT_THAT(bench.findings(std::string(kHeader) +
                             "create\nadd 65544 size:4096 phys:4096 owner:3\na0 = alloc 64\n"
                             "a1 = alloc 64 align:7\na2 = alloc 48 order-align\n"
                             "a3 = alloc 24 best-fit (collide:1 set)\na4 = alloc 8 fixed:2048\n"
                             "a5 = alloc 8 via:dma\nset_algo align:8\na6 = alloc 8\n"
                             "a7 = alloc 8 via:dma-no-address\nhas_addr 65544 size:4096\n"
                             "has_addr 65544 size:4097\nvirt_to_phys 69639\nvirt_to_phys 69640\n"
                             "free a0\nfree a1 via:owner\nfree a2\nfree a3\nfree a4\nfree a5\n"
                             "free a6\nfree a7\ndestroy\n"),
              Each("clean"));
  // A chunk's record is shorter there, which the model calls a change.
  EXPECT_EQ(first_finding(bench.run("header profile:faults pages:64\nenable s0 root m0\n"
                                    "a0 = alloc s0 64 (fail vzalloc:1)\na0 = alloc s0 64\n"
                                    "free a0\n",
                                    without_model())),
            "clean");
}

TEST(OldInterface, LeavesOutWhatIsNotThere) {
  for (const char* operation : {"a0 = alloc 8 via:owner\n", "a0 = alloc 8 best-fit via:dma\n",
                                "a0 = alloc 8 via:dma-zeroed\n", "managed\n"})
    EXPECT_THAT(traced(std::string("create\nadd 65536 size:64\n") + operation),
                HasSubstr("      nothing: "))
        << operation;
}

// A chunk's avail is an int there.
TEST(OldInterface, ShowsAnAvailThatIsAnIntAsAWord) {
  TreeBench bench;
  bench.run(kHeader);  // binds the backend's metadata
  GenPoolPort& pool = bench.backend.gen_pool();
  ChunkView view;
  ASSERT_TRUE(pool.create(3));
  ASSERT_EQ(pool.add_chunk({65536, 64, 0xff000, true, 0}), 0);
  ASSERT_TRUE(pool.newest_chunk(&view));
  ASSERT_NE(view.avail, nullptr);
  EXPECT_EQ(pool.alloc(8, AllocPolicy::kFirstFit, 0), 65536u);
  EXPECT_EQ(atomics::load(*view.avail), 56u);
  EXPECT_EQ(pool.avail(), 56u);
  pool.destroy();
}

}  // namespace
}  // namespace arenafuzz::testing
