// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "fuzz/program/fault_points.h"
#include "fuzz/program/generator_parts.h"

namespace arenafuzz::generator {
namespace {

constexpr int kNobody = -1;
constexpr std::uint32_t kRunsUsed = 8;

// Keeps what it believes to be live, so that most operations find what they name. It may be wrong
// (a fault, a full arena): then an operation does nothing, which is a case too.
Operation operation_on(OperationKind kind, int scheduler) {
  Operation operation{.kind = kind};
  operation.scheduler = static_cast<std::uint8_t>(scheduler);
  return operation;
}

class ArenaWriter {
 public:
  explicit ArenaWriter(Writer& writer);
  void write();

 private:
  void open();
  void step();
  void failing_growth();
  void failing_enable(int scheduler);
  void failing_path(int scheduler);
  void push_failing(const Operation& operation);
  void heal();

  void alloc();
  void retry(const Operation& operation);
  void free();
  void life_cycle();
  void enable(int scheduler, bool cleanly);
  void disable(int scheduler);
  void restart(int scheduler);
  void enable_path();
  void claim();
  void release();
  void user_fault();
  void reserve();
  void map_life();
  void teardown();
  void misuse();

  int draw_scheduler();
  std::uint8_t draw_slot(bool live);
  std::uint8_t draw_map() { return static_cast<std::uint8_t>(random_.below(header().maps)); }
  std::uint32_t draw_page();
  std::uint8_t usual_arena(int scheduler) const;
  void push_map(OperationKind kind, std::uint8_t map);
  const Header& header() const { return writer_.header(); }

