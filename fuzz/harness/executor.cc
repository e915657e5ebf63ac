// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/executor.h"

#include <algorithm>
#include <cerrno>

#include "fuzz/harness/backends/address_space.h"
#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/harness/backends/setup.h"
#include "fuzz/program/text.h"
#include "src/pool/context.h"

namespace arenafuzz {
Executor::Executor(Backend& backend) : backend_(&backend) {
  error_ = reserve_arenas();
  judge_ = std::make_unique<Judge>(injector_);
  recorded_metadata_.emplace(faulty_metadata_, judge_->seams());
  backend_->bind(*recorded_metadata_);
  gen_judge_.emplace(judge_->run(), backend_->gen_pool());
  masks_ = std::make_unique<std::uint64_t[]>(limits::kMaxSchedulers * limits::kMaxMasks);
  for (int map = 0; map < limits::kMaxMaps; ++map) {
    MapSlot& slot = maps_[map];
    slot.storage.emplace(std::uint64_t{1} << limits::kMaxArenaPageBits);
    slot.faulty.emplace(slot.arena, injector_);
    slot.recorded.emplace(*slot.faulty, judge_->seams(), map);
    judge_->attach(map, &slot.arena, &*slot.recorded);
    if (slot.storage->capacity() == 0) error_ = "no memory for the page maps of two arenas";
  }
  for (int i = 0; i < limits::kMaxSchedulers; ++i) {
    judge_->bind(i, backend_->pool(i));
    schedulers_[i].emplace(
        i, judge_->pool(i), judge_->lifecycle(),
        MaskTable{masks_.get() + std::size_t{limits::kMaxMasks} * static_cast<std::size_t>(i),
                  limits::kMaxMasks});
  }
  if (gen_memory_error() != nullptr) error_ = gen_memory_error();
  if (!stand_in_.valid()) error_ = "no address space for the metadata stand-in";
}

const Verdict& Executor::run(const Program& program, const Options& options) {
  book_traits();
  prepare(program, options);
  if (!backend_->can_run(program.header, &verdict_.documented)) {
    verdict_.end = EndReason::kSkipped;
    return verdict_;
  }
  execute(program);
  const bool needs_culprit =
      !options.compare_always &&
      std::any_of(verdict_.findings.begin(), verdict_.findings.end(),
                  [](const Finding& finding) { return finding.whole_state; });
  if (!needs_culprit) return verdict_;
  // Something went wrong earlier than it showed: run again, comparing after every operation.
  const Verdict first = verdict_;
  Options closer = options;
  closer.compare_always = true;
  closer.trace = nullptr;
  closer.events = nullptr;
  closer.states = nullptr;
  prepare(program, closer);
  execute(program);
  if (verdict_.findings.empty()) verdict_ = first;
  verdict_.trace_hash = first.trace_hash;
  return verdict_;
}

void Executor::prepare(const Program& program, const Options& options) {
  options_ = options;
  header_ = program.header;
  in_step_ = false;
  verdict_.findings.clear();
  verdict_.end = EndReason::kCompleted;
  verdict_.documented = "";
  std::fill_n(&verdict_.fault_outcomes[0][0], kFaultSiteCount * kFaultOutcomeCount, 0);
  verdict_.trace_hash = verdict_.operations = verdict_.skipped = verdict_.steps = 0;
  injector_.reset(active_plan(program));
  injector_.capture_backtraces(options.trace_backtraces);
  backend_->forget();
  backend_->set_page_bytes(page_bytes(header_));
  for (auto& scheduler : schedulers_) scheduler->forget();
  for (MapSlot& slot : maps_) {
    slot.arena.abandon();
    slot.program_holds = false;
  }
  stand_in_.reset();
  close_all_pages();
  blocks_.clear();
  runs_.clear();
  judge_->begin(header_, options, &verdict_);
  gen_judge_->begin(header_.granule_order);
}

void Executor::execute(const Program& program) {
  ReportHandler* former = set_report_handler(judge_.get());
  atomics::hooks = {};
  atomics::hooks.steps_exhausted = report_steps_exhausted;
  context_depth = {};
  if (setjmp(judge_->run().way_out()) == 0) {
    if (header_.kind == ProgramKind::kArena)
      for (int map = 0; map < header_.maps; ++map) ensure_map(map);
    injector_.set_active(true);
    for (std::size_t i = 0; i < program.operations.size(); ++i) step(i, program.operations[i]);
    finish(program);
  } else if (in_step_) {
    count_faults(verdict_.findings.empty() ? FaultOutcome::kBug : FaultOutcome::kFinding);
  }
  injector_.set_active(false);
  close_all_pages();
  atomics::hooks = {};
  set_report_handler(former);
  for (int site = 0; site < kFaultSiteCount; ++site)
    verdict_.faults_fired[site] = injector_.fired(static_cast<FaultSite>(site));
  if (verdict_.end == EndReason::kCompleted && !verdict_.findings.empty())
    verdict_.end = EndReason::kFinding;
}

// A fresh arena where there is none alive; faults do not reach its creation.
void Executor::ensure_map(int map) {
  MapSlot& slot = maps_[map];
  if (slot.arena.alive()) return;
  slot.arena.create(arena_config(header_, map), *slot.storage, *recorded_metadata_);
  slot.program_holds = true;
  judge_->neighbours().map_created(map);
}

bool Executor::is_misuse(const Operation& operation) const {
  const bool enables =
      operation.kind == OperationKind::kEnable || operation.kind == OperationKind::kEnablePath;
  return least_profile(operation.kind) == Profile::kMisuse ||
         (enables && schedulers_[operation.scheduler]->enabled());
}

Executor::Applies Executor::applies(const Operation& operation) const {
  const bool misuse = is_misuse(operation);
  if (misuse && (header_.profile != Profile::kMisuse || options_.domain != Domain::kMisuse))
    return Applies::kSkipped;
  if (options_.domain == Domain::kCallers && operation.kind == OperationKind::kAlloc &&
      !is_caller_size(operation.size))
    return Applies::kSkipped;
  if (least_profile(operation.kind) == Profile::kFaults && header_.profile == Profile::kCorrect)
    return Applies::kSkipped;
  switch (operation.kind) {
    case OperationKind::kRelease:
      if (operation.target != ReleaseTarget::kPages) return Applies::kYes;  // its slot has the map
      [[fallthrough]];
    case OperationKind::kClaim:
    case OperationKind::kReserve:
    case OperationKind::kUserFault:
    case OperationKind::kTeardown:
    case OperationKind::kMmap:
      return neighbours_act(operation.map) ? Applies::kYes : Applies::kNothing;
    case OperationKind::kWorker:
      return maps_[operation.map].arena.alive() ? Applies::kYes : Applies::kNothing;
    default:
      return Applies::kYes;
  }
}

void Executor::step(std::size_t position, const Operation& wanted) {
  ++verdict_.operations;
  if (options_.states != nullptr) options_.states->before(position, *this);
  const Applies applied = applies(wanted);
  if (judge_->run().tracing()) {
    const char* note = applied == Applies::kSkipped ? "   # skipped: outside the profile or domain"
                       : applied == Applies::kNothing ? "   # nothing: no map, or torn down"
                                                      : "";
    judge_->run().trace(text("%5zu %s%s", position, print_operation(wanted).c_str(), note),
                        applied == Applies::kYes ? TraceKind::kOperation : TraceKind::kSkipped);
  }
  if (applied != Applies::kYes) {
    verdict_.skipped += applied == Applies::kSkipped ? 1 : 0;
    return;
  }
  const std::size_t findings_before = verdict_.findings.size();
  in_step_ = true;
  stand_in_.set_mark(static_cast<std::uint32_t>(position));
  judge_->begin_operation(position, wanted, is_misuse(wanted));
  injector_.begin_operation(position, wanted.faults);
  if (header_.profile == Profile::kCorrect) {
    judge_->disarm_collisions();
    injector_.end_operation();
  }
  if (header_.kind == ProgramKind::kGenPool) {
    step_gen_pool(wanted);
  } else {
    switch (wanted.kind) {
      case OperationKind::kAlloc:
        do_alloc(wanted);
        break;
      case OperationKind::kFree:
        do_free(wanted);
        break;
      case OperationKind::kMisuseFree:
        do_misuse_free(wanted);
        break;
      case OperationKind::kEnable:
      case OperationKind::kEnablePath:
        do_enable(wanted);
        break;
      case OperationKind::kDisable:
        if (schedulers_[wanted.scheduler]->enabled()) drop_slots(wanted.scheduler);
        disable(wanted.scheduler);
        break;
      default:
        do_neighbour(wanted);
        break;
    }
  }
  injector_.end_operation();
  judge_->end_operation();
  in_step_ = false;
  if (injector_.fired_in_operation() != 0)
    count_faults(verdict_.findings.size() != findings_before ? FaultOutcome::kFinding
                                                             : outcome_of(wanted));
}

FaultOutcome Executor::outcome_of(const Operation& operation) const {
  const auto served = [](bool did) {
    return did ? FaultOutcome::kServed : FaultOutcome::kNoMemory;
  };
  switch (operation.kind) {
    case OperationKind::kAlloc:
    case OperationKind::kGenAlloc:
      return served(blocks_[operation.slot].address != 0);
    case OperationKind::kEnable:
    case OperationKind::kEnablePath:
      if (enable_result_ != 0 && enable_result_ != -ENOMEM) return FaultOutcome::kError;
      return served(enable_result_ == 0);
    default:
      return FaultOutcome::kServed;
  }
}

void Executor::count_faults(FaultOutcome outcome) {
  const auto fired =
      std::min<std::uint64_t>(injector_.fired_in_operation(), Injector::kLogCapacity);
  for (std::uint64_t age = 0; age < fired; ++age)
    ++verdict_.fault_outcomes[static_cast<int>(injector_.fired_fault(age).site)]
                             [static_cast<int>(outcome)];
}

void Executor::do_alloc(const Operation& operation) {
  Block& block = blocks_.at(operation.slot);
  block.address = judge_->pool(operation.scheduler).alloc(operation.size);
  block.size = operation.size;
  block.scheduler = operation.scheduler;
}

void Executor::free_block(int scheduler, std::uint64_t address, std::uint64_t size) {
  judge_->pool(scheduler).free(address, size);
}

// An empty slot is freed as by a caller whose alloc failed: NULL, which does nothing.
void Executor::do_free(const Operation& operation) {
  Block& block = blocks_.at(operation.slot);
  if (block.address == 0) {
    free_block(block.scheduler, 0, std::max<std::uint64_t>(block.size, 8));
    return;
  }
  const Block freed = block;
  block = {0, 0, 0, freed.address, freed.size, freed.scheduler};
  free_block(freed.scheduler, freed.address, freed.size);
}

void Executor::do_misuse_free(const Operation& operation) {
  Block& block = blocks_.at(operation.slot);
  const bool last = operation.twice && block.address == 0;
  std::uint64_t address = last ? block.last_address : block.address;
  if (address == 0) return;
  const std::uint64_t own_size = last ? block.last_size : block.size;
  const int own_scheduler = last ? block.last_scheduler : block.scheduler;
  const int scheduler = operation.via ? operation.scheduler : own_scheduler;
  if (!last) block = {0, 0, 0, block.address, block.size, block.scheduler};
  address += static_cast<std::uint64_t>(static_cast<std::int64_t>(operation.offset));
  const std::uint64_t size = operation.size_given ? operation.size : own_size;
  const int times = operation.twice && !last ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    if (address == 0 || judge_->would_run_off(scheduler, address, size)) {
      if (judge_->run().tracing())
        judge_->run().trace(text("      undefined: the C would run off its bitmap; not executed"),
                            TraceKind::kNotExecuted);
      judge_->run().fold(0xdef);
      return;
    }
    free_block(scheduler, address, size);
  }
}

