// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/program.h"

#include <algorithm>

namespace arenafuzz {
namespace {

constexpr const char* kOperationNames[kOperationKindCount] = {
    "alloc",       "free",         "enable",           "disable",         "enable-path",
    "claim",       "release",      "reserve",          "user-fault",      "mmap",
    "worker",      "heal",         "teardown",         "misuse-free",     "gen-create",
    "gen-add",     "gen-alloc",    "gen-free",         "gen-misuse-free", "gen-has-addr",
    "gen-destroy", "gen-set-algo", "gen-virt-to-phys", "gen-managed"};

constexpr const char* kPolicyNames[kAllocPolicyCount] = {"first-fit", "align", "order-align",
                                                         "best-fit", "fixed"};

constexpr const char* kDoorNames[kAllocDoorCount] = {"plain", "owner", "dma", "dma-no-address",
                                                     "dma-zeroed"};

// Bit 47 decides all above it, as in addresses of x86-64.
std::uint64_t sign_extended(std::uint64_t address) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(address << 16) >> 16);
}

bool is_plain_chunk(const Operation& add) {
  return add.address <= limits::kMaxChunkAddress &&
         add.size <= limits::kMaxChunkAddress - add.address && !add.has_physical && add.owner == 0;
}

// A chunk as it was first laid out keeps its size, though none so large can be added.
void keep_chunk(const Operation& from, Operation& to) {
  to.address = std::max(sign_extended(from.address), limits::kMinChunkAddress);
  to.has_physical = from.has_physical;
  to.physical = from.has_physical ? from.physical & limits::kPhysicalMask : 0;
  to.owner = from.owner;
  to.size = from.size;
  if (is_plain_chunk(to)) return;
  to.size = std::min({to.size, limits::kMaxChunkSize, ~to.address + 1});
}

void repair_faults(Operation& operation) {
  for (FaultClause& clause : operation.faults) {
    const bool usable = takes_faults(operation.kind) && clause.ordinal != 0 &&
                        clause.kind != FaultClause::Kind::kNone;
    if (!usable) clause = {};
    if (clause.kind == FaultClause::Kind::kNth) clause.site = FaultSite::kKmalloc;
    const bool wide = operation.kind == OperationKind::kEnablePath;
    if (!wide) clause.ordinal = std::min<std::uint16_t>(clause.ordinal, 0xff);
    if (operation.kind == OperationKind::kGenAdd && clause.kind != FaultClause::Kind::kNone)
      clause = {FaultClause::Kind::kSite, FaultSite::kVzalloc, false, 1};
  }
  if (operation.faults[0].kind == FaultClause::Kind::kNone)
    std::swap(operation.faults[0], operation.faults[1]);
  if (operation.faults[0] == operation.faults[1]) operation.faults[1] = {};
}

void repair_collisions(Operation& operation) {
  for (Collision& collision : operation.collisions) {
    collision.ordinal = std::min<std::uint8_t>(collision.ordinal, kMaxCollisionOrdinal);
    collision.offset_code &= 7;
    if (!takes_collisions(operation.kind) || collision.ordinal == 0) collision = {};
  }
  if (operation.collisions[0].ordinal == 0)
    std::swap(operation.collisions[0], operation.collisions[1]);
  if (operation.collisions[0] == operation.collisions[1]) operation.collisions[1] = {};
}

void repair_plan(FaultPlan& plan) {
  for (FaultAttributes& site : plan.sites) {
    site.probability = std::min(site.probability, 100u);
    site.interval = std::clamp(site.interval, 1u, kMaxInterval);
    site.times = std::clamp(site.times, -1, kMaxTimes);
    site.fail_nth = std::min(site.fail_nth, kMaxFailNth);
  }
}

// Copies what a kind uses from `from`; everything else keeps its default.
void keep_arena_fields(const Operation& from, Operation& to) {
  switch (from.kind) {
    case OperationKind::kAlloc:
      to.scheduler = from.scheduler;
      to.slot = from.slot;
      to.size = from.size;
      break;
    case OperationKind::kFree:
      to.slot = from.slot;
      break;
    case OperationKind::kEnable:
      to.init_fails = from.init_fails;
      to.validation_fails = from.validation_fails;
      to.scheduler = from.scheduler;
      to.arenas = from.arenas;
      to.sub = from.sub;
      break;
    case OperationKind::kEnablePath:
      to.scheduler = from.scheduler;
      to.arenas = from.arenas;
      to.sub = from.sub;
      to.cpus = std::min<std::uint16_t>(from.cpus, limits::kMaxCpus);
      to.shards = std::min<std::uint16_t>(from.shards, limits::kMaxShards);
      to.cids = std::min<std::uint16_t>(from.cids, limits::kMaxCids);
      break;
    case OperationKind::kDisable:
      to.scheduler = from.scheduler;
      break;
    case OperationKind::kMisuseFree:
      to.slot = from.slot;
      to.size_given = from.size_given;
      to.size = from.size_given ? from.size : 0;
      to.twice = from.twice;
      to.via = from.via;
      to.scheduler = from.via ? from.scheduler : 0;
      to.offset = from.offset;
      break;
    default:
      break;
  }
}

