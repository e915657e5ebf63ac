// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/bug.h"

#include <cstdio>
#include <cstdlib>

namespace arenafuzz {
namespace {

BugHandler current_handler = nullptr;
WarnHandler current_warn_handler = nullptr;

}  // namespace

const char* bug_site_name(BugSite site) {
  switch (site) {
    case BugSite::kNone:
      return "none";
    case BugSite::kFreeNoChunk:
      return "free-no-chunk";
    case BugSite::kFreePastEnd:
      return "free-past-end";
    case BugSite::kFreeNotAllocated:
      return "free-not-allocated";
    case BugSite::kAllocRollback:
      return "alloc-rollback";
    case BugSite::kDestroyNotEmpty:
      return "destroy-not-empty";
  }
  return "unknown";
}

BugHandler set_bug_handler(BugHandler handler) {
  BugHandler former = current_handler;
  current_handler = handler;
  return former;
}

void bug(BugSite site) {
  if (current_handler != nullptr) current_handler(site);
  std::fprintf(stderr, "BUG: %s\n", bug_site_name(site));
  std::abort();
}

WarnHandler set_warn_handler(WarnHandler handler) {
  WarnHandler former = current_warn_handler;
  current_warn_handler = handler;
  return former;
}

void warn(const char* function, const char* condition) {
  if (current_warn_handler != nullptr) return current_warn_handler(function, condition);
  std::fprintf(stderr, "WARNING: %s: %s\n", function, condition);
}

}  // namespace arenafuzz
