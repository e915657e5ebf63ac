// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/generator.h"

#include <algorithm>

#include "fuzz/program/generator_parts.h"
#include "fuzz/program/operation_table.h"

namespace arenafuzz {
namespace {

constexpr std::uint32_t kLargeArenaPages = 1u << 16;

std::uint32_t draw_pages(Random& random, bool large, std::uint32_t most) {
  if (large)
    return static_cast<std::uint32_t>(random.log_uniform(std::min(kLargeArenaPages, most), most));
  if (random.chance(1, 32)) return most;
  if (random.chance(1, 16)) return static_cast<std::uint32_t>(random.log_uniform(1, most));
  return static_cast<std::uint32_t>(random.log_uniform(random.chance(1, 4) ? 4 : 16, 4096));
}

// Alloc always takes part; the others do in some programs and not in others.
std::uint32_t draw_weights(Random& random) {
  std::uint32_t weights = 4 + random.below(12);
  weights |= (random.chance(1, 8) ? 0 : 2 + random.below(14)) << 4;
  for (int group = 2; group < kSwarmGroupCount; ++group) {
    const bool takes_part = random.chance(5, 8);
    const std::uint32_t weight = 1 + random.below(15);
    if (takes_part) weights |= weight << (4 * group);
  }
  return weights;
}

void draw_header(const GeneratorOptions& options, Random& random, Header& header) {
  header = Header{};
  header.kind = options.kind;
  header.profile = options.profile;
  if (options.kind == ProgramKind::kGenPool) {
    header.granule_order =
        random.chance(1, 2) ? std::uint8_t{3}
                            : static_cast<std::uint8_t>(random.below(limits::kMaxGranuleOrder + 1));
  } else {
    header.base = static_cast<BaseKind>(random.below(4));
    header.page_size_code = static_cast<std::uint8_t>(random.below(3));
    const auto most = static_cast<std::uint32_t>(limits::kMaxArenaBytes / page_bytes(header));
    header.arena_pages = draw_pages(random, options.large_arena, most);
    header.best_fit = random.chance(1, 2);
    header.deferred_release = random.chance(1, 2);
    header.unmapped = random.chance(1, 16);
    header.schedulers =
        random.chance(1, 2) ? std::uint8_t{1} : static_cast<std::uint8_t>(1 + random.below(4));
    header.maps = static_cast<std::uint8_t>(1 + random.below(2));
  }
  const std::uint32_t drawn = draw_weights(random);
  header.weights = options.weights != 0 ? options.weights : drawn;
  repair(header);
}

void draw_attributes(Random& random, FaultAttributes& attributes) {
  if (random.chance(1, 3)) {
    attributes.fail_nth = static_cast<std::uint32_t>(random.log_uniform(1, 64));
    return;
  }
  constexpr std::int32_t kTimes[] = {-1, 1, 1, 2, 5, 100};
  attributes.probability =
      random.chance(1, 3) ? 100 : static_cast<std::uint32_t>(random.between(1, 99));
  attributes.interval =
      random.chance(1, 2) ? 1 : static_cast<std::uint32_t>(random.log_uniform(1, 16));
  attributes.times = random.pick(kTimes);
  if (random.chance(1, 4))
    attributes.space = static_cast<std::uint32_t>(random.log_uniform(1, 1u << 16));
}

void draw_plan(Random& random, Program* program) {
  program->has_plan = true;
  program->plan.seed = static_cast<std::uint32_t>(random.next());
  const std::uint32_t sites = 1 + random.below(2);
  for (std::uint32_t i = 0; i < sites; ++i) {
    const std::uint32_t site = random.below(kFaultSiteCount);
    program->plan.sites[site] = {};
    draw_attributes(random, program->plan.sites[site]);
  }
}

void write_operations(const GeneratorOptions& options, Random& random, Program* program) {
  program->operations.clear();
  generator::Writer writer(options, random, program);
  if (program->header.kind == ProgramKind::kGenPool) {
    generator::write_gen_pool(writer);
  } else {
    generator::write_arena(writer);
  }
  repair(*program);
}

}  // namespace

SwarmGroup swarm_group(OperationKind kind) { return table::head_of(kind).group; }

std::uint32_t swarm_weight(std::uint32_t weights, SwarmGroup group) {
  return weights >> (4 * static_cast<int>(group)) & 15;
}

void generate(const GeneratorOptions& options, Program* program) {
  Random random(options.seed);
  draw_header(options, random, program->header);
  program->has_plan = false;
  program->plan = {};
  const bool planned = random.chance(1, 8);
  if (planned && options.profile >= Profile::kFaults) draw_plan(random, program);
  write_operations(options, random, program);
}

void generate_operations(const GeneratorOptions& options, Program* program) {
  Random random(options.seed);
  write_operations(options, random, program);
}

void generate_scale(std::uint64_t seed, std::size_t operations, Program* program) {
  Random random(seed);
  program->header = Header{};
  program->header.arena_pages = 1u << limits::kMaxArenaPageBits;
  program->header.base = BaseKind::kZero;
  program->has_plan = false;
  program->plan = {};
  program->operations.clear();
  operations = std::min(operations, limits::kMaxOperations);
  bool live[limits::kBlockSlots] = {};
  for (std::size_t i = 0; i < operations; ++i) {
    Operation operation;
    operation.slot = static_cast<std::uint8_t>(random.below(limits::kBlockSlots));
    if (i == 0) {
      operation.kind = OperationKind::kEnable;
      operation.arenas = 1;
    } else if (live[operation.slot] && random.chance(1, 2)) {
      operation.kind = OperationKind::kFree;
      live[operation.slot] = false;
    } else {
      operation.kind = OperationKind::kAlloc;
      operation.size = random.log_uniform(8, 64);
      live[operation.slot] = true;
    }
    program->operations.push_back(operation);
  }
  repair(*program);
}

}  // namespace arenafuzz
