// SPDX-License-Identifier: GPL-2.0-only
//
// What the codec's two files share: little-endian numbers, and the header and plan in front of the
// records. Not for others: see codec.h.
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

}  // namespace arenafuzz::codec

#endif  // ARENAFUZZ_FUZZ_PROGRAM_CODEC_PARTS_H_
