// SPDX-License-Identifier: GPL-2.0-only
//
// The executor for programs of kind 1: a gen_pool alone, with chunks anywhere (fine print 11).
#include "fuzz/harness/executor.h"

namespace arenafuzz {
namespace {

// 1 << exponent must fit the `int align` of the kernel's genpool_data_align.
constexpr std::uint32_t kMostAlignExponent = 30;

}  // namespace

void Executor::gen_alloc(const Operation& operation) {
  slots_dirty_ = true;
  Block& block = blocks_[operation.slot];
  block.address = 0;
  if (operation.policy == AllocPolicy::kAlign && operation.policy_data > kMostAlignExponent) {
    if (judge_->tracing())
      judge_->trace(text("      nothing: an alignment of 2^%u does not fit the kernel's int",
                         operation.policy_data));
    return;
  }
  const bool first_fit = operation.policy == AllocPolicy::kFirstFit;
  if (!gen_judge_->supports(operation.policy) || (options_.first_fit_only && !first_fit)) {
    if (judge_->tracing())
      judge_->trace(text("      nothing: the policy %s is not run here",
                         alloc_policy_name(operation.policy)));
    return;
  }
  block.address = gen_judge_->alloc({operation.size, operation.policy, operation.policy_data});
  block.size = operation.size;
}

void Executor::gen_misuse_free(const Operation& operation) {
  Block& block = blocks_[operation.slot];
  const bool last = operation.twice && block.address == 0;
  const std::uint64_t base = last ? block.last_address : block.address;
  if (base == 0) return;
  const std::uint64_t size =
      operation.size_given ? operation.size : (last ? block.last_size : block.size);
  const std::uint64_t address =
      base + static_cast<std::uint64_t>(static_cast<std::int64_t>(operation.offset));
  if (!last) block = {0, 0, 0, block.address, block.size, 0};
  gen_judge_->free(address, size);
  if (operation.twice && !last) gen_judge_->free(address, size);
}

void Executor::gen_destroy() {
  if (!gen_judge_->exists()) return;
  gen_judge_->destroy();
  for (Block& block : blocks_) block = {};
}

void Executor::step_gen_pool(const Operation& operation) {
  if (operation.kind == OperationKind::kGenCreate) {
    if (!gen_judge_->exists()) gen_judge_->create();
    return;
  }
  if (!gen_judge_->exists()) return;
  switch (operation.kind) {
    case OperationKind::kGenAdd:
      gen_judge_->add(operation.address, operation.size);
      break;
    case OperationKind::kGenAlloc:
      gen_alloc(operation);
      break;
    case OperationKind::kGenFree: {
      Block& block = blocks_[operation.slot];
      if (block.address == 0) break;
      const Block freed = block;
      block = {0, 0, 0, freed.address, freed.size, 0};
      gen_judge_->free(freed.address, freed.size);
      break;
    }
    case OperationKind::kGenMisuseFree:
      gen_misuse_free(operation);
      break;
    case OperationKind::kGenHasAddr:
      gen_judge_->has_addr(operation.address, operation.size);
      break;
    case OperationKind::kGenDestroy:
      gen_destroy();
      break;
    default:
      break;
  }
  if (options_.compare_always && gen_judge_->exists()) gen_judge_->compare();
}

}  // namespace arenafuzz