int Executor::expected_error(const Operation& operation, bool was_enabled,
                             std::uint64_t fired) const {
  const bool two = operation.arenas == 3;
  if (was_enabled) return two ? -EINVAL : -EBUSY;
  if (operation.init_fails) return -ECANCELED;
  if (two) return -EINVAL;
  const bool with_map = operation.arenas != 0;
  if (with_map && fired != 0 && injector_.fired(FaultSite::kKmalloc) != fired_kmalloc_before_)
    return -ENOMEM;
  if (operation.validation_fails) return -EINVAL;
  return 0;
}

void Executor::do_enable(const Operation& operation) {
  Scheduler& scheduler = *schedulers_[operation.scheduler];
  const bool was_enabled = scheduler.enabled();
  EnableRequest request = enable_request(operation);
  for (int map = 0; map < limits::kMaxMaps; ++map) {
    if ((operation.arenas >> map & 1) == 0) continue;
    ensure_map(map);
    request.arenas[map] = &maps_[map].arena;
  }
  fired_kmalloc_before_ = injector_.fired(FaultSite::kKmalloc);
  const int result = enable_result_ = scheduler.enable(request);
  const bool made_masks = operation.arenas != 0;
  if (result == 0 && !was_enabled && made_masks &&
      (scheduler.mask_count() != request.cpus + request.shards ||
       !judge_->serves(operation.scheduler)))
    judge_->missed_masks(request.cpus + request.shards, scheduler.mask_count());
  int expected = expected_error(operation, was_enabled, injector_.fired_in_operation());
  if (expected == 0 && result == -ENOMEM && judge_->run().scope().alloc_refused) expected = -ENOMEM;
  judge_->enabled(result, expected);
}

