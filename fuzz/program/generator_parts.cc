// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/generator_parts.h"

#include <algorithm>

#include "fuzz/program/fault_points.h"

namespace arenafuzz::generator {
namespace {

// How many draws one point of weight is worth: a disable undoes many allocs.
constexpr std::uint32_t kGroupFactor[kSwarmGroupCount] = {12, 10, 1, 1, 2, 2, 2, 3};

constexpr std::uint32_t kFaultRates[] = {0, 4, 8, 16, 24, 32};     // of 64
constexpr std::uint32_t kCollisionRates[] = {0, 1, 4, 8, 16, 32};  // of 64

}  // namespace

Writer::Writer(const GeneratorOptions& options, Random& random, Program* program)
    : options_(options),
      random_(random),
      program_(program),
      wanted_(std::min(options.operations, limits::kMaxOperations)) {
  for (int i = 0; i < kSwarmGroupCount; ++i) {
    weights_[i] =
        swarm_weight(program->header.weights, static_cast<SwarmGroup>(i)) * kGroupFactor[i];
  }
  const bool gen_pool = program->header.kind == ProgramKind::kGenPool;
  if (!allows(Profile::kMisuse)) weights_[static_cast<int>(SwarmGroup::kMisuse)] = 0;
  if (!allows(Profile::kFaults) && !gen_pool)
    weights_[static_cast<int>(SwarmGroup::kNeighbourPages)] = 0;
  if (gen_pool ? !options.all_policies : !allows(Profile::kFaults))
    weights_[static_cast<int>(SwarmGroup::kUserPages)] = 0;
  if (gen_pool) weights_[static_cast<int>(SwarmGroup::kMapLife)] = 0;
  const std::uint32_t fault_rate = random_.pick(kFaultRates);
  const std::uint32_t collision_rate = random_.pick(kCollisionRates);
  if (!allows(Profile::kFaults)) return;
  fault_rate_ = fault_rate;
  collision_rate_ = collision_rate;
}

SwarmGroup Writer::draw_group() {
  std::uint32_t total = 0;
  for (const std::uint32_t weight : weights_) total += weight;
  if (total == 0) return SwarmGroup::kAlloc;
  std::uint32_t drawn = random_.below(total);
  int group = 0;
  while (drawn >= weights_[group]) drawn -= weights_[group++];
  return static_cast<SwarmGroup>(group);
}

void Writer::push(const Operation& operation) {
  if (!full()) program_->operations.push_back(operation);
}

bool Writer::push_disturbed(Operation operation) {
  if (takes_faults(operation.kind) && random_.chance(fault_rate_, 64))
    draw_faults(random_, header(), &operation);
  if (takes_collisions(operation.kind) && random_.chance(collision_rate_, 64))
    add_collisions(operation);
  repair(operation, header());
  push(operation);
  return operation.faults[0].lasting || operation.faults[1].lasting;
}

void Writer::add_collisions(Operation& operation) {
  const bool misuse = allows(Profile::kMisuse);
  const int count = random_.chance(3, 4) ? 1 : 2;
  for (int i = 0; i < count; ++i) {
    Collision& collision = operation.collisions[i];
    collision.ordinal = static_cast<std::uint8_t>(random_.log_uniform(1, kMaxCollisionOrdinal));
    collision.clear = misuse ? random_.chance(1, 2) : random_.chance(1, 16);
    collision.offset_code = static_cast<std::uint8_t>(random_.below(8));
  }
}

std::uint64_t draw_absurd_size(Random& random) {
  constexpr std::uint64_t kOne = 1;
  constexpr std::uint64_t kSizes[] = {0,
                                      kOne << 32,
                                      (kOne << 32) + 1,
                                      (kOne << 32) - 1,
                                      kOne << 44,
                                      (kOne << 44) + 1,
                                      kOne << 63,
                                      ~kOne,
                                      ~std::uint64_t{0},
                                      ~std::uint64_t{6},
                                      ~std::uint64_t{7},
                                      ~std::uint64_t{8}};
  if (random.chance(3, 4)) return random.pick(kSizes);
  return ~random.log_uniform(1, kOne << 33);
}

std::uint64_t draw_edge_size(Random& random, const SizeMix& mix) {
  const std::uint64_t edges[] = {mix.granule, 64 * mix.granule, mix.page, 4 * mix.page, mix.whole};
  // The whole arena only now and then: nothing fits after it.
  const std::uint64_t edge = edges[random.chance(1, 16) ? 4 : random.below(4)];
  return edge + random.below(3) - 1;
}

std::uint64_t draw_size(Random& random, const SizeMix& mix) {
  const std::uint32_t way = random.below(64);
  if (way == 0) return draw_absurd_size(random);
  if (way <= mix.large_rate) return random.log_uniform(1, mix.whole);
  const std::uint32_t usual = random.below(8);
  if (usual < 4) return random.between(1, 256);
  if (usual < 7) return random.log_uniform(1, 1u << 16);
  return draw_edge_size(random, mix);
}

Operation draw_misuse_free(Random& random, OperationKind kind, const SizeMix& mix,
                           std::uint32_t schedulers) {
  constexpr std::int16_t kOffsets[] = {1, 7, 8, -1, -8, 64, 512, -512, 4096, -4096, 32767, -32768};
  Operation operation{.kind = kind};
  while (!operation.size_given && operation.offset == 0 && !operation.twice && !operation.via) {
    operation.size_given = random.chance(1, 2);
    if (random.chance(1, 3)) operation.offset = random.pick(kOffsets);
    operation.twice = random.chance(1, 4);
    operation.via = kind == OperationKind::kMisuseFree && schedulers > 1 && random.chance(1, 4);
  }
  if (operation.size_given)
    operation.size = random.chance(1, 8) ? draw_absurd_size(random) : draw_size(random, mix);
  if (operation.via) operation.scheduler = static_cast<std::uint8_t>(random.below(schedulers));
  return operation;
}

}  // namespace arenafuzz::generator
