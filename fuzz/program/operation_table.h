// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to fuzz/program: every kind of operation is one row here. Printer, parser, codec,
// repair, generator, mutator and minimizer read it, and the tables of docs/format.md are made of
// it.
//
//   row({kind, program, name, verb, opcodes, second opcodes,
//        faults, collisions, group, profile, simpler kind}, parts...)
//
//   Worked example: {kGenDestroy, ..., "gen-destroy", "destroy", {0xc8, 0xcf}, {0xf5, 0xf5}, ...}
//   with the part SecondCode<&Operation::as_is>("as-is") is in text "destroy [as-is]"; in bytes a
//   record of opcode c8 to cf, or f5 for "as-is".
//
// A new kind is a value at the end of OperationKind, a row at the end of kRows and, if it has
// fields of its own, these in Operation and in number_fields() of the minimizer (complexity.cc).
// Opcodes in use never change.
//
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_OPERATION_TABLE_H_
#define ARENAFUZZ_FUZZ_PROGRAM_OPERATION_TABLE_H_

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "fuzz/program/generator_options.h"
#include "fuzz/program/part_arena.h"
#include "fuzz/program/part_gen_pool.h"

namespace arenafuzz::table {

// Opcodes from first to last; the first is written.
struct Opcodes {
  int first = 0;
  int last = -1;
};

enum class Faults : std::uint8_t {
  kNone,
  kClauses,
  kWideClauses,  // ordinals of 16 bits: bytes 9 and 10 are the high bytes
  kFlag,         // F4 alone: the only vzalloc fails
};

// In a row without faults or collisions their bytes belong to the parts.
struct Head {
  OperationKind kind;
  ProgramKind program;
  const char* name;  // in signatures; no digits
  std::string_view verb;
  Opcodes codes;
  Opcodes second_codes;  // of what the record of the first cannot hold: a part extends() it
  Faults faults;
  bool collisions;
  SwarmGroup group;
  Profile profile;        // the first that may hold it
  OperationKind simpler;  // the kind that does the same and nothing besides, or this one
};

template <typename... Parts>
struct Row {
  Head head;
  std::tuple<Parts...> parts;

