// SPDX-License-Identifier: GPL-2.0-only
//
// Mutations of a program as a program: operations, slots, sizes and faults rather than bytes.
//
//   bytes --> decode --> mutations --> repair --> drop what exceeds the size --> encode --> bytes
//
// The same input, seed and maximum give the same result with every compiler. Every result is
// canonical: encode(decode(x)) == x. Only below the 16 bytes of a header that cannot be: then the
// result is the header's first bytes.
//
// Ownership The caller's programs and buffers; `out` must not be the input.
// Units     bytes.
// Errors    none: any bytes can be mutated.
// Threads   no state.
// Source    docs/format.md.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_MUTATOR_H_
#define ARENAFUZZ_FUZZ_PROGRAM_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fuzz/program/program.h"
#include "fuzz/program/random.h"

namespace arenafuzz {

enum class Mutation : std::uint8_t {
  kInsert,     // one to four operations drawn by the generator with the header's swarm weights
  kDelete,     // a run of operations
  kDuplicate,  // one operation, right behind itself
  kMove,       // one operation
  kSplice,     // a run, copied elsewhere under slots of its own
  kSize,       // of one operation to an edge, -1, 0 or +1
  kFault,      // one fault clause: added, moved or dropped
  kCollision,  // one collision: added, moved or dropped
  kSwapFrees,  // two frees change places
  kPlace,      // the scheduler, map or slot of one operation
  kHeader,     // one field of the header
  kPlan,       // the plan: added, dropped or its seed changed
};
inline constexpr int kMutationCount = 12;

// False, and the program as it was, if there is nothing that it could apply to. REQUIRES: a
// repaired program. The result is repaired.
bool apply(Mutation mutation, Random& random, Program* program);

// Mixes the second's operations into the first, whose header stays. The second's slots are renamed
// to ones that the first does not use, as long as there are any; equal slots stay equal. Programs
// of different kinds: the first stays as it is.
void cross_over(const Program& second, Random& random, Program* first);

// Drops trailing operations, then the plan, until the encoded program has at most `max_size` bytes.
void fit(std::size_t max_size, Program* program);

using ByteSpan = std::span<const std::uint8_t>;

// What a target makes of every input, whatever the bytes say. From an engine's first, empty input a
// mutation that goes by the bytes alone never draws a fault: their profile is `correct`.
struct TargetPrograms {
  std::optional<Profile> profile;
  std::optional<ProgramKind> kind;
};
// That of the target in this process: its glue sets it before the engine's first mutation.
TargetPrograms& engine_target();

// Decoded, fitted and encoded.
void canonicalise(ByteSpan bytes, std::size_t max_size, std::vector<std::uint8_t>* out);

// True for the fixed share of seeds, one of 8, whose mutation is one of plain bytes.
bool wants_plain_bytes(std::uint64_t seed);
void mutate(ByteSpan bytes, std::uint64_t seed, std::size_t max_size,
            std::vector<std::uint8_t>* out, const TargetPrograms& target = {});
void cross_over(ByteSpan first, ByteSpan second, std::uint64_t seed, std::size_t max_size,
                std::vector<std::uint8_t>* out, const TargetPrograms& target = {});

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_MUTATOR_H_
