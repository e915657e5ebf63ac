// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/worker_probe.h"

#include <signal.h>

#include "fuzz/program/codec.h"
#include "fuzz/session/crash_log.h"

namespace arenafuzz {
namespace {

std::string written(const ProbeResult& result) {
  base::RecordWriter record;
  record.number(result.all_fired ? 1 : 0).number(result.steps).number(result.sightings.size());
  for (const Sighting& sighting : result.sightings)
    record.number(sighting.fails ? 1 : 0).number(sighting.position).text(sighting.signature);
  record.number(result.fired.size());
  for (const Fired& fired : result.fired)
    record.number(fired.operation)
        .number(static_cast<std::uint64_t>(fired.site))
        .number(fired.ordinal);
  return record.bytes();
}

void read_back(std::string_view bytes, ProbeResult* result) {
  base::RecordReader record(bytes);
  result->all_fired = record.number() != 0;
  result->steps = record.number();
  result->sightings.resize(record.number());
  for (Sighting& sighting : result->sightings) {
    sighting.fails = record.number() != 0;
    sighting.position = record.number();
    sighting.signature = record.text();
  }
  result->fired.resize(record.number());
  for (Fired& fired : result->fired) {
    fired.operation = record.number();
    fired.site = static_cast<FaultSite>(record.number());
    fired.ordinal = static_cast<std::uint32_t>(record.number());
  }
}

std::string identity_of(const base::Death& death) {
  if (death.excess == base::Excess::kMemory) return std::string(kMemorySignature);
  if (death.excess != base::Excess::kNone) return std::string(kTimeoutSignature);
  CrashLog crash = read_crash_log(death.log);
  if (!crash.offsets.empty() || crash.kind != "died") return crash_identity(crash);
  if (death.end.signal == 0) return std::string(kExitSignature);
  crash.kind = death.end.signal == SIGKILL ? "killed" : "died-of-a-signal";
  return crash_identity(crash);
}

}  // namespace

WorkerProbe::WorkerProbe(Probe& inner, const base::Limits& limits)
    : inner_(&inner),
      worker_(
          [this](std::string_view bytes, const base::Worker::Send& send) { serve(bytes, send); },
          limits) {}

void WorkerProbe::serve(std::string_view bytes, const base::Worker::Send& send) {
  Program program;
  decode({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, &program);
  send(written(inner_->run(program)));
}

const ProbeResult& WorkerProbe::run(const Program& program) {
  result_ = {};
  encode(program, &bytes_);
  const std::string_view request(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
  const auto result = worker_.ask(request, [this](std::string_view answer) {
    read_back(answer, &result_);
    return true;
  });
  if (result == base::Worker::Result::kDied)
    result_.sightings = {{identity_of(worker_.death()), program.operations.size(), true}};
  return result_;
}

}  // namespace arenafuzz
