// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/codec.h"

#include <algorithm>
#include <array>

#include "fuzz/program/codec_parts.h"
#include "fuzz/program/operation_table.h"

namespace arenafuzz {

using namespace codec;  // NOLINT(google-build-using-namespace): its own parts

namespace {

using Record = std::array<std::uint8_t, limits::kRecordBytes>;

constexpr std::uint8_t kReserved = 0xff;

// What the first byte of a record says.
struct Opcode {
  std::uint8_t kind = kReserved;
  bool second = false;
};
using OpcodeTable = std::array<Opcode, 256>;

constexpr OpcodeTable make_opcodes(ProgramKind program) {
  OpcodeTable codes{};
  for (const table::Head& head : table::kHeads) {
    if (head.program != program) continue;
    for (const bool second : {false, true}) {
      const table::Opcodes& range = second ? head.second_codes : head.codes;
      for (int code = range.first; code <= range.last; ++code)
        codes[static_cast<std::size_t>(code)] = {static_cast<std::uint8_t>(head.kind), second};
    }
  }
  return codes;
}
constexpr OpcodeTable kOpcodes[] = {make_opcodes(ProgramKind::kArena),
                                    make_opcodes(ProgramKind::kGenPool)};

constexpr std::uint32_t kNthCode = 6;

void decode_faults(const std::uint8_t* record, bool wide, Operation& operation) {
  const auto bits = static_cast<std::uint32_t>(get(record + 11, 3));
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

void encode_faults(const Operation& operation, bool wide, std::uint8_t* record) {
  std::uint32_t bits = 0;
  for (int i = 0; i < kClausesPerOperation; ++i) {
    const FaultClause& clause = operation.faults[i];
    if (clause.kind == FaultClause::Kind::kNone) continue;
    const std::uint32_t site = clause.kind == FaultClause::Kind::kNth
                                   ? kNthCode
                                   : static_cast<std::uint32_t>(clause.site) + 1;
    bits |= (site | (clause.lasting ? 8u : 0u) | (clause.ordinal & 0xffu) << 4) << (12 * i);
    if (wide) record[9 + i] = static_cast<std::uint8_t>(clause.ordinal >> 8);
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

// Of an operation whose record says only that its one call fails.
using FailsBit = part::FlagBit<4>;

bool decode_record(const std::uint8_t* record, const Header& header, Operation& operation) {
  const Opcode code = kOpcodes[static_cast<int>(header.kind)][record[0]];
  if (code.kind == kReserved) return false;
  operation.kind = static_cast<OperationKind>(code.kind);
  table::visit_row(operation.kind, [&](const auto& row) {
    row.each([&](const auto& part) { part.decode(record, code.second, operation); });
    const table::Faults faults = row.head.faults;
    if (faults == table::Faults::kFlag) {
      if (FailsBit::get(record) != 0)
        operation.faults[0] = {FaultClause::Kind::kSite, {}, false, 1};
    } else if (faults != table::Faults::kNone) {
      decode_faults(record, faults == table::Faults::kWideClauses, operation);
    }
    if (row.head.collisions) decode_collisions(record, operation);
  });
  repair(operation, header);
  return true;
}

Record encode_record(const Operation& operation) {
  Record record{};
  table::visit_row(operation.kind, [&](const auto& row) {
    const table::Head& head = row.head;
    bool second = false;
    row.each([&](const auto& part) {
      part.encode(operation, record.data());
      second = second || part.extends(operation);
    });
    record[0] = static_cast<std::uint8_t>((second ? head.second_codes : head.codes).first);
    if (head.faults == table::Faults::kFlag) {
      FailsBit::put(record.data(), operation.faults[0].kind != FaultClause::Kind::kNone ? 1 : 0);
    } else if (head.faults != table::Faults::kNone) {
      encode_faults(operation, head.faults == table::Faults::kWideClauses, record.data());
    }
    if (head.collisions) encode_collisions(operation, record.data());
  });
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
    const Record record = encode_record(operation);
    bytes->insert(bytes->end(), record.begin(), record.end());
  }
}

std::vector<OpcodeRange> opcode_table(ProgramKind kind) {
  std::vector<OpcodeRange> ranges;
  for (const table::Head& head : table::kHeads)
    for (const table::Opcodes& codes : {head.codes, head.second_codes})
      if (head.program == kind && codes.first <= codes.last)
        ranges.push_back({static_cast<std::uint8_t>(codes.first),
                          static_cast<std::uint8_t>(codes.last), head.kind});
  std::sort(ranges.begin(), ranges.end(),
            [](const OpcodeRange& a, const OpcodeRange& b) { return a.first < b.first; });
  return ranges;
}

}  // namespace arenafuzz
