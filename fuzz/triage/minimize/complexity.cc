// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/complexity.h"

#include <algorithm>

namespace arenafuzz {
namespace {

using Measure = std::vector<std::uint64_t>;

// A field that is a plain number or flag.
#define ARENAFUZZ_FIELD(name, member, bytes)                            \
  {name, bytes,                                                         \
   [](const Operation& operation) -> std::uint64_t {                    \
     return static_cast<std::uint64_t>(operation.member);               \
   },                                                                   \
   [](Operation& operation, std::uint64_t value) {                      \
     operation.member = static_cast<decltype(operation.member)>(value); \
   }}

// The zigzag of a signed number: 0, -1, 1, -2...
std::uint64_t offset_of(const Operation& operation) {
  const int offset = operation.offset;
  return static_cast<std::uint64_t>(offset < 0 ? -2 * offset - 1 : 2 * offset);
}
void set_offset(Operation& operation, std::uint64_t value) {
  const auto half = static_cast<int>(value / 2);
  operation.offset = static_cast<std::int16_t>(value % 2 != 0 ? -half - 1 : half);
}

constexpr NumberField kNumberFields[] = {
    ARENAFUZZ_FIELD("policy", policy, false),
    ARENAFUZZ_FIELD("door", door, false),
    ARENAFUZZ_FIELD("as_is", as_is, false),
    ARENAFUZZ_FIELD("named", named, false),
    ARENAFUZZ_FIELD("has_physical", has_physical, false),
    ARENAFUZZ_FIELD("physical", physical, false),
    ARENAFUZZ_FIELD("owner", owner, false),
    ARENAFUZZ_FIELD("target", target, false),
    ARENAFUZZ_FIELD("twice", twice, false),
    ARENAFUZZ_FIELD("via", via, false),
    ARENAFUZZ_FIELD("size_given", size_given, false),
    ARENAFUZZ_FIELD("sub", sub, false),
    ARENAFUZZ_FIELD("init_fails", init_fails, false),
    ARENAFUZZ_FIELD("validation_fails", validation_fails, false),
    ARENAFUZZ_FIELD("scheduler", scheduler, false),
    ARENAFUZZ_FIELD("map", map, false),
    ARENAFUZZ_FIELD("arenas", arenas, false),
    ARENAFUZZ_FIELD("shards", shards, false),
    ARENAFUZZ_FIELD("cpus", cpus, false),
    ARENAFUZZ_FIELD("cids", cids, false),
    ARENAFUZZ_FIELD("count", count, false),
    ARENAFUZZ_FIELD("stride", stride, false),
    ARENAFUZZ_FIELD("page", page, false),
    ARENAFUZZ_FIELD("policy_data", policy_data, false),
    ARENAFUZZ_FIELD("size", size, true),
    ARENAFUZZ_FIELD("address", address, true),
    {"offset", false, offset_of, set_offset},
    ARENAFUZZ_FIELD("first fault's site", faults[0].site, false),
    ARENAFUZZ_FIELD("first fault's ordinal", faults[0].ordinal, false),
    ARENAFUZZ_FIELD("second fault's site", faults[1].site, false),
    ARENAFUZZ_FIELD("second fault's ordinal", faults[1].ordinal, false),
    ARENAFUZZ_FIELD("first collision's kind", collisions[0].clear, false),
    ARENAFUZZ_FIELD("first collision's ordinal", collisions[0].ordinal, false),
    ARENAFUZZ_FIELD("first collision's bit", collisions[0].offset_code, false),
    ARENAFUZZ_FIELD("second collision's kind", collisions[1].clear, false),
    ARENAFUZZ_FIELD("second collision's ordinal", collisions[1].ordinal, false),
    ARENAFUZZ_FIELD("second collision's bit", collisions[1].offset_code, false),
};
#undef ARENAFUZZ_FIELD

std::uint64_t base_rank(BaseKind base) {
  switch (base) {
    case BaseKind::kSmall:
      return 0;
    case BaseKind::kZero:
      return 1;
    case BaseKind::kHigh:
      return 2;
    case BaseKind::kEnd:
      return 3;
  }
  return 4;
}

// Of two operations that do the same, the one that does nothing else is simpler.
std::uint64_t kind_rank(OperationKind kind) { return simpler_kind(kind) == kind ? 0 : 1; }

void add_plan(const Program& program, Measure& measure) {
  measure.push_back(program.has_plan ? 1 : 0);
  const FaultAttributes kept;
  std::uint64_t sites = 0;
  for (const FaultAttributes& site : program.plan.sites) sites += site == kept ? 0u : 1u;
  measure.push_back(sites);
  for (const FaultAttributes& site : program.plan.sites) {
    measure.push_back(site.fail_nth);
    measure.push_back(site.space);
    measure.push_back(site.interval);
    // The kernel's default is one fault; "no limit" is the widest.
    measure.push_back(site.times < 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(site.times));
    // A certain fault is simpler than a likely one.
    measure.push_back(site.probability == 0 ? 0u : 101u - site.probability);
  }
  measure.push_back(program.plan.seed);
}

void add_clauses(const Program& program, Measure& measure) {
  std::uint64_t lasting = 0;
  std::uint64_t clauses = 0;
  std::uint64_t any_site = 0;
  std::uint64_t collisions = 0;
  for (const Operation& operation : program.operations) {
    for (const FaultClause& clause : operation.faults) {
      lasting += clause.lasting ? 1 : 0;
      clauses += clause.kind != FaultClause::Kind::kNone ? 1 : 0;
      any_site += clause.kind == FaultClause::Kind::kNth ? 1 : 0;
    }
    for (const Collision& collision : operation.collisions)
      collisions += collision.ordinal != 0 ? 1 : 0;
  }
  for (const std::uint64_t count :
       {lasting, std::uint64_t{program.operations.size()}, clauses, any_site, collisions})
    measure.push_back(count);
}

void add_header(const Header& header, Measure& measure) {
  for (const std::uint64_t part :
       {std::uint64_t{header.schedulers}, std::uint64_t{header.maps},
        static_cast<std::uint64_t>(header.profile), std::uint64_t{header.unmapped},
        std::uint64_t{header.deferred_release}, std::uint64_t{header.best_fit},
        std::uint64_t{header.page_size_code}, std::uint64_t{header.granule_order},
        base_rank(header.base), std::uint64_t{header.arena_pages}, std::uint64_t{header.weights}})
    measure.push_back(part);
}

Measure measure_of(const Program& program) {
  Measure measure;
  measure.reserve(64 + program.operations.size() * (std::size(kNumberFields) + 2));
  add_plan(program, measure);
  add_clauses(program, measure);
  add_header(program.header, measure);
  for (const Operation& operation : program.operations)
    measure.push_back(kind_rank(operation.kind));
  for (const Operation& operation : program.operations)
    for (const NumberField& field : kNumberFields) measure.push_back(field.get(operation));
  for (const Operation& operation : program.operations) measure.push_back(operation.slot);
  return measure;
}

}  // namespace

bool is_simpler(const Program& program, const Program& than) {
  if (program.has_plan == than.has_plan && program.plan == than.plan &&
      program.operations.size() != than.operations.size()) {
    // The common case, without the numbers: fewer operations and no more lasting faults.
    Measure left;
    Measure right;
    add_clauses(program, left);
    add_clauses(than, right);
    return left < right;
  }
  return measure_of(program) < measure_of(than);
}

std::span<const NumberField> number_fields() { return kNumberFields; }

std::vector<std::uint64_t> edges_below(std::uint64_t value, bool bytes, const Header& header) {
  std::vector<std::uint64_t> edges;
  const auto add = [&](std::uint64_t edge) {
    for (const std::uint64_t near : {edge - 1, edge, edge + 1})
      if (near < value) edges.push_back(near);
  };
  for (std::uint64_t small = 1; small < 9; ++small) add(small);
  for (int bit = 4; bit < 64; ++bit) add(std::uint64_t{1} << bit);
  if (bytes) {
    const std::uint64_t page = page_bytes(header);
    for (std::uint64_t pages = 1; pages <= 16; ++pages) add(pages * page);
    add(header.arena_pages * page);
    for (std::uint64_t below = 1; below <= 8; ++below) add(0 - below);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

}  // namespace arenafuzz
