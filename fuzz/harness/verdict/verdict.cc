// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/verdict.h"

namespace arenafuzz {
namespace {

constexpr OracleInfo kOracleInfos[] = {
#define ARENAFUZZ_ORACLE(oracle, name, tier, meaning, ...) \
  {Oracle::oracle, name, Tier::tier, meaning},
#include "fuzz/harness/verdict/oracles.def"
};

constexpr const char* kSiteNames[] = {"none",
                                      "kmalloc",
                                      "page",
                                      "vzalloc",
                                      "span",
                                      "release",
                                      "free-no-chunk",
                                      "free-past-end",
                                      "free-not-allocated",
                                      "alloc-rollback",
                                      "destroy-not-empty",
                                      "other"};
constexpr const char* kSizeNames[] = {"none",          "zero",         "within-chunk",
                                      "several-pages", "beyond-arena", "wrapping"};
constexpr const char* kReachNames[] = {"normal use", "memory pressure", "neighbour", "caller bug",
                                       "misuse"};
constexpr const char* kTierNames[] = {"safety", "contract", "change"};
constexpr const char* kEndNames[] = {"completed", "bug",     "out-of-budget",
                                     "finding",   "skipped", "documented"};

}  // namespace

const OracleInfo& oracle_info(Oracle oracle) { return kOracleInfos[static_cast<int>(oracle)]; }
const char* tier_name(Tier tier) { return kTierNames[static_cast<int>(tier)]; }
const char* site_name(Site site) { return kSiteNames[static_cast<int>(site)]; }
const char* size_class_name(SizeClass value) { return kSizeNames[static_cast<int>(value)]; }
const char* reach_name(Reach reach) { return kReachNames[static_cast<int>(reach)]; }
const char* fault_outcome_name(FaultOutcome outcome) {
  constexpr const char* kNames[kFaultOutcomeCount] = {"served", "no memory", "error", "BUG",
                                                      "finding"};
  return kNames[static_cast<int>(outcome)];
}

const char* end_reason_name(EndReason reason) { return kEndNames[static_cast<int>(reason)]; }

std::string site_text(const Finding& finding) {
  std::string text = site_name(finding.site);
  if (finding.site != Site::kOther) return text;
  text += ':';
  for (const char* at = finding.function; *at != '\0'; ++at)
    if (*at < '0' || *at > '9') text += *at;
  return text;
}

std::string signature(const Finding& finding) {
  return std::string(oracle_info(finding.oracle).name) + "." +
         operation_kind_name(finding.operation) + "." + site_text(finding) + "." +
         finding.difference + "." + size_class_name(finding.size_class) + "." +
         (finding.fault_fired ? fault_site_name(finding.fault) : "none");
}

std::string assertion_line(const Finding& finding) {
  std::string line = std::string("ASSERTION FAILED: ") + oracle_info(finding.oracle).name + "." +
                     operation_kind_name(finding.operation) + "." + site_text(finding);
  if (line.size() > 79) line.resize(79);  // a long function name
  return line;
}

std::string place_text(const SourceLine& place) {
  return place.function + " " + place.file + ":" + std::to_string(place.line);
}

std::string check_line(const std::string& signature) {
  return "[arenafuzz:FATAL:pool.cc(1)] Check failed: " + signature;
}

}  // namespace arenafuzz
