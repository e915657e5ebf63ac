// SPDX-License-Identifier: GPL-2.0-only
//
// The executor's neighbours: what the BPF program, user space and the worker do to the maps.
#include <algorithm>

#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/harness/executor.h"

namespace arenafuzz {

void Executor::do_neighbour(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kClaim:
      do_claim(operation);
      break;
    case OperationKind::kRelease:
      do_release(operation);
      break;
    case OperationKind::kReserve:
      do_reserve(operation);
      break;
    case OperationKind::kUserFault:
      do_user_faults(operation);
      break;
    case OperationKind::kMmap:
      judge_->neighbours().mapped(operation.map, maps_[operation.map].arena.mmap(user_base_of(
                                                     operation.map, base_low(header_))));
      break;
    case OperationKind::kWorker:
      judge_->neighbours().before_worker(operation.map);
      maps_[operation.map].arena.run_worker();
      judge_->neighbours().after_worker(operation.map);
      break;
    case OperationKind::kHeal:
      injector_.heal();
      break;
    case OperationKind::kTeardown:
      do_teardown(operation.map);
      break;
    default:
      break;
  }
}

// The neighbour's own calls go to the map itself: no fault reaches them (docs/format.md, What
// operations mean).
void Executor::do_claim(const Operation& operation) {
  judge_->neighbours().charge(operation.map, 1 + operation.count / 64);
  ClaimRequest request;
  request.pages = PageCount{operation.count};
  const std::uint64_t base = user_base_of(operation.map, base_low(header_));
  if (operation.page != 0) request.hint = base + (operation.page - 1) * page_bytes(header_);
  const std::uint64_t address = maps_[operation.map].arena.claim(request);
  runs_.at(operation.slot) = {address, operation.count, operation.map};
  judge_->neighbours().claimed(operation.map, operation.count, operation.page, address);
}

void Executor::release_pages(int map, std::uint64_t user_address, std::uint64_t pages) {
  if (!neighbours_act(map)) return;
  judge_->neighbours().charge(map, 1 + std::min<std::uint64_t>(pages, header_.arena_pages) / 64);
  const std::uint64_t base = user_base_of(map, base_low(header_));
  judge_->neighbours().released(map, (user_address - base) / page_bytes(header_), pages);
  maps_[map].arena.bpf_release(user_address, PageCount{pages});
}

void Executor::do_release(const Operation& operation) {
  const std::uint64_t page = page_bytes(header_);
  switch (operation.target) {
    case ReleaseTarget::kPages:
      release_pages(operation.map,
                    user_base_of(operation.map, base_low(header_)) + operation.page * page,
                    operation.count);
      break;
    case ReleaseTarget::kOwnRun: {
      const Run run = runs_[operation.slot];
      runs_.at(operation.slot) = {};
      if (run.user_address != 0) release_pages(run.map, run.user_address, run.pages);
      break;
    }
    case ReleaseTarget::kBlock: {
      const Block& block = blocks_[operation.slot];
      if (block.address == 0) break;
      const int map = static_cast<int>((block.address - kernel_base) / kKernelStride);
      const std::uint64_t low = block.address & 0xffffffff;
      const std::uint64_t user = user_base_of(map, 0) + low / page * page;
      const std::uint64_t end = user_base_of(map, 0) + low + block.size;
      release_pages(map, user, (end - user + page - 1) / page);
      break;
    }
  }
}

void Executor::do_reserve(const Operation& operation) {
  judge_->neighbours().charge(operation.map, 1 + operation.count / 64);
  const std::uint64_t address = user_base_of(operation.map, base_low(header_)) +
                                std::uint64_t{operation.page} * page_bytes(header_);
  const int result = maps_[operation.map].arena.reserve(address, PageCount{operation.count});
  if (result == 0 && operation.count != 0) {
    runs_.at(operation.slot) = {address, operation.count, operation.map};
  }
  judge_->neighbours().reserved(operation.map, operation.page, operation.count, result);
}

void Executor::do_user_faults(const Operation& operation) {
  const std::uint64_t base = user_base_of(operation.map, base_low(header_));
  std::uint64_t page = operation.page;
  for (std::uint32_t i = 0; i < operation.count && page < header_.arena_pages; ++i) {
    judge_->neighbours().charge(operation.map, 1);
    const bool taken = maps_[operation.map].arena.user_fault(base + page * page_bytes(header_));
    judge_->neighbours().faulted(operation.map, page, taken);
    page += operation.stride;
  }
}

void Executor::do_teardown(int map) {
  MapSlot& slot = maps_[map];
  slot.program_holds = false;
  if (slot.arena.put()) judge_->neighbours().map_died(map);
}

}  // namespace arenafuzz
