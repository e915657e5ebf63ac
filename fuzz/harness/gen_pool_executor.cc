// SPDX-License-Identifier: GPL-2.0-only
//
// The executor for gen_pool programs: a gen_pool alone, with chunks anywhere (docs/format.md, What
// operations mean).
#include "fuzz/harness/executor.h"

namespace arenafuzz {
namespace {

// 1 << exponent must fit the `int align` of the kernel's genpool_data_align.
constexpr std::uint32_t kMostAlignExponent = 30;

}  // namespace

// Why the policy cannot be run here, nullptr if it can.
const char* Executor::gen_policy_problem(AllocPolicy policy, std::uint32_t data) const {
  if (policy == AllocPolicy::kAlign && data > kMostAlignExponent)
    return "such an alignment does not fit the kernel's int";
  const bool first_fit = policy == AllocPolicy::kFirstFit;
  const bool there = gen_judge_->supports(policy) && (!options_.first_fit_only || first_fit);
  return there ? nullptr : "the policy is not run here";
}

bool Executor::gen_has(GenFeature feature) const {
  return gen_judge_->has(feature) && !options_.first_fit_only;
}

// The same of the function that the alloc calls.
const char* Executor::gen_door_problem(const Operation& operation) const {
  constexpr const char* kLacking = "the function is not there, or not run here";
  switch (operation.door) {
    case AllocDoor::kPlain:
      return nullptr;
    case AllocDoor::kOwner:
      return gen_has(GenFeature::kOwners) ? nullptr : kLacking;
    case AllocDoor::kDma:
    case AllocDoor::kDmaNoAddress: {
      const bool own = operation.policy == AllocPolicy::kFirstFit;
      return gen_has(own ? GenFeature::kDma : GenFeature::kDmaPolicies) ? nullptr : kLacking;
    }
    case AllocDoor::kDmaZeroed:
      break;
  }
  if (!gen_has(GenFeature::kDmaZeroed)) return kLacking;
  return gen_judge_->all_in_memory() ? nullptr : "not every chunk has memory behind it";
}

// True, and a line in the trace, if there is one.
bool Executor::gen_stopped_by(const char* problem) {
  if (problem != nullptr && judge_->run().tracing())
    judge_->run().trace(text("      nothing: %s", problem));
  return problem != nullptr;
}

void Executor::gen_alloc(const Operation& operation) {
  Block& block = blocks_.at(operation.slot);
  block.address = 0;
  if (gen_stopped_by(gen_policy_problem(operation.policy, operation.policy_data)) ||
      gen_stopped_by(gen_door_problem(operation)))
    return;
  block.address =
      gen_judge_->alloc({operation.size, operation.policy, operation.policy_data, operation.door});
  block.size = operation.size;
}

void Executor::gen_free(const Operation& operation) {
  Block& block = blocks_.at(operation.slot);
  if (block.address == 0) return;
  const Block freed = block;
  block = {0, 0, 0, freed.address, freed.size, 0};
  gen_judge_->free(freed.address, freed.size, operation.via && gen_has(GenFeature::kOwners));
}

void Executor::gen_set_algo(const Operation& operation) {
  constexpr const char* kLacking = "set_algo is not there, or not run here";
  if (gen_stopped_by(gen_has(GenFeature::kSetAlgo) ? nullptr : kLacking) ||
      gen_stopped_by(gen_policy_problem(operation.policy, operation.policy_data)))
    return;
  gen_judge_->set_algo(operation.policy, operation.policy_data, operation.by_default);
}

void Executor::gen_misuse_free(const Operation& operation) {
  Block& block = blocks_.at(operation.slot);
  const bool last = operation.twice && block.address == 0;
  const std::uint64_t base = last ? block.last_address : block.address;
  if (base == 0) return;
  const std::uint64_t size =
      operation.size_given ? operation.size : (last ? block.last_size : block.size);
  const std::uint64_t address =
      base + static_cast<std::uint64_t>(static_cast<std::int64_t>(operation.offset));
  if (!last) block = {0, 0, 0, block.address, block.size, 0};
  gen_judge_->free(address, size, false);
  if (operation.twice && !last) gen_judge_->free(address, size, false);
}

void Executor::gen_destroy(bool as_is) {
  if (!gen_judge_->exists()) return;
  if (as_is) {
    gen_judge_->destroy_as_is();
  } else {
    gen_judge_->destroy();
  }
  blocks_.clear();
}

// What needs a pool.
void Executor::step_in_gen_pool(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kGenAdd:
      gen_judge_->add({operation.address, operation.size, operation.physical,
                       operation.has_physical && gen_judge_->has(GenFeature::kPhysical),
                       gen_judge_->has(GenFeature::kOwners) ? operation.owner : std::uint8_t{0}});
      break;
    case OperationKind::kGenAlloc:
      gen_alloc(operation);
      break;
    case OperationKind::kGenFree:
      gen_free(operation);
      break;
    case OperationKind::kGenMisuseFree:
      gen_misuse_free(operation);
      break;
    case OperationKind::kGenHasAddr:
      if (!gen_stopped_by(gen_judge_->has(GenFeature::kHasAddr) ? nullptr : "it is not there"))
        gen_judge_->has_addr(operation.address, operation.size);
      break;
    case OperationKind::kGenVirtToPhys:
      if (!gen_stopped_by(gen_has(GenFeature::kPhysical) ? nullptr
                                                         : "it is not there, or not run here"))
        gen_judge_->virt_to_phys(operation.address);
      break;
    case OperationKind::kGenSetAlgo:
      gen_set_algo(operation);
      break;
    case OperationKind::kGenDestroy:
      gen_destroy(operation.as_is);
      break;
    default:
      break;
  }
}

void Executor::step_gen_pool(const Operation& operation) {
  if (operation.kind == OperationKind::kGenCreate) {
    if (!gen_judge_->exists()) gen_judge_->create();
    return;
  }
  if (operation.kind == OperationKind::kGenManaged) {
    const char* lacking = "such pools are not there, or not run here";
    if (!gen_stopped_by(gen_has(GenFeature::kManaged) ? nullptr : lacking))
      gen_judge_->managed(operation.named);
    return;
  }
  if (!gen_judge_->exists()) return;
  step_in_gen_pool(operation);
  if (options_.compare_always && gen_judge_->exists()) gen_judge_->compare();
}

}  // namespace arenafuzz
