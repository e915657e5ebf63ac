// SPDX-License-Identifier: GPL-2.0-only
//
// Mutations of a program as a program: operations, slots, sizes and faults rather than bytes.
//
//   bytes --> decode --> mutations --> repair --> drop what exceeds the size --> encode --> bytes
//
// The same input, seed and maximum give the same result with every compiler. Every result is
// canonical: encode(decode(x)) == x. Except where max_size is below the 16 bytes of a header: the
// result is then a header that is cut.
//
// Ownership The caller's programs and buffers; `out` must not be the input.
// Units     bytes, also of max_size.
// Errors    none: any bytes can be mutated.
// Threads   no state but engine_target(), which is set once, before the engine starts.
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
  kSize,       // of one operation: a boundary, or one more or less
  kFault,      // one fault clause: added, moved or dropped
  kCollision,  // one collision: added, moved or dropped
  kSwapFrees,  // two frees change places
  kPlace,      // the scheduler, map or slot of one operation
  kHeader,     // one field of the header
  kPlan,       // the plan: added, dropped or its seed changed
};
inline constexpr int kMutationCount = static_cast<int>(Mutation::kPlan) + 1;

// False, and the program as it was, if the mutation has nothing to act on. REQUIRES: a repaired
// program. The result is repaired.
bool apply(Mutation mutation, Random& random, Program* program);

// Mixes the second's operations into the first, whose header stays. The second's slots are renamed
// to ones that the first does not use, as long as there are any; equal slots stay equal. Programs
// of different kinds: the first stays as it is.
void cross_over(const Program& second, Random& random, Program* first);

// Drops trailing operations, then the plan, until the encoded program has at most `max_size` bytes.
void fit(std::size_t max_size, Program* program);

using ByteSpan = std::span<const std::uint8_t>;

// Profile and kind that a target forces on every input. Without them an engine's first, empty input
// decodes to the profile `correct`, and no mutation could ever add a fault.
struct TargetPrograms {
  std::optional<Profile> profile;
  std::optional<ProgramKind> kind;
};
// That of this process: the target's glue sets it before the first mutation.
TargetPrograms& engine_target();

// Decoded, fitted and encoded.
void canonicalise(ByteSpan bytes, std::size_t max_size, std::vector<std::uint8_t>* out);

// True for the fixed share of seeds, one of 8, whose mutation is one of plain bytes.
bool wants_plain_bytes(std::uint64_t seed);
// Up to four mutations, or another program; where wants_plain_bytes() a change of plain bytes,
// whatever `target` says.
void mutate(ByteSpan bytes, std::uint64_t seed, std::size_t max_size,
            std::vector<std::uint8_t>* out, const TargetPrograms& target = {});
void cross_over(ByteSpan first, ByteSpan second, std::uint64_t seed, std::size_t max_size,
                std::vector<std::uint8_t>* out, const TargetPrograms& target = {});

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_MUTATOR_H_
