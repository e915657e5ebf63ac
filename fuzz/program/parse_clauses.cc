// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/operation_table.h"

namespace arenafuzz::parse {
namespace {

void read_clause(Line& line, std::string_view text, Operation& operation) {
  FaultClause clause;
  const std::size_t colon = text.find(':');
  const std::string_view site = text.substr(0, colon);
  if (site == "nth") {
    clause.kind = FaultClause::Kind::kNth;
  } else if (parse_fault_site(site, &clause.site)) {
    clause.kind = FaultClause::Kind::kSite;
  } else {
    line.fail("a fault site: kmalloc, page, vzalloc, span, release or nth", site);
    return;
  }
  std::string_view ordinal =
      colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (ordinal.ends_with('+')) {
    clause.lasting = true;
    ordinal.remove_suffix(1);
  }
  const bool wide = table::head_of(operation.kind).faults == table::Faults::kWideClauses;
  clause.ordinal = static_cast<std::uint16_t>(
      line.number(ordinal, wide ? 0xffff : 0xff, "the ordinal of a call, from 1,"));
  if (clause.ordinal == 0) line.fail("the ordinal of a call, from 1", ordinal);
  for (FaultClause& room : operation.faults) {
    if (room.kind != FaultClause::Kind::kNone) continue;
    room = clause;
    return;
  }
  line.fail("at most two faults per operation", text);
}

void read_collision(Line& line, std::string_view text, Operation& operation) {
  if (!takes_collisions(operation.kind))
    line.fail("no collision: this operation compares and swaps nothing", text);
  const std::size_t space = text.find(' ');
  Collision collision;
  collision.ordinal = static_cast<std::uint8_t>(line.number(
      text.substr(0, space), kMaxCollisionOrdinal, "the ordinal of a compare-and-swap, from 1,"));
  std::string_view what =
      space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  const std::size_t plus = what.find('+');
  const std::string_view verb = what.substr(0, plus);
  if (verb != "set" && verb != "clear") line.fail("'set' or 'clear'", verb);
  collision.clear = verb == "clear";
  std::uint64_t offset = 0;
  if (plus != std::string_view::npos)
    offset = line.number(what.substr(plus + 1), 63, "a bit offset");
  while (collision.offset_code < 8 && kCollisionOffsets[collision.offset_code] != offset)
    ++collision.offset_code;
  if (collision.offset_code == 8) line.fail("a bit offset of 0, 1, 2, 4, 8, 16, 32 or 63", what);
  if (collision.ordinal == 0) line.fail("the ordinal of a compare-and-swap, from 1", text);
  for (Collision& room : operation.collisions) {
    if (room.ordinal != 0) continue;
    room = collision;
    return;
  }
  line.fail("at most two collisions per operation", text);
}

// What stands behind "fail ": one clause or more, with commas between.
void read_fail(Line& line, std::string_view list, Operation& operation) {
  if (!takes_faults(operation.kind))
    line.fail("no fault: this operation makes no fallible call", list);
  for (;;) {
    const std::size_t comma = list.find(',');
    read_clause(line, list.substr(0, comma), operation);
    if (line.failed() || comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
    if (list.starts_with(' ')) list.remove_prefix(1);
  }
}

}  // namespace

void read_clauses(Line& line, Operation& operation) {
  constexpr std::string_view kFail = "fail ";
  constexpr std::string_view kCollide = "collide:";
  while (!line.failed() && !line.at_end()) {
    const std::string_view rest = line.rest();
    const std::size_t close = rest.find(')');
    if (rest[0] != '(' || close == std::string_view::npos)
      return line.fail("the end of the line or a clause such as (fail vzalloc:1)", rest);
    const std::string_view inside = rest.substr(1, close - 1);
    line.drop(close + 1);
    if (inside.starts_with(kCollide)) {
      read_collision(line, inside.substr(kCollide.size()), operation);
    } else if (inside.starts_with(kFail)) {
      read_fail(line, inside.substr(kFail.size()), operation);
    } else {
      line.fail("'(fail site:ordinal)' or '(collide:ordinal set|clear)'", inside);
    }
  }
}

}  // namespace arenafuzz::parse
