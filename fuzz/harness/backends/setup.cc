// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/backends/setup.h"

#include "fuzz/harness/backends/arena_layout.h"

namespace arenafuzz {

ArenaMapConfig arena_config(const Header& header, int map) {
  ArenaMapConfig config;
  config.pages = header.arena_pages;
  config.page_bytes = page_bytes(header);
  config.kernel_base = kernel_base_of(map);
  config.user_base = header.unmapped ? 0 : user_base_of(map, base_low(header));
  config.placement = header.best_fit ? Placement::kBestFit : Placement::kLowestGap;
  config.release_policy =
      header.deferred_release ? ReleasePolicy::kDeferred : ReleasePolicy::kImmediate;
  return config;
}

EnableRequest enable_request(const Operation& operation) {
  EnableRequest request;
  request.kind = operation.sub ? SchedulerKind::kSub : SchedulerKind::kRoot;
  request.cpus = operation.cpus;
  request.shards = operation.shards;
  request.cids_per_shard = operation.cids;
  request.program_init_fails = operation.init_fails;
  request.validation_fails = operation.validation_fails;
  return request;
}

}  // namespace arenafuzz
