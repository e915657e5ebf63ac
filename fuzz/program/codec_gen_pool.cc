// SPDX-License-Identifier: GPL-2.0-only
//
// The arguments of gen_pool programs' records, and those that both kinds of program have.
#include <algorithm>

#include "fuzz/program/codec_parts.h"

namespace arenafuzz::codec {
namespace {

// A width first, so that random bytes give small sizes as often as large ones.
constexpr int kSizeBits[4] = {12, 16, 32, 64};

// set_algo's sixth choice: no policy.
constexpr unsigned kDefaultCode = kAllocPolicyCount;

void decode_policy(const std::uint8_t* record, std::uint32_t code, Operation& operation) {
  operation.policy = static_cast<AllocPolicy>(code % kAllocPolicyCount);
  operation.policy_data = static_cast<std::uint32_t>(get(record + 11, 3));
  if (operation.policy == AllocPolicy::kAlign)
    operation.policy_data %= limits::kMaxAlignExponent + 1;
}

// `extended`: the record of a kind's second opcode.
void decode_chunk(const std::uint8_t* record, bool extended, Operation& operation) {
  if (bit(record[1], 4)) operation.faults[0] = {FaultClause::Kind::kSite, {}, false, 1};
  operation.address = get(record + 2, 6);
  if (!extended) {
    operation.address =
        std::clamp(operation.address, limits::kMinChunkAddress, limits::kMaxChunkAddress);
    operation.size = std::min(get(record + 8, 6), limits::kMaxChunkAddress - operation.address);
    return;
  }
  operation.size = get(record + 8, 5);
  operation.owner = record[13];
  operation.has_physical = bit(record[1], 5);
  operation.physical = std::uint64_t{record[14]} << 12 | std::uint64_t{record[15]} << 36;
}

void encode_chunk(const Operation& operation, std::uint8_t* record) {
  put(record + 2, 6, operation.address);
  put(record + 8, 6, operation.size);
  if (!is_extended(operation)) return;
  record[1] = static_cast<std::uint8_t>(record[1] | flag(operation.has_physical, 5));
  record[13] = operation.owner;
  record[14] = static_cast<std::uint8_t>(operation.physical >> 12);
  record[15] = static_cast<std::uint8_t>(operation.physical >> 36);
}

}  // namespace

std::uint64_t get_size(const std::uint8_t* record) {
  const int bits = kSizeBits[record[1] >> 2 & 3];
  const std::uint64_t value = get(record + 3, 8);
  return bits == 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

void put_size(std::uint8_t* record, std::uint64_t size) {
  std::uint8_t width = 0;
  while (kSizeBits[width] < 64 && size >> kSizeBits[width] != 0) ++width;
  record[1] = static_cast<std::uint8_t>(record[1] | width << 2);
  put(record + 3, 8, size);
}

void decode_misuse_free(const std::uint8_t* record, Operation& operation) {
  const std::uint8_t flags = record[1];
  operation.size = get_size(record);
  operation.size_given = bit(flags, 4);
  operation.twice = bit(flags, 5);
  operation.via = bit(flags, 6);
  operation.offset = static_cast<std::int16_t>(get(record + 11, 2));
}

void encode_misuse_free(const Operation& operation, std::uint8_t* record) {
  record[1] = static_cast<std::uint8_t>(record[1] | flag(operation.size_given, 4) |
                                        flag(operation.twice, 5) | flag(operation.via, 6));
  put(record + 11, 2, static_cast<std::uint16_t>(operation.offset));
  put_size(record, operation.size);
}

void decode_gen_pool_argument(const std::uint8_t* record, bool extended, Operation& operation) {
  const std::uint8_t flags = record[1];
  switch (operation.kind) {
    case OperationKind::kGenAlloc:
      operation.size = get_size(record);
      decode_policy(record, flags >> 4, operation);
      if (extended) operation.door = static_cast<AllocDoor>(1 + (flags & 3));
      break;
    case OperationKind::kGenFree:
      operation.via = extended;
      break;
    case OperationKind::kGenMisuseFree:
      decode_misuse_free(record, operation);
      break;
    case OperationKind::kGenAdd:
      decode_chunk(record, extended, operation);
      break;
    case OperationKind::kGenDestroy:
      operation.as_is = extended;
      break;
    case OperationKind::kGenHasAddr:
      operation.address = get(record + 2, 6);
      if (extended) operation.address |= std::uint64_t{0xffff} << 48;
      operation.size = get(record + 8, 8);
      break;
    case OperationKind::kGenSetAlgo:
      operation.by_default = (flags >> 4) % (kDefaultCode + 1) == kDefaultCode;
      if (!operation.by_default)
        decode_policy(record, (flags >> 4) % (kDefaultCode + 1), operation);
      break;
    case OperationKind::kGenVirtToPhys:
      operation.address = get(record + 3, 8);
      break;
    case OperationKind::kGenManaged:
      operation.named = bit(flags, 4);
      break;
    default:
      break;
  }
}

void encode_gen_pool_argument(const Operation& operation, std::uint8_t* record) {
  const auto set = [record](unsigned value) {
    record[1] = static_cast<std::uint8_t>(record[1] | value);
  };
  switch (operation.kind) {
    case OperationKind::kGenAlloc:
      set(static_cast<unsigned>(operation.policy) << 4);
      if (is_extended(operation)) set(static_cast<unsigned>(operation.door) - 1);
      put(record + 11, 3, operation.policy_data);
      put_size(record, operation.size);
      break;
    case OperationKind::kGenMisuseFree:
      encode_misuse_free(operation, record);
      break;
    case OperationKind::kGenAdd:
      set(flag(operation.faults[0].kind != FaultClause::Kind::kNone, 4));
      encode_chunk(operation, record);
      break;
    case OperationKind::kGenHasAddr:
      put(record + 2, 6, operation.address);
      put(record + 8, 8, operation.size);
      break;
    case OperationKind::kGenSetAlgo:
      set((operation.by_default ? kDefaultCode : static_cast<unsigned>(operation.policy)) << 4);
      put(record + 11, 3, operation.policy_data);
      break;
    case OperationKind::kGenVirtToPhys:
      put(record + 3, 8, operation.address);
      break;
    case OperationKind::kGenManaged:
      set(flag(operation.named, 4));
      break;
    default:
      break;
  }
}

}  // namespace arenafuzz::codec
