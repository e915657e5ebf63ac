// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "fuzz/program/fault_points.h"
#include "fuzz/program/generator.h"
#include "fuzz/program/mutator.h"
#include "fuzz/program/mutator_parts.h"

namespace arenafuzz {
namespace {

using Operations = std::vector<Operation>;

std::uint32_t draw_at(Random& random, const Operations& operations) {
  return random.below(static_cast<std::uint32_t>(operations.size()));
}

// A random operation that `fits`, or null.
template <typename Fits>
Operation* draw_where(Random& random, Operations& operations, Fits fits) {
  std::uint32_t count = 0;
  for (const Operation& operation : operations) count += fits(operation) ? 1u : 0u;
  if (count == 0) return nullptr;
  std::uint32_t left = random.below(count);
  for (Operation& operation : operations) {
    if (fits(operation) && left-- == 0) return &operation;
  }
  return nullptr;
}

bool insert(Random& random, Program& program) {
  GeneratorOptions options;
  options.seed = random.next();
  options.operations = 16;
  options.all_policies = true;
  Program drawn;
  drawn.header = program.header;
  generate_operations(options, &drawn);
  const std::uint32_t count = random.chance(1, 2) ? 1 : 1 + random.below(4);
  const std::uint32_t from = random.below(16 - count + 1);
  const std::uint32_t at = random.below(static_cast<std::uint32_t>(program.operations.size()) + 1);
  for (Operation& operation : drawn.operations) {
    // Its cost grows with the masks, and many a program with thousands would slow a campaign.
    operation.cpus = std::min<std::uint16_t>(operation.cpus, 16);
    operation.shards = std::min<std::uint16_t>(operation.shards, 8);
    operation.cids = std::min<std::uint16_t>(operation.cids, 16);
  }
  const auto first = mutator::place(drawn.operations, from);
  program.operations.insert(mutator::place(program.operations, at), first,
                            mutator::place(drawn.operations, from + count));
  return true;
}

bool erase(Random& random, Operations& operations) {
  if (operations.empty()) return false;
  const std::uint32_t at = draw_at(random, operations);
  const auto left = static_cast<std::uint32_t>(operations.size()) - at;
  const std::uint32_t count =
      random.chance(3, 4) ? 1 : static_cast<std::uint32_t>(random.log_uniform(1, left));
  operations.erase(mutator::place(operations, at), mutator::place(operations, at + count));
  return true;
}

bool duplicate(Random& random, Operations& operations) {
  if (operations.empty()) return false;
  const std::uint32_t at = draw_at(random, operations);
  const Operation copy = operations[at];
  operations.insert(mutator::place(operations, at), copy);
  return true;
}

bool move(Random& random, Operations& operations) {
  if (operations.size() < 2) return false;
  const std::uint32_t from = draw_at(random, operations);
  const std::uint32_t to = draw_at(random, operations);
  const Operation moved = operations[from];
  operations.erase(mutator::place(operations, from));
  operations.insert(mutator::place(operations, to), moved);
  return from != to;
}

bool splice(Random& random, Operations& operations) {
  if (operations.empty()) return false;
  const std::uint32_t from = draw_at(random, operations);
  const auto left = static_cast<std::uint32_t>(operations.size()) - from;
  const auto count = static_cast<std::uint32_t>(random.log_uniform(1, std::min(left, 16u)));
  Operations run(mutator::place(operations, from), mutator::place(operations, from + count));
  mutator::rename_slots(operations, run);
  const std::uint32_t to = random.below(static_cast<std::uint32_t>(operations.size()) + 1);
  operations.insert(mutator::place(operations, to), run.begin(), run.end());
  return true;
}

bool has_size(const Operation& operation) {
  return operation.kind == OperationKind::kEnablePath || uses(operation, Use::kSize);
}

bool change_size(Random& random, Program& program) {
  Operation* operation = draw_where(random, program.operations, has_size);
  if (operation == nullptr) return false;
  if (operation->kind == OperationKind::kEnablePath) {
    // Mostly fewer: the path's cost grows with its masks.
    constexpr std::uint16_t kCpus[] = {1, 2, 8, 9, 63, 64, 65, 128};
    operation->cpus = random.pick(kCpus);
    return true;
  }
  const Header& header = program.header;
  const std::uint64_t granule = std::uint64_t{1} << header.granule_order;
  const std::uint64_t page =
      header.kind == ProgramKind::kGenPool ? 64 * granule : page_bytes(header);
  constexpr std::uint64_t kOne = 1;
  // Granule, bitmap word, page, chunk, arena; then the widths of integers.
  const std::uint64_t edges[] = {granule,
                                 2 * granule,
                                 64 * granule,
                                 128 * granule,
                                 page,
                                 2 * page,
                                 4 * page,
                                 8 * page,
                                 16 * page,
                                 page << 8,
                                 (page * header.arena_pages) / 2,
                                 page * header.arena_pages,
                                 kOne << 8,
                                 kOne << 16,
                                 kOne << 31,
                                 kOne << 32,
                                 kOne << 44,
                                 kOne << 63,
                                 0};
  // The absurd ones seldom: an alloc that fails at once tells little.
  const std::uint32_t index = random.chance(7, 8) ? random.below(12) : 12 + random.below(7);
  operation->size = edges[index] + random.below(3) - 1;
  return true;
}

// An alloc that has to grow, as far as the program shows: the first of its scheduler, or one that
// no chunk of the least growth can hold next to another block.
bool grows(const Header& header, const Operations& operations, const Operation& operation) {
  if (operation.kind != OperationKind::kAlloc) return operation.kind == OperationKind::kEnablePath;
  if (operation.size > 2 * page_bytes(header)) return true;
  for (const Operation* before = &operation; before-- != operations.data();) {
    if (before->scheduler != operation.scheduler) continue;
    if (before->kind == OperationKind::kAlloc || before->kind == OperationKind::kEnablePath)
      return false;
    if (before->kind == OperationKind::kEnable) return true;
  }
  return false;
}

// Mostly an operation in which a fault of the pool's own calls can fire.
Operation* draw_failing(Random& random, Program& program) {
  if (random.chance(3, 4)) {
    Operation* growing =
        draw_where(random, program.operations, [&program](const Operation& operation) {
          return grows(program.header, program.operations, operation);
        });
    if (growing != nullptr) return growing;
  }
  return draw_where(random, program.operations,
                    [](const Operation& operation) { return takes_faults(operation.kind); });
}

bool change_fault(Random& random, Program& program) {
  if (program.header.profile == Profile::kCorrect) return false;
  const auto has = [](const Operation& operation) {
    return operation.faults[0].kind != FaultClause::Kind::kNone;
  };
  const std::uint32_t way = random.below(4);  // 0: drop, 1: move, else add
  Operation* from = way < 2 ? draw_where(random, program.operations, has) : nullptr;
  const FaultClause moved = from != nullptr ? from->faults[0] : FaultClause{};
  if (from != nullptr) from->faults[0] = {};
  if (from != nullptr && way == 0) return true;
  Operation* to = draw_failing(random, program);
  if (to == nullptr) return false;
  if (from == nullptr) {
    draw_faults(random, program.header, to);
  } else {
    to->faults[has(*to) ? 1 : 0] = moved;
  }
  return true;
}

bool change_collision(Random& random, Program& program) {
  if (program.header.profile == Profile::kCorrect) return false;
  const auto takes = [](const Operation& operation) { return takes_collisions(operation.kind); };
  const auto has = [](const Operation& operation) { return operation.collisions[0].ordinal != 0; };
  const std::uint32_t way = random.below(4);
  Operation* from = way < 2 ? draw_where(random, program.operations, has) : nullptr;
  Collision collision;
  if (from != nullptr) {
    collision = from->collisions[0];
    from->collisions[0] = {};
    if (way == 0) return true;
  } else {
    collision.ordinal = static_cast<std::uint8_t>(random.log_uniform(1, kMaxCollisionOrdinal));
    collision.clear = random.chance(1, 4);
    collision.offset_code = static_cast<std::uint8_t>(random.below(8));
  }
  Operation* to = draw_where(random, program.operations, takes);
  if (to == nullptr) return false;
  to->collisions[to->collisions[0].ordinal == 0 ? 0 : 1] = collision;
  return true;
}

bool swap_frees(Random& random, Operations& operations) {
  const auto frees = [](const Operation& operation) {
    return operation.kind == OperationKind::kFree || operation.kind == OperationKind::kGenFree;
  };
  Operation* one = draw_where(random, operations, frees);
  if (one == nullptr) return false;
  Operation* other = draw_where(random, operations, [&](const Operation& operation) {
    return frees(operation) && !(operation == *one);
  });
  if (other == nullptr) return false;
  std::swap(*one, *other);
  return true;
}

// How a gen_pool is asked: by which policy and function, or where a chunk lies and whose it is.
bool change_way(Random& random, Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kGenAlloc:
      if (random.chance(1, 3)) {
        operation.door = static_cast<AllocDoor>(random.below(kAllocDoorCount));
        return true;
      }
      operation.policy = static_cast<AllocPolicy>(random.below(kAllocPolicyCount));
      operation.policy_data = static_cast<std::uint32_t>(random.log_uniform(0, 1u << 12));
      if (operation.policy == AllocPolicy::kAlign) operation.policy_data = random.below(20);
      return true;
    case OperationKind::kGenFree:
      operation.via = !operation.via;
      return true;
    case OperationKind::kGenDestroy:
      operation.as_is = !operation.as_is;
      return true;
    case OperationKind::kGenAdd:
      if (random.chance(1, 3)) operation.address = ~operation.size + 1;  // up to the last byte
      operation.has_physical = random.chance(1, 2);
      operation.physical = random.next();
      operation.owner = static_cast<std::uint8_t>(random.below(256));
      return true;
    default:
      return false;
  }
}

// The slot is mostly one that another operation names.
bool change_place(Random& random, Program& program) {
  Operations& operations = program.operations;
  if (operations.empty()) return false;
  Operation& operation = operations[draw_at(random, operations)];
  const Operation before = operation;
  const std::uint32_t way = random.below(3);
  if (way == 1) {
    operation.slot = static_cast<std::uint8_t>(random.below(256));
  } else if (way == 2) {
    operation.slot = operations[draw_at(random, operations)].slot;
  } else if (!change_way(random, operation)) {
    operation.scheduler = static_cast<std::uint8_t>(random.below(program.header.schedulers));
    operation.map = static_cast<std::uint8_t>(random.below(program.header.maps));
  }
  repair(operation, program.header);
  return !(operation == before);
}

bool change_header(Random& random, Header& header) {
  const Header before = header;
  const bool gen_pool = header.kind == ProgramKind::kGenPool;
  switch (gen_pool ? 8 + random.below(2) : random.below(9)) {
    case 0:
      header.arena_pages = static_cast<std::uint32_t>(random.log_uniform(1, 1u << 20));
      break;
    case 1:
      header.base = static_cast<BaseKind>(random.below(4));
      break;
    case 2:
      header.page_size_code = static_cast<std::uint8_t>(random.below(3));
      break;
    case 3:
      header.best_fit = !header.best_fit;
      break;
    case 4:
      header.deferred_release = !header.deferred_release;
      break;
    case 5:
      header.schedulers = static_cast<std::uint8_t>(1 + random.below(limits::kMaxSchedulers));
      break;
    case 6:
      header.maps = static_cast<std::uint8_t>(1 + random.below(limits::kMaxMaps));
      break;
    case 7:
      header.unmapped = !header.unmapped;
      break;
    case 8:
      header.weights = static_cast<std::uint32_t>(random.next());
      break;
    default:
      header.granule_order = static_cast<std::uint8_t>(random.below(limits::kMaxGranuleOrder + 1));
      break;
  }
  repair(header);
  return !(header == before);
}

bool change_plan(Random& random, Program& program) {
  if (program.header.profile == Profile::kCorrect) return false;
  const std::uint32_t way = random.below(3);
  if (program.has_plan && way == 0) {
    program.has_plan = false;
    return true;
  }
  program.has_plan = true;
  program.plan.seed = static_cast<std::uint32_t>(random.next());
  FaultAttributes& site = program.plan.sites[random.below(kFaultSiteCount)];
  site = {};
  if (way == 1) {
    site.fail_nth = static_cast<std::uint32_t>(random.log_uniform(1, 64));
  } else {
    site.probability = static_cast<std::uint32_t>(random.between(1, 100));
    site.times = random.chance(1, 2) ? -1 : 1;
  }
  return true;
}

bool apply_one(Mutation mutation, Random& random, Program& program) {
  switch (mutation) {
    case Mutation::kInsert:
      return insert(random, program);
    case Mutation::kDelete:
      return erase(random, program.operations);
    case Mutation::kDuplicate:
      return duplicate(random, program.operations);
    case Mutation::kMove:
      return move(random, program.operations);
    case Mutation::kSplice:
      return splice(random, program.operations);
    case Mutation::kSize:
      return change_size(random, program);
    case Mutation::kFault:
      return change_fault(random, program);
    case Mutation::kCollision:
      return change_collision(random, program);
    case Mutation::kSwapFrees:
      return swap_frees(random, program.operations);
    case Mutation::kPlace:
      return change_place(random, program);
    case Mutation::kHeader:
      return change_header(random, program.header);
    case Mutation::kPlan:
      return change_plan(random, program);
  }
  return false;
}

}  // namespace

bool apply(Mutation mutation, Random& random, Program* program) {
  const bool applied = apply_one(mutation, random, *program);
  repair(*program);
  return applied;
}

}  // namespace arenafuzz
