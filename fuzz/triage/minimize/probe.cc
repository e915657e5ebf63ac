// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/probe.h"

#include <algorithm>

namespace arenafuzz {

const Sighting* ProbeResult::find(const std::string& signature) const {
  for (const Sighting& sighting : sightings)
    if (sighting.signature == signature) return &sighting;
  return nullptr;
}

const ProbeResult& RunnerProbe::run(const Program& program) {
  result_.sightings.clear();
  result_.fired.clear();
  result_.all_fired = false;
  result_.steps = 0;
  if (profile_ && program.header.profile != *profile_) return result_;
  const Verdict& verdict = runner_->run(program, options_);
  result_.steps = verdict.steps;
  for (const Finding& finding : verdict.findings) {
    const std::string text = signature(finding);
    if (result_.find(text) != nullptr) continue;
    const std::size_t position = finding.at_end ? program.operations.size() : finding.position;
    result_.sightings.push_back({text, position, runner_->fails(finding, strict_)});
  }
  if (runner_->is_differential()) return result_;
  const Injector& injector = runner_->injector();
  const std::uint64_t all = injector.fired_total();
  const std::uint64_t kept = std::min<std::uint64_t>(all, Injector::kLogCapacity);
  result_.all_fired = kept == all;
  for (std::uint64_t age = kept; age-- > 0;) {
    const FiredFault& fault = injector.fired_fault(age);
    result_.fired.push_back({fault.operation, fault.site, fault.site_ordinal});
  }
  return result_;
}

}  // namespace arenafuzz
