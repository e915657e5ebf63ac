// SPDX-License-Identifier: GPL-2.0-only
//
// A program that ended its process, or did not end, as a finding.
//
//   crash    a sanitizer's report   sanitizer.segv.bitmap_set_ll.gen_pool_add_owner.scx_arena_grow
//            none: a signal         crash.alloc.kill    crash.alloc.out-of-memory
//   exit     exit() or _exit()      exit.alloc
//   timeout  by either clock        timeout.alloc
//
// Ownership Plain values.
// Errors    none.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_SESSION_DEATH_REPORT_H_
#define ARENAFUZZ_FUZZ_SESSION_DEATH_REPORT_H_

#include <string>

#include "fuzz/base/worker.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/program.h"
#include "fuzz/session/replay_result.h"

namespace arenafuzz {

// `death.place`: one more than the position of the operation that was begun last, 0 before the
// first. `timeout`: what the limits of the process were made from.
struct DeathInput {
  const base::Death& death;
  const Program& program;
  const char* backend;
  std::string tree_rows;  // of a kernel tree
  int timeout;
};
// Adds the finding to the result and sets its outcome.
void add_death(const DeathInput& input, FileResult* result);

// Read off the program alone, since a death leaves no judge to ask: what it may have needed.
Reach reach_of(const Program& program);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_DEATH_REPORT_H_
