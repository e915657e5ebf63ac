// SPDX-License-Identifier: GPL-2.0-only
#include <bit>

#include "fuzz/program/header_words.h"
#include "fuzz/program/operation_table.h"
#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

template <std::size_t kCount, typename Index>
std::string word_of(const std::string_view (&words)[kCount], Index index) {
  return std::string(words[static_cast<std::size_t>(index)]);
}

std::string decimal(std::uint64_t value) { return std::to_string(value); }

std::string clause_text(const FaultClause& clause) {
  std::string text = clause.kind == FaultClause::Kind::kNth ? "nth" : fault_site_name(clause.site);
  text += ":" + decimal(clause.ordinal);
  if (clause.lasting) text += "+";
  return text;
}

std::string faults_text(const Operation& operation) {
  std::string text;
  for (const FaultClause& clause : operation.faults) {
    if (clause.kind == FaultClause::Kind::kNone) continue;
    text += text.empty() ? " (fail " : ", ";
    text += clause_text(clause);
  }
  return text.empty() ? text : text + ")";
}

std::string collisions_text(const Operation& operation) {
  std::string text;
  for (const Collision& collision : operation.collisions) {
    if (collision.ordinal == 0) continue;
    text += " (collide:" + decimal(collision.ordinal) + (collision.clear ? " clear" : " set");
    const int offset = kCollisionOffsets[collision.offset_code];
    if (offset != 0) text += "+" + decimal(static_cast<std::uint64_t>(offset));
    text += ")";
  }
  return text;
}

}  // namespace

std::string print_number(std::uint64_t value) {
  constexpr std::uint64_t kNear = 64;
  constexpr std::uint64_t kSmallest = std::uint64_t{1} << 31;
  if (value < kSmallest) return decimal(value);
  if (~value < kNear) return "2^64-" + decimal(~value + 1);
  const int below = static_cast<int>(std::bit_width(value)) - 1;
  const std::uint64_t floor = std::uint64_t{1} << below;
  if (value - floor < kNear)
    return "2^" + std::to_string(below) + (value == floor ? "" : "+" + decimal(value - floor));
  if (below < 63 && floor * 2 - value < kNear)
    return "2^" + std::to_string(below + 1) + "-" + decimal(floor * 2 - value);
  return decimal(value);
}

std::string print_operation(const Operation& operation) {
  return table::visit_row(operation.kind, [&](const auto& row) {
    std::string text;
    if (row.target() != '\0') text = row.target() + decimal(operation.slot) + " = ";
    text += row.head.verb;
    row.each([&](const auto& part) { part.print(operation, text); });
    return text + faults_text(operation) + collisions_text(operation);
  });
}

std::string print_header(const Header& header) {
  std::string text = "header profile:" + word_of(words::kProfiles, header.profile);
  if (header.kind == ProgramKind::kGenPool) {
    text += " kind:gen_pool order:" + decimal(header.granule_order);
  } else {
    text += " pages:" + decimal(header.arena_pages) +
            " base:" + word_of(words::kBases, header.base) +
            " page:" + word_of(words::kPages, header.page_size_code) +
            " placement:" + word_of(words::kPlacements, header.best_fit) +
            " release:" + word_of(words::kReleases, header.deferred_release) +
            " schedulers:" + decimal(header.schedulers) + " maps:" + decimal(header.maps);
    if (header.unmapped) text += " unmapped";
  }
  if (header.weights != 0) text += " weights:" + decimal(header.weights);
  return text;
}

std::string print_program(const Program& program) {
  std::string text = "# arenafuzz\n" + print_header(program.header) + "\n";
  if (program.has_plan) {
    char line[kMaxPlanText];
    text.append(line, print_plan(program.plan, line)) += "\n";
  }
  for (const Operation& operation : program.operations) text += print_operation(operation) + "\n";
  return text;
}

}  // namespace arenafuzz
