// SPDX-License-Identifier: GPL-2.0-only
//
// Program <-> bytes. Any byte string decodes; encode(decode(b)) is canonical and decodes to the
// same program.
//
//   offset  0        16              80 with a plan, else 16
//          +--------+---------------+--------+--------+--
//          | header | plan, if any  | record | record |        all numbers little-endian
//          +--------+---------------+--------+--------+--
//
//   header  0 version and kind: 0 arena, 1 gen_pool; an unknown value reads as 0
//           1 bits 0-1 profile, 2 best fit, 3 deferred release, 4 unmapped, 5 maps - 1,
//             6-7 schedulers - 1
//           2 bits 0-1 base, 2-3 page size, 4 a plan follows
//           3 gen_pool: granule order
//           4 arena pages - 1: number of bits, modulo 21; 5-7 its value, of which so many bits
//           count 8-11 swarm weights      12-15 zero
//   record  0 opcode: by the table of operations (operation_table.h)
//           1 bits 0-1 scheduler (operations of a map: bit 0), 2-3 width of the size, 4-7 flags of
//           the kind 2 slot 3-10 argument of the kind 11-13 two fault clauses of 12 bits: site (0
//           none, 1-5, 6 nth), lasting, ordinal 14-15 two collisions of a byte: bits 0-3 ordinal (0
//           none), 4 clear, 5-7 offset code
//
// What is longer than limits::kMaxProgramBytes is not read; a last record that is short is read as
// if zeroes followed. docs/format.md is the whole format, enough to write another decoder from.
// Golden tests pin it: corpora live for years.
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

// Replaces *bytes. REQUIRES: a repaired program.
void encode(const Program& program, std::vector<std::uint8_t>* bytes);

struct OpcodeRange {
  std::uint8_t first;  // what encode() writes; the second range of a kind is for is_extended()
  std::uint8_t last;
  OperationKind kind;
};
// By code. A code in no range is reserved: its record is skipped.
std::vector<OpcodeRange> opcode_table(ProgramKind kind);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_CODEC_H_
