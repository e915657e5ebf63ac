// SPDX-License-Identifier: GPL-2.0-only
#include "tests/fuzz/report/pages.h"

#include <cmath>

namespace arenafuzz::testing {

using nlohmann::json;

json campaign_status() {
  return json::parse(R"({
    "schema": "arenafuzz-status-1", "target": "pool_faults", "backend": "pool", "state": "running",
    "process": 4123, "began": 1795550400, "updated": 1795563000, "run_seconds": 12600.4,
    "sessions": 2, "last_new_find_seconds": 11874.0,
    "jobs": [
      {"name": "job-0", "engine": "libfuzzer", "alive": true, "restarts": 1,
       "executions": 412345678, "operations": 26390123392, "operations_per_second": 2143210.5,
       "coverage": 3184, "corpus": 2210, "resident_mib": 412},
      {"name": "job-1", "engine": "afl", "alive": true, "restarts": 0, "executions": 201345678,
       "operations": 9860123392, "operations_per_second": 812345.0, "coverage": 3021,
       "corpus": 1805, "resident_mib": 96, "stability": 100.0, "imported": 611}],
    "totals": {"executions": 613691356, "operations": 36250246784,
      "operations_per_second": 2955555.5, "coverage": 3184, "corpus_files": 2210,
      "corpus_bytes": 1572864, "findings": 2,
      "faults_fired": {"F1": 1234567, "F2": 98765432, "F3": 87654321, "F4": 345678, "F5": 45678}},
    "fault_outcomes": {
      "F1": {"served": 0, "no memory": 1234567, "error": 0, "BUG": 0, "finding": 0},
      "F2": {"served": 3456789, "no memory": 95308643, "error": 0, "BUG": 0, "finding": 0},
      "F3": {"served": 12, "no memory": 87654295, "error": 0, "BUG": 0, "finding": 14},
      "F4": {"served": 345000, "no memory": 600, "error": 75, "BUG": 3, "finding": 0},
      "F5": {"served": 45678, "no memory": 0, "error": 0, "BUG": 0, "finding": 0}},
    "findings": [
      {"signature": "unwind.alloc.page.pages-kept.within-chunk.vzalloc",
       "file": "findings/unwind.alloc.page.pages-kept.within-chunk.vzalloc.txt",
       "first_seen_seconds": 312.5},
      {"signature": "sanitizer.heap-buffer-overflow.bitmap-set.GenPool-alloc.run-input",
       "file": "findings/sanitizer.heap-buffer-overflow.bitmap-set.GenPool-alloc.run-input.txt",
       "first_seen_seconds": 7260}],
    "limits": {"disk_mib": 2048, "memory_mib": 4096, "seconds": 0}, "disk_mib": 61.4,
    "warnings": ["job-0 ended with code 77 after 4,120 s and was started again"]})");
}

std::vector<json> campaign_history(int count) {
  std::vector<json> history;
  for (int i = 0; i < count; ++i) {
    const double share = count > 1 ? static_cast<double>(i) / (count - 1) : 1;
    const double t = 12600.4 * share;
    const double wave = std::sin(t / 400) + std::sin(t / 91);
    history.push_back({{"t", t},
                       {"coverage", 2871 + std::floor(313 * (1 - std::exp(-5 * share)))},
                       {"afl_edges", 2400 + std::floor(621 * (1 - std::exp(-3 * share)))},
                       {"corpus", 1204 + std::floor(1006 * (1 - std::exp(-2.5 * share)))},
                       {"operations_per_second",
                        {{"libfuzzer", i == count / 3 ? 0.0 : 2143210 + 160000 * wave},
                         {"afl", 812345 + 45000 * wave}}},
                       {"findings", (t > 312.5 ? 1 : 0) + (t > 7260 ? 1 : 0)},
                       {"resident_mib", 508 + std::floor(2 * wave)}});
  }
  return history;
}

