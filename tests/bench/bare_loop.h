// SPDX-License-Identifier: GPL-2.0-only
//
// The yardstick of the harness: the same decoded operations straight into the pool through the same
// seams and faults, with no model, no ledger, no checks and no trace.
//
// Ownership As Executor. Units: operations. Threads: one.
// Source    docs/design.md.
#ifndef ARENAFUZZ_TESTS_BENCH_BARE_LOOP_H_
#define ARENAFUZZ_TESTS_BENCH_BARE_LOOP_H_

#include <memory>
#include <optional>

#include "faultinject/faulty_sources.h"
#include "faultinject/metadata_stand_in.h"
#include "fuzz/harness/backends/backend.h"
#include "fuzz/program/program.h"
#include "src/pool/arena_map.h"
#include "src/pool/scheduler.h"

namespace arenafuzz {

// Runs programs of profile correct and faults; misuse would hit BUG, which nothing catches here.
class BareLoop final : public LifecycleObserver {
 public:
  explicit BareLoop(Backend& backend);
  ~BareLoop() override;
  void run(const Program& program);
  void on_event(LifecycleEvent, int) override {}

 private:
  // Puts the faults in front of the map that a scheduler hands to its pool.
  class FaultyPool;
  struct Slot {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    int scheduler = 0;
  };
  struct MapSlot {
    std::optional<PageRunStorage> storage;
    ArenaMap arena;
    std::optional<FaultyPageSource> faulty;
    bool program_holds = false;
  };

  void step(const Operation& operation);
  void enable(const Operation& operation);
  void neighbour(const Operation& operation);
  void ensure_map(int map);

  Backend* backend_;
  Header header_;
  Injector injector_;
  MetadataStandIn stand_in_;
  FaultyMetadataSource metadata_{stand_in_, injector_};
  MapSlot maps_[limits::kMaxMaps];
  std::unique_ptr<std::uint64_t[]> masks_;
  std::vector<std::unique_ptr<FaultyPool>> pools_;
  std::optional<Scheduler> schedulers_[limits::kMaxSchedulers];
  Slot slots_[limits::kBlockSlots];
  Slot runs_[limits::kRunSlots];  // address, pages, map
  bool slots_dirty_ = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_TESTS_BENCH_BARE_LOOP_H_