void keep_map_fields(const Operation& from, Operation& to) {
  switch (from.kind) {
    case OperationKind::kClaim:
    case OperationKind::kReserve:
      to.slot = from.slot;
      to.map = from.map;
      to.page = from.page;
      to.count = from.count;
      break;
    case OperationKind::kRelease:
      to.target = from.target;
      if (from.target == ReleaseTarget::kPages) {
        to.map = from.map;
        to.page = from.page;
        to.count = from.count;
      } else {
        to.slot = from.slot;
      }
      break;
    case OperationKind::kUserFault:
      to.map = from.map;
      to.page = from.page;
      to.count = std::clamp<std::uint32_t>(from.count, 1, 0xffff);
      to.stride = to.count > 1 ? std::max<std::uint16_t>(from.stride, 1) : 0;
      break;
    case OperationKind::kMmap:
    case OperationKind::kWorker:
    case OperationKind::kTeardown:
      to.map = from.map;
      break;
    default:
      break;
  }
}

void keep_policy(const Operation& from, Operation& to) {
  to.policy = from.policy;
  if (from.policy == AllocPolicy::kAlign)
    to.policy_data = std::min(from.policy_data, limits::kMaxAlignExponent);
  if (from.policy == AllocPolicy::kFixed)
    to.policy_data = std::min(from.policy_data, limits::kMaxPolicyData);
}

void keep_gen_pool_fields(const Operation& from, Operation& to) {
  switch (from.kind) {
    case OperationKind::kGenAdd:
      keep_chunk(from, to);
      break;
    case OperationKind::kGenAlloc:
      to.slot = from.slot;
      to.size = from.size;
      to.door = from.door;
      keep_policy(from, to);
      break;
    case OperationKind::kGenSetAlgo:
      to.by_default = from.by_default;
      if (!from.by_default) keep_policy(from, to);
      break;
    case OperationKind::kGenFree:
      to.slot = from.slot;
      to.via = from.via;
      break;
    case OperationKind::kGenMisuseFree:
      to.slot = from.slot;
      to.size_given = from.size_given;
      to.size = from.size_given ? from.size : 0;
      to.twice = from.twice;
      to.offset = from.offset;
      break;
    case OperationKind::kGenHasAddr:
      to.address = from.address >> 48 == 0 ? from.address : sign_extended(from.address);
      to.size = from.size;
      break;
    case OperationKind::kGenVirtToPhys:
      to.address = from.address;
      break;
    case OperationKind::kGenManaged:
      to.named = from.named;
      break;
    case OperationKind::kGenDestroy:
      to.as_is = from.as_is;
      break;
    default:
      break;
  }
}

}  // namespace

const char* operation_kind_name(OperationKind kind) {
  return kOperationNames[static_cast<int>(kind)];
}

const char* alloc_policy_name(AllocPolicy policy) { return kPolicyNames[static_cast<int>(policy)]; }
const char* alloc_door_name(AllocDoor door) { return kDoorNames[static_cast<int>(door)]; }

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

bool takes_faults(OperationKind kind) {
  switch (kind) {
    case OperationKind::kAlloc:
    case OperationKind::kEnable:
    case OperationKind::kEnablePath:
    case OperationKind::kWorker:
    case OperationKind::kGenCreate:
    case OperationKind::kGenAdd:
    case OperationKind::kGenManaged:
      return true;
    default:
      return false;
  }
}

bool takes_collisions(OperationKind kind) {
  switch (kind) {
    case OperationKind::kAlloc:
    case OperationKind::kFree:
    case OperationKind::kEnablePath:
    case OperationKind::kDisable:
    case OperationKind::kMisuseFree:
    case OperationKind::kGenAlloc:
    case OperationKind::kGenFree:
    case OperationKind::kGenMisuseFree:
      return true;
    default:
      return false;
  }
}

FaultPlan active_plan(const Program& program) {
  return program.header.profile == Profile::kCorrect ? FaultPlan{} : program.plan;
}

bool names_block(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kAlloc:
    case OperationKind::kFree:
    case OperationKind::kMisuseFree:
    case OperationKind::kGenAlloc:
    case OperationKind::kGenFree:
    case OperationKind::kGenMisuseFree:
      return true;
    default:
      return operation.kind == OperationKind::kRelease && operation.target == ReleaseTarget::kBlock;
  }
}

bool names_run(const Operation& operation) {
  return operation.kind == OperationKind::kClaim || operation.kind == OperationKind::kReserve ||
         (operation.kind == OperationKind::kRelease && operation.target == ReleaseTarget::kOwnRun);
}

bool is_extended(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kGenAdd:
      return !is_plain_chunk(operation);
    case OperationKind::kGenAlloc:
      return operation.door != AllocDoor::kPlain;
    case OperationKind::kGenFree:
      return operation.via;
    case OperationKind::kGenHasAddr:
      return operation.address >> 48 != 0;
    default:
      return operation.kind == OperationKind::kGenDestroy && operation.as_is;
  }
}

bool belongs_to(OperationKind kind, ProgramKind program) {
  return (kind >= OperationKind::kGenCreate) == (program == ProgramKind::kGenPool);
}

void repair(Operation& operation, const Header& header) {
  Operation kept;
  kept.kind = operation.kind;
  std::copy(std::begin(operation.faults), std::end(operation.faults), kept.faults);
  std::copy(std::begin(operation.collisions), std::end(operation.collisions), kept.collisions);
  keep_arena_fields(operation, kept);
  keep_map_fields(operation, kept);
  keep_gen_pool_fields(operation, kept);
  kept.scheduler = static_cast<std::uint8_t>(kept.scheduler % header.schedulers);
  kept.map = static_cast<std::uint8_t>(kept.map % header.maps);
  kept.arenas = static_cast<std::uint8_t>(kept.arenas & ((1 << header.maps) - 1));
  kept.page &= limits::kPageMask;
  kept.count &= limits::kPageMask;
  repair_faults(kept);
  repair_collisions(kept);
  operation = kept;
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
