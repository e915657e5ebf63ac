// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/fault_points.h"

#include <algorithm>

namespace arenafuzz {
namespace {

constexpr std::uint32_t kGrowthPages = 4;
// Spans that may wait for one worker; a clause past those that do wait is lost.
constexpr std::uint32_t kWaitingSpans = 4;
// An ordinal that a tree's own retries may reach.
constexpr std::uint32_t kBeyond = 8;

// A mask for `bits` CPUs or cids: 16 bytes, and words of 8.
std::uint64_t mask_bytes(std::uint64_t bits) { return 16 + 8 * ((bits + 63) / 64 + 1); }

// Growths of an enable_path into an empty pool. Masks never span two chunks, so each chunk may lose
// room for one.
std::uint32_t growths(const Header& header, const Operation& operation) {
  const std::uint64_t chunk = kGrowthPages * page_bytes(header);
  const auto of = [chunk](std::uint64_t masks, std::uint64_t bytes) {
    return (masks + chunk / bytes - 1) / (chunk / bytes);
  };
  return static_cast<std::uint32_t>(of(operation.cpus, mask_bytes(operation.cpus)) +
                                    of(operation.shards, mask_bytes(operation.cids)));
}

std::uint32_t enable_path_points(const Header& header, const Operation& operation, FaultSite site) {
  switch (site) {
    case FaultSite::kKmalloc:
      return 1;
    case FaultSite::kPage:
    case FaultSite::kVzalloc:
      return growths(header, operation);
    case FaultSite::kSpan:
      return header.deferred_release ? 1 : 0;
    case FaultSite::kRelease:
      return header.deferred_release ? 0 : 1;
  }
  return 0;
}

bool is_one_of(FaultSite site, std::initializer_list<FaultSite> sites) {
  return std::find(sites.begin(), sites.end(), site) != sites.end();
}

std::uint32_t ordinal(Random& random, std::uint32_t most) {
  if (most <= 1) return 1;
  return static_cast<std::uint32_t>(random.chance(1, 4) ? random.between(1, most)
                                                        : random.log_uniform(1, most));
}

// The weight of a site in the draw: higher for one with several calls.
std::uint32_t weight(std::uint32_t points) { return std::min(points, 4u); }

FaultClause site_clause(FaultSite site, std::uint32_t ordinal) {
  return {FaultClause::Kind::kSite, site, false, static_cast<std::uint16_t>(ordinal)};
}

}  // namespace

std::uint32_t fault_points(const Header& header, const Operation& operation, FaultSite site) {
  const FaultSite unwinding = header.deferred_release ? FaultSite::kSpan : FaultSite::kRelease;
  switch (operation.kind) {
    case OperationKind::kEnable:
    case OperationKind::kGenCreate:
    case OperationKind::kGenManaged:
      return site == FaultSite::kKmalloc ? 1 : 0;
    case OperationKind::kGenAdd:
      return site == FaultSite::kVzalloc ? 1 : 0;
    case OperationKind::kAlloc:
      return is_one_of(site, {FaultSite::kPage, FaultSite::kVzalloc, unwinding}) ? 1 : 0;
    case OperationKind::kWorker:
      return site == FaultSite::kRelease && header.deferred_release ? kWaitingSpans : 0;
    case OperationKind::kEnablePath:
      return enable_path_points(header, operation, site);
    default:
      return 0;
  }
}

FaultClause draw_clause(Random& random, const Header& header, const Operation& operation) {
  std::uint32_t points[kFaultSiteCount];
  std::uint32_t all = 0;
  std::uint32_t weights = 0;
  for (int site = 0; site < kFaultSiteCount; ++site) {
    points[site] = fault_points(header, operation, static_cast<FaultSite>(site));
    all += points[site];
    weights += weight(points[site]);
  }
  FaultClause clause;
  if (weights == 0 || random.chance(1, 16)) {
    const auto site = static_cast<FaultSite>(random.below(kFaultSiteCount));
    clause = site_clause(site, 1 + random.below(kBeyond));
  } else if (random.chance(1, 8)) {
    clause = {FaultClause::Kind::kNth, FaultSite::kPage, false,
              static_cast<std::uint16_t>(random.between(1, all))};
  } else {
    std::uint32_t drawn = random.below(weights);
    int site = 0;
    while (drawn >= weight(points[site])) drawn -= weight(points[site++]);
    clause = site_clause(static_cast<FaultSite>(site), ordinal(random, points[site]));
  }
  clause.lasting = random.chance(1, 8);
  return clause;
}

void draw_faults(Random& random, const Header& header, Operation* operation) {
  const std::uint32_t failing = fault_points(header, *operation, FaultSite::kVzalloc);
  const bool unwinds = failing > 0 && fault_points(header, *operation, FaultSite::kPage) > 0;
  if (unwinds && random.chance(2, 5)) {
    operation->faults[0] = site_clause(FaultSite::kVzalloc, ordinal(random, failing));
    operation->faults[1] = {};
    if (random.chance(1, 3)) return;
    operation->faults[1] =
        site_clause(header.deferred_release ? FaultSite::kSpan : FaultSite::kRelease, 1);
    return;
  }
  operation->faults[0] = draw_clause(random, header, *operation);
  operation->faults[1] =
      random.chance(3, 4) ? FaultClause{} : draw_clause(random, header, *operation);
}

}  // namespace arenafuzz
