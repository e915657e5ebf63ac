// SPDX-License-Identifier: GPL-2.0-only
//
// What the tests of src/kernel share: a map and the default tree's pool over it.
#ifndef ARENAFUZZ_TESTS_SRC_KERNEL_TESTING_H_
#define ARENAFUZZ_TESTS_SRC_KERNEL_TESTING_H_

#include "src/kernel/kernel_pool.h"
#include "src/kernel/kernel_seam.h"
#include "src/pool/arena_map.h"
#include "tests/src/pool/testing.h"

namespace arenafuzz::testing {

// The tree's state is static: one at a time.
class KernelPoolBench {
 public:
  explicit KernelPoolBench(std::uint64_t pages = 64, std::uint64_t page_bytes = kPage,
                           ReleasePolicy policy = ReleasePolicy::kImmediate) {
    ArenaMapConfig config;
    config.pages = pages;
    config.page_bytes = page_bytes;
    config.user_base = kUserBase;
    config.kernel_base = kKernelBase;
    config.release_policy = policy;
    EXPECT_EQ(map.create(config, storage, metadata), 0);
    bind_kernel_metadata(metadata);
    set_kernel_page_bytes(page_bytes);
  }
  ~KernelPoolBench() { pool.forget(); }
  KernelPoolBench(const KernelPoolBench&) = delete;
  KernelPoolBench& operator=(const KernelPoolBench&) = delete;

  TestMetadata metadata;
  PageRunStorage storage{1024};
  ArenaMap map;
  KernelPool pool{0};
};

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_SRC_KERNEL_TESTING_H_
