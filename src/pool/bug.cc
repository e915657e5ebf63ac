// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/bug.h"

#include <cstdio>
#include <cstdlib>

namespace arenafuzz {
namespace {

ReportHandler default_handler;
ReportHandler* handler = &default_handler;
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

void ReportHandler::on_bug(BugSite) {}
void ReportHandler::on_arithmetic() {}
void ReportHandler::on_steps_exhausted() {}
void ReportHandler::on_warn(const char* function, const char* condition) {
  std::fprintf(stderr, "WARNING: %s: %s\n", function, condition);
}
void ReportHandler::on_sleeping_call(const char*) {}
bool ReportHandler::on_arena_access(std::uint64_t) { return false; }

ReportHandler* set_report_handler(ReportHandler* wanted) {
  ReportHandler* former = handler == &default_handler ? nullptr : handler;
  handler = wanted == nullptr ? &default_handler : wanted;
  return former;
}

void bug(BugSite site) {
  handler->on_bug(site);
  std::fprintf(stderr, "BUG: %s\n", bug_site_name(site));
  std::abort();
}

void bug_in(const char* function) {
  other_function = function;
  bug(BugSite::kOther);
}

const char* bug_function() { return other_function; }

void arithmetic_error() {
  handler->on_arithmetic();
  std::fprintf(stderr, "a shift or a division is undefined\n");
  std::abort();
}

void report_steps_exhausted() { handler->on_steps_exhausted(); }

void warn(const char* function, const char* condition) { handler->on_warn(function, condition); }

void sleeping_call(const char* what) { handler->on_sleeping_call(what); }

bool arena_access(std::uint64_t address) { return handler->on_arena_access(address); }

}  // namespace arenafuzz