  // 'a' or 'p' if it is "aN = VERB"; 0 if not.
  static constexpr char target() {
    char letter = '\0';
    ((letter = std::is_same_v<Parts, part::Target<'a'>>   ? 'a'
               : std::is_same_v<Parts, part::Target<'p'>> ? 'p'
                                                          : letter),
     ...);
    return letter;
  }
  // Calls `visit` with each part.
  template <typename Visit>
  constexpr void each(Visit visit) const {
    std::apply([&visit](const auto&... part) { (visit(part), ...); }, parts);
  }
};

template <typename... Parts>
constexpr Row<Parts...> row(const Head& head, Parts... parts) {
  return {head, {parts...}};
}

// clang-format off
using enum OperationKind;
using part::Slot;
using part::Target;
inline constexpr auto kArena = ProgramKind::kArena;
inline constexpr auto kGenPool = ProgramKind::kGenPool;
inline constexpr Opcodes kNoSecond;
inline constexpr part::Scheduler kScheduler;
inline constexpr part::Map kMap;

inline constexpr std::tuple kRows{
    row({kAlloc, kArena, "alloc", "alloc", {0x00, 0x4f}, kNoSecond,
         Faults::kClauses, true, SwarmGroup::kAlloc, Profile::kCorrect, kAlloc},
        Target<'a'>(), kScheduler, part::Size()),
    row({kFree, kArena, "free", "free", {0x50, 0x87}, kNoSecond,
         Faults::kNone, true, SwarmGroup::kFree, Profile::kCorrect, kFree},
        Slot<'a'>()),
    row({kEnable, kArena, "enable", "enable", {0x88, 0x93}, kNoSecond,
         Faults::kClauses, false, SwarmGroup::kLifeCycle, Profile::kCorrect, kEnable},
        kScheduler, part::Parent(), part::Arenas<part::Bits<3, 0, 2>>(),
        part::Flag<&Operation::init_fails, 5>("init-fails"),
        part::Flag<&Operation::validation_fails, 6>("validation-fails")),
    row({kDisable, kArena, "disable", "disable", {0x94, 0x9b}, kNoSecond,
         Faults::kNone, true, SwarmGroup::kLifeCycle, Profile::kCorrect, kDisable},
        kScheduler),
    row({kEnablePath, kArena, "enable-path", "enable_path", {0x9c, 0xa3}, kNoSecond,
         Faults::kWideClauses, true, SwarmGroup::kEnablePath, Profile::kCorrect, kEnable},
        kScheduler, part::Parent(), part::Arenas<part::Bits<1, 5, 2>>(),
        part::Count<&Operation::cpus, 3, limits::kMaxCpus>("cpus:"),
        part::Count<&Operation::shards, 5, limits::kMaxShards>("shards:"),
        part::Count<&Operation::cids, 7, limits::kMaxCids>("cids:")),
    row({kClaim, kArena, "claim", "claim", {0xa4, 0xab}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kNeighbourPages, Profile::kFaults, kClaim},
        Target<'p'>(), kMap, part::PageCount(), part::Hint()),
    row({kRelease, kArena, "release", "release", {0xac, 0xb7}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kNeighbourPages, Profile::kFaults, kRelease},
        part::Released()),
    row({kReserve, kArena, "reserve", "reserve", {0xb8, 0xbf}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kUserPages, Profile::kFaults, kReserve},
        Target<'p'>(), kMap, part::Run()),
    row({kUserFault, kArena, "user-fault", "user_fault", {0xc0, 0xc9}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kUserPages, Profile::kFaults, kUserFault},
        kMap, part::FirstPage(), part::Touches()),
    row({kMmap, kArena, "mmap", "mmap", {0xca, 0xcd}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kMapLife, Profile::kCorrect, kMmap},
        kMap),
    row({kWorker, kArena, "worker", "worker", {0xce, 0xd5}, kNoSecond,
         Faults::kClauses, false, SwarmGroup::kMapLife, Profile::kCorrect, kWorker},
        kMap),
    row({kHeal, kArena, "heal", "heal", {0xd6, 0xd9}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kMapLife, Profile::kCorrect, kHeal}),
    row({kTeardown, kArena, "teardown", "teardown", {0xda, 0xdd}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kMapLife, Profile::kFaults, kTeardown},
        kMap),
    row({kMisuseFree, kArena, "misuse-free", "misuse free", {0xde, 0xef}, kNoSecond,
         Faults::kNone, true, SwarmGroup::kMisuse, Profile::kMisuse, kFree},
        Slot<'a'>(), part::Wrongs<true>()),
    row({kGenCreate, kGenPool, "gen-create", "create", {0xc0, 0xc7}, kNoSecond,
         Faults::kClauses, false, SwarmGroup::kLifeCycle, Profile::kCorrect, kGenCreate}),
    row({kGenAdd, kGenPool, "gen-add", "add", {0xa8, 0xbf}, {0xf0, 0xf1},
         Faults::kFlag, false, SwarmGroup::kEnablePath, Profile::kCorrect, kGenAdd},
        part::Chunk()),
    row({kGenAlloc, kGenPool, "gen-alloc", "alloc", {0x00, 0x5f}, {0xf2, 0xf3},
         Faults::kNone, true, SwarmGroup::kAlloc, Profile::kCorrect, kGenAlloc},
        Target<'a'>(), part::Size(), part::Policy(), part::Door()),
    row({kGenFree, kGenPool, "gen-free", "free", {0x60, 0xa7}, {0xf4, 0xf4},
         Faults::kNone, true, SwarmGroup::kFree, Profile::kCorrect, kGenFree},
        Slot<'a'>(), part::SecondCode<&Operation::via>("via:owner")),
    row({kGenMisuseFree, kGenPool, "gen-misuse-free", "misuse free", {0xe0, 0xef}, kNoSecond,
         Faults::kNone, true, SwarmGroup::kMisuse, Profile::kMisuse, kGenFree},
        Slot<'a'>(), part::Wrongs<false>()),
    row({kGenHasAddr, kGenPool, "gen-has-addr", "has_addr", {0xd0, 0xdf}, {0xf6, 0xf6},
         Faults::kNone, false, SwarmGroup::kNeighbourPages, Profile::kCorrect, kGenHasAddr},
        part::Asked()),
    row({kGenDestroy, kGenPool, "gen-destroy", "destroy", {0xc8, 0xcf}, {0xf5, 0xf5},
         Faults::kNone, false, SwarmGroup::kLifeCycle, Profile::kCorrect, kGenDestroy},
        part::SecondCode<&Operation::as_is>("as-is")),
    row({kGenSetAlgo, kGenPool, "gen-set-algo", "set_algo", {0xf7, 0xf7}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kUserPages, Profile::kCorrect, kGenSetAlgo},
        part::OwnPolicy()),
    row({kGenVirtToPhys, kGenPool, "gen-virt-to-phys", "virt_to_phys", {0xf8, 0xf8}, kNoSecond,
         Faults::kNone, false, SwarmGroup::kUserPages, Profile::kCorrect, kGenVirtToPhys},
        part::Address()),
    row({kGenManaged, kGenPool, "gen-managed", "managed", {0xf9, 0xf9}, kNoSecond,
         Faults::kClauses, false, SwarmGroup::kUserPages, Profile::kCorrect, kGenManaged},
        part::Flag<&Operation::named, 4>("named")),
};
// clang-format on

inline constexpr std::size_t kCount = std::tuple_size_v<decltype(kRows)>;
static_assert(kCount == kOperationKindCount, "a row for each kind");
using Indices = std::make_index_sequence<kCount>;

// What can be asked of a kind without its parts.
inline constexpr std::array<Head, kCount> kHeads =
    std::apply([](const auto&... rows) { return std::array<Head, kCount>{rows.head...}; }, kRows);
constexpr const Head& head_of(OperationKind kind) { return kHeads[static_cast<std::size_t>(kind)]; }
static_assert(
    [] {
      for (std::size_t i = 0; i < kCount; ++i)
        if (static_cast<std::size_t>(kHeads[i].kind) != i) return false;
      return true;
    }(),
    "rows are in the order of their kinds");

template <typename Visit, std::size_t kIndex>
decltype(auto) visit_one(Visit& visit) {
  return visit(std::get<kIndex>(kRows));
}
template <typename Visit, std::size_t... kEach>
decltype(auto) visit_at(OperationKind kind, Visit& visit, std::index_sequence<kEach...>) {
  using Result = decltype(visit(std::get<0>(kRows)));
  static constexpr Result (*kVisits[])(Visit&) = {visit_one<Visit, kEach>...};
  return kVisits[static_cast<std::size_t>(kind)](visit);
}
// Calls `visit` with the kind's row, a constant that compilers unroll.
template <typename Visit>
decltype(auto) visit_row(OperationKind kind, Visit visit) {
  return visit_at(kind, visit, Indices());
}

// Calls `visit` with every row.
template <typename Visit>
void each_row(Visit visit) {
  std::apply([&visit](const auto&... rows) { (visit(rows), ...); }, kRows);
}

}  // namespace arenafuzz::table

#endif  // ARENAFUZZ_FUZZ_PROGRAM_OPERATION_TABLE_H_
