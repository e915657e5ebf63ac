// SPDX-License-Identifier: GPL-2.0-only
//
// What the codec and the parts of operations share: little-endian numbers, numbers with a width,
// the header and plan in front of the records. Not for others: see codec.h.
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

// A size in bytes 3 to 10 of a whole record. Its width comes first, in bits 2-3 of byte 1, so that
// random bytes give small sizes as often as large ones.
inline constexpr int kSizeBits[4] = {12, 16, 32, 64};
inline std::uint64_t get_size(const std::uint8_t* record) {
  const int bits = kSizeBits[record[1] >> 2 & 3];
  return get(record + 3, 8) & (~std::uint64_t{0} >> (64 - bits));
}
inline void put_size(std::uint8_t* record, std::uint64_t size) {
  std::uint8_t width = 0;
  while (kSizeBits[width] < 64 && size >> kSizeBits[width] != 0) ++width;
  record[1] = static_cast<std::uint8_t>(record[1] | width << 2);
  put(record + 3, 8, size);
}

// A count of enable_path: 16 bits, the upper two a width, for the same reason.
inline constexpr int kCountBits[4] = {3, 6, 9, 14};
inline std::uint16_t get_count(const std::uint8_t* at, std::uint32_t most) {
  const auto code = static_cast<std::uint32_t>(get(at, 2));
  const std::uint32_t value = code & ((1u << kCountBits[code >> 14]) - 1);
  return static_cast<std::uint16_t>(value % (most + 1));
}
inline void put_count(std::uint8_t* at, std::uint32_t count) {
  std::uint32_t width = 0;
  while (count >> kCountBits[width] != 0) ++width;
  put(at, 2, count | width << 14);
}

}  // namespace arenafuzz::codec

#endif  // ARENAFUZZ_FUZZ_PROGRAM_CODEC_PARTS_H_
