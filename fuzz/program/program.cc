// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/program.h"

#include <algorithm>

namespace arenafuzz {
namespace {

void repair_plan(FaultPlan& plan) {
  for (FaultAttributes& site : plan.sites) {
    site.probability = std::min(site.probability, 100u);
    site.interval = std::clamp(site.interval, 1u, kMaxInterval);
    site.times = std::clamp(site.times, -1, kMaxTimes);
    site.fail_nth = std::min(site.fail_nth, kMaxFailNth);
  }
}

}  // namespace

std::uint64_t base_low(const Header& header) {
  switch (header.base) {
    case BaseKind::kZero:
      return 0;
    case BaseKind::kSmall:
      return 0x10000;
    case BaseKind::kHigh:
      return 0x80000000;
    case BaseKind::kEnd:
      return limits::kMaxArenaBytes - header.arena_pages * page_bytes(header);
  }
  return 0;
}

void repair(Header& header) {
  if (header.kind == ProgramKind::kGenPool) {
    Header kept;
    kept.kind = header.kind;
    kept.profile = header.profile;
    kept.weights = header.weights;
    kept.granule_order = std::min<std::uint8_t>(header.granule_order, limits::kMaxGranuleOrder);
    header = kept;
    return;
  }
  header.granule_order = 3;
  header.page_size_code = std::min<std::uint8_t>(header.page_size_code, 2);
  header.schedulers = std::clamp<std::uint8_t>(header.schedulers, 1, limits::kMaxSchedulers);
  header.maps = std::clamp<std::uint8_t>(header.maps, 1, limits::kMaxMaps);
  const auto most = static_cast<std::uint32_t>(limits::kMaxArenaBytes / page_bytes(header));
  header.arena_pages = std::clamp<std::uint32_t>(header.arena_pages, 1, most);
  // An arena must not cross a 4 GiB boundary: a base that would make it do so moves down.
  const std::uint64_t bytes = header.arena_pages * page_bytes(header);
  if (header.base != BaseKind::kEnd && base_low(header) + bytes > limits::kMaxArenaBytes)
    header.base = BaseKind::kEnd;
  if (header.base == BaseKind::kEnd && base_low(header) == 0) header.base = BaseKind::kZero;
}

FaultPlan active_plan(const Program& program) {
  return program.header.profile == Profile::kCorrect ? FaultPlan{} : program.plan;
}

void repair(Program& program) {
  repair(program.header);
  if (!program.has_plan) program.plan = {};
  repair_plan(program.plan);
  std::erase_if(program.operations, [&](const Operation& operation) {
    return !belongs_to(operation.kind, program.header.kind);
  });
  if (program.operations.size() > limits::kMaxOperations)
    program.operations.resize(limits::kMaxOperations);
  for (Operation& operation : program.operations) repair(operation, program.header);
}

}  // namespace arenafuzz
