// SPDX-License-Identifier: GPL-2.0-only
//
// What a program shows: the one question that minimizing and triage ask, again and again.
//
//   Program --> Probe --> sightings {signature, position} and the faults that fired
//
// Ownership The result is the probe's and stays valid until its next run.
// Units     positions count operations from 0; ordinals are calls, from 1.
// Errors    none: a program that kills the process is a sighting (worker_probe.h).
// Threads   one.
// Source    docs/verdicts.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_PROBE_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_PROBE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "faultinject/fault_plan.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

struct Sighting {
  std::string signature;
  std::size_t position = 0;  // of the operation; the program's length where none is known
  bool fails = true;         // else a change, only listed
};

// A fault that fired, as the clause that would make it fire again.
struct Fired {
  std::size_t operation = 0;
  FaultSite site = FaultSite::kKmalloc;
  std::uint32_t ordinal = 0;  // of its site, in that operation
};

struct ProbeResult {
  std::vector<Sighting> sightings;  // distinct, in the order in which they were met
  std::vector<Fired> fired;         // oldest first
  bool all_fired = false;           // `fired` holds every one
  std::uint64_t steps = 0;          // what the run cost, as limits.h counts

  const Sighting* find(const std::string& signature) const;
};

class Probe {
 public:
  virtual ~Probe() = default;
  virtual const ProbeResult& run(const Program& program) = 0;
};

// Runs programs in this process.
class RunnerProbe final : public Probe {
 public:
  // Borrows the runner. With a `profile`, programs of another show nothing.
  RunnerProbe(ProgramRunner& runner, const Options& options, bool strict = false,
              std::optional<Profile> profile = std::nullopt)
      : runner_(&runner), options_(options), strict_(strict), profile_(profile) {}

  const ProbeResult& run(const Program& program) override;

 private:
  ProgramRunner* runner_;
  Options options_;
  bool strict_;
  std::optional<Profile> profile_;
  ProbeResult result_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_PROBE_H_
