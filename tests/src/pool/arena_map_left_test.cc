// SPDX-License-Identifier: GPL-2.0-only
//
// A judge behind the record source may leave by longjmp in any call: the map must not be locked
// then.
#include <csetjmp>

#include "src/pool/arena_map.h"
#include "tests/src/pool/testing.h"

namespace arenafuzz {
namespace {

using testing::kKernelBase;
using testing::kUserBase;
using testing::TestMetadata;

std::jmp_buf left;

// Leaves in its `leave_in`-th call, counted over allocate and free.
struct LeavingMetadata final : MetadataSource {
  TestMetadata real;
  int leave_in = 0;
  int calls = 0;
  void count() {
    if (++calls == leave_in) std::longjmp(left, 1);
  }
  void* allocate(MetadataSite site, std::size_t bytes) override {
    count();
    return real.allocate(site, bytes);
  }
  void free(MetadataSite site, void* memory) override {
    count();
    real.free(site, memory);
  }
  BlockState look_up(MetadataSite site, const void* memory) const override {
    return real.look_up(site, memory);
  }
};

// Three runs are released, the worker runs, the map dies. False: that made no `leave_in`-th call.
bool leaves(ArenaMap& map, LeavingMetadata& metadata, int leave_in) {
  metadata.calls = 0;
  metadata.leave_in = leave_in;
  if (setjmp(left) != 0) return true;
  for (int i = 0; i < 3; ++i) map.release(map.claim({.pages = PageCount{2}}), PageCount{2});
  map.run_worker();
  map.release(map.claim({.pages = PageCount{2}}), PageCount{2});
  map.put();
  return false;
}

class ArenaMapLeft : public ::testing::TestWithParam<ReleasePolicy> {};

TEST_P(ArenaMapLeft, InAnyCallToItsRecordsIsNotLocked) {
  static LeavingMetadata metadata;  // outlives what leaving skips
  PageRunStorage storage(64);
  ArenaMap map;
  int leave_in = 1;
  for (bool left_early = true; left_early; ++leave_in) {
    const ArenaMapConfig config{.pages = 64,
                                .user_base = kUserBase,
                                .kernel_base = kKernelBase,
                                .release_policy = GetParam()};
    ASSERT_EQ(map.create(config, storage, metadata), 0);
    left_early = leaves(map, metadata, leave_in);
    EXPECT_LE(map.taken_pages(), 64u) << leave_in;  // takes the lock: would wait for ever
    map.abandon();
  }
  EXPECT_GT(leave_in, 8);
}

INSTANTIATE_TEST_SUITE_P(Policies, ArenaMapLeft,
                         ::testing::Values(ReleasePolicy::kImmediate, ReleasePolicy::kDeferred),
                         [](const auto& policy) {
                           return policy.param == ReleasePolicy::kImmediate ? "Immediate"
                                                                            : "Deferred";
                         });

}  // namespace
}  // namespace arenafuzz
