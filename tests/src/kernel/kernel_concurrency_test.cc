// SPDX-License-Identifier: GPL-2.0-only
//
// Threads over the default tree's arena pool (tests/src/pool/threads.h).
#include "tests/src/kernel/testing.h"
#include "tests/src/pool/threads.h"

namespace arenafuzz::testing {
namespace {

struct Load {
  std::uint64_t seed;
  std::uint64_t pages;
  std::uint64_t largest_bytes;
  std::uint64_t fail_every_vzalloc;
  ReleasePolicy policy;
};

class KernelConcurrencyTest : public ::testing::TestWithParam<Load> {
 protected:
  void SetUp() override {
    RecordProperty("seed", std::to_string(GetParam().seed));
    bench.metadata.fail_every(MetadataSite::kVzalloc, GetParam().fail_every_vzalloc);
    ASSERT_EQ(bench.pool.init(&bench.map), 0);
  }
  KernelPoolBench bench{GetParam().pages, kPage, GetParam().policy};
};

TEST_P(KernelConcurrencyTest, ThreadsOverOneKernelPoolShareNoGranuleAndLoseNone) {
  const Load load = GetParam();
  SCOPED_TRACE("seed " + std::to_string(load.seed));
  Shadow shadow(kKernelBase, load.pages * kPage);
  run_threads([&](std::uint32_t i) {
    work(bench.pool, shadow, load.seed * 100 + i, i + 1, load.largest_bytes);
  });
  EXPECT_EQ(shadow.faults(), 0u);
  expect_all_free(bench.pool);
  bench.map.run_worker();
  EXPECT_EQ(bench.map.taken_pages() * kPage, chunk_bytes_of(bench.pool));
  EXPECT_EQ(bench.metadata.outstanding(MetadataSite::kVzalloc), chunks_of(bench.pool).size());
  bench.pool.destroy();
  EXPECT_EQ(bench.metadata.outstanding(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Loads, KernelConcurrencyTest,
    ::testing::Values(Load{31, 4, 1500, 0, ReleasePolicy::kImmediate},      // one chunk, full
                      Load{32, 64, 2600, 0, ReleasePolicy::kImmediate},     // a few chunks
                      Load{33, 1024, 40000, 0, ReleasePolicy::kImmediate},  // growth races
                      Load{34, 256, 30000, 2, ReleasePolicy::kDeferred}),   // unwinds
    [](const auto& chosen) { return "Seed" + std::to_string(chosen.param.seed); });

}  // namespace
}  // namespace arenafuzz::testing
