// SPDX-License-Identifier: GPL-2.0-only
//
// Every bound of the program format, in one place. They are part of the format's version: changing
// one changes what old bytes mean, which only a new version may do.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_LIMITS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace arenafuzz::limits {

inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::size_t kPlanBytes = 64;    // follows the header if it says so
inline constexpr std::size_t kRecordBytes = 16;  // one operation
inline constexpr std::size_t kMaxOperations = 65536;
// Bytes past this are not read.
inline constexpr std::size_t kMaxProgramBytes =
    kHeaderBytes + kPlanBytes + kMaxOperations * kRecordBytes;

inline constexpr int kMaxSchedulers = 4;
inline constexpr int kMaxMaps = 2;
inline constexpr int kBlockSlots = 256;  // a0 to a255
inline constexpr int kRunSlots = 256;    // p0 to p255, the neighbour's

inline constexpr std::uint64_t kMaxArenaBytes = std::uint64_t{1} << 32;
inline constexpr int kMaxArenaPageBits = 20;                // at most 2^20 pages
inline constexpr std::uint32_t kPageMask = (1u << 21) - 1;  // page numbers and counts of neighbours
inline constexpr std::uint32_t kMaxCpus = 8192;
inline constexpr std::uint32_t kMaxShards = 1024;
inline constexpr std::uint32_t kMaxCids = 8192;
inline constexpr std::uint32_t kMaxMasks = kMaxCpus + kMaxShards;

// Programs of a gen_pool alone (docs/format.md, What operations mean).
inline constexpr int kMaxGranuleOrder = 12;
inline constexpr std::uint64_t kMinChunkAddress = 4096;
// Chunks that need no more than the record first laid out for them end here.
inline constexpr std::uint64_t kMaxChunkAddress = std::uint64_t{1} << 46;
inline constexpr std::uint64_t kMaxChunkSize = (std::uint64_t{1} << 40) - 1;
inline constexpr std::uint64_t kPhysicalMask = (std::uint64_t{0xff} << 36) | (0xff << 12);
// Chunks in here have memory behind them.
inline constexpr std::uint64_t kMemoryStart = 0x7ec000000000;
inline constexpr std::uint64_t kMemoryBytes = std::uint64_t{1} << 18;
inline constexpr std::uint64_t kMaxBitmapBytes = std::uint64_t{1} << 20;  // of all chunks together
inline constexpr std::uint32_t kMaxAlignExponent = 40;
inline constexpr std::uint32_t kMaxPolicyData = 0xffffff;

// Steps after which a program ends as out-of-budget (docs/design.md, Bounds are counts, never a
// clock).
inline constexpr std::uint64_t kMaxSteps = std::uint64_t{1} << 25;

}  // namespace arenafuzz::limits

#endif  // ARENAFUZZ_FUZZ_PROGRAM_LIMITS_H_
