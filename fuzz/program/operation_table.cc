// SPDX-License-Identifier: GPL-2.0-only
//
// What program.h promises of an operation, out of the table.
#include "fuzz/program/operation_table.h"

namespace arenafuzz {
namespace {

void keep_faults(const Operation& from, table::Faults takes, Operation& to) {
  std::copy(std::begin(from.faults), std::end(from.faults), to.faults);
  for (FaultClause& clause : to.faults) {
    if (clause.ordinal == 0 || clause.kind == FaultClause::Kind::kNone) {
      clause = {};
    } else if (takes == table::Faults::kFlag) {
      clause = {FaultClause::Kind::kSite, FaultSite::kVzalloc, false, 1};
    }
    if (clause.kind == FaultClause::Kind::kNth) clause.site = FaultSite::kKmalloc;
    if (takes != table::Faults::kWideClauses)
      clause.ordinal = std::min<std::uint16_t>(clause.ordinal, 0xff);
  }
  if (to.faults[0].kind == FaultClause::Kind::kNone) std::swap(to.faults[0], to.faults[1]);
  if (to.faults[0] == to.faults[1]) to.faults[1] = {};
}

void keep_collisions(const Operation& from, Operation& to) {
  std::copy(std::begin(from.collisions), std::end(from.collisions), to.collisions);
  for (Collision& collision : to.collisions) {
    collision.ordinal = std::min<std::uint8_t>(collision.ordinal, kMaxCollisionOrdinal);
    collision.offset_code &= 7;
    if (collision.ordinal == 0) collision = {};
  }
  if (to.collisions[0].ordinal == 0) std::swap(to.collisions[0], to.collisions[1]);
  if (to.collisions[0] == to.collisions[1]) to.collisions[1] = {};
}

}  // namespace

const char* operation_kind_name(OperationKind kind) { return table::head_of(kind).name; }

const char* alloc_policy_name(AllocPolicy policy) {
  return part::Policy::kWords[static_cast<int>(policy)].data();
}
const char* alloc_door_name(AllocDoor door) {
  return part::Door::kWords[static_cast<int>(door)].data();
}

bool takes_faults(OperationKind kind) {
  return table::head_of(kind).faults != table::Faults::kNone;
}

bool takes_collisions(OperationKind kind) { return table::head_of(kind).collisions; }

bool uses(const Operation& operation, Use use) {
  return table::visit_row(operation.kind, [&](const auto& row) {
    bool any = false;
    row.each([&](const auto& part) { any = any || part.uses(operation, use); });
    return any;
  });
}

bool is_extended(const Operation& operation) {
  return table::visit_row(operation.kind, [&](const auto& row) {
    bool any = false;
    row.each([&](const auto& part) { any = any || part.extends(operation); });
    return any;
  });
}

bool belongs_to(OperationKind kind, ProgramKind program) {
  return table::head_of(kind).program == program;
}

Profile least_profile(OperationKind kind) { return table::head_of(kind).profile; }

OperationKind simpler_kind(OperationKind kind) { return table::head_of(kind).simpler; }

void repair(Operation& operation, const Header& header) {
  Operation kept;
  kept.kind = operation.kind;
  table::visit_row(operation.kind, [&](const auto& row) {
    row.each([&](const auto& part) { part.keep(operation, kept, header); });
    if (row.head.faults != table::Faults::kNone) keep_faults(operation, row.head.faults, kept);
    if (row.head.collisions) keep_collisions(operation, kept);
  });
  operation = kept;
}

}  // namespace arenafuzz
