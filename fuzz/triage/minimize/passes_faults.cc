// SPDX-License-Identifier: GPL-2.0-only
//
// The passes over faults, the plan, collisions and the header.
#include <algorithm>

#include "fuzz/triage/minimize/complexity.h"
#include "fuzz/triage/minimize/search.h"

namespace arenafuzz {
namespace {

void add_clause(Operation& operation, const Fired& fired, bool* fits) {
  for (FaultClause& clause : operation.faults) {
    if (clause.kind != FaultClause::Kind::kNone) continue;
    clause = {FaultClause::Kind::kSite, fired.site, false,
              static_cast<std::uint16_t>(fired.ordinal)};
    return;
  }
  *fits = false;
}

// What fired, as explicit clauses, in place of plan, lasting faults and `nth` (docs/format.md, What
// operations mean).
void write_out_what_fired(Search& search) {
  if (!search.shown().all_fired) return;
  Program candidate = search.best();
  candidate.has_plan = false;
  candidate.plan = {};
  for (Operation& operation : candidate.operations)
    for (FaultClause& clause : operation.faults) clause = {};
  bool fits = true;
  for (const Fired& fired : search.shown().fired)
    if (fired.operation < candidate.operations.size())
      add_clause(candidate.operations[fired.operation], fired, &fits);
  if (search.attempt(candidate) || fits) return;
  // More than two in one operation: a lasting fault from the first of them on, healed after it.
  for (const Fired& fired : search.shown().fired) {
    if (fired.operation >= candidate.operations.size()) continue;
    FaultClause& clause = candidate.operations[fired.operation].faults[0];
    clause.lasting |= clause.site == fired.site;
  }
  for (std::size_t i = candidate.operations.size(); i-- > 0;) {
    if (!candidate.operations[i].faults[0].lasting) continue;
    Operation heal;
    heal.kind = OperationKind::kHeal;
    candidate.operations.insert(candidate.operations.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                heal);
  }
  search.attempt(std::move(candidate));
}

void drop_plan(Search& search) {
  if (!search.best().has_plan) return;
  Program candidate = search.best();
  candidate.has_plan = false;
  candidate.plan = {};
  if (search.attempt(std::move(candidate))) return;
  write_out_what_fired(search);
}

// What is left of a plan that cannot be written out.
void simplify_plan(Search& search) {
  const auto try_site = [&search](int site, auto change) {
    if (!search.best().has_plan) return;
    Program candidate = search.best();
    change(candidate.plan.sites[site]);
    search.attempt(std::move(candidate));
  };
  for (int site = 0; site < kFaultSiteCount; ++site) {
    try_site(site, [](FaultAttributes& attributes) { attributes = {}; });
    try_site(site, [](FaultAttributes& attributes) { attributes.probability = 0; });
    try_site(site, [](FaultAttributes& attributes) { attributes.probability = 100; });
    try_site(site, [](FaultAttributes& attributes) { attributes.interval = 1; });
    try_site(site, [](FaultAttributes& attributes) { attributes.times = 1; });
    try_site(site, [](FaultAttributes& attributes) { attributes.space = 0; });
    try_site(site, [](FaultAttributes& attributes) { attributes.fail_nth = 0; });
  }
  Program candidate = search.best();
  candidate.plan.seed = 0;
  search.attempt(std::move(candidate));
}

void simplify_clauses(Search& search, std::size_t position) {
  for (int i = kClausesPerOperation; i-- > 0;) {
    Program candidate = search.best();
    candidate.operations[position].faults[i] = {};
    search.attempt(std::move(candidate));
    candidate = search.best();
    candidate.operations[position].faults[i].lasting = false;
    search.attempt(std::move(candidate));
  }
  for (int i = kCollisionsPerOperation; i-- > 0;) {
    Program candidate = search.best();
    candidate.operations[position].collisions[i] = {};
    search.attempt(std::move(candidate));
  }
}

// `change` of the header, tried with sizes as they are and scaled with the page.
template <typename Change>
void attempt_header(Search& search, Change change) {
  Program candidate = search.best();
  const std::uint64_t before = page_bytes(candidate.header);
  change(candidate.header);
  const std::uint64_t factor = std::max<std::uint64_t>(before / page_bytes(candidate.header), 1);
  if (search.attempt(candidate) || factor == 1) return;
  for (Operation& operation : candidate.operations)
    operation.size = operation.size / factor + (operation.size % factor != 0 ? 1 : 0);
  if (search.attempt(candidate)) return;
  candidate = search.best();
  change(candidate.header);
  candidate.header.arena_pages = static_cast<std::uint32_t>(candidate.header.arena_pages * factor);
  search.attempt(std::move(candidate));
}

void shrink_arena(Search& search) {
  const std::uint32_t pages = search.best().header.arena_pages;
  std::uint32_t below = 0;
  for (const std::uint64_t edge : edges_below(pages, false, search.best().header)) {
    if (edge == 0) continue;
    if (search.stopped()) return;
    Program candidate = search.best();
    candidate.header.arena_pages = static_cast<std::uint32_t>(edge);
    if (search.attempt(std::move(candidate))) break;
    below = static_cast<std::uint32_t>(edge);
  }
  while (search.best().header.arena_pages - below > 1 && !search.stopped()) {
    const std::uint32_t middle = below + (search.best().header.arena_pages - below) / 2;
    Program candidate = search.best();
    candidate.header.arena_pages = middle;
    if (!search.attempt(std::move(candidate))) below = middle;
  }
}

}  // namespace

void simplify_faults(Search& search) {
  drop_plan(search);
  simplify_plan(search);
  // All at once, then each: a lasting fault may be needed in two operations.
  Program candidate = search.best();
  for (Operation& operation : candidate.operations)
    for (FaultClause& clause : operation.faults) clause = {};
  search.attempt(std::move(candidate));
  write_out_what_fired(search);
  for (std::size_t i = 0; i < search.best().operations.size() && !search.stopped(); ++i)
    simplify_clauses(search, i);
}

void simplify_header(Search& search) {
  for (std::uint8_t count = 1; count < search.best().header.schedulers; ++count)
    attempt_header(search, [count](Header& header) { header.schedulers = count; });
  attempt_header(search, [](Header& header) { header.maps = 1; });
  for (const Profile profile : {Profile::kCorrect, Profile::kFaults})
    attempt_header(
        search, [profile](Header& header) { header.profile = std::min(header.profile, profile); });
  attempt_header(search, [](Header& header) { header.unmapped = false; });
  attempt_header(search, [](Header& header) { header.deferred_release = false; });
  attempt_header(search, [](Header& header) { header.best_fit = false; });
  attempt_header(search, [](Header& header) { header.page_size_code = 0; });
  attempt_header(search, [](Header& header) { header.page_size_code = 1; });
  for (std::uint8_t order = 0; order < search.best().header.granule_order; ++order)
    attempt_header(search, [order](Header& header) { header.granule_order = order; });
  for (const BaseKind base : {BaseKind::kSmall, BaseKind::kZero, BaseKind::kHigh})
    attempt_header(search, [base](Header& header) { header.base = base; });
  attempt_header(search, [](Header& header) { header.weights = 0; });
  shrink_arena(search);
}

}  // namespace arenafuzz
