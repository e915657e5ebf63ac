// SPDX-License-Identifier: GPL-2.0-only
#include "tests/bench/bare_loop.h"

#include <algorithm>

#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/harness/backends/setup.h"
#include "src/pool/forwarding.h"

namespace arenafuzz {

class BareLoop::FaultyPool final : public ForwardingPool {
 public:
  FaultyPool(PoolPort& real, MapSlot* maps) : ForwardingPool(real), maps_(maps) {}
  int init(PageSource* map) override {
    for (int i = 0; i < limits::kMaxMaps; ++i)
      if (map == &maps_[i].arena) return behind().init(&*maps_[i].faulty);
    return behind().init(nullptr);
  }

 private:
  MapSlot* maps_;
};

BareLoop::BareLoop(Backend& backend) : backend_(&backend) {
  backend_->bind(metadata_);
  masks_ = std::make_unique<std::uint64_t[]>(limits::kMaxSchedulers * limits::kMaxMasks);
  for (MapSlot& slot : maps_) {
    slot.storage.emplace(std::uint64_t{1} << limits::kMaxArenaPageBits);
    slot.faulty.emplace(slot.arena, injector_);
  }
  for (int i = 0; i < limits::kMaxSchedulers; ++i) {
    pools_.push_back(std::make_unique<FaultyPool>(backend_->pool(i), maps_));
    const std::size_t first = std::size_t{limits::kMaxMasks} * static_cast<std::size_t>(i);
    schedulers_[i].emplace(i, *pools_.back(), *this,
                           MaskTable{masks_.get() + first, limits::kMaxMasks});
  }
}

BareLoop::~BareLoop() = default;

void BareLoop::ensure_map(int map) {
  MapSlot& slot = maps_[map];
  if (slot.arena.alive()) return;
  slot.arena.create(arena_config(header_, map), *slot.storage, metadata_);
  slot.program_holds = true;
}

void BareLoop::run(const Program& program) {
  header_ = program.header;
  injector_.reset(active_plan(program));
  backend_->forget();
  backend_->set_page_bytes(page_bytes(header_));
  for (auto& scheduler : schedulers_) scheduler->forget();
  for (MapSlot& slot : maps_) slot.arena.abandon();
  stand_in_.reset();
  if (slots_dirty_) {
    std::fill(std::begin(slots_), std::end(slots_), Slot{});
    std::fill(std::begin(runs_), std::end(runs_), Slot{});
    slots_dirty_ = false;
  }
  for (int map = 0; map < header_.maps; ++map) ensure_map(map);
  injector_.set_active(true);
  for (std::size_t i = 0; i < program.operations.size(); ++i) {
    injector_.begin_operation(i, program.operations[i].faults);
    step(program.operations[i]);
    injector_.end_operation();
  }
  injector_.set_active(false);
  for (auto& scheduler : schedulers_) scheduler->disable();
}

void BareLoop::step(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kAlloc: {
      Slot& slot = slots_[operation.slot];
      slots_dirty_ = true;
      slot.address = pools_[operation.scheduler]->alloc(operation.size);
      slot.size = operation.size;
      slot.scheduler = operation.scheduler;
      break;
    }
    case OperationKind::kFree: {
      Slot& slot = slots_[operation.slot];
      pools_[static_cast<std::size_t>(slot.scheduler)]->free(slot.address, slot.size);
      slot.address = 0;
      break;
    }
    case OperationKind::kEnable:
    case OperationKind::kEnablePath:
      enable(operation);
      break;
    case OperationKind::kDisable:
      for (Slot& slot : slots_)
        if (slot.scheduler == operation.scheduler) slot.address = 0;
      schedulers_[operation.scheduler]->disable();
      break;
    default:
      neighbour(operation);
      break;
  }
}

void BareLoop::enable(const Operation& operation) {
  if (schedulers_[operation.scheduler]->enabled()) return;
  EnableRequest request = enable_request(operation);
  for (int map = 0; map < limits::kMaxMaps; ++map) {
    if ((operation.arenas >> map & 1) == 0) continue;
    ensure_map(map);
    request.arenas[map] = &maps_[map].arena;
  }
  schedulers_[operation.scheduler]->enable(request);
}

// Releases of the pool's own pages are left out: without the judge nobody would stop the misuse.
void BareLoop::neighbour(const Operation& operation) {
  MapSlot& map = maps_[operation.map];
  const std::uint64_t page = page_bytes(header_);
  const std::uint64_t base = user_base_of(operation.map, base_low(header_));
  Slot& run = runs_[operation.slot];
  switch (operation.kind) {
    case OperationKind::kClaim: {
      ClaimRequest request;
      request.pages = PageCount{operation.count};
      if (operation.page != 0) request.hint = base + (operation.page - 1) * page;
      slots_dirty_ = true;
      run = {map.arena.claim(request), operation.count, operation.map};
      break;
    }
    case OperationKind::kRelease:
      if (operation.target != ReleaseTarget::kOwnRun || run.address == 0) break;
      maps_[run.scheduler].arena.bpf_release(run.address, PageCount{run.size});
      run.address = 0;
      break;
    case OperationKind::kReserve:
      map.arena.reserve(base + std::uint64_t{operation.page} * page, PageCount{operation.count});
      break;
    case OperationKind::kUserFault:
      for (std::uint64_t i = 0, at = operation.page; i < operation.count; ++i) {
        if (at >= header_.arena_pages) break;
        map.arena.user_fault(base + at * page);
        at += operation.stride;
      }
      break;
    case OperationKind::kMmap:
      map.arena.mmap(base);
      break;
    case OperationKind::kWorker:
      map.arena.run_worker();
      break;
    case OperationKind::kHeal:
      injector_.heal();
      break;
    case OperationKind::kTeardown:
      if (map.program_holds) map.arena.put();
      map.program_holds = false;
      break;
    default:
      break;
  }
}

}  // namespace arenafuzz
