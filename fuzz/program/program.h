// SPDX-License-Identifier: GPL-2.0-only
//
// A program: one fuzz input as a header, an optional fault plan and operations.
//
//   bytes  <--codec.h-->  Program  <--text.h-->  text
//
//   Worked example, text:            what it does
//     enable s0 root m0              scheduler 0 starts and its pool is made over arena map 0
//     a3 = alloc s0 4097 (fail vzalloc:1)     growth fails half way and unwinds; a3 is empty
//     free a3                        nothing: the slot is empty
//
// Names are slots: free names the slot that alloc wrote, so that deleting an operation never
// re-binds another. Faults and collisions are part of the operation.
//
// Ownership Plain values.
// Units     sizes in bytes; pages in the arena's page size; ordinals count from 1.
// Threads   none.
// Source    docs/format.md, docs/arena_pool.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_PROGRAM_H_
#define ARENAFUZZ_FUZZ_PROGRAM_PROGRAM_H_

#include <cstdint>
#include <vector>

#include "faultinject/fault_plan.h"
#include "faultinject/injector.h"
#include "fuzz/program/limits.h"

namespace arenafuzz {

// What operations a program may hold; those outside are skipped, never read as something else.
enum class Profile : std::uint8_t { kCorrect, kFaults, kMisuse };

enum class ProgramKind : std::uint8_t { kArena, kGenPool };

enum class BaseKind : std::uint8_t {
  kZero,   // low half 0
  kSmall,  // low half 64 KiB
  kHigh,   // low half 0x80000000
  kEnd,    // the arena ends exactly at 4 GiB
};

struct Header {
  ProgramKind kind = ProgramKind::kArena;
  Profile profile = Profile::kCorrect;
  std::uint32_t arena_pages = 64;  // 1 to 2^20, at most 4 GiB together
  BaseKind base = BaseKind::kSmall;
  std::uint8_t page_size_code = 0;  // 0: 4 KiB, 1: 16 KiB, 2: 64 KiB
  bool best_fit = false;            // else lowest gap
  bool deferred_release = false;    // else immediate
  bool unmapped = false;            // the arena has no base until mmap
  std::uint8_t schedulers = 1;      // 1 to 4
  std::uint8_t maps = 1;            // 1: shared by all; 2: scheduler i uses map i % 2
  std::uint8_t granule_order = 3;   // gen_pool programs only, else 3
  std::uint32_t weights = 0;        // eight swarm weights of 4 bits, for generator and mutator only
  friend bool operator==(const Header&, const Header&) = default;
};

inline std::uint64_t page_bytes(const Header& header) {
  return std::uint64_t{4096} << (2 * header.page_size_code);
}
// The low 32 bits of the arena's user base. REQUIRES: a repaired header.
std::uint64_t base_low(const Header& header);
// Brings every field into its range and clears those that its kind does not use.
void repair(Header& header);

// A row of operation_table.h each, in this order. Trace hashes hold their numbers: a new one comes
// last.
enum class OperationKind : std::uint8_t {
  kAlloc,
  kFree,
  kEnable,
  kDisable,
  kEnablePath,
  kClaim,
  kRelease,
  kReserve,
  kUserFault,
  kMmap,
  kWorker,
  kHeal,
  kTeardown,
  kMisuseFree,
  // gen_pool programs only.
  kGenCreate,
  kGenAdd,
  kGenAlloc,
  kGenFree,
  kGenMisuseFree,
  kGenHasAddr,
  kGenDestroy,
  kGenSetAlgo,
  kGenVirtToPhys,
  kGenManaged,
};
inline constexpr int kOperationKindCount = static_cast<int>(OperationKind::kGenManaged) + 1;
// "alloc", "free", "misuse-free", "gen-alloc"...: the word used in signatures; no digits.
const char* operation_kind_name(OperationKind kind);

// What the neighbour's release names.
enum class ReleaseTarget : std::uint8_t { kOwnRun, kBlock, kPages };

// How gen_pool looks for a hole (gen_pool programs only).
enum class AllocPolicy : std::uint8_t { kFirstFit, kAlign, kOrderAlign, kBestFit, kFixed };
inline constexpr int kAllocPolicyCount = 5;
const char* alloc_policy_name(AllocPolicy policy);

// Which of gen_pool's functions an alloc calls (gen_pool programs only).
enum class AllocDoor : std::uint8_t {
  kPlain,         // gen_pool_alloc, gen_pool_alloc_algo
  kOwner,         // ..._owner: the chunk's owner is asked for
  kDma,           // gen_pool_dma_alloc and its kin: the physical address is asked for
  kDmaNoAddress,  // the same, without a place for it
  kDmaZeroed,     // gen_pool_dma_zalloc and its kin
};
inline constexpr int kAllocDoorCount = 5;
const char* alloc_door_name(AllocDoor door);

// Just before the ordinal-th compare-and-swap of the operation a simulated peer sets or clears one
// bit of its word: the one `offset` above the lowest bit that the swap is about to change (mod 64).
// Nothing happens if that bit is already so, lies past the chunk's last granule, or, outside
// misuse, is to be cleared though no peer set it.
struct Collision {
  std::uint8_t ordinal = 0;  // 0: none; 1 to 15
  bool clear = false;
  std::uint8_t offset_code = 0;  // index into kCollisionOffsets
  friend bool operator==(const Collision&, const Collision&) = default;
};
inline constexpr std::uint8_t kCollisionOffsets[8] = {0, 1, 2, 4, 8, 16, 32, 63};
inline constexpr int kCollisionsPerOperation = 2;
inline constexpr int kMaxCollisionOrdinal = 15;

struct Operation {
  OperationKind kind = OperationKind::kAlloc;
  std::uint8_t scheduler = 0;  // misuse-free: the one to free through, if `via`
  std::uint8_t map = 0;
  std::uint8_t slot = 0;    // a-slot or p-slot
  std::uint8_t arenas = 0;  // enable: bit i = its programs use map i
  bool sub = false;         // enable: a sub-scheduler
  bool init_fails = false;
  bool validation_fails = false;
  bool size_given = false;  // misuse-free: `size` instead of the block's own
  bool twice = false;       // misuse-free: also the block that the slot held last
  bool via = false;         // gen_pool's free: the chunk's owner is asked for
  bool as_is = false;       // gen_pool's destroy: what is allocated is not freed first
  bool by_default = false;  // set_algo: NULL in place of a policy
  bool named = false;       // managed: the pool has a name
  ReleaseTarget target = ReleaseTarget::kOwnRun;
  AllocPolicy policy = AllocPolicy::kFirstFit;  // of an alloc, kFirstFit: the pool's own
  AllocDoor door = AllocDoor::kPlain;
  std::uint8_t owner = 0;     // add: 0 none
  bool has_physical = false;  // add: else none, as gen_pool_add has it
  std::int16_t offset = 0;    // misuse-free: bytes added to the address
  std::uint16_t cpus = 0;
  std::uint16_t shards = 0;
  std::uint16_t cids = 0;
  std::uint16_t stride = 0;       // user_fault: pages from one to the next
  std::uint32_t page = 0;         // neighbours: page number; claim: hint + 1, 0 for none
  std::uint32_t count = 0;        // neighbours: pages
  std::uint64_t size = 0;         // bytes
  std::uint64_t address = 0;      // gen_pool: chunk or has_addr
  std::uint64_t physical = 0;     // add: the chunk's physical address
  std::uint32_t policy_data = 0;  // kAlign: log2 of the alignment; kFixed: byte offset
  FaultClause faults[kClausesPerOperation] = {};
  Collision collisions[kCollisionsPerOperation] = {};
  friend bool operator==(const Operation&, const Operation&) = default;
};

bool takes_faults(OperationKind kind);
bool takes_collisions(OperationKind kind);
// What the words of an operation name. A slot is an a-slot (kBlock) or a p-slot (kRun).
enum class Use : std::uint8_t { kBlock, kRun, kScheduler, kSize };
bool uses(const Operation& operation, Use use);
inline bool names_block(const Operation& operation) { return uses(operation, Use::kBlock); }
inline bool names_run(const Operation& operation) { return uses(operation, Use::kRun); }
bool belongs_to(OperationKind kind, ProgramKind program);
// The first profile that may hold it: kFaults for what the BPF program and user space do.
Profile least_profile(OperationKind kind);
// The kind that does the same and nothing besides: free for misuse free; most often the kind
// itself.
OperationKind simpler_kind(OperationKind kind);
// An operation of a gen_pool program that the record of its kind cannot hold as it was first laid
// out: it has a second opcode.
bool is_extended(const Operation& operation);
// Brings fields into range, clears those the kind does not use, orders clauses and collisions.
// REQUIRES: a repaired header.
void repair(Operation& operation, const Header& header);

struct Program {
  Header header;
  bool has_plan = false;
  FaultPlan plan;
  std::vector<Operation> operations;
  friend bool operator==(const Program&, const Program&) = default;
};

// The plan, or none in the profile correct: a target may give any program its own profile.
FaultPlan active_plan(const Program& program);

// repair() of all parts: afterwards the program is what encode and print can express.
void repair(Program& program);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_PROGRAM_H_
