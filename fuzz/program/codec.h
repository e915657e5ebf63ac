// SPDX-License-Identifier: GPL-2.0-only
//
// Program <-> bytes. Any byte string decodes; encode(decode(b)) is canonical and decodes to the
// same program.
//
//   offset  0        16              80 (or 16)
//          +--------+---------------+--------+--------+--
//          | header | plan, if any  | record | record |        all numbers little-endian
//          +--------+---------------+--------+--------+--
//
//   header  0 version and kind: 0 arena, 1 gen_pool; an unknown value reads as 0
//           1 bits 0-1 profile, 2 best fit, 3 deferred release, 4 unmapped, 5 maps - 1,
//             6-7 schedulers - 1
//           2 bits 0-1 base, 2-3 page size, 4 a plan follows
//           3 gen_pool: granule order
//           4-7 arena pages - 1: a byte with the number of bits, then 3 bytes of value
//           8-11 swarm weights      12-15 zero
//   record  0 opcode: by the table of operations (operation_table.h)
//           1 bits 0-1 scheduler (bit 0: map), 2-3 width of the size, 4-7 flags of the kind
//           2 slot
//           3-10 argument of the kind
//           11-13 two fault clauses of 12 bits: site (0 none, 1-5, 6 nth), lasting, ordinal
//           14-15 two collisions of a byte: ordinal (0 none), clear, offset code
//
// docs/format.md has every argument, written so that a reader in another language can be made from
// it. Golden tests pin all of this: corpora live for years.
//
// Ownership The caller's buffers.
// Errors    none: decode is total.
// Threads   no state.
// Source    docs/format.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_CODEC_H_
#define ARENAFUZZ_FUZZ_PROGRAM_CODEC_H_

#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/program/program.h"

namespace arenafuzz {

// Reuses the program's memory. The result is repaired.
void decode(std::span<const std::uint8_t> bytes, Program* program);

// REQUIRES: a repaired program.
void encode(const Program& program, std::vector<std::uint8_t>* bytes);

struct OpcodeRange {
  std::uint8_t first;  // the canonical code; a kind with a second range uses it if is_extended()
  std::uint8_t last;
  OperationKind kind;
};
// Ascending; codes in none of their ranges are reserved and decode to nothing.
std::vector<OpcodeRange> opcode_table(ProgramKind kind);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_CODEC_H_
