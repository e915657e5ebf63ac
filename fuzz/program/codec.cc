// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "fuzz/program/codec_parts.h"

namespace arenafuzz {

using namespace codec;  // NOLINT(google-build-using-namespace): its own parts

namespace {

using Record = std::array<std::uint8_t, limits::kRecordBytes>;

constexpr OpcodeRange kArenaTable[] = {
    {0x00, 0x4f, OperationKind::kAlloc},      {0x50, 0x87, OperationKind::kFree},
    {0x88, 0x93, OperationKind::kEnable},     {0x94, 0x9b, OperationKind::kDisable},
    {0x9c, 0xa3, OperationKind::kEnablePath}, {0xa4, 0xab, OperationKind::kClaim},
    {0xac, 0xb7, OperationKind::kRelease},    {0xb8, 0xbf, OperationKind::kReserve},
    {0xc0, 0xc9, OperationKind::kUserFault},  {0xca, 0xcd, OperationKind::kMmap},
    {0xce, 0xd5, OperationKind::kWorker},     {0xd6, 0xd9, OperationKind::kHeal},
    {0xda, 0xdd, OperationKind::kTeardown},   {0xde, 0xef, OperationKind::kMisuseFree},
};
constexpr OpcodeRange kGenPoolTable[] = {
    {0x00, 0x5f, OperationKind::kGenAlloc},      {0x60, 0xa7, OperationKind::kGenFree},
    {0xa8, 0xbf, OperationKind::kGenAdd},        {0xc0, 0xc7, OperationKind::kGenCreate},
    {0xc8, 0xcf, OperationKind::kGenDestroy},    {0xd0, 0xdf, OperationKind::kGenHasAddr},
    {0xe0, 0xef, OperationKind::kGenMisuseFree}, {0xf0, 0xf1, OperationKind::kGenAdd},
    {0xf2, 0xf3, OperationKind::kGenAlloc},      {0xf4, 0xf4, OperationKind::kGenFree},
    {0xf5, 0xf5, OperationKind::kGenDestroy},    {0xf6, 0xf6, OperationKind::kGenHasAddr},
    {0xf7, 0xf7, OperationKind::kGenSetAlgo},    {0xf8, 0xf8, OperationKind::kGenVirtToPhys},
    {0xf9, 0xf9, OperationKind::kGenManaged},
};
// In this table a kind's second range begins here: is_extended() in program.h.
constexpr std::uint8_t kFirstExtended = 0xf0;
constexpr std::uint8_t kLastExtended = 0xf6;

constexpr std::uint8_t kReserved = 0xff;

struct OpcodeLookup {
  std::array<std::uint8_t, 256> kind_of{};
  std::array<std::uint8_t, kOperationKindCount> code_of{};
  std::array<std::uint8_t, kOperationKindCount> extended_code_of{};
};

template <std::size_t N>
constexpr OpcodeLookup make_lookup(const OpcodeRange (&table)[N]) {
  OpcodeLookup lookup;
  for (std::uint8_t& kind : lookup.kind_of) kind = kReserved;
  for (const OpcodeRange& range : table) {
    for (int code = range.first; code <= range.last; ++code)
      lookup.kind_of[static_cast<std::size_t>(code)] = static_cast<std::uint8_t>(range.kind);
    const bool extended = range.first >= kFirstExtended && range.last <= kLastExtended;
    (extended ? lookup.extended_code_of : lookup.code_of)[static_cast<std::size_t>(range.kind)] =
        range.first;
  }
  return lookup;
}

constexpr OpcodeLookup kLookups[2] = {make_lookup(kArenaTable), make_lookup(kGenPoolTable)};

// Counts of enable_path: two bits of width, then the value, for the same reason.
constexpr int kCountBits[4] = {3, 6, 9, 14};

std::uint16_t get_count(const std::uint8_t* at, std::uint32_t most) {
  const auto code = static_cast<std::uint32_t>(get(at, 2));
  const std::uint32_t value = code & ((1u << kCountBits[code >> 14]) - 1);
  return static_cast<std::uint16_t>(value % (most + 1));
}

void put_count(std::uint8_t* at, std::uint32_t count) {
  std::uint32_t width = 0;
  while (count >> kCountBits[width] != 0) ++width;
  put(at, 2, count | width << 14);
}

constexpr std::uint32_t kNthCode = 6;

void decode_faults(const std::uint8_t* record, Operation& operation) {
  const auto bits = static_cast<std::uint32_t>(get(record + 11, 3));
  const bool wide = operation.kind == OperationKind::kEnablePath;
  for (int i = 0; i < kClausesPerOperation; ++i) {
    const std::uint32_t code = bits >> (12 * i);
    const std::uint32_t site = code & 7;
    FaultClause& clause = operation.faults[i];
    clause = {};
    if (site == 0 || site > kNthCode) continue;
    clause.kind = site == kNthCode ? FaultClause::Kind::kNth : FaultClause::Kind::kSite;
    if (site != kNthCode) clause.site = static_cast<FaultSite>(site - 1);
    clause.lasting = (code >> 3 & 1) != 0;
    clause.ordinal = static_cast<std::uint16_t>(code >> 4 & 0xff);
    if (wide) clause.ordinal = static_cast<std::uint16_t>(clause.ordinal | record[9 + i] << 8);
  }
}

void encode_faults(const Operation& operation, std::uint8_t* record) {
  std::uint32_t bits = 0;
  for (int i = 0; i < kClausesPerOperation; ++i) {
    const FaultClause& clause = operation.faults[i];
    if (clause.kind == FaultClause::Kind::kNone) continue;
    const std::uint32_t site = clause.kind == FaultClause::Kind::kNth
                                   ? kNthCode
                                   : static_cast<std::uint32_t>(clause.site) + 1;
    bits |= (site | (clause.lasting ? 8u : 0u) | (clause.ordinal & 0xffu) << 4) << (12 * i);
    if (operation.kind == OperationKind::kEnablePath)
      record[9 + i] = static_cast<std::uint8_t>(clause.ordinal >> 8);
  }
  put(record + 11, 3, bits);
}

void decode_collisions(const std::uint8_t* record, Operation& operation) {
  for (int i = 0; i < kCollisionsPerOperation; ++i) {
    const std::uint8_t code = record[14 + i];
    operation.collisions[i] = {static_cast<std::uint8_t>(code & 15), bit(code, 4),
                               static_cast<std::uint8_t>(code >> 5)};
  }
}

void encode_collisions(const Operation& operation, std::uint8_t* record) {
  for (int i = 0; i < kCollisionsPerOperation; ++i) {
    const Collision& collision = operation.collisions[i];
    record[14 + i] = static_cast<std::uint8_t>(collision.ordinal | flag(collision.clear, 4) |
                                               collision.offset_code << 5);
  }
}

void decode_argument(const std::uint8_t* record, Operation& operation) {
  const std::uint8_t flags = record[1];
  switch (operation.kind) {
    case OperationKind::kAlloc:
      operation.size = get_size(record);
      break;
    case OperationKind::kEnable:
      operation.sub = bit(flags, 4);
      operation.init_fails = bit(flags, 5);
      operation.validation_fails = bit(flags, 6);
      operation.arenas = record[3] & 3;
      break;
    case OperationKind::kEnablePath:
      operation.sub = bit(flags, 4);
      operation.arenas = static_cast<std::uint8_t>(flags >> 5 & 3);
      operation.cpus = get_count(record + 3, limits::kMaxCpus);
      operation.shards = get_count(record + 5, limits::kMaxShards);
      operation.cids = get_count(record + 7, limits::kMaxCids);
      break;
    case OperationKind::kClaim:
    case OperationKind::kReserve:
    case OperationKind::kRelease:
      operation.target = static_cast<ReleaseTarget>((flags >> 4) % 3);
      operation.page = static_cast<std::uint32_t>(get(record + 3, 4));
      operation.count = static_cast<std::uint32_t>(get(record + 7, 4));
      break;
    case OperationKind::kUserFault:
      operation.page = static_cast<std::uint32_t>(get(record + 3, 4));
      operation.count = static_cast<std::uint32_t>(get(record + 7, 2));
      operation.stride = static_cast<std::uint16_t>(get(record + 9, 2));
      break;
    case OperationKind::kMisuseFree:
      decode_misuse_free(record, operation);
      break;
    default:
      break;
  }
}

void encode_argument(const Operation& operation, std::uint8_t* record) {
  std::uint8_t flags = record[1];
  const auto set = [&flags](unsigned value) { flags = static_cast<std::uint8_t>(flags | value); };
  switch (operation.kind) {
    case OperationKind::kAlloc:
      put_size(record, operation.size);
      return;
    case OperationKind::kEnable:
      set(flag(operation.sub, 4) | flag(operation.init_fails, 5) |
          flag(operation.validation_fails, 6));
      record[3] = operation.arenas;
      break;
    case OperationKind::kEnablePath:
      set(flag(operation.sub, 4) | static_cast<unsigned>(operation.arenas) << 5);
      put_count(record + 3, operation.cpus);
      put_count(record + 5, operation.shards);
      put_count(record + 7, operation.cids);
      break;
    case OperationKind::kClaim:
    case OperationKind::kReserve:
    case OperationKind::kRelease:
      set(static_cast<unsigned>(operation.target) << 4);
      put(record + 3, 4, operation.page);
      put(record + 7, 4, operation.count);
      break;
    case OperationKind::kUserFault:
      put(record + 3, 4, operation.page);
      put(record + 7, 2, operation.count);
      put(record + 9, 2, operation.stride);
      break;
    case OperationKind::kMisuseFree:
      encode_misuse_free(operation, record);
      return;
    default:
      break;
  }
  record[1] = flags;
}

bool uses_map(OperationKind kind) {
  return kind >= OperationKind::kClaim && kind <= OperationKind::kTeardown;
}

// Records of kGenAdd and kGenHasAddr use the whole record for their two numbers.
bool is_wide(OperationKind kind) {
  return kind == OperationKind::kGenAdd || kind == OperationKind::kGenHasAddr;
}

bool decode_record(const std::uint8_t* record, const Header& header, Operation& operation) {
  const std::uint8_t kind = kLookups[static_cast<int>(header.kind)].kind_of[record[0]];
  if (kind == kReserved) return false;
  const bool extended = header.kind == ProgramKind::kGenPool && record[0] >= kFirstExtended &&
                        record[0] <= kLastExtended;
  operation = Operation{};
  operation.kind = static_cast<OperationKind>(kind);
  if (uses_map(operation.kind)) {
    operation.map = record[1] & 1;
  } else {
    operation.scheduler = record[1] & 3;
  }
  if (!is_wide(operation.kind)) {
    operation.slot = record[2];
    if (takes_faults(operation.kind)) decode_faults(record, operation);
    if (takes_collisions(operation.kind)) decode_collisions(record, operation);
  }
  if (header.kind == ProgramKind::kGenPool) {
    decode_gen_pool_argument(record, extended, operation);
  } else {
    decode_argument(record, operation);
  }
  repair(operation, header);
  return true;
}

Record encode_record(const Operation& operation, const Header& header) {
  Record record{};
  const OpcodeLookup& lookup = kLookups[static_cast<int>(header.kind)];
  record[0] = (is_extended(operation) ? lookup.extended_code_of
                                      : lookup.code_of)[static_cast<std::size_t>(operation.kind)];
  record[1] = uses_map(operation.kind) ? operation.map : operation.scheduler;
  if (!is_wide(operation.kind)) {
    record[2] = operation.slot;
    if (takes_faults(operation.kind)) encode_faults(operation, record.data());
    encode_collisions(operation, record.data());
  }
  if (header.kind == ProgramKind::kGenPool) {
    encode_gen_pool_argument(operation, record.data());
  } else {
    encode_argument(operation, record.data());
  }
  return record;
}

}  // namespace

void decode(std::span<const std::uint8_t> bytes, Program* program) {
  if (bytes.size() > limits::kMaxProgramBytes) bytes = bytes.first(limits::kMaxProgramBytes);
  std::uint8_t head[limits::kHeaderBytes + limits::kPlanBytes] = {};
  std::copy_n(bytes.begin(), std::min(bytes.size(), sizeof head), head);
  decode_header(head, program->header);
  program->has_plan = bit(head[2], 4);
  program->plan = {};
  if (program->has_plan) decode_plan(head + limits::kHeaderBytes, program->plan);
  std::size_t at = limits::kHeaderBytes + (program->has_plan ? limits::kPlanBytes : 0);
  std::vector<Operation>& operations = program->operations;
  operations.clear();
  for (; at < bytes.size() && operations.size() < limits::kMaxOperations;
       at += limits::kRecordBytes) {
    Record record{};  // a short last record reads as if zeroes followed
    std::copy_n(bytes.data() + at, std::min(bytes.size() - at, record.size()), record.begin());
    Operation operation;
    if (decode_record(record.data(), program->header, operation)) operations.push_back(operation);
  }
}

void encode(const Program& program, std::vector<std::uint8_t>* bytes) {
  bytes->assign(limits::kHeaderBytes + (program.has_plan ? limits::kPlanBytes : 0), 0);
  encode_header(program, bytes->data());
  if (program.has_plan) encode_plan(program.plan, bytes->data() + limits::kHeaderBytes);
  for (const Operation& operation : program.operations) {
    const Record record = encode_record(operation, program.header);
    bytes->insert(bytes->end(), record.begin(), record.end());
  }
}

std::span<const OpcodeRange> opcode_table(ProgramKind kind) {
  if (kind == ProgramKind::kGenPool) return kGenPoolTable;
  return kArenaTable;
}

}  // namespace arenafuzz
