// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/search.h"

#include <utility>

#include "fuzz/program/codec.h"
#include "fuzz/triage/minimize/complexity.h"

namespace arenafuzz {
namespace {

// Larger programs are not remembered, nor more than this many.
constexpr std::size_t kMaxRememberedBytes = 8192;
constexpr std::size_t kMaxRemembered = 20000;

}  // namespace

Search::Search(Probe& probe, std::string signature, MinimizeWatch& watch)
    : probe_(&probe), signature_(std::move(signature)), watch_(&watch) {}

bool Search::run(const Program& candidate) {
  ++result_.runs;
  const ProbeResult& seen = probe_->run(candidate);
  for (const Sighting& sighting : seen.sightings) {
    if (sighting.signature == signature_) continue;
    const auto known = result_.beside.find(sighting.signature);
    if (known == result_.beside.end()) {
      if (result_.beside.size() < kMaxBeside) result_.beside[sighting.signature] = candidate;
    } else if (is_simpler(candidate, known->second)) {
      known->second = candidate;
    }
  }
  if (seen.find(signature_) == nullptr) return false;
  shown_ = seen;
  return true;
}

bool Search::begin(const Program& program) {
  result_.program = program;
  result_.shows = run(program);
  return result_.shows;
}

bool Search::is_new(const Program& candidate) {
  encode(candidate, &bytes_);
  if (bytes_.size() > kMaxRememberedBytes) return true;
  const std::string key(bytes_.begin(), bytes_.end());
  return tried_.size() < kMaxRemembered ? tried_.insert(key).second : !tried_.contains(key);
}

bool Search::attempt(Program candidate) {
  if (stopped_) return false;
  repair(candidate);
  if (!is_simpler(candidate, best()) || !is_new(candidate)) return false;
  if (!watch_->go_on(best(), result_.runs)) {
    stopped_ = true;
    return false;
  }
  if (!run(candidate)) return false;
  result_.program = std::move(candidate);
  return true;
}

Minimized Search::finish() {
  result_.minimal = result_.shows && !stopped_;
  return std::move(result_);
}

}  // namespace arenafuzz