namespace {

json unwind_cluster() {
  return json::parse(R"json({
    "signature": "unwind.alloc.page.pages-kept.within-chunk.vzalloc",
    "title": "A failed alloc keeps the pages of its growth", "state": "new",
    "tier": "safety: a failed call kept, lost or wrongly released pages",
    "reach": "memory pressure",
    "files": [
      {"file": "crashes/crash-0d5f3a", "link": "../crashes/crash-0d5f3a", "reliability": "3/3",
       "engine": "libfuzzer", "sanitizer": "address", "first_seen": "2026-11-23 22:14:01 UTC",
       "last_seen": "2026-11-24 03:40:55 UTC"},
      {"file": "afl/crashes/id:000004,sig:06", "link": "../afl/crashes/id:000004,sig:06",
       "reliability": "3/3", "engine": "afl", "sanitizer": "address",
       "first_seen": "2026-11-24 01:02:03 UTC", "last_seen": "2026-11-24 01:02:03 UTC"}],
    "expected": "the 5 pages of the failed growth given back",
    "got": "pages 9 to 13 still claimed, in no chunk",
    "program": "# arenafuzz\nheader profile:faults pages:64 base:small page:4096 placement:lowest release:immediate schedulers:1 maps:1\nenable s0 root m0\na0 = alloc s0 0x4000\na1 = alloc s0 0x200\na3 = alloc s0 0x1001 (fail vzalloc:1)\n",
    "failing_operation": 3, "operations": 4, "minimal": true,
    "replay": "./arenafuzz replay report/minimized/unwind.alloc.page.pages-kept.within-chunk.vzalloc.txt",
    "report": "ASSERTION FAILED: unwind.alloc.page\nsignature  unwind.alloc.page.pages-kept.within-chunk.vzalloc\ntier       safety: a failed call kept, lost or wrongly released pages\nreach      memory pressure\noperation  3: a3 = alloc s0 0x1001 (fail vzalloc:1)\n",
    "original": "../crashes/crash-0d5f3a",
    "minimized": "minimized/unwind.alloc.page.pages-kept.within-chunk.vzalloc.txt",
    "reproducers": {"googletest": "reproducers/unwind_test.cc", "c": "reproducers/unwind.c"},
    "decisive": {"operations": [3], "faults": ["vzalloc:1"], "fields": ["page:4096"]},
    "pool_before": {"page_size": 4096, "granule": 8,
      "arenas": [{"map": 0, "pages": 64, "claimed": [[0, 9], [20, 2]]}],
      "chunks": [
        {"address": 16384, "map": 0, "pages": 5, "granules": 2560,
         "used": [[0, 64], [100, 300], [900, 12], [1400, 1]]},
        {"address": 0, "map": 0, "pages": 4, "granules": 2048, "used": [[0, 2048]]}]},
    "pool_after": {"page_size": 4096, "granule": 8,
      "arenas": [{"map": 0, "pages": 64, "claimed": [[0, 14], [20, 2]]}],
      "chunks": [
        {"address": 16384, "map": 0, "pages": 5, "granules": 2560,
         "used": [[0, 64], [100, 300], [900, 12], [1400, 1]]},
        {"address": 0, "map": 0, "pages": 4, "granules": 2048, "used": [[0, 2048]]}]},
    "fault": {"site": "F3", "note": "vzalloc, call 1 of its site in the operation", "operation": 3,
      "backtrace": ["#0 arenafuzz::GenPool::add(unsigned long, unsigned long) src/pool/gen_pool.cc:96",
        "#1 arenafuzz::ArenaPool::grow(unsigned long) src/pool/arena_pool.cc:38",
        "#2 arenafuzz::ArenaPool::alloc(unsigned long) src/pool/arena_pool.cc:52"]},
    "where": [
      {"function": "gen_pool_add_owner", "file": "lib/genalloc.c", "line": 192},
      {"function": "scx_arena_grow", "file": "kernel/sched/ext_arena.c", "line": 69}],
    "where_is_last_call": true,
    "no_reproducer": {"kunit": "its calls, made outside of arenafuzz, do not fail"},
    "likely_same_cause": ["accounting.disable.none.pages-left.none.none"]})json");
}

json short_cluster(const char* signature, const char* state, int files) {
  json cluster{{"signature", signature},
               {"mark", state},
               {"operations", 2},
               {"failing_operation", 1},
               {"program",
                "# arenafuzz\nheader profile:misuse pages:16 base:zero\nenable s0 root m0\n"
                "free a0 twice\n"},
               {"minimized", std::string("minimized/") + signature + ".txt"},
               {"replay", std::string("./arenafuzz replay report/minimized/") + signature + ".txt"},
               {"report", "report of the finding\n"},
               {"files", json::array()}};
  for (int i = 0; i < files; ++i)
    cluster["files"].push_back({{"file", "crashes/crash-" + std::to_string(i)},
                                {"reliability", i % 7 == 0 ? "2/3" : "3/3"}});
  return cluster;
}

}  // namespace

json triage_report() {
  return {
      {"command", "triage"},
      {"folder", "night/crashes"},
      {"files", 214},
      {"replayed", 214},
      {"interrupted", false},
      {"not_known", 3},
      {"likely_causes", 4},
      {"clusters",
       {unwind_cluster(), short_cluster("accounting.disable.none.pages-left.none.none", "new", 14),
        short_cluster("sanitizer.heap-buffer-overflow.bitmap-set.GenPool-alloc.run-input",
                      "regression", 60),
        short_cluster("bug.free.free-not-allocated.twice.within-chunk.none", "known", 120),
        short_cluster("over-claim.alloc.page.hole-fits.several-pages.none", "incubating", 1)}},
      {"without_finding", {"crashes/slow-unit-1"}},
      {"unreadable", {"crashes/empty is empty: remove it"}}};
}

json hostile(json value) {
  if (value.is_string()) return kHostile;
  if (value.is_structured())
    for (json& inner : value) inner = hostile(std::move(inner));
  return value;
}

}  // namespace arenafuzz::testing
