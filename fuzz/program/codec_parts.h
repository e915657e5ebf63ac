// SPDX-License-Identifier: GPL-2.0-only
//
// What the codec's files share: little-endian numbers, the header and plan in front of the records,
// and arguments of records. Not for others: see codec.h.
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_CODEC_PARTS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_CODEC_PARTS_H_

#include <cstdint>

#include "fuzz/program/program.h"

namespace arenafuzz::codec {

inline std::uint64_t get(const std::uint8_t* at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= std::uint64_t{at[i]} << (8 * i);
  return value;
}

inline void put(std::uint8_t* at, int bytes, std::uint64_t value) {
  for (int i = 0; i < bytes; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

inline bool bit(std::uint8_t byte, int index) { return (byte >> index & 1) != 0; }

inline std::uint8_t flag(bool value, int index) {
  return static_cast<std::uint8_t>(value ? 1u << index : 0u);
}

// limits::kHeaderBytes at `at`.
void decode_header(const std::uint8_t* at, Header& header);
void encode_header(const Program& program, std::uint8_t* at);
// limits::kPlanBytes at `at`.
void decode_plan(const std::uint8_t* at, FaultPlan& plan);
void encode_plan(const FaultPlan& plan, std::uint8_t* at);

// A size with its width, of a whole record.
std::uint64_t get_size(const std::uint8_t* record);
void put_size(std::uint8_t* record, std::uint64_t size);
void decode_misuse_free(const std::uint8_t* record, Operation& operation);
void encode_misuse_free(const Operation& operation, std::uint8_t* record);

// What a record of a gen_pool program holds besides its slot, faults and collisions.
// `extended`: the opcode is a kind's second one (is_extended() in program.h).
void decode_gen_pool_argument(const std::uint8_t* record, bool extended, Operation& operation);
void encode_gen_pool_argument(const Operation& operation, std::uint8_t* record);

}  // namespace arenafuzz::codec

#endif  // ARENAFUZZ_FUZZ_PROGRAM_CODEC_PARTS_H_