void Executor::disable(int index) {
  Scheduler& scheduler = *schedulers_[index];
  if (!scheduler.enabled()) return;
  ArenaMap* map = scheduler.map();
  scheduler.disable();
  for (int i = 0; i < limits::kMaxMaps; ++i)
    if (&maps_[i].arena == map && !map->alive()) judge_->neighbours().map_died(i);
}

void Executor::drop_slots(int scheduler) {
  blocks_.for_each_written([scheduler](Block& block) {
    if (block.address == 0 || block.scheduler != scheduler) return;
    block.last_address = block.address;
    block.last_size = block.size;
    block.last_scheduler = scheduler;
    block.address = 0;
  });
}

// The program is over: compare, disable what still runs, tear the maps down.
void Executor::finish(const Program& program) {
  Operation end;
  end.kind =
      header_.kind == ProgramKind::kGenPool ? OperationKind::kGenDestroy : OperationKind::kDisable;
  injector_.set_active(false);
  if (options_.states != nullptr) options_.states->before(program.operations.size(), *this);
  judge_->begin_operation(program.operations.size(), end, false);
  if (header_.kind == ProgramKind::kGenPool) {
    gen_destroy(false);
  } else {
    judge_->compare_whole_state(true);
    if (judge_->run().tracing())
      judge_->run().trace(text("      end of the program"), TraceKind::kEnd);
    for (int i = 0; i < header_.schedulers; ++i) disable(i);
    for (int map = 0; map < header_.maps; ++map)
      if (maps_[map].program_holds) do_teardown(map);
  }
  std::uint64_t outstanding = 0;
  for (int site = 0; site < kMetadataSiteCount; ++site)
    outstanding += stand_in_.outstanding(static_cast<MetadataSite>(site));
  judge_->judge_leftovers(outstanding, stand_in_.check_redzones());
}

}  // namespace arenafuzz