  Writer& writer_;
  Random& random_;
  SizeMix mix_;
  std::uint32_t slots_;    // how many of the 256 are used
  bool heal_due_ = false;  // a fault lasts
  bool enabled_[limits::kMaxSchedulers] = {};
  int owner_[limits::kBlockSlots];
  bool claimed_[limits::kRunSlots] = {};
};

ArenaWriter::ArenaWriter(Writer& writer) : writer_(writer), random_(writer.random()) {
  constexpr std::uint32_t kSlots[] = {2, 4, 8, 16, 32, 64, 256};
  constexpr std::uint32_t kLargeRates[] = {0, 2, 2, 16};
  slots_ = random_.pick(kSlots);
  mix_.page = page_bytes(header());
  mix_.whole = header().arena_pages * mix_.page;
  mix_.large_rate = random_.pick(kLargeRates);
  std::fill(std::begin(owner_), std::end(owner_), kNobody);
}

void ArenaWriter::write() {
  open();
  if (writer_.allows(Profile::kFaults) && random_.chance(3, 4)) {
    for (std::uint32_t i = random_.below(4); i > 0 && !writer_.full(); --i) step();
    failing_growth();
  }
  while (!writer_.full()) step();
}

// What the pool has to survive, and seldom happens by chance: a call that fails in an operation
// that is sure to make it, and the same request again.
void ArenaWriter::failing_growth() {
  const std::uint32_t way = random_.below(16);
  const int scheduler = draw_scheduler();
  if (way < 4 && writer_.weight(SwarmGroup::kLifeCycle) > 0) return failing_enable(scheduler);
  if (way < 6 && writer_.weight(SwarmGroup::kEnablePath) > 0) return failing_path(scheduler);
  if (!enabled_[scheduler]) enable(scheduler, true);
  Operation operation = operation_on(OperationKind::kAlloc, scheduler);
  operation.slot = draw_slot(false);
  // No chunk of the least growth has room for two of these.
  const std::uint64_t page = mix_.page;
  operation.size =
      random_.chance(1, 2) ? draw_size(random_, mix_) : random_.between(2 * page + 1, 6 * page);
  owner_[operation.slot] = scheduler;
  const Operation clean = operation;
  draw_faults(random_, header(), &operation);
  push_failing(operation);
  retry(clean);
}

void ArenaWriter::push_failing(const Operation& operation) {
  heal_due_ |= operation.faults[0].lasting || operation.faults[1].lasting;
  writer_.push(operation);
}

void ArenaWriter::failing_enable(int scheduler) {
  if (enabled_[scheduler]) disable(scheduler);
  Operation operation = operation_on(OperationKind::kEnable, scheduler);
  operation.arenas = usual_arena(scheduler);
  operation.sub = scheduler != 0;
  draw_faults(random_, header(), &operation);
  writer_.push(operation);
  if (operation.faults[0].lasting || operation.faults[1].lasting) push_map(OperationKind::kHeal, 0);
  restart(scheduler);
}

// Masks for several growths, of which a later one may fail.
void ArenaWriter::failing_path(int scheduler) {
  constexpr std::uint16_t kCpus[][3] = {{256, 512, 640}, {512, 1024, 1280}, {1024, 2048, 2560}};
  if (enabled_[scheduler]) disable(scheduler);
  Operation operation = operation_on(OperationKind::kEnablePath, scheduler);
  operation.arenas = usual_arena(scheduler);
  operation.cpus = random_.pick(kCpus[header().page_size_code]);
  const Operation clean = operation;
  draw_faults(random_, header(), &operation);
  if (random_.chance(3, 4)) {
    const FaultSite site = random_.chance(1, 2) ? FaultSite::kPage : FaultSite::kVzalloc;
    const std::uint32_t points = fault_points(header(), clean, site);
    // The first call can be failed in an alloc as well, which costs less.
    const auto least = points > 1 && random_.chance(3, 4) ? 2U : 1U;
    const auto ordinal = static_cast<std::uint16_t>(random_.between(least, points));
    operation.faults[0] = {FaultClause::Kind::kSite, site, false, ordinal};
  }
  push_failing(operation);
  disable(scheduler);  // not enabled, if the fault fired
  enabled_[scheduler] = true;
  retry(clean);
}

// A scheduler first; an arena without a base gets one soon after.
void ArenaWriter::open() {
  enable(0, random_.chance(2, 3));
  if (!header().unmapped) return;
  if (random_.chance(1, 2)) alloc();
  for (std::uint8_t map = 0; map < header().maps; ++map) push_map(OperationKind::kMmap, map);
}

void ArenaWriter::step() {
  if (heal_due_ && random_.chance(1, 6)) return heal();
  switch (writer_.draw_group()) {
    case SwarmGroup::kAlloc:
      return alloc();
    case SwarmGroup::kFree:
      return free();
    case SwarmGroup::kLifeCycle:
      return life_cycle();
    case SwarmGroup::kEnablePath:
      return enable_path();
    case SwarmGroup::kNeighbourPages:
      return random_.chance(1, 2) ? claim() : release();
    case SwarmGroup::kUserPages:
      return random_.chance(1, 2) ? user_fault() : reserve();
    case SwarmGroup::kMapLife:
      return map_life();
    case SwarmGroup::kMisuse:
      return misuse();
  }
}

// Mostly an enabled one.
int ArenaWriter::draw_scheduler() {
  auto scheduler = static_cast<int>(random_.below(header().schedulers));
  for (int i = 0; i < header().schedulers && !enabled_[scheduler]; ++i)
    scheduler = (scheduler + 1) % header().schedulers;
  return scheduler;
}

// The next slot that holds a block, or that holds none; now and then any.
std::uint8_t ArenaWriter::draw_slot(bool live) {
  std::uint32_t slot = random_.below(slots_);
  if (random_.chance(1, 32)) return static_cast<std::uint8_t>(slot);
  for (std::uint32_t i = 0; i < slots_ && (owner_[slot] != kNobody) != live; ++i)
    slot = (slot + 1) % slots_;
  return static_cast<std::uint8_t>(slot);
}

std::uint8_t ArenaWriter::usual_arena(int scheduler) const {
  return static_cast<std::uint8_t>(1 << (scheduler % header().maps));
}

void ArenaWriter::push_map(OperationKind kind, std::uint8_t map) {
  Operation operation{.kind = kind};
  operation.map = map;
  heal_due_ |= writer_.push_disturbed(operation);
}

void ArenaWriter::alloc() {
  const int scheduler = draw_scheduler();
  if (!enabled_[scheduler] && random_.chance(7, 8)) enable(scheduler, true);
  Operation operation = operation_on(OperationKind::kAlloc, scheduler);
  operation.slot = draw_slot(false);
  if (owner_[operation.slot] != kNobody && random_.chance(3, 4)) return free();
  operation.size = draw_size(random_, mix_);
  owner_[operation.slot] = scheduler;
  heal_due_ |= writer_.push_disturbed(operation);
  if (writer_.last_has_fault() && random_.chance(1, 2)) retry(operation);
}

// The same request without the fault: it must succeed, once the worker has run where pages wait.
void ArenaWriter::retry(const Operation& operation) {
  if (header().deferred_release && random_.chance(3, 4))
    push_map(OperationKind::kWorker,
             static_cast<std::uint8_t>(operation.scheduler % header().maps));
  heal();
  writer_.push(operation);
}

void ArenaWriter::heal() {
  if (heal_due_) push_map(OperationKind::kHeal, 0);
  heal_due_ = false;
}

void ArenaWriter::free() {
  Operation operation{.kind = OperationKind::kFree};
  operation.slot = draw_slot(true);
  const bool empty = owner_[operation.slot] == kNobody;
  if (empty && writer_.weight(SwarmGroup::kAlloc) != 0 && random_.chance(7, 8)) return alloc();
  owner_[operation.slot] = kNobody;
  writer_.push_disturbed(operation);
}

void ArenaWriter::life_cycle() {
  const auto scheduler = static_cast<int>(random_.below(header().schedulers));
  if (!enabled_[scheduler]) return enable(scheduler, false);
  if (random_.chance(1, 2)) return restart(scheduler);
  disable(scheduler);
}

// Not cleanly: perhaps with a fault, a failing init, no arena or too many. What may have failed is
// mostly tried again.
void ArenaWriter::enable(int scheduler, bool cleanly) {
  Operation operation = operation_on(OperationKind::kEnable, scheduler);
  operation.arenas = usual_arena(scheduler);
  operation.sub = (scheduler != 0) != random_.chance(1, 8);
  enabled_[scheduler] = true;
  if (cleanly) return writer_.push(operation);
  if (random_.chance(1, 24)) operation.arenas = random_.chance(1, 2) ? 0 : 3;
  operation.init_fails = random_.chance(1, 24);
  operation.validation_fails = random_.chance(1, 24);
  const bool lasts = writer_.push_disturbed(operation);
  if (lasts) push_map(OperationKind::kHeal, 0);
  const bool odd = operation.init_fails || operation.validation_fails ||
                   operation.arenas != usual_arena(scheduler);
  if (lasts || (odd && random_.chance(3, 4)) || random_.chance(1, 32)) restart(scheduler);
}

void ArenaWriter::disable(int scheduler) {
  Operation operation = operation_on(OperationKind::kDisable, scheduler);
  enabled_[scheduler] = false;
  for (int& owner : owner_) {
    if (owner == scheduler) owner = kNobody;
  }
  writer_.push_disturbed(operation);
}

void ArenaWriter::restart(int scheduler) {
  disable(scheduler);
  enable(scheduler, true);
}

void ArenaWriter::enable_path() {
  const auto scheduler = static_cast<int>(random_.below(header().schedulers));
  if (enabled_[scheduler]) disable(scheduler);
  Operation operation = operation_on(OperationKind::kEnablePath, scheduler);
  operation.arenas = usual_arena(scheduler);
  operation.sub = random_.chance(1, 2);
  const std::uint64_t most = random_.chance(1, 64) ? limits::kMaxCpus : 512;
  operation.cpus = static_cast<std::uint16_t>(random_.log_uniform(1, most));
  if (operation.sub) {
    operation.shards = static_cast<std::uint16_t>(random_.log_uniform(0, 64));
    operation.cids = static_cast<std::uint16_t>(random_.log_uniform(0, 512));
  }
  enabled_[scheduler] = true;
  heal_due_ |= writer_.push_disturbed(operation);
  if (random_.chance(1, 4)) restart(scheduler);
}

// Inside the arena, now and then at or just past its end.
std::uint32_t ArenaWriter::draw_page() {
  const std::uint32_t pages = header().arena_pages;
  if (random_.chance(1, 8)) return pages - 1 + random_.below(3);
  return static_cast<std::uint32_t>(random_.log_uniform(0, pages - 1));
}

void ArenaWriter::claim() {
  Operation operation{.kind = OperationKind::kClaim};
  operation.map = draw_map();
  operation.slot = static_cast<std::uint8_t>(random_.below(kRunsUsed));
  const std::uint32_t most = std::max(1u, header().arena_pages / 2);
  operation.count = random_.chance(1, 32)
                        ? random_.below(2) * (header().arena_pages + 1)
                        : static_cast<std::uint32_t>(random_.log_uniform(1, most));
  if (random_.chance(1, 4)) operation.page = draw_page() + 1;
  claimed_[operation.slot] = true;
  writer_.push(operation);
}

// Its own pages mostly; those of the pool sometimes.
void ArenaWriter::release() {
  Operation operation{.kind = OperationKind::kRelease};
  const std::uint32_t way = random_.below(8);
  if (way == 0) {
    operation.target = ReleaseTarget::kBlock;
    operation.slot = draw_slot(true);
  } else if (way == 1) {
    operation.target = ReleaseTarget::kPages;
    operation.map = draw_map();
    operation.page = draw_page();
    operation.count = static_cast<std::uint32_t>(random_.log_uniform(1, 16));
  } else {
    std::uint32_t slot = random_.below(kRunsUsed);
    for (std::uint32_t i = 0; i < kRunsUsed && !claimed_[slot]; ++i) slot = (slot + 1) % kRunsUsed;
    if (!claimed_[slot]) return claim();
    claimed_[slot] = false;
    operation.slot = static_cast<std::uint8_t>(slot);
  }
  writer_.push(operation);
}

void ArenaWriter::user_fault() {
  Operation operation{.kind = OperationKind::kUserFault};
  operation.map = draw_map();
  operation.page = draw_page();
  operation.count = static_cast<std::uint32_t>(random_.log_uniform(1, 64));
  operation.stride = static_cast<std::uint16_t>(random_.log_uniform(1, 16));
  writer_.push(operation);
}

void ArenaWriter::reserve() {
  Operation operation{.kind = OperationKind::kReserve};
  operation.map = draw_map();
  operation.slot = static_cast<std::uint8_t>(random_.below(kRunsUsed));
  operation.page = draw_page();
  operation.count = static_cast<std::uint32_t>(random_.log_uniform(1, 64));
  claimed_[operation.slot] = true;
  writer_.push(operation);
}

void ArenaWriter::map_life() {
  const std::uint32_t way = random_.below(8);
  if (way == 0) return push_map(OperationKind::kMmap, draw_map());
  if (way == 1) return push_map(OperationKind::kHeal, 0);
  if (way < 4 && writer_.allows(Profile::kFaults)) return teardown();
  push_map(OperationKind::kWorker, draw_map());
}

// The arena dies when the last scheduler drops it; the next enable gets a fresh one.
void ArenaWriter::teardown() {
  const std::uint8_t map = draw_map();
  push_map(OperationKind::kTeardown, map);
  if (random_.chance(1, 2)) return;
  for (int i = 0; i < header().schedulers; ++i) {
    if (enabled_[i] && i % header().maps == map) disable(i);
  }
  const int next = map % header().schedulers;
  if (!enabled_[next]) enable(next, true);
  if (header().unmapped) push_map(OperationKind::kMmap, map);
}

void ArenaWriter::misuse() {
  const int scheduler = draw_scheduler();
  if (enabled_[scheduler] && random_.chance(1, 6)) return enable(scheduler, true);
  Operation operation =
      draw_misuse_free(random_, OperationKind::kMisuseFree, mix_, header().schedulers);
  operation.slot = draw_slot(!operation.twice);
  owner_[operation.slot] = kNobody;
  writer_.push_disturbed(operation);
}

}  // namespace

void write_arena(Writer& writer) { ArenaWriter(writer).write(); }

}  // namespace arenafuzz::generator
