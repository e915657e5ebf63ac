// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/bug.h"

#include <cstdio>
#include <cstdlib>

namespace arenafuzz {
namespace {

BugHandler current_handler = nullptr;
WarnHandler current_warn_handler = nullptr;
ArithmeticHandler arithmetic_handler = nullptr;
constinit thread_local const char* other_function = "";

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
    case BugSite::kOther:
      return "other";
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

void bug_in(const char* function) {
  other_function = function;
  bug(BugSite::kOther);
}

const char* bug_function() { return other_function; }

ArithmeticHandler set_arithmetic_handler(ArithmeticHandler handler) {
  ArithmeticHandler former = arithmetic_handler;
  arithmetic_handler = handler;
  return former;
}

void arithmetic_error() {
  if (arithmetic_handler != nullptr) arithmetic_handler();
  std::fprintf(stderr, "a shift or a division is undefined\n");
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
