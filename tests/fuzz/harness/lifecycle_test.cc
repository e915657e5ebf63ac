// SPDX-License-Identifier: GPL-2.0-only
//
// The oracle `lifecycle`: the judge is told the events of a scheduler that does things in another
// order.
#include <csetjmp>

#include "fuzz/harness/judge/judge.h"
#include "src/pool/arena_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

using Event = LifecycleEvent;
using Events = std::vector<Event>;

const Events kEnable = {Event::kProgramInit, Event::kMapGet, Event::kPoolInit, Event::kValidate,
                        Event::kEnabled};
const Events kDisable = {Event::kWorkBegin, Event::kMasksFreed, Event::kPoolDestroyed,
                         Event::kMapPut, Event::kWorkEnd};

// A judge with one real pool behind scheduler 0, and no executor.
class Lifecycle : public ::testing::Test {
 protected:
  Lifecycle() : recorded_(stand_in_, judge_.seams()), pool_(recorded_) {
    judge_.bind(0, pool_);
    operation_.kind = OperationKind::kEnable;
    operation_.sub = true;
  }
  // "ok", or what was expected and the event that came instead.
  std::string after(const Events& events) {
    judge_.begin(Header{}, Options{}, &verdict_);
    verdict_.findings.clear();
    judge_.begin_operation(0, operation_, false);
    if (setjmp(judge_.run().way_out()) == 0) tell(events);
    if (verdict_.findings.empty()) return "ok";
    EXPECT_EQ(verdict_.findings[0].oracle, Oracle::kLifecycle);
    return verdict_.findings[0].expected + " / " + verdict_.findings[0].got;
  }
  void tell(const Events& events) {
    for (const Event event : events) judge_.lifecycle().on_event(event, 0);
  }
  static Events joined(Events first, const Events& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
  }

  Injector injector_;
  Judge judge_{injector_};
  MetadataStandIn stand_in_;
  RecordingMetadata recorded_;
  ArenaPool pool_;
  Operation operation_;
  Verdict verdict_;
};

TEST_F(Lifecycle, AcceptsTheOrderOfASubScheduler) {
  EXPECT_EQ(after(joined(joined(kEnable, kDisable), kEnable)), "ok");
}

TEST_F(Lifecycle, AcceptsTheOrderOfARootSchedulerUnderTheLock) {
  operation_.sub = false;
  EXPECT_EQ(after({Event::kCpusLocked, Event::kProgramInit, Event::kMapGet, Event::kPoolInit,
                   Event::kValidate, Event::kCpusUnlocked, Event::kEnabled}),
            "ok");
}

struct Wrong {
  Events events;
  const char* report;
};

TEST_F(Lifecycle, RefusesEveryOtherOrderOfATeardown) {
  const Wrong cases[] = {
      {{Event::kWorkBegin, Event::kPoolDestroyed},
       "the pool destroyed after the masks were freed / 'pool destroyed'"},
      {{Event::kMasksFreed}, "masks freed first / 'masks freed'"},
      {{Event::kWorkBegin, Event::kMapPut},
       "the map reference put after the pool was destroyed / 'map put'"},
      {{Event::kWorkBegin, Event::kMasksFreed, Event::kMapPut},
       "the map reference put after the pool was destroyed / 'map put'"},
      {{Event::kWorkBegin, Event::kMasksFreed, Event::kPoolDestroyed, Event::kWorkEnd},
       "masks freed, pool destroyed and map reference put / 'deferred work ends'"},
      {{Event::kWorkBegin, Event::kWorkBegin},
       "the deferred work once, without the cpus lock / 'deferred work begins'"},
  };
  for (const Wrong& wrong : cases) EXPECT_EQ(after(joined(kEnable, wrong.events)), wrong.report);
}

TEST_F(Lifecycle, RefusesEveryOtherOrderOfAnEnable) {
  const Wrong cases[] = {
      {{Event::kPoolInit},
       "pool init after the program's init, under the cpus lock for root only / 'pool init'"},
      {{Event::kMapGet}, "the map reference taken before pool init / 'map get'"},
      {{Event::kProgramInit, Event::kValidate}, "validation after pool init / 'validate'"},
      {{Event::kProgramInit, Event::kPoolInit, Event::kEnabled},
       "enabled last, lock dropped / 'enabled'"},
      {{Event::kProgramInit, Event::kProgramInit}, "program init first / 'program init'"},
      {{Event::kCpusLocked}, "only a root enable takes the lock / 'cpus locked'"},
      {{Event::kCpusUnlocked}, "the lock dropped once, before the deferred work / 'cpus unlocked'"},
  };
  for (const Wrong& wrong : cases) EXPECT_EQ(after(wrong.events), wrong.report);
}

TEST_F(Lifecycle, RefusesARootEnableThatKeepsTheLock) {
  operation_.sub = false;
  EXPECT_EQ(after({Event::kCpusLocked, Event::kProgramInit, Event::kMapGet, Event::kPoolInit,
                   Event::kValidate, Event::kEnabled}),
            "enabled last, lock dropped / 'enabled'");
  EXPECT_EQ(after({Event::kProgramInit, Event::kMapGet, Event::kPoolInit}),
            "pool init after the program's init, under the cpus lock for root only / 'pool init'");
}

TEST_F(Lifecycle, RefusesAPoolDestroyedBeforeItsMasks) {
  judge_.begin(Header{}, Options{}, &verdict_);
  judge_.begin_operation(0, operation_, false);
  if (setjmp(judge_.run().way_out()) == 0) {
    tell(kEnable);
    tell({Event::kWorkBegin});
    judge_.pool(0).destroy();
  }
  ASSERT_EQ(verdict_.findings.size(), 1u);
  EXPECT_EQ(described(verdict_.findings[0]), "safety lifecycle.enable.none.order.none.none at 0");
  EXPECT_EQ(verdict_.findings[0].got, "the pool destroyed first");
}

}  // namespace
}  // namespace arenafuzz::testing
